"""Lists of cameras, submissions and changes."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from gongshi.catalogue.clearance import SHORT, is_cleared
from gongshi.catalogue.models import Camera, Change, ChangeKind, Submission
from gongshi.catalogue.proposals import Difference, differences
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Person
from gongshi.kernel.lists import CODE, NUMBER, WRAP, ListTable, StatusColumn, TimeColumn, status_badge

SHARING_TONES = {"unconditional": "green", "restricted": "orange", "none": "red"}
OPENING_TONES = {"unconditional": "green", "restricted": "orange", "forbidden": "red"}
STATUS_TONES = {"online": "green", "offline": "red", "repair": "orange", "unknown": "gray"}
STATE_TONES = {"draft": "gray", "submitted": "blue", "publishing": "orange", "decided": "green"}
KIND_TONES = {"create": "green", "update": "blue", "withdraw": "red"}
VERDICT_TONES = {"open": "blue", "approved": "green", "returned": "red"}


def _then_code(field: str) -> tuple[str, str]:
    """The order of a column: what is equal in it by code, for which there is an index (migration 0005)."""
    return field, "code"


class CameraTable(ListTable):
    code = tables.Column(attrs=CODE, linkify=("catalogue:camera", {"code": tables.A("code")}))
    name = tables.Column(attrs=WRAP, order_by=_then_code("name"))
    device_type = tables.Column(order_by=_then_code("device_type"))
    point_class = tables.Column(order_by=_then_code("point_class"))
    region = tables.Column(order_by=_then_code("region"))
    # Nobody looks for anything in the order of addresses.
    address = tables.Column(attrs=WRAP, orderable=False)
    # Sorting brings the cameras of each department together, which its key does as well as its name.
    owner = tables.Column("所属单位", accessor="owner__short_name", order_by=_then_code("owner_id"))
    source_department = tables.Column(
        "数源部门",
        accessor="source_department__short_name",
        order_by=_then_code("source_department_id"),
    )
    sharing_level = StatusColumn(SHARING_TONES, order_by=_then_code("sharing_level"))
    opening_level = StatusColumn(OPENING_TONES, order_by=_then_code("opening_level"))
    security_level = tables.Column(order_by=_then_code("security_level"))
    status = StatusColumn(STATUS_TONES, order_by=_then_code("status"))
    transmission = tables.Column(order_by=_then_code("transmission"))
    completeness = tables.Column(attrs=NUMBER, order_by=_then_code("completeness"))
    validity = tables.Column(attrs=NUMBER, order_by=_then_code("validity"))
    version = tables.Column(attrs=NUMBER, orderable=False)
    published_at = TimeColumn(order_by=_then_code("published_at"))

    class Meta(ListTable.Meta):
        model = Camera
        fields = (
            "code",
            "name",
            "device_type",
            "point_class",
            "region",
            "address",
            "owner",
            "source_department",
            "sharing_level",
            "opening_level",
            "security_level",
            "status",
            "transmission",
            "completeness",
            "validity",
            "version",
            "published_at",
        )
        off = (
            "point_class",
            "address",
            "opening_level",
            "transmission",
            "completeness",
            "validity",
            "version",
            "published_at",
        )

    def render_security_level(self, value: str, record: Camera) -> SafeString | str:
        """The level; also whether it is above the clearance of who reads the list."""
        person = getattr(getattr(self, "request", None), "user", None)
        if not isinstance(person, Person) or is_cleared(person, record):
            return value
        return format_html("{} {}", value, status_badge(SHORT, "orange"))

    def value_security_level(self, record: Camera) -> str:
        return record.get_security_level_display()


# What is read of a camera for its row: a point has seventy columns more.
LISTED = tuple(str(column.accessor or name) for name, column in CameraTable.base_columns.items())


class SubmissionTable(ListTable):
    number = tables.Column(attrs=CODE, linkify=("catalogue:submission", {"pk": tables.A("pk")}))
    title = tables.Column(attrs=WRAP)
    department = tables.Column(accessor="department__name", attrs=WRAP)
    compiled_by = tables.Column(accessor="compiled_by__name")
    change_count = tables.Column("变更", attrs=NUMBER)
    returned_count = tables.Column("退回", attrs=NUMBER)
    state = StatusColumn(STATE_TONES)
    submitted_at = TimeColumn()
    decided_by = tables.Column(accessor="decided_by__name")
    decided_at = TimeColumn()

    class Meta(ListTable.Meta):
        model = Submission
        fields = (
            "number",
            "title",
            "department",
            "compiled_by",
            "change_count",
            "returned_count",
            "state",
            "submitted_at",
            "decided_by",
            "decided_at",
        )
        off = ("decided_by", "decided_at")


class ChangeTable(ListTable):
    """The rows of a submission: what was and what shall be. Whoever may read it may read networks."""

    code = tables.Column(attrs=CODE)
    kind = StatusColumn(KIND_TONES)
    differences = tables.Column("变更前 → 变更后", empty_values=(), orderable=False, attrs=WRAP)
    ground = tables.Column(attrs=WRAP)
    verdict = StatusColumn(VERDICT_TONES)
    reason = tables.Column(attrs=WRAP)

    class Meta(ListTable.Meta):
        model = Change
        fields = ("code", "kind", "differences", "ground", "verdict", "reason")

    def __init__(
        self, *arguments: Any, names: DepartmentNames, is_own_draft: bool = False, **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self.names, self.is_own_draft = names, is_own_draft

    def render_code(self, record: Change, value: str) -> SafeString:
        if self.is_own_draft:
            url = reverse("catalogue:edit_change", args=[record.pk])
            return format_html('<a href="{}">{}</a>', url, value)
        if record.camera_id is None:
            return format_html("{}", value)
        return format_html('<a href="{}">{}</a>', reverse("catalogue:camera", kwargs={"code": value}), value)

    def render_differences(self, record: Change) -> SafeString:
        return difference_lines(record, self.names)

    def value_differences(self, record: Change) -> str:
        return "；".join(str(each) for each in differences(record, self.names, with_network=True))


def difference_lines(change: Change, names: DepartmentNames, *, with_network: bool = True) -> SafeString:
    """What a change does, a line for each field; of a new camera they are folded away."""
    found = differences(change, names, with_network=with_network)
    lines = format_html_join("", "<li>{}</li>", ((_sentence(each),) for each in found))
    if change.kind != ChangeKind.CREATE:
        return format_html('<ul class="list-unstyled mb-0">{}</ul>', lines)
    summary = f"{change.proposed['name']} · {change.proposed['address']}"
    return format_html(
        '<details><summary>{}</summary><ul class="list-unstyled mb-0 mt-1">{}</ul></details>', summary, lines
    )


def _sentence(difference: Difference) -> SafeString:
    if difference.before is None:
        return format_html('<span class="soft">{}</span> {}', difference.label, difference.after or "—")
    return format_html(
        '<span class="soft">{}</span> <del>{}</del> → <ins>{}</ins>',
        difference.label,
        difference.before or "（空）",
        difference.after or "（空）",
    )
