"""Publishing much: the decision stands at once, a job carries it out in one transaction (ADR 0036).

A worker that is killed in it leaves everything as it was; whoever takes the job up again begins anew.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from django.db import OperationalError, connection, transaction
from procrastinate.contrib.django import app

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue.deciding import carry_out
from gongshi.catalogue.handing_in import page_of
from gongshi.catalogue.models import Submission, SubmissionState
from gongshi.catalogue.publishing_models import Publishing
from gongshi.identity.models import Person
from gongshi.kernel.errors import GongshiError
from gongshi.notices.actions import notify

BROKEN: Final = "发布时出错，请重新审核；如再次失败，请联系系统管理员查看日志。"


def put_off(submission: Submission, points: int) -> None:
    """Leave the publishing of a decided submission to a job."""
    submission.state = SubmissionState.PUBLISHING
    submission.save(update_fields=["state", "decided_by", "decided_at", "failure"])
    Publishing.objects.create(submission=submission, total=points)
    job = app.configure_task(
        "gongshi.catalogue.tasks.publish_submission", lock=f"catalogue.submission {submission.pk}"
    )
    job.defer(submission_id=submission.pk)


def publish_decided(submission_id: int) -> None:
    """Carry the decision out, all or nothing; what cannot be published waits for review again."""
    try:
        with _progress_of(submission_id) as told, transaction.atomic():
            _publish_decided(submission_id, told)
    except GongshiError as error:
        _give_back(submission_id, error.message)
    except OperationalError:
        # The database was away: the job is tried again.
        raise
    except Exception:
        _give_back(submission_id, BROKEN)
        raise


def _publish_decided(submission_id: int, told: Callable[[int], None]) -> None:
    submission, reviewer = _locked(submission_id)
    if submission.state != SubmissionState.PUBLISHING:
        return
    carry_out(submission, told)
    Publishing.objects.filter(submission=submission).delete()
    notify([reviewer], f"编目 {submission.number} 已发布。", page_of(submission))


@transaction.atomic
def _give_back(submission_id: int, why: str) -> None:
    """To whoever reviews it next; the reasons that were noted stay with the changes."""
    submission, reviewer = _locked(submission_id)
    if submission.state != SubmissionState.PUBLISHING:
        return
    submission.state, submission.failure = SubmissionState.SUBMITTED, why[:500]
    submission.decided_by = submission.decided_at = None
    submission.save(update_fields=["state", "failure", "decided_by", "decided_at"])
    Publishing.objects.filter(submission=submission).delete()
    record(AuditAction.SubmissionNotPublished, actor=None, thing=submission, reason=why)
    sentence = f"编目 {submission.number} 未能发布，没有改变目录，请重新审核：{why}"
    notify([reviewer], sentence[:300], page_of(submission))


def _locked(submission_id: int) -> tuple[Submission, Person]:
    """The submission, and who decided it: nobody any more when it waits for review again."""
    found = Submission.objects.select_for_update(of=("self",), no_key=True)
    submission = found.select_related("decided_by__department", "compiled_by").get(pk=submission_id)
    return submission, submission.decided_by  # type: ignore[return-value]


@contextmanager
def _progress_of(submission_id: int) -> Iterator[Callable[[int], None]]:
    """Tells how many points are written, by a connection of its own: nobody sees into a transaction."""
    # What is not committed yet no other connection can see.
    if connection.in_atomic_block:
        yield lambda done: None
        return
    beside = connection.copy()

    def tell(done: int) -> None:
        with beside.cursor() as cursor:
            cursor.execute(
                "UPDATE catalogue_publishing SET done = %s WHERE submission_id = %s", [done, submission_id]
            )

    try:
        yield tell
    finally:
        beside.close()
