"""Lists of what was done and who looked."""

import django_tables2 as tables

from gongshi.audit.encoding import Part
from gongshi.audit.models import AccessRecord, AuditEvent, Bundle, RecordTable, Seal, WorkState
from gongshi.kernel.lists import (
    CODE,
    LONG_CODE,
    NUMBER,
    WRAP,
    ListTable,
    MegabyteColumn,
    StatusColumn,
    TimeColumn,
)

WORK_TONES: dict[str, str] = {
    WorkState.WAITING: "gray",
    WorkState.RUNNING: "blue",
    WorkState.DONE: "green",
    WorkState.FAILED: "red",
}


class AuditEventTable(ListTable):
    at = TimeColumn(orderable=True, linkify=("audit:event", {"event_id": tables.A("pk")}))
    actor_department = tables.Column(attrs=WRAP)
    object_label = tables.Column(attrs=WRAP)
    reason = tables.Column(attrs=WRAP)
    succeeded = tables.BooleanColumn(yesno="成功,失败")

    class Meta(ListTable.Meta):
        model = AuditEvent
        fields = (
            "at",
            "actor_name",
            "actor_account",
            "actor_department",
            "actor_roles",
            "action",
            "object_label",
            "succeeded",
            "reason",
            "address",
            "request_id",
            "entry_hash",
        )
        off = ("actor_account", "actor_roles", "request_id", "entry_hash")
        # Ten million rows have an index for one order only.
        orderable = False


class AccessRecordTable(ListTable):
    """事由, 内容, 单位, 姓名 (Order 799 Art. 16(3)), and how it ended."""

    opened_at = TimeColumn()
    department_name = tables.Column(attrs=WRAP)
    reason = tables.Column(attrs=WRAP)
    camera_name = tables.Column(attrs=WRAP)
    started_at = TimeColumn(verbose_name="起", accessor="outcome__started_at")
    ended_at = TimeColumn(verbose_name="止", accessor="outcome__ended_at")
    bytes = MegabyteColumn("流量（MB）", accessor="outcome__bytes")
    ending = tables.Column("结果", accessor="outcome__ending")

    class Meta(ListTable.Meta):
        model = AccessRecord
        fields = (
            "opened_at",
            "person_name",
            "department_name",
            "kind",
            "reason",
            "camera_code",
            "camera_name",
            "source_department",
            "started_at",
            "ended_at",
            "bytes",
            "ending",
            "grant_number",
            "basis",
            "address",
            "person_account",
        )
        off = ("camera_code", "source_department", "grant_number", "address", "person_account")


class SealTable(ListTable):
    number = tables.Column(attrs=NUMBER)
    sealed_at = TimeColumn()
    rows = tables.Column(attrs=NUMBER)
    months = tables.Column("内容", accessor="parts", orderable=False, attrs=WRAP)
    digest = tables.Column(attrs=LONG_CODE)
    key_id = tables.Column(attrs=CODE)

    class Meta(ListTable.Meta):
        model = Seal
        fields = ("number", "sealed_at", "rows", "months", "algorithm", "digest", "key_id")
        off = ("algorithm", "key_id")

    def render_months(self, value: list[Part]) -> str:
        return "；".join(f"{RecordTable(part.table).label} {part.month} {part.count} 条" for part in value)


class BundleTable(ListTable):
    asked_at = TimeColumn(linkify=("audit:bundle", {"bundle_id": tables.A("pk")}))
    state = StatusColumn(tones=WORK_TONES)
    rows = tables.Column("条数", attrs=NUMBER)
    size = MegabyteColumn("大小（MB）")
    digest = tables.Column(attrs=CODE)
    confirmed_at = TimeColumn()

    class Meta(ListTable.Meta):
        model = Bundle
        fields = (
            "asked_at",
            "asked_by",
            "from_month",
            "until_month",
            "state",
            "rows",
            "size",
            "digest",
            "confirmed_at",
            "confirmed_by",
        )
        off = ("digest",)
