"""The same questions of a view and of counts, asked of the database: plain SQL, and PostGIS where it is."""

import sys
import time
from collections.abc import Callable
from typing import Any, Final

from benchmarks.portal import p95

Report = Callable[[str, float, str, float | None, str], None]
ROUNDS: Final = 3
ONLINE: Final = "publication = 'published' AND status = 'online'"
# A view of a county and one of a town: box and size of a cell in degrees.
VIEWS: Final = ((119.0, 27.8, 120.8, 29.0, 0.044), (119.7, 28.3, 120.1, 28.6, 0.011))
CLUSTERS: Final = f"""
    SELECT floor(longitude / %(cell)s), floor(latitude / %(cell)s), count(*), avg(longitude), avg(latitude),
        count(*) FILTER (WHERE sharing_level = 'unconditional'),
        count(*) FILTER (WHERE sharing_level = 'restricted')
    FROM catalogue_camera
    WHERE {ONLINE} AND longitude BETWEEN %(west)s AND %(east)s AND latitude BETWEEN %(south)s AND %(north)s
    GROUP BY 1, 2
"""
SNAPPED: Final = f"""
    SELECT ST_AsBinary(ST_SnapToGrid(place, %(cell)s)), count(*)
    FROM bench_place JOIN catalogue_camera USING (id)
    WHERE {ONLINE} AND place && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
    GROUP BY 1
"""


def measure_rivals(person: Any, report: Report) -> None:
    _measure("atlas_viewport_by_sql", [lambda view=view: _ask(CLUSTERS, view) for view in VIEWS], report)
    _measure("atlas_facets_by_sql", [_facets_by_sql], report)
    if _has_postgis():
        _measure(
            "atlas_viewport_by_postgis", [lambda view=view: _ask(SNAPPED, view) for view in VIEWS], report
        )
    else:
        print("PostGIS is not installed here: compared with plain SQL only.", file=sys.stderr)


def _ask(query: str, view: tuple[float, ...]) -> None:
    from django.db import connection

    names = ("west", "south", "east", "north", "cell")
    with connection.cursor() as cursor:
        cursor.execute(query, dict(zip(names, view, strict=True)))
        cursor.fetchall()


def _facets_by_sql() -> None:
    """For each filter a count of its values under the others."""
    from django.db import connection

    from gongshi.atlas.attributes import TABLES

    with connection.cursor() as cursor:
        for name in (*TABLES, "owner_id", "source_department_id"):
            others = "publication = 'published'" if name == "status" else ONLINE
            cursor.execute(f"SELECT {name}, count(*) FROM catalogue_camera WHERE {others} GROUP BY 1")
            cursor.fetchall()


def _has_postgis() -> bool:
    """Makes a table of places where it can."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'postgis'")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        cursor.execute(
            "CREATE TABLE bench_place AS"
            " SELECT id, ST_SetSRID(ST_MakePoint(longitude, latitude), 4326) AS place FROM catalogue_camera"
        )
        cursor.execute("CREATE INDEX ON bench_place USING gist (place)")
        cursor.execute("ANALYZE bench_place")
    return True


def _measure(name: str, tasks: list[Callable[[], None]], report: Report) -> None:
    times = []
    for task in tasks * ROUNDS:
        begun = time.perf_counter()
        task()
        times.append((time.perf_counter() - begun) * 1000)
    report(f"{name}_p95", p95(times), "ms", None, "lower")
