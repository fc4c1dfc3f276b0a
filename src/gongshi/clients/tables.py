"""The list of clients."""

import django_tables2 as tables

from gongshi.clients.models import ApiClient, ClientState
from gongshi.kernel.lists import CODE, NUMBER, WRAP, ListTable, StatusColumn, TimeColumn

STATE_TONES: dict[str, str] = {
    ClientState.ACTIVE: "green",
    ClientState.SUSPENDED: "orange",
    ClientState.ENDED: "gray",
}


class ClientTable(ListTable):
    name = tables.Column(linkify=True, attrs=WRAP)
    client_id = tables.Column(attrs=CODE)
    department = tables.Column(accessor="department__name", attrs=WRAP)
    responsible = tables.Column(accessor="responsible__name")
    scope_names = tables.Column("授权范围", orderable=False, attrs=WRAP)
    networks = tables.Column(orderable=False, attrs=WRAP)
    per_minute = tables.Column(attrs=NUMBER)
    state = StatusColumn(STATE_TONES)
    last_call = TimeColumn(verbose_name="最近调用", accessor="call_count__minute")
    secret_made_at = TimeColumn()

    class Meta(ListTable.Meta):
        model = ApiClient
        fields = (
            "name",
            "client_id",
            "department",
            "responsible",
            "scope_names",
            "networks",
            "per_minute",
            "expires_on",
            "state",
            "last_call",
            "secret_made_at",
        )
        off = ("networks", "per_minute", "secret_made_at")

    def render_networks(self, value: list[str]) -> str:
        return "、".join(value)

    value_networks = render_networks
