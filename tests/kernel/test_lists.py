"""The list machine."""

import django_tables2 as tables
import pytest
from django.test import Client

from gongshi.audit.models import AuditEvent
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel.lists import ListTable, safe_cell
from tests.factories import make_person


class _Table(ListTable):
    department = tables.Column(accessor="department__short_name")
    extra = tables.Column("另外", empty_values=())

    class Meta(ListTable.Meta):
        model = Person
        fields = ("account", "department", "extra")


def test_a_column_over_a_relation_is_headed_by_the_relation() -> None:
    assert [column.header for column in _Table([]).columns] == ["账号", "部门", "另外"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
def test_text_that_a_spreadsheet_would_compute_is_marked_as_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.django_db
class TestPage:
    def test_a_wrong_filter_value_shows_its_error_and_no_rows(self, client: Client) -> None:
        client.force_login(make_person(Role.AUDIT_ADMINISTRATOR))
        answer = client.get("/audit/events/?action=nonsense")
        assert answer.status_code == 200
        assert answer.context["table"].page.paginator.count == 0
        assert "nonsense" in str(answer.context["filter"].form.errors["action"])

    def test_the_count_is_of_what_is_shown(self, client: Client) -> None:
        make_person(Role.VIEWER)
        client.force_login(make_person(Role.AUDIT_ADMINISTRATOR))
        shown = (
            client.get("/audit/events/?action=identity:person:created").context["table"].page.paginator.count
        )
        assert shown == AuditEvent.objects.filter(action="identity:person:created").count() == 2

    def test_chosen_columns_are_shown_and_exported(self, client: Client) -> None:
        client.force_login(make_person(Role.AUDIT_ADMINISTRATOR))
        client.cookies["columns_audit_events"] = "at.actor_name"
        text = client.get("/audit/events/?_export=csv").content.decode("utf-8-sig")
        assert text.splitlines()[0] == "时间,姓名"

    def test_a_page_beyond_the_last_shows_the_last(self, client: Client) -> None:
        client.force_login(make_person(Role.AUDIT_ADMINISTRATOR))
        assert client.get("/audit/events/?page=999").context["table"].page.number == 1
