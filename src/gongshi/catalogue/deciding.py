"""Carrying out what a reviewer decided: what he approved is published, the rest goes back, all are told."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from django.db.models import QuerySet

from gongshi.audit.actions import Entry, record_many
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue import publishing
from gongshi.catalogue.handing_in import page_of
from gongshi.catalogue.models import Camera, Change, Submission, SubmissionState, Verdict
from gongshi.catalogue.publishing import Published
from gongshi.catalogue.signals import cameras_withdrawn, security_levels_changed
from gongshi.identity.models import Person
from gongshi.kernel.errors import Invalid
from gongshi.notices.actions import notify

APPROVE, RETURN = "approve", "return"
LONGEST_REASON: Final = 300
ROWS_AT_ONCE: Final = 2_000


def note_verdicts(submission: Submission, verdict: str, reason: str, returned: Mapping[int, str]) -> int:
    """Note with each change why it goes back, if it does; gives how many do. Raises Invalid."""
    reason = reason.strip()
    if verdict not in {APPROVE, RETURN}:
        raise Invalid("请选择通过或退回。", field="verdict")
    if verdict == RETURN and not reason:
        raise Invalid("退回须写明理由，以便编目部门更正。", field="reason")
    if len(reason) > LONGEST_REASON:
        raise Invalid(f"退回理由最多 {LONGEST_REASON} 个字，请缩短。", field="reason")
    named = {change.pk: change for change in _bare(submission).filter(pk__in=list(returned))}
    if unknown := set(returned) - set(named):
        raise Invalid(f"本批次没有编号为 {min(unknown)} 的变更，请刷新页面后重新审核。", field="returned")
    if verdict == RETURN:
        return submission.changes.update(reason=reason)
    for key, why in returned.items():
        named[key].reason = _reason_of(named[key], why.strip())
    # What was noted before a publishing that failed.
    submission.changes.exclude(reason="").update(reason="")
    Change.objects.bulk_update(named.values(), ["reason"], batch_size=ROWS_AT_ONCE)
    return len(named)


def carry_out(submission: Submission, told: Callable[[int], None] = lambda done: None) -> None:
    """Publish and return, and end the submission; `told` hears how many points are written.

    Must run in the transaction that holds the submission. Raises Conflict when a camera was changed since.
    """
    actor = submission.decided_by
    assert actor is not None  # noqa: S101 - tells the type checker
    withdrawn: dict[int, str] = {}
    leveled: list[int] = []
    done = 0
    for published in publishing.publish(submission):
        _record_published(actor, submission, published)
        withdrawn |= {each.camera.pk: each.ground for each in published if each.ground is not None}
        leveled += [each.camera.pk for each in published if "security_level" in each.after]
        done += len(published)
        told(done)
    sent_back = _send_back(actor, submission)
    submission.state = SubmissionState.DECIDED
    submission.save(update_fields=["state", "decided_by", "decided_at", "failure"])
    if leveled:
        security_levels_changed.send(Camera, cameras=leveled)
    if withdrawn:
        cameras_withdrawn.send(Camera, cameras=withdrawn, actor=actor)
    result = f"通过 {done} 项，退回 {sent_back} 项"
    notify([submission.compiled_by], f"编目 {submission.number} 已审核：{result}。", page_of(submission))


def _reason_of(change: Change, why: str) -> str:
    if not why:
        raise Invalid(f"退回 {change.code} 须写明理由，以便编目部门更正。", field="returned")
    if len(why) > LONGEST_REASON:
        raise Invalid(f"退回理由最多 {LONGEST_REASON} 个字，请缩短。", field="reason")
    return why


def _bare(submission: Submission) -> QuerySet[Change]:
    """The changes without what they propose."""
    return submission.changes.defer("previous", "proposed", "proposed_paths")


def _record_published(actor: Person, submission: Submission, published: Iterable[Published]) -> None:
    """One event for each camera; of those withdrawn with the reason."""
    entries: dict[AuditAction, list[Entry]] = defaultdict(list)
    for each in published:
        withdrawn = each.ground is not None
        action = AuditAction.CameraWithdrawn if withdrawn else AuditAction.CameraPublished
        reason = f"{submission.number}：{each.ground}" if withdrawn else submission.number
        entries[action].append(Entry(each.camera, reason=reason, before=each.before, after=each.after))
    for action, of_action in entries.items():
        record_many(action, actor=actor, entries=of_action)


def _send_back(actor: Person, submission: Submission) -> int:
    """What has a reason noted is returned; gives how many."""
    changes = _bare(submission).filter(verdict=Verdict.OPEN).exclude(reason="").order_by("pk")
    found = changes.iterator(ROWS_AT_ONCE)
    entries = (Entry(change, label=str(change), reason=change.reason) for change in found)
    record_many(AuditAction.ChangeReturned, actor=actor, entries=entries)
    returned = submission.changes.filter(verdict=Verdict.OPEN).exclude(reason="")
    return returned.update(verdict=Verdict.RETURNED)
