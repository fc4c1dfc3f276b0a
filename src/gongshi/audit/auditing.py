"""What readers of the record do themselves: each of these is an event, too."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models, transaction
from procrastinate.contrib.django import app

from gongshi.audit.actions import record
from gongshi.audit.bundles import Month, digest_of, months_between, write_bundle
from gongshi.audit.daily_seals import seals_outside
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditorsWork, Bundle, RecordExport, Verification, WorkState
from gongshi.audit.rules import Permission
from gongshi.audit.verifying import verify
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, GongshiError, Invalid

LISTS_TAKEN_OUT: dict[AuditAction, Permission] = {
    AuditAction.EventsTakenOut: Permission.ReadEvents,
    AuditAction.RegisterTakenOut: Permission.ReadRegister,
}


@transaction.atomic
def take_out(
    *, actor: Any, action: AuditAction, model: type[models.Model], conditions: str, form: str
) -> None:
    """Record that somebody exports a list of the record; before the file is made, so that none is missing.

    `conditions`: the filters as they stood on the page; `form`: csv, xlsx or sheet.
    """
    authorise(actor, LISTS_TAKEN_OUT[action])
    label = str(model._meta.verbose_name)
    record(action, actor=actor, thing=model(), label=label, after={"conditions": conditions, "form": form})


@transaction.atomic
def ask_verification(*, actor: Any, since: date | None = None, until: date | None = None) -> Verification:
    """Have the record verified by a job, from one day to another or all of it. Raises Invalid."""
    authorise(actor, Permission.CheckRecord)
    if since and until and until < since:
        raise Invalid("截止日期不能早于起始日期，请更正。", field="until")
    asked = Verification.objects.create(**_asked(actor), since=since, until=until)
    days = {"since": since, "until": until}
    record(AuditAction.VerificationAsked, actor=actor, thing=asked, after=days)
    app.configure_task("gongshi.audit.tasks.verify_record").defer(verification_id=asked.pk)
    return asked


def carry_out_verification(verification: Verification) -> None:
    """Verify and keep what was found; shown while it goes on."""

    def tell(rows: int) -> None:
        Verification.objects.filter(pk=verification.pk).update(rows=rows)

    with _carrying_out(verification):
        since, until = _opening(verification.since), _closing(verification.until)
        verdict = verify(since, until, outside=seals_outside(), progress=tell)
        with transaction.atomic():
            verification.rows, verification.seals = verdict.rows, verdict.seals
            verification.is_whole = verdict.is_whole
            verification.findings = [finding.sentence for finding in verdict.findings]
            _finish(verification)
            shown = {"rows": verdict.rows, "seals": verdict.seals, "findings": verification.findings}
            record(
                AuditAction.VerificationDone,
                actor=None,
                thing=verification,
                after=shown,
                succeeded=verdict.is_whole,
            )


@transaction.atomic
def ask_bundle(*, actor: Any, from_month: str, until_month: str) -> Bundle:
    """Have months of the record (`2026-11`) written into one file by a job. Raises Invalid."""
    authorise(actor, Permission.ExportRecord)
    months_between(from_month, until_month)
    asked = Bundle.objects.create(**_asked(actor), from_month=from_month, until_month=until_month)
    record(AuditAction.BundleAsked, actor=actor, thing=asked)
    app.configure_task("gongshi.audit.tasks.make_bundle").defer(bundle_id=asked.pk)
    return asked


def export_to(*, actor: Any, from_month: str, until_month: str, path: Path) -> Bundle:
    """Write months of the record into a file of this machine at once. Raises Invalid, Forbidden."""
    authorise(actor, Permission.ExportRecord)
    if path.exists():
        raise Invalid(f"{path} 已存在，请换一个文件名。")
    contents = write_bundle(path, from_month, until_month)
    with transaction.atomic():
        bundle = Bundle.objects.create(**_asked(actor), from_month=from_month, until_month=until_month)
        record(AuditAction.BundleAsked, actor=actor, thing=bundle, after={"file": path.name})
        keep_export(bundle, path, contents)
        _finish(bundle)
    return bundle


def carry_out_bundle(bundle: Bundle) -> None:
    """Write the file; the months that are complete in it count as exported once the auditor confirms."""
    path = file_of(bundle)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def tell(rows: int) -> None:
        Bundle.objects.filter(pk=bundle.pk).update(rows=rows)

    with _carrying_out(bundle):
        contents = write_bundle(path, bundle.from_month, bundle.until_month, tell)
        with transaction.atomic():
            keep_export(bundle, path, contents)
            _finish(bundle)


def keep_export(bundle: Bundle, path: Path, contents: list[Month]) -> None:
    """Write down what was exported into which file, in the transaction in hand."""
    bundle.digest, bundle.size = digest_of(path), path.stat().st_size
    bundle.rows = sum(month.rows for month in contents)
    RecordExport.objects.bulk_create(
        RecordExport(
            table=month.table,
            month=month.month,
            rows=month.rows,
            digest=bundle.digest,
            made_at=clock.now(),
            made_by_id=bundle.asked_by_id,
            made_by=bundle.asked_by,
        )
        for month in contents
        if month.is_complete
    )
    shown = {"digest": bundle.digest, "rows": bundle.rows}
    record(AuditAction.BundleMade, actor=None, thing=bundle, after=shown)


@transaction.atomic
def download_bundle(*, actor: Any, bundle: Bundle) -> Path:
    """The file of a bundle, which leaves the server now. Raises Conflict when there is none (any more)."""
    authorise(actor, Permission.ExportRecord, bundle)
    path = file_of(bundle)
    if bundle.state != WorkState.DONE or not path.exists():
        raise Conflict("归档文件尚未生成，或确认保存后已从服务器删除；如仍需要，请重新导出。")
    record(AuditAction.BundleDownloaded, actor=actor, thing=bundle, after={"digest": bundle.digest})
    return path


@transaction.atomic
def confirm_bundle(*, actor: Any, bundle: Bundle, digest: str) -> Bundle:
    """The auditor keeps the file safely, and shows it by the digest of his copy. Raises Invalid, Conflict.

    Only then its complete months may be dropped at the end of their term. The server's copy is deleted.
    """
    authorise(actor, Permission.ExportRecord, bundle)
    bundle = Bundle.objects.select_for_update().get(pk=bundle.pk)
    if bundle.state != WorkState.DONE:
        raise Conflict("归档文件尚未生成，请等待生成并下载后再确认。")
    if bundle.confirmed_at is not None:
        raise Conflict("该归档已确认保存，无需再次确认。")
    if digest.strip().lower() != bundle.digest:
        raise Invalid("摘要与归档文件不一致，请重新下载，并核对您保存的文件的 SHA-256 摘要。", field="digest")
    bundle.confirmed_at, bundle.confirmed_by = clock.now(), actor.name
    bundle.save(update_fields=["confirmed_at", "confirmed_by"])
    RecordExport.objects.filter(digest=bundle.digest, confirmed_at=None).update(
        confirmed_at=bundle.confirmed_at, confirmed_by=actor.name, confirmed_by_id=actor.pk
    )
    record(AuditAction.BundleConfirmed, actor=actor, thing=bundle, after={"digest": bundle.digest})
    transaction.on_commit(lambda: file_of(bundle).unlink(missing_ok=True))
    return bundle


def file_of(bundle: Bundle) -> Path:
    """Where the file of a bundle lies until it is confirmed."""
    return Path(settings.ENVIRONMENT.var) / "exports" / f"gongshi-record-{bundle.pk}.zip"


def _asked(actor: Any) -> dict[str, Any]:
    return {"asked_at": clock.now(), "asked_by_id": actor.pk, "asked_by": actor.name}


@contextmanager
def _carrying_out(work: AuditorsWork) -> Iterator[None]:
    """Say of the work that it runs, and why it failed if it does."""
    work.state = WorkState.RUNNING
    work.save(update_fields=["state"])
    try:
        yield
    except GongshiError as error:
        _fail(work, error.message)
    except Exception:
        _fail(work, "处理时出错，请重试；如再次失败，请联系系统管理员查看日志。")
        raise


def _fail(work: AuditorsWork, why: str) -> None:
    work.failure = why
    _finish(work, WorkState.FAILED)


def _finish(work: AuditorsWork, state: WorkState = WorkState.DONE) -> None:
    work.state, work.done_at = state, clock.now()
    work.save()


def _opening(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), clock.LOCAL_ZONE) if day else None


def _closing(day: date | None) -> datetime | None:
    return _opening(day + timedelta(days=1)) if day else None
