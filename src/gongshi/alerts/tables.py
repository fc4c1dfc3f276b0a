"""Lists of alerts."""

import django_tables2 as tables

from gongshi.alerts.models import Alert, AlertState
from gongshi.kernel.lists import NUMBER, WRAP, ListTable, StatusColumn, TimeColumn

STATE_TONES: dict[str, str] = {
    AlertState.OPEN: "red",
    AlertState.EXPLAINED: "orange",
    AlertState.CLOSED: "gray",
}


class AlertTable(ListTable):
    last_at = TimeColumn()
    first_at = TimeColumn()
    kind = tables.Column(linkify=True)
    person = tables.Column(accessor="person__name")
    department = tables.Column("部门", accessor="person__department__name", attrs=WRAP)
    sentence = tables.Column(attrs=WRAP)
    times = tables.Column(attrs=NUMBER)
    state = StatusColumn(STATE_TONES)
    handler = tables.Column(accessor="handler__name", default="待接手")
    closed_at = TimeColumn()
    conclusion = tables.Column(attrs=WRAP)

    class Meta(ListTable.Meta):
        model = Alert
        fields = (
            "last_at",
            "kind",
            "person",
            "department",
            "sentence",
            "times",
            "state",
            "handler",
            "address",
            "first_at",
            "closed_at",
            "conclusion",
        )
        off = ("first_at", "closed_at", "conclusion")


class ExplanationTable(ListTable):
    """What a person is asked to explain."""

    last_at = TimeColumn()
    kind = tables.Column(linkify=lambda record: record.url_of_explanation())
    sentence = tables.Column(attrs=WRAP)
    question = tables.Column(attrs=WRAP)
    state = StatusColumn(STATE_TONES)
    handler = tables.Column(accessor="handler__name")

    class Meta(ListTable.Meta):
        model = Alert
        fields = ("last_at", "kind", "sentence", "question", "state", "handler")
