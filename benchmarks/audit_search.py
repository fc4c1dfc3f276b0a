"""How quickly one event is found among ten million; prints one JSON object a line.

Starts a throw-away PostgreSQL, writes `ROWS` events of six months by SQL (with false digests: nothing here
is verified), and asks for the auditor's page as a browser does: filters, capped count, fifty rows, HTML.
Take ROWS=2000000 for a quick look; a million rows take about 1 GB of disk.
"""

import os
import random
import time
from typing import Any

from benchmarks.portal import asked, browser_of_a, p95, portal, say, without_helpers

ROWS = int(os.environ.get("ROWS", "10000000"))
ROUNDS = 10
PAGE = "/audit/events/"
MONTHS = 6
INDEXES = ("audit_by_letters", "audit_by_words")
CLIENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"

# 2,000 people, 40,000 cameras and 20,000 demands; what is frequent in life is frequent here.
WORDS = {
    "actions": [
        "viewing:session:opened",
        "viewing:session:ended",
        "identity:session:begun",
        "audit:act:refused",
    ],
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
    "surnames": [*"王李张陈刘周吴徐孙郑"],
    "given": [*"芳静丽伟敏磊洋勇艳杰娟涛明超兰霞平", "建国", "志强", "秀英"],
}

FILL = f"""
INSERT INTO audit_auditevent (at, entry_hash, actor_id, actor_account, actor_name, actor_department,
    actor_roles, action, object_type, object_id, object_label, succeeded, reason, before, after, address,
    user_agent, request_id)
SELECT now() - (%(rows)s - n) * (interval '{MONTHS * 30} days' / %(rows)s),
    '1-sha256-' || md5(n::text) || md5((-n)::text), person, 'person-' || person,
    (%(surnames)s::text[])[1 + person %% 10] || (%(given)s::text[])[1 + person / 10 %% 20],
    '第' || person / 40 || '局', '使用人员',
    CASE WHEN n %% 1000 = 0 THEN 'grants:grant:revoked'
        ELSE (%(actions)s::text[])[1 + (n %% 16)::int / 5] END,
    'catalogue.camera', camera::text,
    CASE WHEN n %% 5 = 0 THEN 'XQ-2026-' || lpad((camera %% 20000)::text, 6, '0') ELSE '331100000013'
        || lpad(camera::text, 8, '0') || ' ' || (%(places)s::text[])[1 + camera %% 10] || camera || '号' END,
    n %% 50 <> 0, '', NULL, '{{"camera": "3311"}}',
    ('10.33.' || person / 250 || '.' || person %% 250)::inet, '{CLIENT}', md5((n / 3)::text)
FROM (SELECT n, (n * 7919 %% 2000)::int AS person, (n * 104729 %% 40000)::int AS camera
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n) AS numbers
"""


def main() -> None:
    with portal():
        fill()
        measure()


def fill() -> None:
    """Months, rows, and then the indexes of words, which are quicker made afterwards."""
    from django.db import connection

    begun = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for back in range(MONTHS + 1):
            cursor.execute(
                "SELECT audit_make_month('audit_auditevent', (now() - %s * interval '1 month')::date)", [back]
            )
        definitions = []
        for index in INDEXES:
            cursor.execute("SELECT pg_get_indexdef(%s::regclass)", [index])
            definitions += cursor.fetchone()
            cursor.execute(f"DROP INDEX {index}")
        step = min(500_000, ROWS)
        for first in range(1, ROWS + 1, step):
            cursor.execute(FILL, WORDS | {"rows": ROWS, "first": first, "last": min(first + step - 1, ROWS)})
        tell("audit_search_fill", time.monotonic() - begun, "s")
        begun = time.monotonic()
        for definition in definitions:
            cursor.execute(definition.replace(" ON ONLY ", " ON "))
        cursor.execute("VACUUM ANALYZE audit_auditevent")
        tell("audit_search_index", time.monotonic() - begun, "s")
        cursor.execute(
            "SELECT sum(pg_total_relation_size(inhrelid)) / 1e9 FROM pg_inherits "
            "WHERE inhparent = 'audit_auditevent'::regclass"
        )
        tell("audit_search_disk", float(cursor.fetchone()[0]), "GB")


def questions() -> dict[str, dict[str, str]]:
    """What an auditor asks, drawn anew each time: kind → filters."""
    from gongshi.kernel import clock

    person, camera = random.randrange(2000), random.randrange(40000)
    name = random.choice(["王芳", "张伟", "陈静", "郑兰"])
    ago = clock.today().toordinal() - random.randrange(5, MONTHS * 30 - 5)
    day = clock.today().fromordinal(ago).isoformat()
    days = {"at_after": day, "at_before": day}
    return {
        "all": {},
        "account": {"person": f"person-{person}"},
        "name": {"person": name},
        "nobody": {"person": "欧阳锋"},
        "camera": {"object": f"331100000013{camera:08}"},
        "place": {"object": random.choice(["中山街", "人民", "南明湖", "水阁"])},
        "demand": {"object": f"XQ-2026-{camera % 20000:06}"},
        "nothing": {"object": "不存在"},
        "action": {"action": "viewing:session:opened"},
        "rare_action": {"action": "grants:grant:revoked"},
        "day": days,
        "failed": {"succeeded": "False"},
        "address": {"address": f"10.33.{person // 250}.{person % 250}"},
        "name_and_day": {"person": name} | days,
        "place_and_day": {"object": "水阁"} | days,
        "name_and_action": {"person": name, "action": "grants:grant:revoked"},
        "place_and_action": {"object": "人民路", "action": "identity:session:begun"},
        "name_and_place": {"person": name, "object": "丽阳街"},
        "name_that_failed": {"person": name, "succeeded": "False"},
    }


def measure() -> None:
    from gongshi.identity.roles import Role

    without_helpers()
    browser = browser_of_a(Role.AUDIT_ADMINISTRATOR)
    taken: dict[str, list[float]] = {kind: [] for kind in questions()}
    worked: dict[str, list[float]] = {kind: [] for kind in questions()}
    browser.get(PAGE)  # a portal that has just started reads its templates first
    for _ in range(ROUNDS):
        for kind, filters in questions().items():
            wall, work = asked(browser, PAGE, filters)
            taken[kind].append(wall)
            worked[kind].append(work)
    for kind, times in taken.items():
        tell(f"audit_search_{kind}_p95", p95(times), "ms", cpu_ms=round(p95(worked[kind]), 1))
    everything = [each for times in taken.values() for each in times]
    tell("audit_search_cpu_p95", p95([each for times in worked.values() for each in times]), "ms")
    tell("audit_search_p95", p95(everything), "ms", aim=1000, better="lower")
    tell("audit_search_worst", max(everything), "ms")


def tell(name: str, value: float, unit: str, **more: Any) -> None:
    say(name, value, unit, rows=ROWS, **more)


if __name__ == "__main__":
    main()
