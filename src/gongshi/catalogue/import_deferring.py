"""Which jobs an import waits for. One at a time for each import, whoever asks for it."""

from procrastinate.contrib.django import app

from gongshi.catalogue.import_models import Import


def defer_check(whole: Import) -> None:
    _defer("check_import", whole, run=whole.run)


def defer_handing_in(whole: Import) -> None:
    _defer("hand_in_import", whole)


def defer_copy(whole: Import) -> None:
    _defer("annotate_import", whole, run=whole.run)


def _defer(task: str, whole: Import, **arguments: int) -> None:
    job = app.configure_task(f"gongshi.catalogue.tasks.{task}", lock=f"catalogue.import {whole.pk}")
    job.defer(import_id=whole.pk, **arguments)
