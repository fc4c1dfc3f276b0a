"""Lists of departments, people, and what is asked for accounts."""

import django_tables2 as tables
from django.utils.safestring import SafeString

from gongshi.identity.models import (
    AccountProposal,
    AccountReview,
    Department,
    Person,
    PersonState,
    ProposalState,
    ReviewVerdict,
)
from gongshi.kernel.lists import CODE, NUMBER, WRAP, ListTable, StatusColumn, TimeColumn, status_badge

STATE_TONES: dict[str, str] = {
    PersonState.ACTIVE: "green",
    PersonState.LOCKED: "orange",
    PersonState.RETIRED: "gray",
}
PROPOSAL_TONES: dict[str, str] = {
    ProposalState.OPEN: "blue",
    ProposalState.APPROVED: "green",
    ProposalState.REFUSED: "red",
    ProposalState.WITHDRAWN: "gray",
}
VERDICT_TONES: dict[str, str] = {
    ReviewVerdict.OPEN: "orange",
    ReviewVerdict.CONFIRMED: "green",
    ReviewVerdict.PROPOSED: "blue",
    ReviewVerdict.GONE: "gray",
}


class DepartmentTable(ListTable):
    name = tables.Column(attrs=WRAP, linkify=True)
    code = tables.Column(attrs=CODE)
    parent = tables.Column(accessor="parent__name", attrs=WRAP)
    supervisor = tables.Column(accessor="supervisor__name", attrs=WRAP)
    head = tables.Column(accessor="head__name")
    people_count = tables.Column("人数", attrs=NUMBER)
    is_active = tables.BooleanColumn(yesno="在用,已并入")

    class Meta(ListTable.Meta):
        model = Department
        fields = (
            "code",
            "name",
            "short_name",
            "region",
            "level",
            "kind",
            "parent",
            "supervisor",
            "head",
            "people_count",
            "is_active",
        )
        off = ("short_name", "is_active")


class PersonTable(ListTable):
    account = tables.Column(attrs=CODE, linkify=True)
    department = tables.Column(accessor="department__name", attrs=WRAP)
    role_names = tables.Column("角色", orderable=False, attrs=WRAP)
    state = tables.Column("状态", orderable=False)
    last_login = TimeColumn(verbose_name="最近登录")

    class Meta(ListTable.Meta):
        model = Person
        fields = ("account", "name", "department", "title", "role_names", "clearance", "state", "last_login")
        off = ("last_login",)

    def render_state(self, value: PersonState) -> SafeString:
        return status_badge(value.label, STATE_TONES[value])

    def value_state(self, value: PersonState) -> str:
        return value.label


class ProposalTable(ListTable):
    number = tables.Column(attrs=CODE, linkify=True)
    name = tables.Column()
    account = tables.Column(attrs=CODE)
    department = tables.Column(accessor="department__name", attrs=WRAP)
    role_names = tables.Column("角色", orderable=False, attrs=WRAP)
    proposer = tables.Column(accessor="proposer__name")
    proposed_at = TimeColumn()
    decider = tables.Column(accessor="decider__name")
    decided_at = TimeColumn()
    state = StatusColumn(PROPOSAL_TONES)

    class Meta(ListTable.Meta):
        model = AccountProposal
        fields = (
            "number",
            "kind",
            "name",
            "account",
            "department",
            "role_names",
            "proposer",
            "proposed_at",
            "state",
            "decider",
            "decided_at",
        )
        off = ("decider", "decided_at")


class ReviewTable(ListTable):
    department = tables.Column(
        accessor="department__name", attrs=WRAP, linkify=lambda record: record.get_absolute_url()
    )
    line_count = tables.Column("账号数", attrs=NUMBER)
    open_count = tables.Column("待复核", attrs=NUMBER)
    finished_at = TimeColumn()

    class Meta(ListTable.Meta):
        model = AccountReview
        fields = ("department", "begun_on", "due_on", "line_count", "open_count", "finished_at")
