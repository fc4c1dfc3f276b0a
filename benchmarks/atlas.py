"""How quickly the map is answered at 2,000 points; prints one JSON object a line.

Needs nothing running: starts a throw-away PostgreSQL with the demonstration city and, for HTTP, a portal on a
free port. The baseline is the same answer from the database: one query for points, one `GROUP BY` a facet.
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

Question = dict[str, list[str]]

ROUNDS = 200
BASELINE_ROUNDS = 50
STREAMS = "rtsp://127.0.0.1:8554"  # of cameras that nobody watches here


def main() -> None:
    from gongshi.config.postgres import Role, temporary_server

    with tempfile.TemporaryDirectory(prefix="gongshi-bench-") as folder:
        Path(folder).chmod(0o711)
        os.environ |= {"GONGSHI_VAR": folder, "DJANGO_SETTINGS_MODULE": "gongshi.config.settings"}
        with temporary_server(Path(folder)) as server:
            address = server.dsn(Role.OWNER)
            os.environ |= {"DATABASE_URL": address, "DATABASE_OWNER_URL": address}
            furnish()
            measure()


def furnish() -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    # Hashing that is slow on purpose would be most of the time before the first figure.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", verbosity=0)
    from gongshi.demo.seed import seed

    seed(STREAMS)


def measure() -> None:
    from gongshi.atlas.answers import points_answer, zipped
    from gongshi.atlas.index import build_index

    builds = timed_ms(build_index, 5)
    index = build_index()
    report("atlas_points", len(index.ids), "points", 2000, "higher")
    report("atlas_index_build", statistics.median(builds), "ms", 1000, "lower")

    everything = points_answer(index, {})
    report("atlas_answer_plain", len(everything) / 1024, "KiB", 400, "lower")
    report("atlas_answer_gzip", len(zipped(everything)) / 1024, "KiB", 100, "lower")
    zipping = timed_ms(lambda: zipped(everything), 20)
    report("atlas_answer_gzip_time", statistics.median(zipping), "ms", 20, "lower")

    asked = questions()
    report_spread("atlas_facets", timed_ms(in_turn(asked, index.select), ROUNDS), 5)
    answers = timed_ms(in_turn(asked, lambda selection: points_answer(index, selection)), ROUNDS)
    report_spread("atlas_answer", answers, 10)
    plain = timed_ms(in_turn(asked, plain_answer), BASELINE_ROUNDS)
    report_spread("atlas_answer_from_database", plain, None)
    speedup = statistics.median(plain) / statistics.median(answers)
    report("atlas_answer_speedup", speedup, "times", 5, "higher")
    same = sum(json.loads(points_answer(index, one)) == json.loads(plain_answer(one)) for one in asked)
    report("atlas_answers_same_as_database", same, "answers", len(asked), "higher")
    with portal() as get:
        report_spread("atlas_http", timed_ms(in_turn(asked, get), ROUNDS), 50)


def questions() -> list[Question]:
    """What people ask of the map: everything, one filter, several, words, nothing that fits."""
    from gongshi.identity.models import Department

    water = str(Department.objects.get(name="丽水市水利局").pk)
    return [
        {},
        {"sharing_level": ["restricted"]},
        {"status": ["online"]},
        {"owner": [water]},
        {"location": ["公园"]},
        {"code": ["331102"], "status": ["offline", "repair"]},
        {
            "region": ["331102", "331121"],
            "sharing_level": ["unconditional", "restricted"],
            "point_class": ["2"],
        },
        {
            "device_type": ["1"],
            "transmission": ["fibre"],
            "opening_level": ["restricted"],
            "status": ["online"],
        },
        {"location": ["莲都区"], "sharing_level": ["unconditional"]},
        {"location": ["没有这个地方"]},
    ]


def plain_answer(selection: Question) -> bytes:
    """The same answer without the index: the points, and for each facet a count under the other filters."""
    from django.db.models import Count

    from gongshi.atlas.index import FACETS, POINT_FIELDS, STATUS_ON_MAP

    columns = ("pk", "code", "name", "longitude", "latitude", "sharing_level", "status")
    points = [
        [*row[:-1], STATUS_ON_MAP.get(row[-1], row[-1])]
        for row in filtered(selection).order_by("code").values_list(*columns)
    ]
    facets = {}
    for name in FACETS:
        others = {other: wanted for other, wanted in selection.items() if other != name}
        counts = filtered(others).order_by().values_list(name).annotate(Count("pk"))
        facets[name] = {str(value): count for value, count in counts}
    body = {"total": len(points), "fields": POINT_FIELDS, "points": points, "facets": facets}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def filtered(selection: Question) -> Any:
    from django.db.models import Q

    from gongshi.catalogue.models import Camera

    wanted = Q(publication="published")
    for name, values in selection.items():
        if name == "code":
            wanted &= Q(code__contains=values[0])
        elif name == "location":
            wanted &= Q(address__contains=values[0]) | Q(name__contains=values[0])
        else:
            wanted &= Q(**{f"{name}__in": values})
    return Camera.objects.filter(wanted)


@contextmanager
def portal() -> Iterator[Callable[[Question], None]]:
    """A portal on a free port, and a function that asks it as a person who is signed in."""
    import httpx

    port = free_port()
    command = ("granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "8", "--no-ws")
    where = ("--host", "127.0.0.1", "--port", str(port), "gongshi.config.wsgi:application")
    process = subprocess.Popen(
        [sys.executable, "-m", *command, *where], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        wait_for(port)
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", cookies={"sessionid": session()}, timeout=30
        ) as client:

            def get(selection: Question) -> None:
                client.get("/api/v1/atlas/points", params=selection).raise_for_status()

            get({})
            yield get
    finally:
        process.terminate()
        process.wait(20)


def session() -> str:
    """The session of somebody who has signed in."""
    from django.test import Client

    from gongshi.identity.models import Person

    client = Client()
    client.force_login(Person.objects.get(account="jiaotong"))
    return client.cookies["sessionid"].value


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, timeout_s: float = 30) -> None:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the portal did not start")


def in_turn(asked: list[Question], ask: Callable[[Question], object]) -> Callable[[], object]:
    """Asks the questions in turn."""
    turn = cycle(asked)
    return lambda: ask(next(turn))


def timed_ms(act: Callable[[], object], rounds: int) -> list[float]:
    act()
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        times.append((time.perf_counter() - begun) * 1000)
    return times


def report_spread(name: str, times: list[float], aim_p95: float | None) -> None:
    report(f"{name}_p50", statistics.median(times), "ms", None, "lower")
    report(f"{name}_p95", statistics.quantiles(times, n=20)[-1], "ms", aim_p95, "lower")


def report(name: str, value: float, unit: str, aim: float | None, better: str) -> None:
    line = {"name": name, "value": round(value, 3), "unit": unit, "aim": aim, "better": better}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
