"""The list of second factors."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gongshi.credentials.rules import Permission
from gongshi.credentials.second_factor import ALWAYS
from gongshi.identity.models import Person
from gongshi.kernel.authority import may
from gongshi.kernel.lists import CODE, WRAP, ListTable, TimeColumn, status_badge


class SecondFactorTable(ListTable):
    account = tables.Column(attrs=CODE)
    department = tables.Column(accessor="department__short_name")
    role_names = tables.Column("角色", orderable=False, attrs=WRAP)
    state = tables.Column("二次验证", accessor="factor_since", empty_values=())
    factor_since = TimeColumn("启用时间")
    factor_used_at = TimeColumn("最近使用")
    reset = tables.Column("操作", accessor="factor_since", orderable=False, exclude_from_export=True)

    class Meta(ListTable.Meta):
        model = Person
        fields = (
            "account",
            "name",
            "department",
            "role_names",
            "state",
            "factor_since",
            "factor_used_at",
            "reset",
        )
        off = ("factor_since",)

    def render_state(self, value: Any, record: Person) -> SafeString:
        if value:
            return status_badge("已启用", "green")
        if record.roles & ALWAYS:
            return status_badge("未启用，须启用", "orange")
        return status_badge("未启用", "gray")

    def value_state(self, value: Any) -> str:
        return "已启用" if value else "未启用"

    def render_reset(self, record: Person) -> SafeString | str:
        if not may(self.request.user, Permission.ResetSecondFactor, record):
            return ""
        url = reverse("credentials:reset_second_factor", args=[record.account])
        return format_html('<a href="{}">重置</a>', url)
