"""The map over a million points: views, counts, words, areas, following; prints one JSON object a line.

Starts a throw-away PostgreSQL, fills it by SQL (`atlas_city`), and a portal on a free port for HTTP. Take
ROWS=100000 for a quick look. Times are of the wall; `…_cpu` is what was worked, which others cannot spoil.
"""

import gc
import json
import math
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.portal import p95, portal

ROWS = int(os.environ.get("ROWS", "1000000"))
ROUNDS = int(os.environ.get("ROUNDS", "120"))
REQUESTS_PER_S, SECONDS = 20, int(os.environ.get("SECONDS", "15"))
Question = dict[str, list[str]]

WORDS = [
    "中山街",
    "公园东门",
    "水库",
    "街1",
    "331102000013",
    "人民路 车站",
    "大洋路77号",
    "没有这个地方",
    "水",
]
# Where people look: the city, a county, a town, a quarter, a street; longitude, latitude, and how wide.
VIEWS = [
    (zoom, lon, lat, 1500 * 360 / (512 * 2**zoom), 900 * 360 / (512 * 2**zoom) * 0.88)
    for zoom in (8, 9, 10, 11, 12, 13, 14, 16, 18)
    for lon, lat in ((119.92, 28.45), (119.14, 28.08), (120.29, 28.14))
]


def main() -> None:
    from benchmarks.atlas_city import fill

    with portal():
        fill()
        measure_building()
        person = somebody()
        measure_views(person)
        measure_counts(person)
        measure_areas()
        measure_following()
        measure_http()
        from benchmarks.atlas_rivals import measure_rivals

        measure_rivals(person, report)


# --- in this process ---------------------------------------------------------------------------


def measure_building() -> None:
    from django.db import connection

    from gongshi.atlas.keeping import keeper
    from gongshi.atlas.renewing import build_index

    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    build_index()
    gc.collect()
    before, begun, worked, asked = memory_now_mb(), time.monotonic(), time.process_time(), worked_s(backend)
    index = build_index()
    report("atlas_index_build", time.monotonic() - begun, "s", 10, "lower")
    report("atlas_index_build_cpu", time.process_time() - worked, "s", None, "lower")
    report("atlas_index_build_database_cpu", worked_s(backend) - asked, "s", None, "lower")
    gc.collect()
    report("atlas_index_memory", max(memory_now_mb() - before, arrays_mb(index)), "MB", 250, "lower")
    report("atlas_points", len(index), "points", ROWS, "higher")
    begun = time.monotonic()
    index.by_name  # noqa: B018 - found when it is first asked for
    report("atlas_names_in_order", time.monotonic() - begun, "s", None, "lower")
    del index
    keeper.current()


def arrays_mb(index: Any) -> float:
    """What its arrays hold: memory that the first build left behind may be used again."""
    parts = [index, index.texts, index.places, index.attributes]
    found = {
        id(value): value.nbytes for part in parts for value in vars(part).values() if hasattr(value, "nbytes")
    }
    return (sum(found.values()) + sum(each.nbytes for each in index.attributes.units.values())) / 1e6


def measure_views(person: Any) -> None:
    """Panning and zooming under filters that are known, and the first view under a new filter."""
    from gongshi.atlas.answers import as_json, viewport_answer, zipped
    from gongshi.atlas.keeping import current_index
    from gongshi.atlas.selecting import Selected
    from gongshi.atlas.shifting import Crs

    index = current_index()
    asked = [criteria_of(question, person) for question in questions()]
    known = [Selected(index, criteria) for criteria in asked]
    boxes = [(box_of(view), view[0]) for view in VIEWS]
    for selected in known:
        for box, zoom in boxes:
            viewport_answer(selected, box, zoom, Crs.WGS84)
    tasks = [
        lambda selected=selected, box=box, zoom=zoom: viewport_answer(selected, box, zoom, Crs.WGS84)
        for selected in known
        for box, zoom in boxes
    ]
    measure("atlas_viewport", tasks, 10)
    answers = [zipped(as_json(task())) for task in tasks]
    report("atlas_viewport_size", max(map(len, answers)) / 1000, "kB", 60, "lower")
    first = [
        lambda criteria=criteria, box=box, zoom=zoom: viewport_answer(
            Selected(index, criteria), box, zoom, Crs.WGS84
        )
        for criteria in asked
        if not criteria.words
        for box, zoom in boxes[::4]
    ]
    measure("atlas_viewport_new_filter", first, None)


