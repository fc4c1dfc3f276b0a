"""The catalogue going out: every filter and sort of its list, and its files; prints one JSON object a line.

Starts a throw-away PostgreSQL, copies one point `ROWS` times by SQL with what differs in life, and asks for
the list as a browser does: filters, capped count, fifty rows, HTML. Then takes `EXPORTED` points out as each
kind of file. Take ROWS=100000 for a quick look; a million rows take about 2 GB of disk.
"""

import os
import random
import statistics
import time
from itertools import product
from typing import Any

from benchmarks.portal import (
    asked,
    browser_of_a,
    memory_mb,
    p95,
    portal,
    say,
    with_helpers,
    without_helpers,
)

ROWS = int(os.environ.get("ROWS", "1000000"))
EXPORTED = int(os.environ.get("EXPORTED", "100000"))
ROUNDS = int(os.environ.get("ROUNDS", "5"))
DEPARTMENTS = 200
PAGE = "/catalogue/"
QUICK_MS, SOON_S = 100, 20

WORDS = {
    "places": [
        "中山街",
        "人民路",
        "解放街",
        "南明湖",
        "大洋路",
        "丽阳街",
        "花园路",
        "北苑路",
        "水阁",
        "紫金路",
    ],
    "kinds": [
        "路口",
        "公园东门",
        "大桥北",
        "小学校门",
        "停车场",
        "卡口",
        "派出所",
        "菜场",
        "车站",
        "水库大坝",
    ],
    "regions": [
        "331100",
        "331102",
        "331121",
        "331122",
        "331123",
        "331124",
        "331125",
        "331126",
        "331127",
        "331181",
    ],
}


def drawn(kind: int, sides: int) -> str:
    """SQL for a number below `sides`: for each camera `n` and kind of fact another, but always the same."""
    return f"(abs(hashint8extended(n, {kind})) %% {sides})::int"


def one_of(kind: int, *values: str) -> str:
    return f"(ARRAY{list(values)})[1 + {drawn(kind, len(values))}]"


# What differs from one camera to the next; codes begin with the county, all else is drawn on its own.
UNIT = "(%(units)s::bigint[])[1 + (%(departments)s * power(random(), 4))::int]"
REGION = f"(%(regions)s::text[])[1 + {drawn(1, 10)}]"
STREET = f"(%(places)s::text[])[1 + {drawn(2, 10)}] || {drawn(3, 997)} || '号'"
DIFFERENT = {
    "code": f"{REGION} || '00001320' || lpad((n %% 1000000)::text, 6, '0')",
    "name": f"{STREET} || (%(kinds)s::text[])[1 + {drawn(4, 10)}]",
    "address": f"'浙江省丽水市' || {STREET}",
    "region": REGION,
    "device_type": one_of(5, *"11133332445", "99"),
    "point_class": one_of(6, *"122233"),
    "sharing_level": one_of(7, "unconditional", "unconditional", "restricted", "none"),
    "opening_level": one_of(8, "unconditional", "restricted", "forbidden"),
    "sharing_condition": "'限本部门'",
    "no_sharing_ground": "'公共安全'",
    "security_level": f"CASE {drawn(9, 5000)} WHEN 0 THEN 'L4' ELSE {one_of(10, 'L1', 'L2', 'L3')} END",
    "status": f"CASE WHEN {drawn(11, 1000)} = 0 THEN 'repair' "
    f"WHEN {drawn(12, 25)} = 0 THEN 'offline' ELSE 'online' END",
    "transmission": one_of(13, "fibre", "fibre", "fibre", "mobile", "bridge", "line"),
    "longitude": "118.7 + n %% 1000 / 600.0",
    "latitude": "27.5 + n / 1000 %% 1000 / 700.0",
    "ip_address": "('10.' || n / 65536 %% 250 || '.' || n / 256 %% 256 || '.' || n %% 256)::inet",
    "installed_on": "date '2015-01-01' + n %% 4000",
    "retention_days": "30 + n %% 4 * 30",
    "published_at": f"now() - {drawn(14, 86400)} * interval '10 minutes'",
    "version": "1 + n %% 4",
    "completeness": f"60 + {drawn(15, 41)}",
    "validity": f"100 - 10 * {drawn(16, 4)}",
}


