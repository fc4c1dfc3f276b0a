"""The list of saved filters."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from gongshi.kernel.authority import may
from gongshi.kernel.list_pages import list_pages, title_of
from gongshi.kernel.lists import WRAP, ListTable, TimeColumn
from gongshi.saved_filters.models import SavedFilter
from gongshi.saved_filters.queries import address_of
from gongshi.saved_filters.rules import Permission

ACTS = ((Permission.ChangeFilter, "change", "修改"), (Permission.RemoveFilter, "remove", "删除"))


class SavedFilterTable(ListTable):
    name = tables.Column(attrs=WRAP)
    list_name = tables.Column(orderable=False)
    department = tables.Column(accessor="department__short_name", default="仅本人")
    person = tables.Column(accessor="person__name")
    saved_at = TimeColumn()
    acts = tables.Column(
        "",
        empty_values=(),
        orderable=False,
        exclude_from_export=True,
        attrs={"td": {"class": "actions"}},
    )

    class Meta(ListTable.Meta):
        model = SavedFilter
        fields = ("name", "list_name", "department", "person", "saved_at", "acts")

    def render_name(self, record: SavedFilter, value: str) -> SafeString | str:
        address = address_of(record)
        return format_html('<a href="{}">{}</a>', address, value) if address else value

    def render_list_name(self, value: str) -> str:
        page = list_pages().get(value)
        return title_of(page) if page else value

    def render_acts(self, record: SavedFilter) -> SafeString:
        """A link for each thing that whoever reads the list may do with it."""
        links = [
            (reverse(f"saved_filters:{view}", args=[record.pk]), word)
            for permission, view, word in ACTS
            if may(self.request.user, permission, record)
        ]
        return format_html_join(" ", '<a href="{}">{}</a>', links)