def measure_counts(person: Any) -> None:
    from gongshi.atlas.answers import facets_answer, rows_answer
    from gongshi.atlas.keeping import current_index
    from gongshi.atlas.selecting import Selected
    from gongshi.atlas.shifting import Crs

    index = current_index()
    asked = [criteria_of(question, person) for question in questions()]
    known = [Selected(index, criteria) for criteria in asked]

    def counted(selected: Selected) -> Callable[[], object]:
        def count() -> object:
            selected._facets = None
            return facets_answer(selected, person, Crs.WGS84)

        return count

    measure("atlas_facets", [counted(selected) for selected in known] * 4, 40)
    searches = [criteria_of({"q": [word]}, person) for word in WORDS]
    measure("atlas_text", [lambda one=one: Selected(index, one).total for one in searches] * 4, 150)
    windows = [
        lambda selected=selected, at=at: rows_answer(
            selected, "code", selected.total * at // 3, 100, Crs.WGS84
        )
        for selected in known
        for at in range(3)
    ]
    measure("atlas_rows", windows, None)


def measure_areas() -> None:
    from gongshi.atlas.areas import read_area
    from gongshi.atlas.keeping import current_index

    places = current_index().places
    whole = read_area(star(119.8, 28.3, 0.75, 200))
    part = read_area(star(119.92, 28.45, 0.08, 200))
    measure("atlas_polygon_200_city", [lambda: whole.places(places)] * 40, 50)
    measure("atlas_polygon_200_town", [lambda: part.places(places)] * 40, 50)
    line = read_area("line:200;119.2,28;119.5,28.3;119.92,28.45;120.3,28.6")
    measure("atlas_line_with_buffer", [lambda: line.places(places)] * 40, 50)


def measure_following() -> None:
    """From the commit of a publication to the index that has it, by the thread of serving processes."""
    from gongshi.atlas.following import follow
    from gongshi.atlas.keeping import keeper
    from gongshi.catalogue.models import Camera
    from gongshi.catalogue.queries import edition
    from gongshi.catalogue.status_actions import note_status

    keeper.current().by_name  # noqa: B018 - a process that has just started is not meant
    follow()
    time.sleep(2)
    cameras = list(Camera.objects.order_by("pk").values_list("pk", flat=True)[:200])

    def seconds_until_seen(change: Callable[[], object]) -> float:
        change()
        begun, wanted = time.monotonic(), edition()
        while keeper._index is None or keeper._index.edition < wanted:
            time.sleep(0.002)
        return time.monotonic() - begun

    def publish(number: int) -> None:
        from django.db import transaction

        from gongshi.catalogue.publishing import renew_edition
        from gongshi.catalogue.signals import cameras_changed

        with transaction.atomic():
            renew_edition()
            Camera.objects.filter(pk__in=cameras).update(name=f"改名{number}", latitude=28.4 + number / 1e4)
            cameras_changed.send(Camera, cameras=cameras)

    statuses = [
        seconds_until_seen(
            lambda at=at: note_status(online=cameras if at % 2 else [], offline=[] if at % 2 else cameras)
        )
        for at in range(12)
    ]
    report("atlas_status_visible_p50", statistics.median(statuses), "s", None, "lower")
    report("atlas_status_visible_p95", p95(statuses), "s", 1, "lower")
    moved = [seconds_until_seen(lambda at=at: publish(at)) for at in range(12)]
    report("atlas_publication_visible_p50", statistics.median(moved), "s", None, "lower")
    report("atlas_publication_visible_p95", p95(moved), "s", 1, "lower")
    from gongshi.atlas.renewing import build_index

    theirs, mine = build_index(), keeper.current()
    same = mine.texts.codes(mine.by_code) == theirs.texts.codes(theirs.by_code)
    report("atlas_followed_index_is_the_one_built_anew", int(same), "", 1, "higher")


# --- over HTTP ---------------------------------------------------------------------------------


def measure_http() -> None:
    """Twenty requests a second: people who pan, zoom and now and then change a filter."""
    import httpx

    dice = random.Random(5)
    addresses = [address_of(dice) for _ in range(REQUESTS_PER_S * SECONDS)]
    with (
        serving() as (process, base, cookies),
        httpx.Client(base_url=base, cookies=cookies, timeout=300) as client,
    ):
        ask(client, "/api/v1/atlas/facets")
        for address in addresses[:40]:
            ask(client, address)
        worked = family_worked_s(process.pid)
        with ThreadPoolExecutor(REQUESTS_PER_S) as pool:
            begun = time.monotonic()
            pending = [
                pool.submit(ask_at, client, begun + number / REQUESTS_PER_S, address)
                for number, address in enumerate(addresses)
            ]
            times = [each.result() for each in pending]
        worked = family_worked_s(process.pid) - worked
    report_times("atlas_http_viewport", times, 30)
    report("atlas_http_viewport_portal_cpu", worked * 1000 / len(times), "ms", None, "lower")


