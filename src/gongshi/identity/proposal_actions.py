"""账号申请: what an account may be takes two people, one who proposes and one who decides (§10a)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import IO

from django.db import transaction

from gongshi.audit.actions import Entry, record_many
from gongshi.audit.kinds import AuditAction
from gongshi.identity import accounts
from gongshi.identity.forms import PersonRowForm
from gongshi.identity.initial_password import initial_password
from gongshi.identity.models import (
    AccountProposal,
    Department,
    Person,
    ProposalKind,
    ProposalState,
    ReviewLine,
    ReviewVerdict,
)
from gongshi.identity.news import tell
from gongshi.identity.queries import holders
from gongshi.identity.reasons import reason_given
from gongshi.identity.roles import Role
from gongshi.identity.rules import Permission, permission_to_propose
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Invalid
from gongshi.kernel.form_rows import heads_of, read_rows
from gongshi.kernel.numbering import next_number
from gongshi.kernel.problems import Problem, WorkbookRefused
from gongshi.kernel.workbook import MAX_BYTES, read_workbook

# Approved at once, each hashes a password.
MAX_ACCOUNTS = 200
WHY = "请填写申请理由，安全管理员据此审批。"


@transaction.atomic
def propose_account(
    *,
    actor: Person,
    department: Department,
    account: str,
    name: str,
    roles: Collection[str],
    reason: str,
    title: str = "",
    phone: str = "",
    clearance: str = "L2",
) -> AccountProposal:
    """Ask for a new account: a data specialist for business roles, an administrator for another one.

    Raises Invalid with the field at fault, Conflict when the account waits for a decision already.
    """
    authorise(actor, permission_to_propose(roles), department)
    proposal = _new_account(
        actor=actor,
        number=next_number("ZH"),
        department=department,
        account=account,
        name=name,
        roles=roles,
        reason=reason_given(reason, WHY),
        title=title,
        phone=phone,
        clearance=clearance,
    )
    proposal.save()
    _announce(actor, [proposal])
    return proposal


@transaction.atomic
def import_accounts(
    *,
    actor: Person,
    department: Department,
    file: IO[bytes],
    file_name: str,
    reason: str,
    only_check: bool = False,
) -> list[AccountProposal]:
    """Ask for the accounts of a workbook under one number: all rows or none; `only_check` takes all back.

    Raises WorkbookRefused with the problems by row and column.
    """
    authorise(actor, Permission.ProposeAccounts, department)
    reason = reason_given(reason, WHY)
    rows = read_workbook(file.read(MAX_BYTES + 1), file_name, heads_of(PersonRowForm()), most=MAX_ACCOUNTS)
    filled, problems = read_rows(rows, PersonRowForm)
    number = next_number("ZH")
    proposals: list[AccountProposal] = []
    for row, values in filled:
        try:
            proposal = _new_account(
                actor=actor, number=number, department=department, reason=reason, **values
            )
            proposal.save()
        except (Invalid, Conflict) as error:
            field = PersonRowForm().fields.get(error.field or "")
            problems.append(Problem(row.number, str(field.label) if field else "", error.message))
        else:
            proposals.append(proposal)
    if problems:
        raise WorkbookRefused(sorted(problems, key=lambda problem: problem.row or 0))
    _announce(actor, proposals)
    transaction.set_rollback(only_check)
    return proposals


@transaction.atomic
def propose_change(
    *,
    actor: Person,
    person: Person,
    kind: ProposalKind | str,
    reason: str,
    roles: Collection[str] = (),
    clearance: str = "",
    to_department: Department | None = None,
) -> AccountProposal:
    """Ask that somebody gets other rights, moves, is locked or retired; it answers an open review of him.

    Raises Invalid with the field at fault, Conflict when his account waits for a decision already.
    """
    kind = ProposalKind(kind)
    wanted = set(roles) if kind == ProposalKind.RIGHTS else set()
    authorise(actor, permission_to_propose(person.roles | wanted), person.department)
    person = accounts.locked(person)
    if kind == ProposalKind.OPEN or person.retired_at:
        raise Conflict(f"账号 {person.account} 当前为“{person.state.label}”，不能提出此项申请。")
    if kind == ProposalKind.LOCK and not person.is_active:
        raise Conflict(f"账号 {person.account} 已锁定，无需再次申请。")
    if kind == ProposalKind.RIGHTS:
        accounts.refuse_roles(wanted, person.department)
    if kind == ProposalKind.MOVE:
        _check_destination(person, to_department)
    _refuse_waiting(person.account)
    proposal = AccountProposal(
        number=next_number("ZH"),
        kind=kind,
        department=person.department,
        person=person,
        account=person.account,
        name=person.name,
        roles=sorted(wanted),
        clearance=clearance if kind == ProposalKind.RIGHTS else "",
        to_department=to_department if kind == ProposalKind.MOVE else None,
        reason=reason_given(reason, WHY),
        proposer=actor,
    )
    accounts.clean(proposal)
    proposal.save()
    _answer_review(actor, person)
    _announce(actor, [proposal])
    return proposal


@transaction.atomic
def withdraw_proposals(*, actor: Person, proposals: Collection[AccountProposal]) -> None:
    """Take back what was not decided yet; only whoever proposed it. Raises Invalid, Conflict."""
    for proposal in proposals:
        authorise(actor, Permission.WithdrawProposal, proposal)
    found = _open(proposals)
    AccountProposal.objects.filter(pk__in=[each.pk for each in found]).update(
        state=ProposalState.WITHDRAWN, phone=""
    )
    entries = [Entry(proposal, label=str(proposal)) for proposal in found]
    record_many(AuditAction.ProposalWithdrawn, actor=actor, entries=entries)


@dataclass(frozen=True)
class Opened:
    """A new account with the password that is shown this once."""

    person: Person
    password: str


@transaction.atomic
def approve_proposals(
    *, actor: Person, proposals: Collection[AccountProposal], reason: str = ""
) -> list[Opened]:
    """Do what was proposed, all of it or nothing; gives the new accounts.

    Raises Invalid, and Conflict when one is decided already or can no longer be done.
    """
    for proposal in proposals:
        authorise(actor, Permission.DecideProposals, proposal)
    found = _open(proposals)
    opened: list[Opened] = []
    for proposal in found:
        if proposal.kind == ProposalKind.OPEN:
            opened.append(_open_account(actor, proposal))
        else:
            APPLY[ProposalKind(proposal.kind)](actor, proposal)
    _decide(actor, found, ProposalState.APPROVED, reason.strip())
    return opened


@transaction.atomic
def refuse_proposals(*, actor: Person, proposals: Collection[AccountProposal], reason: str) -> None:
    """Leave everything as it is, for a reason. Raises Invalid, Conflict."""
    for proposal in proposals:
        authorise(actor, Permission.DecideProposals, proposal)
    reason = reason_given(reason, "请填写不通过的理由，申请人将看到该理由。")
    _decide(actor, _open(proposals), ProposalState.REFUSED, reason)


def _new_account(
    *, actor: Person, department: Department, roles: Collection[str], **fields: str
) -> AccountProposal:
    """Not saved yet. Raises Invalid with the field at fault, Conflict."""
    if not roles:
        raise Invalid("请至少选择一个角色。", field="roles")
    accounts.refuse_department_out_of_use(department)
    accounts.refuse_roles(roles, department)
    proposal = AccountProposal(
        kind=ProposalKind.OPEN, department=department, proposer=actor, roles=sorted(set(roles)), **fields
    )
    _refuse_waiting(proposal.account)
    # As the account will be checked when it is made, so that the proposer hears of it and not the decider.
    accounts.clean(
        Person(
            account=proposal.account,
            name=proposal.name,
            department=department,
            title=proposal.title,
            phone=proposal.phone,
            clearance=proposal.clearance,
        ),
        exclude={"password"},
    )
    accounts.clean(proposal)
    return proposal


def _refuse_waiting(account: str) -> None:
    waiting = AccountProposal.objects.filter(account=account, state=ProposalState.OPEN).first()
    if waiting:
        raise Conflict(
            f"账号 {account} 已有待审批的申请 {waiting.number}，请等待审批或先撤回。", field="account"
        )


def _check_destination(person: Person, to: Department | None) -> None:
    if to is None:
        raise Invalid("请选择调往的部门。", field="to_department")
    accounts.refuse_department_out_of_use(to, field="to_department")
    if to.pk == person.department_id:
        raise Invalid(f"{person.name} 已在{to.name}，请选择其他部门。", field="to_department")


def _answer_review(actor: Person, person: Person) -> None:
    if actor.pk == person.pk:
        return
    ReviewLine.objects.filter(person=person, verdict=ReviewVerdict.OPEN, review__finished_at=None).update(
        verdict=ReviewVerdict.PROPOSED, decided_by=actor, decided_at=clock.now()
    )


def _announce(actor: Person, proposals: list[AccountProposal]) -> None:
    record_many(
        AuditAction.ProposalMade,
        actor=actor,
        entries=[
            Entry(proposal, label=str(proposal), after=_wanted(proposal), reason=proposal.reason)
            for proposal in proposals
        ],
    )
    first = proposals[0]
    what = str(first) if len(proposals) == 1 else f"{first.number}（{len(proposals)} 个账号）"
    deciders = [each for each in holders(Role.SECURITY_ADMINISTRATOR) if each.pk != actor.pk]
    tell(deciders, f"{actor} 提交了账号申请 {what}，请审批。", first.get_absolute_url())


def _wanted(proposal: AccountProposal) -> dict[str, object]:
    to = proposal.to_department.name if proposal.to_department else ""
    wanted = {
        "department": proposal.department.name,
        "roles": proposal.roles,
        "clearance": proposal.clearance,
        "to_department": to,
    }
    return {key: value for key, value in wanted.items() if value}


def _open(proposals: Collection[AccountProposal]) -> list[AccountProposal]:
    """These proposals, locked and still undecided. Raises Conflict, and Invalid when there are none."""
    if not proposals:
        raise Invalid("请选择要办理的申请。", field="proposals")
    found = list(
        AccountProposal.objects.select_for_update(of=("self",))
        .select_related("department", "person__department", "to_department", "proposer__department")
        .filter(pk__in=[proposal.pk for proposal in proposals])
        .order_by("pk")
    )
    for proposal in found:
        if proposal.state != ProposalState.OPEN:
            label = ProposalState(proposal.state).label
            raise Conflict(f"申请 {proposal} 当前为“{label}”，不能再办理。请刷新页面查看最新状态。")
    return found


def _open_account(actor: Person, proposal: AccountProposal) -> Opened:
    password = initial_password()
    proposal.person = accounts.open_account(
        actor=actor,
        account=proposal.account,
        name=proposal.name,
        department=proposal.department,
        password=password,
        roles=[Role(role) for role in proposal.roles],
        phone=proposal.phone,
        title=proposal.title,
        clearance=proposal.clearance,
        reason=f"申请 {proposal.number}",
    )
    return Opened(proposal.person, password)


def _set_rights(actor: Person, proposal: AccountProposal) -> None:
    person = _person_of(proposal)
    accounts.set_rights(
        actor=actor,
        person=person,
        roles=[Role(role) for role in proposal.roles],
        clearance=proposal.clearance or person.clearance,
        reason=_why(proposal),
    )


def _move(actor: Person, proposal: AccountProposal) -> None:
    assert proposal.to_department is not None  # noqa: S101 - the database says so
    accounts.move(actor=actor, person=_person_of(proposal), to=proposal.to_department, reason=_why(proposal))


def _lock(actor: Person, proposal: AccountProposal) -> None:
    accounts.lock(actor=actor, person=_person_of(proposal), reason=_why(proposal))


def _retire(actor: Person, proposal: AccountProposal) -> None:
    accounts.retire(actor=actor, person=_person_of(proposal), reason=_why(proposal))


APPLY: dict[ProposalKind, Callable[[Person, AccountProposal], None]] = {
    ProposalKind.RIGHTS: _set_rights,
    ProposalKind.MOVE: _move,
    ProposalKind.LOCK: _lock,
    ProposalKind.RETIRE: _retire,
}


def _person_of(proposal: AccountProposal) -> Person:
    """Raises Conflict when he went to another department since: its own specialist proposes for him now."""
    person = proposal.person
    assert person is not None  # noqa: S101 - the database says so
    if person.department_id != proposal.department_id:
        raise Conflict(f"{person.name} 已不在{proposal.department.name}，请不通过该申请，由现部门重新提出。")
    return person


def _why(proposal: AccountProposal) -> str:
    return f"{proposal.reason}（申请 {proposal.number}）"[:300]


def _decide(actor: Person, proposals: list[AccountProposal], state: ProposalState, reason: str) -> None:
    for proposal in proposals:
        proposal.state, proposal.decision_reason, proposal.phone = state, reason, ""
        proposal.decider, proposal.decided_at = actor, clock.now()
        proposal.save()
    record_many(
        AuditAction.ProposalDecided,
        actor=actor,
        entries=[
            Entry(proposal, label=str(proposal), after={"state": state.value}, reason=reason)
            for proposal in proposals
        ],
    )
    for proposer in {proposal.proposer for proposal in proposals}:
        mine = [proposal for proposal in proposals if proposal.proposer_id == proposer.pk]
        what = str(mine[0]) if len(mine) == 1 else f"{mine[0].number} 等 {len(mine)} 项"
        tell([proposer], f"账号申请 {what}：{state.label}。{reason}", mine[0].get_absolute_url())
