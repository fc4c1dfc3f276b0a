"""账号复核: twice a year each department is asked whether it still needs its accounts (§10a)."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.identity.models import AccountReview, Department, Person, ReviewLine, ReviewVerdict
from gongshi.identity.news import tell
from gongshi.identity.policy import REVIEW_DAYS, REVIEW_MONTHS
from gongshi.identity.queries import holders, keepers_of
from gongshi.identity.roles import Role
from gongshi.identity.rules import Permission
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Forbidden, Invalid

REMINDED_DAYS_BEFORE = 7
REMINDED_EVERY_DAYS = 7


def begin_reviews() -> int:
    """Begin a review in every department that had none for so many months; gives how many."""
    months, days, today = REVIEW_MONTHS.value(), REVIEW_DAYS.value(), clock.today()
    recent = AccountReview.objects.filter(begun_on__gt=clock.months_before(today, months))
    still_open = AccountReview.objects.filter(finished_at=None)
    departments = (
        Department.objects.filter(is_active=True, people__is_active=True)
        .exclude(reviews__in=recent)
        .exclude(reviews__in=still_open)
        .distinct()
        .order_by("pk")
    )
    return sum(_begin(department, today, today + timedelta(days=days)) for department in departments)


@transaction.atomic
def _begin(department: Department, today: date, due: date) -> bool:
    # Two clocks that strike at once.
    department = Department.objects.select_for_update(no_key=True).get(pk=department.pk)
    if AccountReview.objects.filter(department=department, finished_at=None).exists():
        return False
    people = list(department.people.filter(is_active=True).order_by("pk"))
    review = AccountReview.objects.create(department=department, begun_on=today, due_on=due)
    ReviewLine.objects.bulk_create(ReviewLine(review=review, person=person) for person in people)
    record(
        AuditAction.ReviewBegun,
        actor=None,
        thing=review,
        after={"accounts": len(people), "due_on": due},
    )
    tell(
        keepers_of(department),
        f"请在 {due:%Y-%m-%d} 前复核{department.name}的 {len(people)} 个账号。",
        review.get_absolute_url(),
    )
    return True


@transaction.atomic
def confirm_accounts(*, actor: Person, review: AccountReview, people: list[int]) -> AccountReview:
    """Say that these accounts (keys of people) are still needed as they are. The last answer ends the review.

    Raises Invalid, Conflict, and Forbidden for the own account: another specialist or the security
    administrator answers for that.
    """
    authorise(actor, Permission.ConfirmAccounts, review.department)
    review = _locked(review.pk)
    if review.finished_at:
        raise Conflict("该复核已完成，请刷新页面查看结果。")
    lines = list(review.lines.filter(person__in=people).select_related("person__department"))
    if not lines or len(lines) != len(set(people)):
        raise Invalid("请选择本次复核中的账号。", field="people")
    if any(line.person_id == actor.pk for line in lines):
        raise Forbidden("本人账号不能由本人确认，请由本部门其他数据专员或安全管理员确认。")
    if any(line.verdict != ReviewVerdict.OPEN for line in lines):
        raise Conflict("所选账号中有的已复核，请刷新页面后重新选择。")
    review.lines.filter(pk__in=[line.pk for line in lines]).update(
        verdict=ReviewVerdict.CONFIRMED, decided_by=actor, decided_at=clock.now()
    )
    record(
        AuditAction.AccountsConfirmed,
        actor=actor,
        thing=review,
        after={"accounts": [line.person.account for line in lines]},
    )
    _finish(review)
    return review


def keep_reviews_going() -> int:
    """Begin, finish and remind; gives how many reviews began. Each step of its own, may run twice a day."""
    begun = begin_reviews()
    for review in AccountReview.objects.filter(finished_at=None).order_by("pk"):
        _go_on(review.pk)
    return begun


@transaction.atomic
def _go_on(review_id: int) -> None:
    review = _locked(review_id)
    gone = review.lines.filter(verdict=ReviewVerdict.OPEN)
    left = gone.filter(person__is_active=False) | gone.exclude(person__department=review.department)
    ReviewLine.objects.filter(pk__in=left.values("pk")).update(verdict=ReviewVerdict.GONE)
    _finish(review)
    if not review.finished_at and _is_to_be_reminded(review):
        _remind(review)


def _locked(review_id: int) -> AccountReview:
    reviews = AccountReview.objects.select_for_update(of=("self",)).select_related("department")
    return reviews.get(pk=review_id)


def _finish(review: AccountReview) -> None:
    if review.finished_at or review.lines.filter(verdict=ReviewVerdict.OPEN).exists():
        return
    review.finished_at = clock.now()
    review.save(update_fields=["finished_at"])
    record(AuditAction.ReviewFinished, actor=None, thing=review)


def _is_to_be_reminded(review: AccountReview) -> bool:
    today = clock.today()
    begins = review.due_on - timedelta(days=REMINDED_DAYS_BEFORE)
    last = review.reminded_on
    return today >= begins and (last is None or (today - last).days >= REMINDED_EVERY_DAYS)


def _remind(review: AccountReview) -> None:
    """Whoever is asked; once it is overdue, the security administrators too."""
    overdue = clock.today() > review.due_on
    people: QuerySet[Person] = keepers_of(review.department)
    if overdue:
        people = people | holders(Role.SECURITY_ADMINISTRATOR)
    open_lines = review.lines.filter(verdict=ReviewVerdict.OPEN).count()
    word = "已逾期" if overdue else f"截止 {review.due_on:%Y-%m-%d}"
    tell(
        people.distinct(),
        f"{review.department.name}的账号复核{word}，还有 {open_lines} 个账号待复核。",
        review.get_absolute_url(),
    )
    review.reminded_on = clock.today()
    review.save(update_fields=["reminded_on"])
