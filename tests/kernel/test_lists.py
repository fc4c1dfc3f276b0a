"""The list machine."""

import django_tables2 as tables
import pytest
from django.test import Client

from gongshi.audit.models import AuditEvent
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel.exporting import safe_cell
from gongshi.kernel.lists import ListTable
from tests.factories import make_department, make_person


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

    def test_counting_does_not_forget_the_order(self, client: Client) -> None:
        client.force_login(make_person(Role.SYSTEM_ADMINISTRATOR))
        for region in ("331181", "331100", "331121"):
            make_department(region=region)
        shown = [row.code for row in client.get("/people/departments/").context["table"].data.data]
        assert shown == sorted(shown) and len(shown) == 4

    def test_rows_that_are_equal_keep_their_places(self, client: Client) -> None:
        client.force_login(make_person(Role.SYSTEM_ADMINISTRATOR))
        for address, order in {
            "?sort=level": ("level", "pk"),
            "?sort=-level": ("-level", "pk"),
            "?sort=code": ("code",),
        }.items():
            rows = client.get(f"/people/departments/{address}").context["table"].data.data
            assert rows.query.order_by == order

    def test_pages_of_the_interface_miss_nobody(self, client: Client) -> None:
        client.force_login(make_person(Role.SYSTEM_ADMINISTRATOR))
        departments = {make_department().code for _ in range(5)}
        pages = [
            client.get(f"/api/v1/people/departments?limit=1&offset={number}").json()["items"]
            for number in range(6)
        ]
        codes = [row["code"] for page in pages for row in page]
        assert codes == sorted(codes) and {*codes} > departments