def main() -> None:
    with portal():
        from gongshi.identity.roles import Role

        fill()
        browser = browser_of_a(Role.OPERATOR)
        measure_lists(browser)
        measure_files(browser)


def fill() -> None:
    """One camera by the tests' factory, and copies of it and of its path, without the indexes meanwhile."""
    from django.db import connection

    from gongshi.catalogue.models import AccessPath, Camera
    from tests.factories import make_camera, make_department

    begun = time.monotonic()
    made = [make_department(f"局{number}").pk for number in range(DEPARTMENTS)]
    pattern = make_camera()
    # By the copies themselves, so that columns which come later need no word here.
    columns = {field.column: field.column for field in Camera._meta.fields if field.column != "id"}
    units = {
        f"{unit}_id": UNIT for unit in ("owner", "source_department", "builder", "manager", "maintainer")
    }
    columns |= {name: f"({text})" for name, text in (DIFFERENT | units).items()}
    paths = [field.column for field in AccessPath._meta.fields if field.column != "id"]
    values = [{"camera_id": "c.id", "stream": "gen_random_uuid()"}.get(name, f"p.{name}") for name in paths]
    facts: dict[str, Any] = WORDS | {
        "departments": DEPARTMENTS - 1,
        "units": made,
        "rows": ROWS,
        "pattern": pattern.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        indexes = droppable_indexes(cursor, "catalogue_camera")
        keys = droppable_keys(cursor, "catalogue_camera")
        cursor.execute(
            f"INSERT INTO catalogue_camera ({', '.join(columns)}) "
            f"SELECT {', '.join(columns.values())} "
            "FROM catalogue_camera CROSS JOIN generate_series(1, %(rows)s) AS n WHERE id = %(pattern)s",
            facts,
        )
        cursor.execute(
            f"INSERT INTO catalogue_accesspath ({', '.join(paths)}) SELECT {', '.join(values)} "
            "FROM (SELECT id FROM catalogue_camera WHERE id <> %(pattern)s LIMIT %(rows)s) AS c "
            "CROSS JOIN catalogue_accesspath p WHERE p.camera_id = %(pattern)s",
            facts | {"rows": EXPORTED - 1},
        )
        tell("catalogue_fill", time.monotonic() - begun, "s")
        begun = time.monotonic()
        for definition in indexes + keys:
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE catalogue_camera")
        cursor.execute("VACUUM ANALYZE catalogue_accesspath")
        tell("catalogue_index", time.monotonic() - begun, "s")
        cursor.execute(
            "SELECT pg_table_size('catalogue_camera') / 1e6, pg_indexes_size('catalogue_camera') / 1e6"
        )
        table, index = cursor.fetchone()
        tell("catalogue_table", float(table), "MB")
        tell("catalogue_indexes", float(index), "MB")


def droppable_indexes(cursor: Any, table: str) -> list[str]:
    """Drops the indexes that are no constraints; gives how they are made again."""
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i "
        "LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid "
        "WHERE i.indrelid = %s::regclass AND c.oid IS NULL",
        [table],
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"DROP INDEX {name}")
    return [definition for _, definition in found]


def droppable_keys(cursor: Any, table: str) -> list[str]:
    """Drops the keys that lead out of a table, quicker looked at all at once; gives how they come back."""
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = %s::regclass AND contype = 'f'",
        [table],
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    return [f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}" for name, definition in found]