def ask_at(client: Any, moment: float, address: str) -> float:
    time.sleep(max(moment - time.monotonic(), 0))
    return ask(client, address)


def ask(client: Any, address: str) -> float:
    begun = time.monotonic()
    client.get(address).raise_for_status()
    return (time.monotonic() - begun) * 1000


def address_of(dice: random.Random) -> str:
    zoom, lon, lat, width, height = dice.choice(VIEWS)
    lon, lat = lon + dice.uniform(-width, width) / 3, lat + dice.uniform(-height, height) / 3
    box = ",".join(
        f"{each:.5f}" for each in (lon - width / 2, lat - height / 2, lon + width / 2, lat + height / 2)
    )
    question = dice.choice(questions()[:6])
    return f"/api/v1/atlas/viewport?bbox={box}&zoom={zoom}" + "".join(
        f"&{name}={value}" for name, values in question.items() for value in values
    )


@contextmanager
def serving() -> Iterator[tuple[subprocess.Popen[bytes], str, dict[str, str]]]:
    """A portal as in service, its address, and the cookie of somebody who is signed in."""
    from benchmarks.portal import browser_of_a
    from gongshi.identity.roles import Role

    browser = browser_of_a(Role.VIEWER)
    cookies = {"sessionid": browser.cookies["sessionid"].value}
    port = free_port()
    command = ("granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "8", "--no-ws")
    where = ("--host", "127.0.0.1", "--port", str(port), "gongshi.config.wsgi:application")
    process = subprocess.Popen(
        [sys.executable, "-m", *command, *where], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        wait_for(port)
        yield process, f"http://127.0.0.1:{port}", cookies
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, timeout_s: float = 60) -> None:
    import socket

    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the portal did not start")


# --- what is asked -----------------------------------------------------------------------------


def somebody() -> Any:
    from gongshi.identity.roles import Role
    from tests.factories import make_person

    return make_person(Role.VIEWER)


def questions() -> list[Question]:
    """What people ask of the map: everything, one filter, several, a department, an area, words."""
    return [
        {},
        {"sharing_level": ["restricted"]},
        {"status": ["online"]},
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
        {"source_under": [first_source()], "security_level": ["L2"]},
        {"area": [star(119.92, 28.45, 0.3, 200)], "status": ["offline", "repair"]},
        {"q": ["中山街"], "sharing_level": ["unconditional"]},
        {"q": ["没有这个地方"]},
    ]


def first_source() -> str:
    from gongshi.identity.models import Department

    return str(Department.objects.order_by("pk").values_list("pk", flat=True)[0])


def criteria_of(question: Question, person: Any) -> Any:
    from gongshi.atlas.criteria import read_criteria

    return read_criteria(question, person)


def box_of(view: tuple[int, float, float, float, float]) -> Any:
    from gongshi.atlas.areas import read_area

    _, lon, lat, width, height = view
    return read_area(f"box:{lon - width / 2},{lat - height / 2},{lon + width / 2},{lat + height / 2}")


def star(lon: float, lat: float, reach: float, corners: int) -> str:
    """A polygon with bays and capes."""
    turns = [2 * math.pi * at / corners for at in range(corners)]
    far = [reach * (0.75 + 0.25 * math.sin(turn * 9)) for turn in turns]
    return "polygon:" + ";".join(
        f"{lon + each * math.cos(turn):.6f},{lat + 0.85 * each * math.sin(turn):.6f}"
        for turn, each in zip(turns, far, strict=True)
    )


# --- figures -----------------------------------------------------------------------------------


def measure(name: str, tasks: list[Callable[[], object]], aim_p95: float | None) -> None:
    times, work = [], []
    for task in tasks:
        begun, worked = time.perf_counter(), time.thread_time()
        task()
        times.append((time.perf_counter() - begun) * 1000)
        work.append((time.thread_time() - worked) * 1000)
    report_times(name, times, aim_p95)
    report(f"{name}_cpu_p95", p95(work), "ms", aim_p95, "lower")


def report_times(name: str, times: list[float], aim_p95: float | None) -> None:
    report(f"{name}_p50", statistics.median(times), "ms", None, "lower")
    report(f"{name}_p95", p95(times), "ms", aim_p95, "lower")


def report(name: str, value: float, unit: str, aim: float | None, better: str) -> None:
    line = {"name": name, "value": round(value, 3), "unit": unit, "aim": aim, "better": better, "rows": ROWS}
    print(json.dumps(line), flush=True)


def memory_now_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def worked_s(pid: int) -> float:
    """CPU time of a process so far."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def family_worked_s(pid: int) -> float:
    """CPU time so far of a process, all its threads, and its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(family_worked_s(int(child)) for child in children)


if __name__ == "__main__":
    main()
