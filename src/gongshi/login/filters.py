"""What logins and networks can be filtered by."""

import django_filters
from django.db.models import Q

from gongshi.identity.models import Department
from gongshi.identity.roles import Role
from gongshi.kernel.filters import DaySpan
from gongshi.login.models import AllowedNetwork, LoginSession, LoginSessionQuerySet


class LiveLoginFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="by_name", label="姓名或账号")
    department = django_filters.ModelChoiceFilter(
        field_name="person__department", queryset=Department.objects.all(), label="部门"
    )
    role = django_filters.ChoiceFilter(
        field_name="person__role_assignments__role", choices=Role.choices, label="角色"
    )
    address = django_filters.CharFilter(lookup_expr="startswith", label="来源地址")

    class Meta:
        model = LoginSession
        fields = ("q", "department", "role", "address")

    def by_name(self, queryset: LoginSessionQuerySet, _: str, value: str) -> LoginSessionQuerySet:
        return queryset.filter(Q(person__name__icontains=value) | Q(person__account__icontains=value))


class OwnLoginFilter(django_filters.FilterSet):
    began_at = DaySpan(label="日期")

    class Meta:
        model = LoginSession
        fields = ("began_at", "ending")


class AllowedNetworkFilter(django_filters.FilterSet):
    account = django_filters.CharFilter("person__account", lookup_expr="icontains", label="账号")

    class Meta:
        model = AllowedNetwork
        fields = ("role", "account")
