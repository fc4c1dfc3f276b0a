"""Saved filters: who keeps, uses, changes and removes them."""

from typing import Any

import pytest

from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.identity.department_actions import merge_departments
from gongshi.identity.models import Department, Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Forbidden, GongshiError, Invalid, NotFound
from gongshi.saved_filters import actions
from gongshi.saved_filters.actions import change_filter, remove_filter, save_filter
from gongshi.saved_filters.models import SavedFilter
from gongshi.saved_filters.queries import filters_known_to
from tests.at_once import refusals_at_once
from tests.factories import make_department, make_person

pytestmark = pytest.mark.django_db
CAMERAS, EVENTS = "catalogue:cameras", "audit:events"


def save(person: Person, **given: Any) -> SavedFilter:
    wanted = {"list_name": CAMERAS, "name": "离线", "conditions": "status=offline"} | given
    return save_filter(actor=person, **wanted)


def state() -> tuple[Any, ...]:
    kept = SavedFilter.objects.order_by("pk").values_list("pk", "name", "conditions", "department")
    return [*kept], AuditEvent.objects.filter(succeeded=True).count()


def refused(error: type[GongshiError], act: Any, *arguments: Any, **given: Any) -> GongshiError:
    """It raises, and neither a filter nor the record is other than before."""
    before = state()
    with pytest.raises(error) as raised:
        act(*arguments, **given)
    assert state() == before
    return raised.value


