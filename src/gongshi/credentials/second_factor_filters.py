"""What the list of second factors can be filtered by."""

import django_filters
from django.db.models import Q, QuerySet

from gongshi.identity.filters import PersonFilter
from gongshi.identity.models import Person

HELD = (("yes", "已启用"), ("no", "未启用"))


class SecondFactorFilter(PersonFilter):
    held = django_filters.ChoiceFilter(choices=HELD, method="by_holding", label="二次验证")

    class Meta(PersonFilter.Meta):
        pass

    def by_holding(self, queryset: QuerySet[Person], _: str, value: str) -> QuerySet[Person]:
        return queryset.filter(Q(factor_since__isnull=value == "no"))
