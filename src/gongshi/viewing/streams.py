"""The streams on the nodes: fetched when somebody waits for them, and what the nodes say of them."""

import uuid

from gongshi.catalogue.models import AccessPath
from gongshi.kernel import clock
from gongshi.viewing.models import MediaNode, NodeStream, PlaySession, PlaySessionQuerySet, PlayState, Trouble
from gongshi.viewing.nodes import client_of
from gongshi.wire.client import NodeRefused, NodeUnreachable

# The app name of all our streams on a node.
APP = "live"


def name_of(path: AccessPath) -> str:
    """What a node calls the stream of a path."""
    return path.stream.hex


def stream_named(node: MediaNode, app: str, name: str) -> NodeStream | None:
    """The stream that a node speaks of; None when it is not one of ours."""
    stream = _stream(name)
    if app != APP or stream is None:
        return None
    return NodeStream.objects.filter(node=node, path__stream=stream).select_related("path").first()


def waiting_for(stream: NodeStream) -> PlaySessionQuerySet:
    """The sessions that want to see this stream."""
    wanting = PlaySession.objects.holding_slots(clock.now()).exclude(state=PlayState.ENDING)
    return wanting.filter(node=stream.node_id, path=stream.path_id)


def pull(stream: NodeStream) -> bool:
    """Have the node fetch the stream, unless it has it or nobody waits. False: it does not come, try again.

    Why it does not come is noted on the stream; the node's own words may hold an address, so they are not.
    """
    if not waiting_for(stream).exists():
        return True
    name = name_of(stream.path)
    try:
        with client_of(stream.node) as node:
            if not node.is_media_online(APP, name):
                node.add_stream_proxy(APP, name, stream.path.main_url)
    except NodeRefused:
        trouble = Trouble.CAMERA
    except NodeUnreachable:
        trouble = Trouble.NODE
    else:
        came(stream)
        return True
    NodeStream.objects.filter(pk=stream.pk).update(trouble=trouble)
    return False


def came(stream: NodeStream) -> None:
    """Pictures come."""
    NodeStream.objects.filter(pk=stream.pk).update(is_online=True, last_online_at=clock.now(), trouble="")


def went(stream: NodeStream) -> None:
    """No pictures come any more."""
    NodeStream.objects.filter(pk=stream.pk, is_online=True).update(
        is_online=False, last_online_at=clock.now()
    )


def note_online(node: MediaNode, names: set[str]) -> None:
    """What a node lists is online, everything else of it is not."""
    ours = NodeStream.objects.filter(node=node)
    online = ours.filter(path__stream__in=[stream for name in names if (stream := _stream(name))])
    online.update(is_online=True, last_online_at=clock.now(), trouble="")
    gone = ours.filter(is_online=True).exclude(pk__in=online.values("pk"))
    gone.update(is_online=False, last_online_at=clock.now())


def _stream(name: str) -> uuid.UUID | None:
    """The inverse of `name_of`; None when we never gave such a name."""
    try:
        stream = uuid.UUID(hex=name)
    except ValueError:
        return None
    return stream if stream.hex == name else None
