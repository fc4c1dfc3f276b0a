"""账号复核: each half year a department says which of its accounts it still needs (§10a)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gongshi.audit.models import AuditEvent
from gongshi.identity.models import AccountReview, Person, ReviewLine, ReviewVerdict
from gongshi.identity.policy import REVIEW_MONTHS
from gongshi.identity.proposal_actions import propose_change
from gongshi.identity.review_actions import confirm_accounts, keep_reviews_going
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from gongshi.notices.models import Notice
from tests.factories import browser_of, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def specialist() -> Person:
    return make_person(Role.DATA_SPECIALIST)


@pytest.fixture
def viewer(specialist: Person) -> Person:
    return make_person(Role.VIEWER, department=specialist.department)


@pytest.fixture
def review(specialist: Person, viewer: Person) -> AccountReview:
    keep_reviews_going()
    return AccountReview.objects.get(department=specialist.department)


def verdict_of(person: Person) -> str:
    return ReviewLine.objects.get(person=person).verdict


def test_every_account_of_the_department_is_asked_about(
    specialist: Person, viewer: Person, review: AccountReview
) -> None:
    assert {line.person_id for line in review.lines.all()} == {specialist.pk, viewer.pk}
    assert Notice.objects.filter(person=specialist, url=review.get_absolute_url()).exists()


def test_the_next_one_begins_after_half_a_year(review: AccountReview) -> None:
    assert keep_reviews_going() == 0
    long_ago = clock.months_before(clock.today(), REVIEW_MONTHS.value())
    AccountReview.objects.update(finished_at=clock.now(), begun_on=long_ago + timedelta(days=1))
    assert keep_reviews_going() == 0
    AccountReview.objects.update(begun_on=long_ago)
    assert keep_reviews_going() == 1


def test_confirming_ends_it_with_somebody_elses_word_for_the_own_account(
    specialist: Person, viewer: Person, review: AccountReview
) -> None:
    confirm_accounts(actor=specialist, review=review, people=[viewer.pk])
    with pytest.raises(Forbidden, match="本人"):
        confirm_accounts(actor=specialist, review=review, people=[specialist.pk])
    security = make_person(Role.SECURITY_ADMINISTRATOR)
    confirm_accounts(actor=security, review=review, people=[specialist.pk])
    assert AccountReview.objects.get(pk=review.pk).finished_at
    with pytest.raises(Conflict):
        confirm_accounts(actor=security, review=review, people=[viewer.pk])


def test_the_database_lets_nobody_confirm_himself(specialist: Person, review: AccountReview) -> None:
    with pytest.raises(IntegrityError, match="confirms_his_own"), transaction.atomic():
        ReviewLine.objects.filter(person=specialist).update(decided_by=specialist)


def test_a_proposal_answers_too(specialist: Person, viewer: Person, review: AccountReview) -> None:
    propose_change(actor=specialist, person=viewer, kind="retire", reason="已离职")
    assert verdict_of(viewer) == ReviewVerdict.PROPOSED


def test_who_is_gone_needs_no_answer(viewer: Person, review: AccountReview) -> None:
    Person.objects.filter(pk=viewer.pk).update(is_active=False)
    keep_reviews_going()
    assert verdict_of(viewer) == ReviewVerdict.GONE


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {Role.DATA_SPECIALIST, Role.SECURITY_ADMINISTRATOR}]
)
def test_nobody_else_confirms(viewer: Person, review: AccountReview, role: Role) -> None:
    actor = make_person(role)
    before = AuditEvent.objects.count()
    with pytest.raises(Forbidden):
        confirm_accounts(actor=actor, review=review, people=[viewer.pk])
    assert verdict_of(viewer) == ReviewVerdict.OPEN and AuditEvent.objects.count() == before


def test_nor_a_specialist_of_another_department(viewer: Person, review: AccountReview) -> None:
    other = make_person(Role.DATA_SPECIALIST)
    with pytest.raises(Forbidden):
        confirm_accounts(actor=other, review=review, people=[viewer.pk])
    assert browser_of(other).get(review.get_absolute_url()).status_code == 404


def test_only_accounts_of_the_review_are_confirmed(specialist: Person, review: AccountReview) -> None:
    for people in ([], [make_person().pk]):
        with pytest.raises(Invalid):
            confirm_accounts(actor=specialist, review=review, people=people)


def test_whoever_is_asked_is_reminded_and_the_security_administrator_when_it_is_late(
    specialist: Person, review: AccountReview
) -> None:
    security = make_person(Role.SECURITY_ADMINISTRATOR)
    Notice.objects.all().delete()
    keep_reviews_going()
    assert not Notice.objects.exclude(person=security).exists()
    AccountReview.objects.filter(pk=review.pk).update(due_on=clock.today() + timedelta(days=3))
    keep_reviews_going()
    keep_reviews_going()
    assert Notice.objects.filter(person=specialist, text__contains="待复核").count() == 1
    AccountReview.objects.filter(pk=review.pk).update(
        due_on=clock.today() - timedelta(days=1), reminded_on=clock.today() - timedelta(days=7)
    )
    keep_reviews_going()
    assert Notice.objects.filter(person=security, text__contains="已逾期").count() == 1
    late = browser_of(security).get("/people/reviews/", {"how": "overdue"}).content.decode()
    assert review.department.name in late


def test_on_the_page_and_over_the_interface(
    specialist: Person, viewer: Person, review: AccountReview
) -> None:
    browser = browser_of(specialist)
    page = browser.get(review.get_absolute_url())
    assert page.context["may_confirm"] and viewer.name in page.content.decode()
    assert browser.post(review.get_absolute_url(), {"people": [viewer.pk]}).status_code == 302
    assert verdict_of(viewer) == ReviewVerdict.CONFIRMED
    security = browser_of(make_person(Role.SECURITY_ADMINISTRATOR))
    answer = security.post(
        f"/api/v1/people/reviews/{review.pk}/confirmation", {"people": [specialist.pk]}, "application/json"
    )
    assert answer.status_code == 200, answer.content
    assert answer.json()["finished_at"]


def test_the_list_takes_few_queries(specialist: Person, django_assert_max_num_queries: Any) -> None:
    for _ in range(8):
        make_person(Role.VIEWER)
    keep_reviews_going()
    browser = browser_of(make_person(Role.SECURITY_ADMINISTRATOR))
    browser.get("/people/reviews/")
    with django_assert_max_num_queries(12):
        browser.get("/people/reviews/")
