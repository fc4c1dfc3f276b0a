"""What benchmarks of pages share: a portal over a throw-away PostgreSQL, a browser in it, and figures."""

import gc
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def portal() -> Iterator[None]:
    """Django over an empty database with all its tables; both are gone afterwards."""
    from gongshi.config.postgres import Role, temporary_server

    with tempfile.TemporaryDirectory(prefix="gongshi-bench-") as folder:
        Path(folder).chmod(0o711)
        os.environ |= {"GONGSHI_VAR": folder, "DJANGO_SETTINGS_MODULE": "gongshi.config.settings"}
        with temporary_server(Path(folder)) as server:
            address = server.dsn(Role.OWNER)
            os.environ |= {"DATABASE_URL": address, "DATABASE_OWNER_URL": address}
            _furnish()
            yield


def _furnish() -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", verbosity=0)
    # As the portal does (`config/wsgi.py`).
    gc.freeze()


def browser_of_a(role: Any) -> Any:
    """A browser in which one with this role is signed in, with nothing left to do before he may go on."""
    from django.conf import settings

    from gongshi.credentials import steps
    from tests.factories import browser_of, make_person

    settings.ALLOWED_HOSTS = ["testserver"]
    browser = browser_of(make_person(role))
    session = browser.session
    session[steps.SESSION_KEY] = steps.have_passed()
    session.save()
    return browser


def without_helpers() -> None:
    """Helpers of PostgreSQL would hide their work from `work_ms`, and the portal has none to spare."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")


def with_helpers() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = DEFAULT")


def asked(browser: Any, address: str, question: dict[str, str]) -> tuple[float, float]:
    """Milliseconds that an answer took, and of CPU time of the portal and its database for it."""
    begun, work = time.monotonic(), work_ms()
    answer = browser.get(address, question)
    taken = (time.monotonic() - begun) * 1000, work_ms() - work
    assert answer.status_code == 200, (address, question, answer.status_code)
    return taken


def work_ms() -> float:
    """CPU time of the portal and its database connection so far: what counts when others work here, too."""
    from django.db import connection

    pid = connection.connection.info.backend_pid
    # Of all that ran, in nanoseconds; the ticks of `stat` are as long as an answer.
    backend_ns = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    return time.process_time() * 1000 + backend_ns / 1e6


def memory_mb() -> float:
    """The most memory that this process ever had."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def say(name: str, value: float, unit: str, **more: Any) -> None:
    print(json.dumps({"name": name, "value": round(value, 1), "unit": unit} | more), flush=True)
