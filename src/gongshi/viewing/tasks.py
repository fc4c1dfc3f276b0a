"""Background work of the viewing room."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from gongshi.viewing import endings, reconciliation, streams
from gongshi.viewing.models import MediaNode, NodeStream, PlaySession
from gongshi.wire.client import NodeRefused, NodeUnreachable

# Seconds between two tries to fetch a camera that somebody waits for.
PULL_AGAIN = 2
# 1 + 2^n seconds; after that the reconciliation goes on every 10 s.
CUT_AGAIN = RetryStrategy(
    max_attempts=4, wait=1, exponential_wait=2, retry_exceptions={NodeUnreachable, NodeRefused}
)


class StreamSilentError(Exception):
    """The stream does not come yet."""


@app.task(queue="play", retry=RetryStrategy(wait=PULL_AGAIN, retry_exceptions={StreamSilentError}))
def pull_stream(stream_id: int) -> None:
    """Fetch a camera's pictures, again and again while somebody waits for them."""
    stream = NodeStream.objects.select_related("node", "path").get(pk=stream_id)
    if not streams.pull(stream):
        raise StreamSilentError


@app.task(queue="play", retry=CUT_AGAIN)
def cut_connection(session_id: int) -> None:
    """Cut the connection of a session whose right has ended."""
    endings.kick(PlaySession.objects.select_related("node").get(pk=session_id))


@app.periodic(cron="*/10 * * * * *")
@app.task(queue="timers", queueing_lock="viewing.reconcile")
def reconcile(timestamp: int) -> None:
    """Mend what lost hooks left behind. Each node has its own job, so a silent one holds up no other."""
    reconciliation.end_unused_tickets()
    reconciliation.cut_without_right()
    for node in MediaNode.objects.all():
        try:
            reconcile_node.configure(queueing_lock=f"viewing.reconcile {node.pk}").defer(node_id=node.pk)
        except AlreadyEnqueued:
            continue


@app.task(queue="timers")
def reconcile_node(node_id: int) -> None:
    """Compare one node with what we believe of it."""
    reconciliation.reconcile_node(MediaNode.objects.get(pk=node_id))