class TestSaving:
    def test_filters_sort_and_columns_are_kept_and_pages_are_not(self, viewer: Person) -> None:
        address = "status=offline&sort=-name&page=7&region=&_columns=code.name&_export=csv"
        saved = save(viewer, name=" 离线  的 ", conditions=address)
        assert (saved.name, saved.is_shared) == ("离线 的", False)
        assert saved.conditions == "_columns=code.name&sort=-name&status=offline"
        event = AuditEvent.objects.get(action=AuditAction.FilterSaved)
        assert event.actor_id == viewer.pk and event.after["conditions"] == saved.conditions

    @pytest.mark.parametrize(
        ("name", "words"), [("", "起一个名称"), (" \t", "起一个名称"), ("长" * 41, "不能超过 40")]
    )
    def test_a_filter_needs_a_fitting_name(self, name: str, words: str, viewer: Person) -> None:
        error = refused(Invalid, save, viewer, name=name)
        assert error.field == "name" and words in error.message

    @pytest.mark.parametrize("conditions", ["", "page=3", "status=&q="])
    def test_a_filter_of_nothing_is_refused(self, conditions: str, viewer: Person) -> None:
        assert "请先选择筛选条件" in refused(Invalid, save, viewer, conditions=conditions).message

    def test_conditions_that_no_address_holds_are_refused(self, viewer: Person) -> None:
        assert "过长" in refused(Invalid, save, viewer, conditions=f"q={'长' * 900}").message

    def test_a_second_one_of_the_same_name_is_refused(self, viewer: Person) -> None:
        save(viewer)
        error = refused(Invalid, save, viewer, conditions="status=online")
        assert error.field == "name" and "已有名为“离线”的筛选" in error.message

    def test_names_are_unique_for_one_person_and_list_only(self, viewer: Person, colleague: Person) -> None:
        saved = [save(viewer), save(colleague), save(viewer, list_name="grants:grants")]
        assert {each.name for each in saved} == {"离线"}

    def test_one_is_overwritten_when_asked(self, viewer: Person) -> None:
        saved = save(viewer)
        again = save(viewer, conditions="status=repair", overwrite=True, is_shared=True)
        assert (again.pk, again.conditions, again.department) == (
            saved.pk,
            "status=repair",
            viewer.department,
        )
        event = AuditEvent.objects.get(action=AuditAction.FilterChanged)
        assert event.before["conditions"] == "status=offline"

    def test_overwriting_touches_nobody_elses(self, viewer: Person, colleague: Person) -> None:
        other = save(colleague, is_shared=True)
        save(viewer, conditions="status=repair", overwrite=True)
        other.refresh_from_db()
        assert other.conditions == "status=offline"

    def test_nobody_keeps_more_than_a_menu_holds(
        self, viewer: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert actions.MOST_OF_A_PERSON == 100
        monkeypatch.setattr(actions, "MOST_OF_A_PERSON", 1)
        save(viewer)
        assert "最多保存 1 个" in refused(Invalid, save, viewer, name="其他").message

    @pytest.mark.parametrize("list_name", [EVENTS, "catalogue:camera", "nonsense", ""])
    def test_of_a_list_that_one_may_not_read_nothing_is_kept(self, list_name: str, viewer: Person) -> None:
        refused(Forbidden, save, viewer, list_name=list_name)

    def test_an_administrator_keeps_filters_of_his_own_lists(self) -> None:
        auditor = make_person(Role.AUDIT_ADMINISTRATOR)
        assert save(auditor, list_name=EVENTS, conditions="person=王芳").pk
        refused(Forbidden, save, auditor)


@pytest.mark.django_db(transaction=True)
def test_of_two_of_one_name_at_once_one_is_kept() -> None:
    viewer = make_person(Role.VIEWER)
    assert refusals_at_once(*[lambda: save(viewer)] * 2) == [Invalid]


class TestKnowing:
    def test_a_filter_is_its_owners_business_until_it_is_shared(
        self, viewer: Person, colleague: Person
    ) -> None:
        saved = save(viewer)
        assert [*filters_known_to(viewer)] == [saved] and not filters_known_to(colleague)
        change_filter(actor=viewer, saved=saved, name="离线", is_shared=True)
        assert [*filters_known_to(colleague)] == [saved]

    def test_another_department_does_not_know_of_it(self, viewer: Person) -> None:
        save(viewer, is_shared=True)
        assert not filters_known_to(make_person(Role.VIEWER))

    def test_a_colleague_who_may_not_read_the_list_does_not_know_of_it(
        self, viewer: Person, colleague: Person
    ) -> None:
        auditor = make_person(Role.AUDIT_ADMINISTRATOR, department=viewer.department)
        save(auditor, list_name=EVENTS, conditions="person=王芳", is_shared=True)
        assert not filters_known_to(viewer)

    def test_what_was_shared_stays_where_its_owner_left(self, viewer: Person, colleague: Person) -> None:
        saved = save(viewer, is_shared=True)
        viewer.department = make_department()
        viewer.save()
        assert [*filters_known_to(colleague)] == [saved]
        change_filter(actor=viewer, saved=saved, name="离线的", is_shared=True)
        assert [*filters_known_to(colleague)] == [saved]

    def test_what_was_shared_goes_with_a_department_that_is_merged(
        self, viewer: Person, department: Department
    ) -> None:
        saved, into = save(viewer, is_shared=True), make_department()
        own = save(viewer, name="自己的")
        administrator = make_person(Role.SYSTEM_ADMINISTRATOR)
        merge_departments(actor=administrator, department=department, into=into, reason="机构改革")
        assert [*filters_known_to(make_person(Role.VIEWER, department=into))] == [saved]
        own.refresh_from_db()
        assert own.department is None


class TestChanging:
    def test_its_owner_renames_it(self, viewer: Person) -> None:
        saved = change_filter(actor=viewer, saved=save(viewer), name="离线的", is_shared=False)
        assert (saved.name, saved.conditions, saved.is_shared) == ("离线的", "status=offline", False)

    def test_nobody_else_changes_it(self, viewer: Person, colleague: Person) -> None:
        saved = save(viewer, is_shared=True)
        specialist = make_person(Role.DATA_SPECIALIST, department=viewer.department)
        for other in (colleague, specialist, make_person(Role.BUREAU_ADMINISTRATOR)):
            refused(Forbidden, change_filter, actor=other, saved=saved, name="我的", is_shared=True)

    def test_a_name_that_is_taken_is_refused(self, viewer: Person) -> None:
        save(viewer, name="在修")
        refused(Invalid, change_filter, actor=viewer, saved=save(viewer), name="在修", is_shared=False)


class TestRemoving:
    def test_its_owner_removes_it(self, viewer: Person) -> None:
        remove_filter(actor=viewer, saved=save(viewer))
        assert not SavedFilter.objects.exists()
        assert AuditEvent.objects.get(action=AuditAction.FilterRemoved).before["name"] == "离线"

    def test_the_departments_specialist_tidies_up_what_is_shared(self, viewer: Person) -> None:
        specialist = make_person(Role.DATA_SPECIALIST, department=viewer.department)
        remove_filter(actor=specialist, saved=save(viewer, is_shared=True))
        assert not SavedFilter.objects.exists()
        refused(Forbidden, remove_filter, actor=specialist, saved=save(viewer))

    def test_nobody_else_removes_it(self, viewer: Person, colleague: Person) -> None:
        saved = save(viewer, is_shared=True)
        for other in (colleague, make_person(Role.DATA_SPECIALIST), make_person(Role.BUREAU_ADMINISTRATOR)):
            refused(Forbidden, remove_filter, actor=other, saved=saved)

    def test_what_is_gone_already_is_not_found(self, viewer: Person) -> None:
        saved = save(viewer)
        remove_filter(actor=viewer, saved=SavedFilter.objects.get())
        refused(NotFound, remove_filter, actor=viewer, saved=saved)
