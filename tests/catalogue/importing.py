"""Imports and publishings carried out as the worker would, job after job, in the test's own process."""

import io
from typing import Any
from urllib.parse import quote

from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from gongshi.catalogue import tasks
from gongshi.catalogue.import_actions import ask_import
from gongshi.catalogue.import_models import Import
from gongshi.identity.models import Department, Person

JOBS = {
    task.name: task
    for task in (tasks.check_import, tasks.hand_in_import, tasks.annotate_import, tasks.publish_submission)
}


def upload(person: Person, department: Department, file: io.BytesIO, name: str = "点位.xlsx") -> Import:
    """An import that waits for its check."""
    return ask_import(actor=person, department=department, title="年度编目", file=file, file_name=name)[0]


def checked(person: Person, department: Department, file: io.BytesIO, name: str = "点位.xlsx") -> Import:
    """An import whose jobs are done."""
    whole = upload(person, department, file, name)
    work()
    return fresh(whole)


def fresh(whole: Import) -> Import:
    return Import.objects.select_related("department", "asked_by").get(pk=whole.pk)


_done: set[int] = set()


def work() -> int:
    """Carry out the jobs of imports that wait, and those that they ask for; gives how many."""
    count = 0
    while waiting := _waiting():
        for job in waiting:
            _done.add(job.pk)
            JOBS[job.task_name](**_arguments(job))
            count += 1
    return count


def _waiting() -> list[Any]:
    jobs = ProcrastinateJob.objects.filter(task_name__in=JOBS, status="todo").order_by("id")
    return [job for job in jobs if job.pk not in _done]


def _arguments(job: Any) -> dict[str, Any]:
    return dict(job.args)


def database_url() -> str:
    """The address of the test database."""
    given = connection.settings_dict
    place = f"{given['HOST']}" if not given["HOST"].startswith("/") else ""
    port = f":{given['PORT']}" if given["PORT"] and place else ""
    options = "" if place else f"?host={given['HOST']}"
    secret = f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else ""
    return f"postgresql://{quote(given['USER'])}{secret}@{place}{port}/{given['NAME']}{options}"
