"""参数修改记录."""

import django_tables2 as tables

from gongshi.kernel.lists import WRAP, ListTable, TimeColumn
from gongshi.parameters.models import ParameterChange
from gongshi.parameters.queries import label_of, text_of


class ParameterChangeTable(ListTable):
    at = TimeColumn()
    key = tables.Column(attrs=WRAP)
    by = tables.Column(accessor="by__name")
    reason = tables.Column(attrs=WRAP)

    class Meta(ListTable.Meta):
        model = ParameterChange
        fields = ("at", "key", "before", "after", "by", "reason")

    def render_key(self, value: str) -> str:
        return label_of(value)

    def render_before(self, record: ParameterChange) -> str:
        return text_of(record.key, record.before)

    def render_after(self, record: ParameterChange) -> str:
        return text_of(record.key, record.after)
