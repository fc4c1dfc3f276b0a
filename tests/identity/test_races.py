"""Two people who do at one moment what may be done once."""

import pytest

from gongshi.identity.department_actions import edit_department
from gongshi.identity.models import AccountProposal, Department, Person, ProposalState
from gongshi.identity.proposal_actions import approve_proposals, propose_account, refuse_proposals
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Conflict, Invalid
from tests.at_once import at_once
from tests.factories import make_department, make_person

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_decisions_at_once_one_counts() -> None:
    specialist = make_person(Role.DATA_SPECIALIST)
    first, second = (make_person(Role.SECURITY_ADMINISTRATOR) for _ in range(2))
    for number in range(4):
        proposal = propose_account(
            actor=specialist,
            department=specialist.department,
            account=f"lihua-{number}",
            name="李华",
            roles=[Role.VIEWER],
            reason="新入职",
        )
        outcomes = at_once(
            lambda proposal=proposal: approve_proposals(actor=first, proposals=[proposal]),
            lambda proposal=proposal: refuse_proposals(actor=second, proposals=[proposal], reason="重复"),
        )
        assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1
        approved = AccountProposal.objects.get(pk=proposal.pk).state == ProposalState.APPROVED
        assert Person.objects.filter(account=f"lihua-{number}").exists() == approved


def test_two_moves_at_once_make_no_circle() -> None:
    system = make_person(Role.SYSTEM_ADMINISTRATOR)

    def put_below(department: Department, above: Department) -> Department:
        return edit_department(
            actor=system,
            department=department,
            name=department.name,
            short_name=department.short_name,
            region=department.region,
            level=department.level,
            kind=department.kind,
            parent=above,
        )

    for _ in range(4):
        one, other = make_department(), make_department()
        outcomes = at_once(
            lambda one=one, other=other: put_below(one, other),
            lambda one=one, other=other: put_below(other, one),
        )
        assert sum(isinstance(outcome, Invalid) for outcome in outcomes) == 1
        parents = set(Department.objects.filter(pk__in=[one.pk, other.pk]).values_list("parent", flat=True))
        assert None in parents
