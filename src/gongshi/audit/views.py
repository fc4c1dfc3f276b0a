"""安全审计: the log and the register, for the auditor."""

from django.db.models import QuerySet

from gongshi.audit import queries
from gongshi.audit.filters import AccessRecordFilter, AuditEventFilter
from gongshi.audit.models import AccessRecord, AuditEvent
from gongshi.audit.rules import Permission
from gongshi.audit.tables import AccessRecordTable, AuditEventTable
from gongshi.kernel.lists import ListPage


class AuditEventList(ListPage):
    title = "审计日志"
    sub = "只增不改"
    permission = Permission.ReadEvents
    table_class = AuditEventTable
    filterset_class = AuditEventFilter

    def get_queryset(self) -> QuerySet[AuditEvent]:
        return queries.events()


class AccessRecordList(ListPage):
    title = "信息调用登记"
    sub = "事由、内容、单位、姓名"
    permission = Permission.ReadWholeRegister
    table_class = AccessRecordTable
    filterset_class = AccessRecordFilter
    empty_title = "还没有人查看过视频"
    empty_text = "每一次查看在出图之前就会登记在这里。"

    def get_queryset(self) -> QuerySet[AccessRecord]:
        return queries.register()
