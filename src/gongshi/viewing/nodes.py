"""Media nodes: which of them serves, how we reach it, and how browsers do."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db.models import Count, Q, QuerySet

from gongshi.kernel import clock
from gongshi.viewing.models import MediaNode, PlayState
from gongshi.wire.client import NodeClient

# Nodes tell every 5 s that they live. Together with the reconciliation each 10 s, a killed node frees its
# slots within 30 s.
NODE_SILENCE = timedelta(seconds=20)
CALL_TIMEOUT_S = 3.0


def client_of(node: MediaNode) -> NodeClient:
    """The node's REST interface; use as a context manager."""
    return NodeClient(node.api_url, node.api_secret, timeout_s=CALL_TIMEOUT_S)


def nodes_with_load() -> QuerySet[MediaNode]:
    """All nodes with `viewers` (open sessions) and `online_streams`."""
    open_sessions = ~Q(play_sessions__state=PlayState.ENDED) & Q(play_sessions__isnull=False)
    return MediaNode.objects.annotate(
        viewers=Count("play_sessions", filter=open_sessions, distinct=True),
        online_streams=Count("streams", filter=Q(streams__is_online=True), distinct=True),
    )


def is_alive(node: MediaNode, moment: datetime) -> bool:
    """Whether the node has let us hear from it lately."""
    return node.last_seen_at is not None and node.last_seen_at > moment - NODE_SILENCE


def node_for(zone: str) -> MediaNode | None:
    """The living node of a network zone with the fewest viewers; None when the zone has none."""
    living = nodes_with_load().filter(
        is_active=True, network_zone=zone, last_seen_at__gt=clock.now() - NODE_SILENCE
    )
    return living.order_by("viewers", "code").first()


def socket_origin(node: MediaNode, host: str) -> str:
    """Where a browser that reached the portal as `host` (with or without port) reaches the node."""
    return node.socket_url.format(host=_bare(host)).rstrip("/")


def socket_origins(host: str) -> list[str]:
    """The origins of all nodes in use, for the page's content security policy."""
    return sorted({_origin(socket_origin(node, host)) for node in MediaNode.objects.filter(is_active=True)})


def _bare(host: str) -> str:
    """A Host header without its port; an IPv6 address keeps its brackets."""
    return host if host.endswith("]") else host.rpartition(":")[0] or host


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
