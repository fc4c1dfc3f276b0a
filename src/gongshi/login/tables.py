"""Lists of logins, of logins that failed, and of networks."""

from typing import Any

import django_tables2 as tables
from django.utils.safestring import SafeString

from gongshi.audit.models import AuditEvent
from gongshi.kernel.lists import CODE, WRAP, ListTable, TimeColumn, status_badge
from gongshi.login.models import AllowedNetwork, LoginSession


class OwnLoginTable(ListTable):
    began_at = TimeColumn()
    last_seen_at = TimeColumn()
    address = tables.Column(attrs=CODE)
    ended_at = TimeColumn()
    ending = tables.Column("状态", empty_values=())
    reason = tables.Column(attrs=WRAP)

    class Meta(ListTable.Meta):
        model = LoginSession
        fields = ("began_at", "address", "program", "last_seen_at", "ended_at", "ending", "reason")

    def render_ending(self, record: LoginSession) -> SafeString:
        tone = "green" if record.ended_at is None else "gray"
        return status_badge(self.value_ending(record), tone)

    def value_ending(self, record: LoginSession) -> str:
        return "进行中" if record.ended_at is None else record.get_ending_display()


class LiveLoginTable(ListTable):
    person = tables.Column(accessor="person__name")
    account = tables.Column("账号", accessor="person__account", attrs=CODE)
    department = tables.Column("部门", accessor="person__department__name", attrs=WRAP)
    role_names = tables.Column("角色", accessor="person__role_names", orderable=False, attrs=WRAP)
    address = tables.Column(attrs=CODE)
    began_at = TimeColumn()
    last_seen_at = TimeColumn()
    end = tables.Column(
        "操作",
        accessor="pk",
        orderable=False,
        linkify=("login:end", {"pk": tables.A("pk")}),
        exclude_from_export=True,
    )

    class Meta(ListTable.Meta):
        model = LoginSession
        fields = (
            "person",
            "account",
            "department",
            "role_names",
            "address",
            "program",
            "began_at",
            "last_seen_at",
            "end",
        )
        off = ("role_names",)

    def render_end(self) -> str:
        return "结束"


class FailedLoginTable(ListTable):
    at = TimeColumn()
    address = tables.Column(attrs=CODE)
    user_agent = tables.Column(attrs=WRAP)
    action = tables.Column("结果")

    class Meta(ListTable.Meta):
        model = AuditEvent
        fields = ("at", "action", "address", "user_agent")


class AllowedNetworkTable(ListTable):
    whose = tables.Column("对象", empty_values=(), orderable=False)
    network = tables.Column(attrs=CODE)
    note = tables.Column(attrs=WRAP)
    withdraw = tables.Column(
        "操作",
        accessor="pk",
        orderable=False,
        linkify=("login:withdraw_network", {"pk": tables.A("pk")}),
        exclude_from_export=True,
    )

    class Meta(ListTable.Meta):
        model = AllowedNetwork
        fields = ("whose", "network", "note", "withdraw")

    def render_whose(self, record: AllowedNetwork) -> str:
        return str(record.person or record.get_role_display())

    def value_whose(self, record: AllowedNetwork) -> Any:
        return self.render_whose(record)

    def render_withdraw(self) -> str:
        return "删除"
