"""A keeper in a process of its own: reading and checking are about half of the work, keeping the other half.

Nothing of Django is imported above: the new process sets it up first. It ends with its parent, since then
the pipe ends, and takes at most the chunks that it has heard of to their end.
"""

import logging
import signal
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from gongshi.catalogue.import_keeping import Batch
    from gongshi.catalogue.import_models import Import

MOST_AHEAD: Final = 2
DONE, OVERTAKEN, FAILED = "done", "overtaken", "failed"

log = logging.getLogger(__name__)


class Beside:
    """`with Beside(whole) as keeper`: when the block ends without an error all chunks are kept."""

    def __init__(self, whole: "Import") -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_keep, args=(theirs, whole.pk, whole.run), daemon=True)
        self._process.start()
        theirs.close()
        self._ahead = 0

    def keep(self, batch: "Batch") -> None:
        """Hand over a chunk, and wait while too many are not done."""
        if self._ahead == MOST_AHEAD:
            self._hear()
        try:
            self._pipe.send(batch)
        except OSError:
            self._hear()
            raise
        self._ahead += 1

    def _hear(self) -> None:
        from gongshi.catalogue.import_keeping import OvertakenError

        try:
            answer = self._pipe.recv()
        except EOFError:
            raise RuntimeError("the process that keeps rows was killed") from None
        if answer == OVERTAKEN:
            raise OvertakenError
        if answer != DONE:
            raise RuntimeError("the process that keeps rows failed, see its log")
        self._ahead -= 1

    def __enter__(self) -> "Beside":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            while kind is None and self._ahead:
                self._hear()
        finally:
            self._pipe.close()
            if kind is not None or self._ahead:
                # It must not write any more when this is undone.
                self._process.kill()
            self._process.join()


def _keep(pipe: "Connection[Any, Any]", pk: int, run: int) -> None:
    """What the new process does until the pipe ends."""
    import django

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    django.setup()
    from gongshi.catalogue.import_keeping import Keeper, OvertakenError
    from gongshi.catalogue.import_models import Import

    with suppress(EOFError, BrokenPipeError):
        try:
            whole = Import.objects.select_related("department", "asked_by").get(pk=pk)
            whole.run = run
            keeper = Keeper(whole)
            while True:
                keeper.keep(pipe.recv())
                pipe.send(DONE)
        except OvertakenError:
            pipe.send(OVERTAKEN)
        except (EOFError, BrokenPipeError):
            raise
        except Exception:
            log.exception("rows of import %s could not be kept", pk)
            pipe.send(FAILED)
