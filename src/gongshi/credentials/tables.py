"""Lists of locks, undertakings and who accepted them."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gongshi.credentials.models import Guard, UndertakingAcceptance, UndertakingVersion
from gongshi.kernel.lists import CODE, NUMBER, WRAP, ListTable, TimeColumn


class LockTable(ListTable):
    account = tables.Column("账号", accessor="person__account", attrs=CODE)
    name = tables.Column("姓名", accessor="person__name")
    department = tables.Column("部门", accessor="person__department__name", attrs=WRAP)
    failures = tables.Column("失败次数", attrs=NUMBER)
    last_failed_at = TimeColumn()
    locked_until = TimeColumn()

    class Meta(ListTable.Meta):
        model = Guard
        fields: tuple[str, ...] = (
            "kind",
            "account",
            "name",
            "department",
            "address",
            "failures",
            "last_failed_at",
            "locked_until",
        )


class LiftableLockTable(LockTable):
    """For who may lift them."""

    lift = tables.Column("操作", accessor="pk", orderable=False, exclude_from_export=True)

    class Meta(LockTable.Meta):
        fields = (*LockTable.Meta.fields, "lift")

    def render_lift(self, record: Guard) -> SafeString:
        return format_html('<a href="{}">解除锁定</a>', reverse("credentials:lift_lock", args=[record.pk]))


class UndertakingTable(ListTable):
    number = tables.Column(attrs=NUMBER)
    text = tables.Column(attrs=WRAP)
    publisher = tables.Column(accessor="publisher__name", default="随系统安装")
    published_at = TimeColumn()

    class Meta(ListTable.Meta):
        model = UndertakingVersion
        fields = ("number", "in_force_on", "publisher", "published_at", "text")


class AcceptanceTable(ListTable):
    account = tables.Column("账号", accessor="person__account", attrs=CODE)
    name = tables.Column("姓名", accessor="person__name")
    department_name = tables.Column(attrs=WRAP)
    version = tables.Column("版本", accessor="version__number", attrs=NUMBER)
    accepted_at = TimeColumn()

    class Meta(ListTable.Meta):
        model = UndertakingAcceptance
        fields = ("account", "name", "department_name", "version", "accepted_at", "address")
