"""What rectification orders can be filtered by."""

import django_filters
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate

from gongshi.identity.models import Department
from gongshi.kernel import clock
from gongshi.kernel.filters import DaySpan, YesNo
from gongshi.quality.diagnosis.faults import FAULTS
from gongshi.rectification.codes import OrderState
from gongshi.rectification.models import Order


class OrderFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="by_word", label="整改单号、视频编号或名称")
    source_department = django_filters.ModelChoiceFilter(
        queryset=Department.objects.filter(is_active=True), label="数源部门"
    )
    addressee = django_filters.ModelChoiceFilter(
        field_name="addressees__department",
        queryset=Department.objects.filter(is_active=True),
        label="责任单位",
    )
    fault = django_filters.ChoiceFilter(
        choices=[(fault.code, fault.label) for fault in FAULTS], method="by_fault", label="异常"
    )
    overdue = YesNo(method="by_overdue", label="已逾期")
    opened_at = DaySpan(label="发起日期")

    class Meta:
        model = Order
        fields = ("q", "state", "overdue", "source_department", "addressee", "fault", "opened_at")

    def by_word(self, orders: QuerySet[Order], _: str, value: str) -> QuerySet[Order]:
        word = value.strip()
        return orders.filter(
            Q(number__icontains=word) | Q(camera__code__startswith=word) | Q(camera__name__icontains=word)
        )

    def by_fault(self, orders: QuerySet[Order], _: str, value: str) -> QuerySet[Order]:
        return orders.filter(faults__contains=[value])

    def by_overdue(self, orders: QuerySet[Order], _: str, value: bool) -> QuerySet[Order]:
        """As `Order.is_overdue`."""
        mended_on = TruncDate("mended_at", tzinfo=clock.LOCAL_ZONE)
        late = Q(judged_on__gt=F("due_on")) & ~Q(state=OrderState.CLOSED)
        orders = orders.alias(judged_on=Coalesce(mended_on, clock.today()))
        return orders.filter(late) if value else orders.exclude(late)
