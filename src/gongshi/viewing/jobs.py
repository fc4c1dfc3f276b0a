"""Asks for this room's background work by name, since `tasks.py` stands above what it runs.

Within a transaction the job is written with it, so nothing is cut or pulled that was not committed.
"""

from procrastinate.contrib.django import app

from gongshi.viewing.models import NodeStream, PlaySession


def ask_to_pull(stream: NodeStream) -> None:
    """Have the node fetch the camera's pictures. One pull of a stream at a time; needless ones just end."""
    app.configure_task("gongshi.viewing.tasks.pull_stream", lock=f"pull {stream.pk}").defer(
        stream_id=stream.pk
    )


def ask_to_cut(session: PlaySession) -> None:
    """Have the node cut the session's connection."""
    app.configure_task("gongshi.viewing.tasks.cut_connection").defer(session_id=session.pk)
