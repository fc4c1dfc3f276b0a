"""A thread that keeps the index of a serving process up to date, so that no request has to."""

import logging
import threading
import time
from typing import Final

import psycopg
from django.db import Error, connection

from gongshi.atlas.keeping import IndexKeeper, keeper
from gongshi.atlas.renewing import CHANNEL

# Without news it looks nevertheless: a message may have been missed, and then no request needs to look.
_LOOKS_EVERY_S: Final = 0.7
# Inspections change cameras all the time; between two of them there is time for requests.
_REST_S: Final = 0.1
_AGAIN_AFTER_S: Final = 5.0
_log = logging.getLogger(__name__)
_started = threading.Lock()


def follow(index_keeper: IndexKeeper = keeper) -> threading.Thread | None:
    """Start the thread of this process; None when it runs already. It ends with the process."""
    if not _started.acquire(blocking=False):
        return None
    thread = threading.Thread(target=_follow_for_ever, args=(index_keeper,), name="atlas-index", daemon=True)
    thread.start()
    return thread


def _follow_for_ever(index_keeper: IndexKeeper) -> None:
    while True:
        try:
            listen()
            while True:
                index_keeper.look()
                # Whoever sorts by name does not wait for it either.
                index_keeper.current().by_name  # noqa: B018
                wait_for_news(_LOOKS_EVERY_S)
                time.sleep(_REST_S)
        except (Error, psycopg.Error) as error:
            _log.warning("The index of the map lost its database and tries again: %s", error)
        except Exception:
            _log.exception("The index of the map could not be brought up to date")
        connection.close()
        time.sleep(_AGAIN_AFTER_S)


def listen() -> None:
    """From now on this thread's connection hears of new editions."""
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")


def wait_for_news(seconds: float) -> bool:
    """Whether an edition came within this time."""
    return any(True for _ in connection.connection.notifies(timeout=seconds, stop_after=1))
