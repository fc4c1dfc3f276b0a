"""The list of grants."""

import django_tables2 as tables

from gongshi.grants.models import Grant, GrantState
from gongshi.kernel.lists import CODE, WRAP, EndColumn, ListTable, StatusColumn, TimeColumn

STATE_TONES: dict[str, str] = {
    GrantState.PREPARED: "blue",
    GrantState.ACTIVE: "green",
    GrantState.SUSPENDED: "orange",
    GrantState.REVOKED: "red",
}


class GrantTable(ListTable):
    number = tables.Column(linkify=True, attrs=CODE)
    camera_code = tables.Column("视频编号", accessor="camera__code", attrs=CODE)
    camera = tables.Column(accessor="camera__name", attrs=WRAP)
    source_department = tables.Column("数源部门", accessor="camera__source_department__name", attrs=WRAP)
    department = tables.Column(accessor="department__name", attrs=WRAP)
    content = tables.Column("内容", orderable=False)
    valid_from = TimeColumn("有效期起")
    valid_until = EndColumn("有效期止")
    basis_number = tables.Column("依据编号", attrs=CODE)
    state = StatusColumn(STATE_TONES)

    class Meta(ListTable.Meta):
        model = Grant
        fields = (
            "number",
            "state",
            "camera_code",
            "camera",
            "source_department",
            "department",
            "way",
            "content",
            "valid_from",
            "valid_until",
            "basis",
            "basis_number",
            "purpose",
        )
        off = ("camera_code", "way", "content", "basis", "valid_from", "purpose")
