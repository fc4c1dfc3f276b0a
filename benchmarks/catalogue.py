"""How fast a file of points comes into the catalogue, and is published; prints one JSON object a line.

Needs nothing running: starts a throw-away PostgreSQL. `ROWS=20000` for fewer rows than 100,000. `PARTS` names
the parts to be measured, each in a database that holds what the parts before it have left.
"""

import json
import os
import resource
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

ROWS = int(os.environ.get("ROWS", "100000"))
WITHDRAWN = 5_000
# Seconds of CPU by the number of new points.
PUBLISHING_AIMS = {20_000: 20, 100_000: 90}


def main() -> None:
    from gongshi.config.postgres import PostgresServer, Role

    wanted = os.environ.get("PARTS", ",".join(PARTS)).split(",")
    with tempfile.TemporaryDirectory(prefix="gongshi-bench-") as folder:
        Path(folder).chmod(0o711)
        os.environ |= {"GONGSHI_VAR": folder, "DJANGO_SETTINGS_MODULE": "gongshi.config.settings"}
        server = PostgresServer(Path(folder))
        with (Path(folder) / "postgres.log").open("wb") as log:
            server.start(stdout=log)
        try:
            address = server.dsn(Role.OWNER)
            os.environ |= {"DATABASE_URL": address, "DATABASE_OWNER_URL": address}
            furnish()
            for name in wanted:
                PARTS[name]()
        finally:
            server.stop()
            server.remove()


def furnish() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def measure_import() -> None:
    """A workbook of new points from its upload to the submission, as .csv and .xlsx."""
    from gongshi.identity.roles import Role
    from tests.factories import make_department, make_person

    for kind, most_s in (("csv", 25), ("xlsx", 60)):
        department = make_department(f"丽水市{kind}公安局")
        compiler = make_person(Role.DATA_SPECIALIST, department=department)
        content = workbook_of(department, kind, ROWS)
        memory = import_in_a_process(compiler.pk, content, kind)
        report(f"catalogue_import_{kind}_check", memory["check_s"], "s", None, "lower")
        report(f"catalogue_import_{kind}_hand_in", memory["hand_in_s"], "s", None, "lower")
        report(f"catalogue_import_{kind}", memory["check_s"] + memory["hand_in_s"], "s", most_s, "lower")
        report(f"catalogue_import_{kind}_cpu", memory["cpu_s"], "s", None, "lower")
        report(f"catalogue_import_{kind}_memory", memory["mib"], "MiB", 1024, "lower")


def measure_publishing() -> None:
    """What the import has left is published, in the way of the job; then some of it is withdrawn."""
    from gongshi.catalogue.bulk_actions import draft_withdrawal
    from gongshi.catalogue.draft_actions import submit_draft
    from gongshi.catalogue.models import Camera, Submission

    submission = Submission.objects.latest("pk")
    publish(submission, "catalogue_publish", PUBLISHING_AIMS.get(ROWS))
    compiler = submission.compiled_by
    keys = list(Camera.objects.order_by("pk").values_list("pk", flat=True)[:WITHDRAWN])
    (draft,) = draft_withdrawal(actor=compiler, camera_ids=keys, ground="拆除")
    publish(submit_draft(actor=compiler, submission=draft), f"catalogue_withdraw_{len(keys)}", None)


def publish(submission: Any, name: str, most_cpu_s: float | None) -> None:
    """CPU time is that of this process and of the database's own for it."""
    from gongshi.catalogue.actions import decide_submission
    from gongshi.identity.roles import Role
    from tests.factories import make_person

    reviewer, memory = make_person(Role.BUREAU_ADMINISTRATOR), watched_memory()
    begun, cpu = time.perf_counter(), time.process_time() + of_the_database()
    decide_submission(actor=reviewer, submission=submission, verdict="approve", at_once=True)
    report(name, time.perf_counter() - begun, "s", None, "lower")
    report(f"{name}_cpu", time.process_time() + of_the_database() - cpu, "s", most_cpu_s, "lower")
    report(f"{name}_memory", memory[0], "MiB", 1024, "lower")


