"""A person's own notices."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from gongshi.kernel.lists import ListTable, TimeColumn
from gongshi.notices.models import Notice


class NoticeTable(ListTable):
    created_at = TimeColumn()

    class Meta(ListTable.Meta):
        model = Notice
        fields = ("created_at", "text")
        row_attrs = {"class": lambda record: "" if record.read_at else "fw-bold"}

    def render_text(self, value: str, record: Notice) -> SafeString | str:
        return format_html('<a href="{}">{}</a>', record.url, value) if record.url else value