def questions() -> dict[str, dict[str, str]]:
    """Each filter with what is frequent, rare or nowhere; and pairs."""
    from gongshi.identity.models import Department

    units = list(Department.objects.filter(name__startswith="局").order_by("pk").values_list("pk", flat=True))
    number = random.randrange(ROWS)
    filters = {
        "all": {},
        "code": {"q": f"331102000013{20}{number:06}"},
        "part_of_code": {"q": f"{number:06}"},
        "name": {"q": "公园东门"},
        "name_2": {"q": random.choice(["公园", "水阁", "大坝"])},
        "name_and_number": {"q": f"中山街{random.randrange(997)}号"},
        "nobody": {"q": "欧阳锋"},
        "place": {"address": "南明湖"},
        "place_and_number": {"address": f"解放街{random.randrange(997)}"},
        "nowhere": {"address": "不存在"},
        "owner": {"owner": str(units[0])},
        "small_owner": {"owner": str(units[-3])},
        "source": {"source_department": str(random.choice(units[:20]))},
        "region": {"region": "331127"},
        "device": {"device_type": "99"},
        "class": {"point_class": "1"},
        "sharing": {"sharing_level": "none"},
        "opening": {"opening_level": "forbidden"},
        "offline": {"status": "offline"},
        "repair": {"status": "repair"},
        "bridge": {"transmission": "bridge"},
    }
    pairs = {
        "owner_and_region": filters["owner"] | filters["region"],
        "small_owner_and_status": filters["small_owner"] | filters["offline"],
        "region_and_status": filters["region"] | filters["repair"],
        "name_and_region": filters["name_2"] | filters["region"],
        "name_and_place": filters["name_2"] | filters["nowhere"],
        "place_and_class": filters["place"] | filters["class"],
        "four": filters["region"] | filters["device"] | filters["opening"] | filters["bridge"],
        "far_back": {"page": "199"},
        "far_back_of_owner": filters["owner"] | {"page": "199"},
    }
    return filters | pairs


def sorts() -> list[str]:
    from gongshi.catalogue.tables import CameraTable

    names = [name for name, column in CameraTable.base_columns.items() if column.orderable is not False]
    return ["", *(f"{sign}{name}" for name in names for sign in ("", "-"))]


def tell(name: str, value: float, unit: str, **more: Any) -> None:
    say(name, value, unit, rows=ROWS, **more)


def measure_lists(browser: Any) -> None:
    """Every filter as it is, every sort of everything, every sort of some filters."""
    without_helpers()
    names = (
        "all",
        "owner",
        "region",
        "offline",
        "name_2",
        "place",
        "small_owner",
        "four",
        "far_back",
        "nobody",
    )
    asked_for = [(name, "") for name in questions()] + [*product(names, sorts())]
    taken: dict[tuple[str, str], list[float]] = {each: [] for each in asked_for}
    worked: dict[tuple[str, str], list[float]] = {each: [] for each in asked_for}
    browser.get(PAGE)  # a portal that has just started reads its templates first
    for _ in range(ROUNDS):
        drawn = questions()
        for name, sort in asked_for:
            wall, work = asked(browser, PAGE, drawn[name] | ({"sort": sort} if sort else {}))
            taken[name, sort].append(wall)
            worked[name, sort].append(work)
    worst = sorted(((statistics.median(times), each) for each, times in taken.items()), reverse=True)
    for value, (name, sort) in worst[:12]:
        work = statistics.median(worked[name, sort])
        tell("catalogue_list_slow", value, "ms", cpu_ms=round(work, 1), filter=name, sort=sort)
    everything = [each for times in taken.values() for each in times]
    tell("catalogue_list_questions", len(taken), "questions")
    tell("catalogue_list_p50", statistics.median(everything), "ms")
    tell("catalogue_list_cpu_p95", p95([each for times in worked.values() for each in times]), "ms")
    tell("catalogue_list_p95", p95(everything), "ms", aim=QUICK_MS, better="lower")
    tell("catalogue_list_worst", max(everything), "ms")


def measure_files(browser: Any) -> None:
    """As many points as one file may have, as each kind of file; memory beside what the portal had before."""
    from gongshi.catalogue.export_actions import FORMS, take_out_cameras
    from gongshi.catalogue.models import AccessPath, Camera
    from gongshi.identity.models import Person

    person = Person.objects.get(pk=browser.session["_auth_user_id"])
    keys = AccessPath.objects.values("camera")
    cameras = Camera.objects.filter(pk__in=keys).order_by("code")
    with_helpers()
    for form in FORMS:
        before, begun, size = memory_mb(), time.monotonic(), 0
        worked = time.process_time()
        answer = take_out_cameras(actor=person, cameras=cameras, conditions="", form=form)
        for part in answer:
            size += len(part)
        tell(
            f"catalogue_export_{form}",
            time.monotonic() - begun,
            "s",
            aim=SOON_S,
            better="lower",
            cpu_s=round(time.process_time() - worked, 1),
            mb=round(size / 1e6),
            cameras=EXPORTED,
        )
        tell(f"catalogue_export_{form}_memory", memory_mb() - before, "MB")


if __name__ == "__main__":
    main()