def of_the_database() -> float:
    """Seconds of CPU that the database has taken for our connection."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def import_in_a_process(compiler: int, content: bytes, kind: str) -> dict[str, float]:
    """Seconds, and the most memory of a process that does nothing else, as the worker does it."""
    from django.db import connection

    connection.close()
    context = get_context("spawn")
    answer, told = context.Pipe(duplex=False)
    process = context.Process(target=carry_out, args=(told, compiler, content, kind))
    process.start()
    told.close()
    try:
        found = answer.recv()
    except EOFError:
        raise SystemExit("the import failed") from None
    process.join()
    return dict(found)


def carry_out(told: Any, compiler: int, content: bytes, kind: str) -> None:
    """One import from its upload to its submission, without a queue between."""
    import io

    import django

    django.setup()
    from gongshi.catalogue import import_handing_in, importing
    from gongshi.catalogue.import_actions import ask_import, confirm_import
    from gongshi.catalogue.import_models import Import, ImportState
    from gongshi.identity.models import Person

    person = Person.objects.get(pk=compiler)
    whole, _ = ask_import(
        actor=person, department=person.department, title="", file=io.BytesIO(content), file_name=f"a.{kind}"
    )
    del content
    begun, cpu = time.perf_counter(), time.process_time()
    memory = watched_memory()
    importing.check(whole)
    checked = time.perf_counter()
    whole = Import.objects.get(pk=whole.pk)
    if whole.state != ImportState.CHECKED or whole.new != whole.rows_done:
        raise SystemExit(f"the import is {whole.state}: {whole.failure} {whole.new} of {whole.rows_done} new")
    confirm_import(actor=person, whole=whole, good_rows_only=False)
    import_handing_in.hand_in(whole)
    done = time.perf_counter()
    told.send(
        {
            "check_s": checked - begun,
            "hand_in_s": done - checked,
            "cpu_s": time.process_time() - cpu + _of_children("ru_utime", "ru_stime"),
            "mib": memory[0],
        }
    )


def watched_memory() -> list[float]:
    """The most memory of this process and those it started together, in MiB, as the only entry of a list."""
    most = [0.0]

    def resident(pid: int) -> float:
        with suppress(OSError):
            return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 2**20
        return 0.0

    def watch() -> None:
        while True:
            started = [each.pid for each in active_children() if each.pid]
            most[0] = max(most[0], sum(map(resident, [os.getpid(), *started])))
            time.sleep(0.2)

    threading.Thread(target=watch, daemon=True).start()
    return most


def _of_children(*names: str) -> float:
    """Of what the processes took that this one has started and that ended."""
    taken = resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(float(getattr(taken, name)) for name in names)


def workbook_of(department: Any, kind: str, rows: int) -> bytes:
    """A file of good rows, each with its own code, place, address and path."""
    from tests.catalogue.books import csv_file, row, xlsx

    made = [row(department, **_place(number)) for number in range(rows)]
    return (csv_file(made) if kind == "csv" else xlsx(made)).getvalue()


def _place(number: int) -> dict[str, str]:
    """Points of 莲都区 some metres apart, each with an address of its own."""
    subnet = f"10.{number // 62_500}.{number // 250 % 250}"
    address = f"{subnet}.{number % 250 + 2}"
    return {
        "经度": f"{119.90 + number % 400 * 1e-4:.4f}",
        "纬度": f"{28.44 + number // 400 * 1e-4:.4f}",
        "IP地址": address,
        "网关": f"{subnet}.1",
        "取流地址": f"rtsp://admin:secret@{address}/main",
    }


def report(name: str, value: float, unit: str, aim: float | None, better: str) -> None:
    line = {"name": name, "value": round(value, 3), "unit": unit, "aim": aim, "better": better}
    print(json.dumps(line), flush=True)


PARTS: dict[str, Callable[[], None]] = {"import": measure_import, "publishing": measure_publishing}


if __name__ == "__main__":
    main()
