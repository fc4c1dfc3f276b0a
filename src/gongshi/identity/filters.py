"""What departments and people can be filtered by."""

import django_filters
from django.db.models import Q, QuerySet

from gongshi.identity.models import Department, Person
from gongshi.identity.roles import Role


class DepartmentFilter(django_filters.FilterSet):
    name = django_filters.CharFilter(lookup_expr="icontains", label="名称")

    class Meta:
        model = Department
        fields = ("name", "region", "kind")


class PersonFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="by_name", label="姓名或账号")
    role = django_filters.ChoiceFilter(
        field_name="role_assignments__role", choices=Role.choices, label="角色"
    )

    class Meta:
        model = Person
        fields = ("q", "department", "role")

    def by_name(self, queryset: QuerySet[Person], _: str, value: str) -> QuerySet[Person]:
        return queryset.filter(Q(name__icontains=value) | Q(account__icontains=value))
