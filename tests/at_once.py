"""Several people at the very same moment, on a real database."""

from collections.abc import Callable
from threading import Barrier, Thread

from django.db import connection


def at_once(*steps: Callable[[], object]) -> list[object]:
    """What each step gave or raised, each in a thread and a transaction order of its own."""
    barrier = Barrier(len(steps))
    outcomes: list[object] = [None] * len(steps)

    def run(number: int, step: Callable[[], object]) -> None:
        try:
            barrier.wait()
            outcomes[number] = step()
        except Exception as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def refusals_at_once(*steps: Callable[[], object]) -> list[type]:
    """The errors of those who did not get through."""
    return [type(outcome) for outcome in at_once(*steps) if isinstance(outcome, Exception)]
