"""Lists of imports and of their rows, and what these can be filtered by."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from gongshi.catalogue.import_models import Import, ImportRow
from gongshi.catalogue.import_queries import as_change
from gongshi.catalogue.proposals import differences
from gongshi.catalogue.tables import difference_lines
from gongshi.identity.department_names import DepartmentNames
from gongshi.kernel.lists import CODE, NUMBER, WRAP, ListTable, StatusColumn, TimeColumn, status_badge

STATE_TONES = {
    "waiting": "blue",
    "checking": "blue",
    "checked": "orange",
    "handing_in": "blue",
    "done": "green",
    "failed": "red",
    "given_up": "gray",
}
KIND_TONES = {"new": "green", "changed": "blue", "revived": "blue", "same": "gray", "error": "red"}


class ImportTable(ListTable):
    file_name = tables.Column(attrs=WRAP, linkify=("catalogue:import", {"pk": tables.A("pk")}))
    department = tables.Column(accessor="department__name", attrs=WRAP)
    asked_by = tables.Column(accessor="asked_by__name")
    asked_at = TimeColumn()
    state = StatusColumn(STATE_TONES)
    rows_done = tables.Column("行数", attrs=NUMBER)
    new = tables.Column(attrs=NUMBER)
    changed = tables.Column(attrs=NUMBER)
    faulty = tables.Column(attrs=NUMBER)
    submission = tables.Column(
        accessor="submission__number", linkify=("catalogue:submission", {"pk": tables.A("submission__pk")})
    )

    class Meta(ListTable.Meta):
        model = Import
        fields = (
            "file_name",
            "department",
            "asked_by",
            "asked_at",
            "state",
            "rows_done",
            "new",
            "changed",
            "faulty",
            "submission",
        )


class ImportFilter(django_filters.FilterSet):
    file_name = django_filters.CharFilter(lookup_expr="icontains", label="文件")

    class Meta:
        model = Import
        fields = ("file_name", "state")


class ImportRowTable(ListTable):
    """What was found of each row. Whoever compiles for the department may read its networks."""

    number = tables.Column(attrs=NUMBER)
    code = tables.Column(attrs=CODE)
    kind = StatusColumn(KIND_TONES)
    differences = tables.Column("变更前 → 变更后", empty_values=(), orderable=False, attrs=WRAP)
    problems = tables.Column("问题和改法", orderable=False, attrs=WRAP)

    class Meta(ListTable.Meta):
        model = ImportRow
        fields = ("number", "code", "kind", "differences", "problems")

    def __init__(self, *arguments: Any, names: DepartmentNames, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.names = names

    def render_kind(self, record: ImportRow) -> SafeString:
        badge = status_badge(record.get_kind_display(), KIND_TONES[record.kind])
        return format_html("{} {}", badge, status_badge("与此前不同", "orange")) if record.differs else badge

    def render_differences(self, record: ImportRow) -> SafeString:
        return difference_lines(as_change(record), self.names) if record.proposed else format_html("{}", "—")

    def value_differences(self, record: ImportRow) -> str:
        found = differences(as_change(record), self.names, with_network=True) if record.proposed else []
        return "；".join(str(each) for each in found)

    def render_problems(self, value: list[list[str]]) -> SafeString:
        tones = {"error": "status-red", "warning": "status-orange"}
        lines = format_html_join(
            "",
            '<li><span class="badge-dot {}">{}</span> {}</li>',
            ((tones[severity], column, sentence) for column, sentence, severity in value),
        )
        return format_html('<ul class="list-unstyled mb-0">{}</ul>', lines)

    def value_problems(self, value: list[list[str]]) -> str:
        return "；".join(f"{column}：{sentence}" for column, sentence, _ in value)


class ImportRowFilter(django_filters.FilterSet):
    code = django_filters.CharFilter(lookup_expr="startswith", label="视频编号")
    problems = django_filters.ChoiceFilter(
        choices=[("with", "有"), ("without", "没有")], method="with_problems", label="问题或提示"
    )
    differs = django_filters.ChoiceFilter(choices=[("True", "与此前不同")], label="再次比对")

    class Meta:
        model = ImportRow
        fields = ("kind", "code", "problems", "differs")

    def with_problems(self, rows: QuerySet[ImportRow], _: str, wanted: str) -> QuerySet[ImportRow]:
        return rows.exclude(problems=[]) if wanted == "with" else rows.filter(problems=[])
