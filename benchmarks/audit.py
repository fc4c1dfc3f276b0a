"""What the tamper-evident record costs, and how fast it is verified; prints one JSON object a line.

Needs nothing running: starts a throw-away PostgreSQL. Appending is measured in rounds that take turns, one
with a sealer beside it and one without, each event in a transaction of its own as in the portal.
"""

import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path

ROUNDS = 8
ROUND_S = 4.0
WRITERS = 2
VERIFIED_ROWS = 200_000
# In the portal the sealer comes once a minute; here each second, so that its cost shows.
SEALER_RESTS_S = 1.0

# Events as the portal writes them, with digests by the rule, so many at once.
FILL = """
INSERT INTO audit_auditevent (at, actor_id, actor_account, actor_name, actor_department, actor_roles, action,
    object_type, object_id, object_label, succeeded, reason, before, after, address, user_agent, request_id,
    entry_hash)
SELECT at, actor_id, actor_account, actor_name, actor_department, actor_roles, action, object_type, object_id,
    object_label, succeeded, reason, before, after, address, user_agent, request_id,
    '1-sha256-' || encode(sha256({content}), 'hex')
FROM (SELECT now() AS at, n %% 5000 AS actor_id, 'shuili' AS actor_account, '陈静' AS actor_name,
    '丽水市水利局' AS actor_department, '数据专员' AS actor_roles, 'demand:demand:submitted' AS action,
    'demand.demand' AS object_type, n::text AS object_id, '中山街防汛视频需求 ' || n AS object_label,
    true AS succeeded, '防汛值守需要' AS reason, NULL::text AS before,
    '{{"state":"submitted"}}'::text AS after,
    '10.33.1.9'::inet AS address, 'Mozilla/5.0 (X11; Linux x86_64)' AS user_agent,
    md5(n::text) AS request_id FROM generate_series(1, %s) AS n) AS made
"""


def main() -> None:
    from gongshi.config.postgres import PostgresServer, Role

    with tempfile.TemporaryDirectory(prefix="gongshi-bench-") as folder:
        Path(folder).chmod(0o711)
        os.environ |= {"GONGSHI_VAR": folder, "DJANGO_SETTINGS_MODULE": "gongshi.config.settings"}
        # Safe against power cuts, as in service: the cost of a commit is what sealing is compared with.
        server = PostgresServer(Path(folder))
        with (Path(folder) / "postgres.log").open("wb") as log:
            server.start(stdout=log)
        try:
            address = server.dsn(Role.OWNER)
            os.environ |= {"DATABASE_URL": address, "DATABASE_OWNER_URL": address}
            furnish()
            measure_appending()
            measure_verifying()
        finally:
            server.stop()
            server.remove()


def furnish() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def measure_appending() -> None:
    from gongshi.audit.sealing import seal_all

    rates: dict[bool, list[float]] = {True: [], False: []}
    appended_per_s(False, 1.0)
    for number in range(2 * ROUNDS):
        with_seals = number % 2 == 0
        rates[with_seals].append(appended_per_s(with_seals, ROUND_S))
        seal_all()  # what a round without sealer left must not burden the next
    sealed, plain = (statistics.median(rates[kind]) for kind in (True, False))
    report("audit_appended_sealed", sealed, "events/s", None, "higher")
    report("audit_appended_unsealed", plain, "events/s", None, "higher")
    report("audit_sealing_cost", 100 * (1 - sealed / plain), "%", 10, "lower")


def appended_per_s(with_seals: bool, seconds: float) -> float:
    """Events a second of all writers, with a sealer beside them or without."""
    stop = threading.Event()
    counts = [0] * WRITERS

    def write(writer: int) -> None:
        from django.db import connection, transaction

        from gongshi.audit.actions import record
        from gongshi.audit.kinds import AuditAction
        from gongshi.kernel.models import NumberSeries

        while not stop.is_set():
            with transaction.atomic():
                thing = NumberSeries(pk=1, prefix="甲", year=2026, last=counts[writer])
                record(AuditAction.DemandSubmitted, actor=None, thing=thing, after={"state": "submitted"})
            counts[writer] += 1
        connection.close()

    sealer = start_sealer() if with_seals else None
    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    rate = sum(counts) / (time.perf_counter() - begun)
    if sealer is not None:
        sealer.terminate()
        sealer.join()
    return rate


def start_sealer() -> ForkProcess:
    """A process of its own, as in the portal, where a worker seals."""
    from django.db import connection

    connection.close()
    process = get_context("fork").Process(target=seal_always)
    process.start()
    return process


def seal_always() -> None:
    from gongshi.audit.sealing import seal_all

    while True:
        seal_all()
        time.sleep(SEALER_RESTS_S)


def measure_verifying() -> None:
    from django.db import connection

    from gongshi.audit.fields import content_sql
    from gongshi.audit.models import AuditEvent
    from gongshi.audit.sealing import seal_all
    from gongshi.audit.verifying import verify

    content = " || ".join(f"audit_encoded({text})" for text in content_sql(AuditEvent)).replace("%", "%%")
    with connection.cursor() as cursor:
        for _ in range(10):
            cursor.execute(FILL.format(content=content), [VERIFIED_ROWS // 10])
    begun = time.perf_counter()
    seal_all()
    report("audit_sealed", VERIFIED_ROWS / (time.perf_counter() - begun), "rows/s", None, "higher")
    with watched_memory() as memory:
        begun = time.perf_counter()
        verdict = verify()
        seconds = time.perf_counter() - begun
    if not verdict.is_whole or verdict.rows < VERIFIED_ROWS:
        raise SystemExit(f"the record is not whole: {verdict}")
    report("audit_verified", verdict.rows / seconds, "rows/s", 100_000, "higher")
    report("audit_verifying_memory", memory[0], "MiB", 200, "lower")


@contextmanager
def watched_memory() -> Iterator[list[float]]:
    """How much more memory than before was used at most inside, in MiB, as the only entry of a list."""

    def resident() -> float:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

    stop, most, start = threading.Event(), [0.0], resident()

    def watch() -> None:
        while not stop.wait(0.2):
            most[0] = max(most[0], resident() - start)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        stop.set()
        thread.join()


def report(name: str, value: float, unit: str, aim: float | None, better: str) -> None:
    line = {"name": name, "value": round(value, 3), "unit": unit, "aim": aim, "better": better}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
