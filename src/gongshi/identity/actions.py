"""What is done to people and their accounts directly; what takes two people is in `proposal_actions`."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.identity import accounts
from gongshi.identity.department_actions import create_department
from gongshi.identity.initial_password import initial_password
from gongshi.identity.models import Department, DepartmentKind, Person
from gongshi.identity.policy import IDLE_DAYS
from gongshi.identity.reasons import reason_given
from gongshi.identity.regions import CITY, REGIONS
from gongshi.identity.roles import Role
from gongshi.identity.rules import Permission, nobody_else_keeps_it
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict

# Accounts and names to begin with; the others are proposed and approved.
FIRST_ACCOUNTS = (
    ("xitong", "系统管理员", Role.SYSTEM_ADMINISTRATOR),
    ("anquan", "安全管理员", Role.SECURITY_ADMINISTRATOR),
    ("shenji", "审计管理员", Role.AUDIT_ADMINISTRATOR),
)


@transaction.atomic
def create_person(
    *,
    actor: Person | None,
    account: str,
    name: str,
    department: Department,
    password: str,
    roles: Iterable[Role],
    phone: str = "",
    title: str = "",
    clearance: str = "L2",
) -> Person:
    """Open the account of a department's first data specialist, who proposes all others (§10a).

    Other roles take two people even then. `actor=None` is the installation itself, which opens any account.
    Raises Invalid with the field at fault, Conflict when the department or its supervisor has a specialist,
    be he locked.
    """
    roles = frozenset(roles)
    if actor:
        authorise(actor, Permission.ManagePeople)
        if roles != {Role.DATA_SPECIALIST} or not nobody_else_keeps_it(actor, department):
            raise Conflict(
                "直接新建仅限部门的首个数据专员；其他账号由数据专员在“账号申请”中提出，再由安全管理员审批。"
                "数据专员的账号已锁定的，请先解锁。",
                field="roles",
            )
    return accounts.open_account(
        actor=actor,
        account=account,
        name=name,
        department=department,
        password=password,
        roles=roles,
        phone=phone,
        title=title,
        clearance=clearance,
    )


@transaction.atomic
def edit_person(*, actor: Person, person: Person, name: str, title: str, phone: str | None = None) -> Person:
    """Correct what gives no right: name, title, phone (None leaves it). Raises Invalid, Conflict."""
    authorise(actor, Permission.EditPerson, person)
    person = accounts.locked(person)
    if person.retired_at:
        raise Conflict(f"账号 {person.account} 已注销，不能再变更。")
    before = {"name": person.name, "title": person.title}
    person.name, person.title = name, title
    person.phone = person.phone if phone is None else phone
    accounts.clean(person, exclude={"password"})
    person.save(update_fields=["name", "title", "phone"])
    after = {"name": name, "title": title} | ({} if phone is None else {"phone": person.masked_phone})
    record(AuditAction.PersonEdited, actor=actor, thing=person, before=before, after=after)
    return person


@transaction.atomic
def lock_person(*, actor: Person, person: Person, reason: str) -> Person:
    """Lock an account at once, by the security administrator alone. Raises Invalid, Conflict."""
    authorise(actor, Permission.ManagePeople, person)
    return accounts.lock(actor=actor, person=person, reason=reason_given(reason, "请填写锁定原因。"))


@transaction.atomic
def unlock_person(*, actor: Person, person: Person, reason: str) -> Person:
    """Let a locked account be used again. Raises Invalid, Conflict."""
    authorise(actor, Permission.ManagePeople, person)
    return accounts.unlock(actor=actor, person=person, reason=reason_given(reason, "请填写解锁原因。"))


@transaction.atomic
def reveal_phone(*, actor: Person, person: Person, reason: str) -> str:
    """The phone number in full, for a reason that is recorded. Raises Invalid."""
    authorise(actor, Permission.UnmaskPhone, person)
    reason = reason_given(reason, "请填写查看原因，原因将被登记。")
    record(AuditAction.PhoneRevealed, actor=actor, thing=person, reason=reason)
    return str(person.phone)


def lock_idle_accounts() -> int:
    """Lock the accounts that nobody has used for so many days; gives how many. One transaction each."""
    days = IDLE_DAYS.value()
    before = clock.now() - timedelta(days=days)
    return sum(_lock_if_idle(person, before, days) for person in _idle(before))


def _idle(before: datetime) -> Iterable[Person]:
    used = Q(last_login__gte=before) | Q(active_since__gte=before)
    return Person.objects.filter(is_active=True).exclude(used).order_by("pk")


@transaction.atomic
def _lock_if_idle(person: Person, before: datetime, days: int) -> bool:
    # Looked at again under lock: he may be signing in at this moment.
    person = accounts.locked(person)
    used_at = max(person.active_since, person.last_login or person.active_since)
    if not person.is_active or used_at >= before or _is_last_security_administrator(person):
        return False
    accounts.lock(actor=None, person=person, reason=f"连续 {days} 天未登录，系统自动锁定")
    return True


def _is_last_security_administrator(person: Person) -> bool:
    """Nobody could unlock him."""
    if Role.SECURITY_ADMINISTRATOR not in person.roles:
        return False
    others = Person.objects.filter(
        is_active=True, role_assignments__role=Role.SECURITY_ADMINISTRATOR
    ).exclude(pk=person.pk)
    return not others.exists()


@transaction.atomic
def establish(*, bureau: str, region: str = CITY) -> dict[str, str]:
    """The first department and the three separated administrators of an empty installation.

    Gives account → password, which is kept nowhere in plain. Raises Conflict when somebody is there already.
    """
    if Person.objects.exists():
        raise Conflict("已有账号，首批账号只能建立一次；其他账号在“账号申请”中提出，由安全管理员审批。")
    department = create_department(
        actor=None,
        code=f"{region}-DSJ",
        name=bureau,
        short_name=bureau[:32],
        region=region,
        level=REGIONS[region].level.value,
        kind=DepartmentKind.BUREAU,
    )
    passwords = {account: initial_password() for account, _, _ in FIRST_ACCOUNTS}
    for account, name, role in FIRST_ACCOUNTS:
        create_person(
            actor=None,
            account=account,
            name=name,
            department=department,
            password=passwords[account],
            roles=[role],
        )
    return passwords
