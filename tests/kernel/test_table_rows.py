"""The rows of a table as HTML: the same as `django_tables2` gives cell by cell."""

from typing import Any

import django_tables2 as tables
import pytest
from django.db.models import F
from django.utils.formats import localize
from django.utils.html import conditional_escape

from gongshi.catalogue.models import Camera
from gongshi.catalogue.tables import CameraTable
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel.lists import ListTable, StatusColumn
from gongshi.kernel.table_rows import rows_as_html
from tests.factories import make_camera, make_person

pytestmark = pytest.mark.django_db


class _People(ListTable):
    """Every kind of column: fields, what a query adds, what only the table knows, what comes over keys."""

    department = tables.Column(accessor="department__short_name")
    supervisor = tables.Column(accessor="department__supervisor__name", default="无")
    state = StatusColumn({}, accessor="get_clearance_display", orderable=False)
    added = tables.Column(accessor="added_name")
    roles = tables.Column(accessor="role_names")
    nothing = tables.Column(empty_values=())
    first = tables.Column(accessor="name", attrs={"td": {"class": "wrap"}})

    class Meta(ListTable.Meta):
        model = Person
        fields = ("account", "name", "clearance", "is_active", "created_at", "department")

    def render_nothing(self, record: Person, bound_row: Any) -> str:
        return f"<{record.name}> {bound_row.record.pk == record.pk}"

    def render_first(self, value: str) -> str:
        return value[:1]


def cell_by_cell(table: Any) -> list[str]:
    return [
        conditional_escape(localize(row.get_cell(column.name)))
        for row in table.paginated_rows
        for column in table.columns
    ]


def cells_of(html: str) -> list[str]:
    return [cell.partition("<td")[2].partition(">")[2] for cell in html.split("</td>")[:-1]]


def test_every_cell_is_what_it_would_be_alone() -> None:
    make_person(Role.VIEWER, name="<b>王&芳</b>")
    make_person(Role.DATA_SPECIALIST)
    people = Person.objects.annotate(added_name=F("name")).order_by("pk")
    assert cells_of(rows_as_html(_People(people))) == cell_by_cell(_People(people))
    assert "&lt;b&gt;王&amp;芳&lt;/b&gt;" in rows_as_html(_People(people))
    assert "<b>王" not in rows_as_html(_People(people))


def test_rows_that_are_no_models_are_shown_too() -> None:
    make_person(Role.VIEWER)
    rows = Person.objects.values("account", "name", "clearance")
    for given in (rows, [{"account": "a", "name": "<王>"}]):
        table, alone = (_People(given, exclude=("nothing",)) for _ in range(2))
        assert cells_of(rows_as_html(table)) == cell_by_cell(alone)


def test_the_list_of_cameras_shows_labels_marks_and_links() -> None:
    make_camera(name="水库大坝", address="<i>1号</i>", status="offline", completeness=None)
    make_camera(completeness=80)
    assert cells_of(rows_as_html(CameraTable(Camera.objects.all()))) == cell_by_cell(
        CameraTable(Camera.objects.all())
    )


def test_a_row_keeps_its_own_attributes() -> None:
    class Marked(_People):
        class Meta(_People.Meta):
            row_attrs = {"class": lambda record: f"of-{record.account}"}

    person = make_person(Role.VIEWER)
    assert f'<tr class="of-{person.account}' in rows_as_html(Marked(Person.objects.filter(pk=person.pk)))
