"""What departments, people, proposals and reviews can be filtered by."""

import django_filters
from django.db.models import Q, QuerySet

from gongshi.identity.models import AccountProposal, AccountReview, Department, Person, PersonState
from gongshi.identity.queries import departments
from gongshi.identity.roles import Role
from gongshi.kernel import clock


class DepartmentFilter(django_filters.FilterSet):
    name = django_filters.CharFilter(method="by_name", label="名称（含曾用名）")
    merged = django_filters.ChoiceFilter(
        choices=[("yes", "已并入其他部门")], method="by_use", label="状态", empty_label="在用"
    )

    class Meta:
        model = Department
        fields = ("name", "region", "level", "kind", "merged")

    def by_name(self, queryset: QuerySet[Department], _: str, value: str) -> QuerySet[Department]:
        """Also by what it was called before, and by what became part of it."""
        found = Department.objects.filter(
            Q(name__icontains=value)
            | Q(earlier_names__name__icontains=value)
            | Q(merged__name__icontains=value)
        )
        return queryset.filter(pk__in=found.values("pk"))

    def by_use(self, queryset: QuerySet[Department], *_: str) -> QuerySet[Department]:
        return queryset.filter(is_active=False)


IN_STATE = {
    PersonState.ACTIVE: Q(is_active=True),
    PersonState.LOCKED: Q(is_active=False, retired_at=None),
    PersonState.RETIRED: Q(retired_at__isnull=False),
}


class PersonFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="by_name", label="姓名或账号")
    department = django_filters.ModelChoiceFilter(queryset=departments(), label="部门")
    role = django_filters.ChoiceFilter(
        field_name="role_assignments__role", choices=Role.choices, label="角色"
    )
    state = django_filters.ChoiceFilter(choices=PersonState.choices, method="by_state", label="状态")

    class Meta:
        model = Person
        fields = ("q", "department", "role", "state")

    def by_name(self, queryset: QuerySet[Person], _: str, value: str) -> QuerySet[Person]:
        return queryset.filter(Q(name__icontains=value) | Q(account__icontains=value))

    def by_state(self, queryset: QuerySet[Person], _: str, value: str) -> QuerySet[Person]:
        return queryset.filter(IN_STATE[PersonState(value)])


class ProposalFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="by_text", label="编号、姓名或账号")
    department = django_filters.ModelChoiceFilter(queryset=departments(), label="部门")

    class Meta:
        model = AccountProposal
        fields = ("q", "state", "kind", "department")

    def by_text(self, queryset: QuerySet[AccountProposal], _: str, value: str) -> QuerySet[AccountProposal]:
        return queryset.filter(
            Q(number__icontains=value) | Q(name__icontains=value) | Q(account__icontains=value)
        )


class ReviewFilter(django_filters.FilterSet):
    how = django_filters.ChoiceFilter(
        choices=[("open", "进行中"), ("overdue", "已逾期"), ("finished", "已完成")],
        method="by_progress",
        label="进度",
    )
    department = django_filters.ModelChoiceFilter(queryset=departments(), label="部门")

    class Meta:
        model = AccountReview
        fields = ("how", "department")

    def by_progress(self, queryset: QuerySet[AccountReview], _: str, value: str) -> QuerySet[AccountReview]:
        wanted = {
            "open": Q(finished_at=None),
            "overdue": Q(finished_at=None, due_on__lt=clock.today()),
            "finished": Q(finished_at__isnull=False),
        }
        return queryset.filter(wanted[value])
