"""What happens to an account, with its event and its news (§10a). The actions that call have asked who may.

Every function must run in a transaction, and gives the person as he is then; who is given in may be older.
"""

from collections.abc import Iterable

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Model

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.identity.models import (
    LOWEST_CLEARANCE,
    Department,
    DepartmentKind,
    DepartmentStay,
    Person,
    RoleAssignment,
)
from gongshi.identity.roles import BUREAU_ROLES, SEPARATED_ADMINISTRATORS, Role
from gongshi.identity.signals import account_created, department_left, rights_ended
from gongshi.kernel import clock
from gongshi.kernel.errors import Conflict, Invalid


def open_account(
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
    reason: str = "",
) -> Person:
    """Raises Invalid with the field at fault."""
    roles = frozenset(roles)
    person = Person(
        account=account, name=name, department=department, phone=phone, title=title, clearance=clearance
    )
    refuse_department_out_of_use(department)
    clean(person, exclude={"password"})
    refuse_roles(roles, department)
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Invalid("；".join(error.messages), field="password") from None
    person.set_password(password)
    person.save()
    _give_roles(person, roles)
    DepartmentStay.objects.create(person=person, department=department)
    record(
        AuditAction.PersonCreated,
        actor=actor,
        thing=person,
        after={
            "account": account,
            "department": department.name,
            "roles": sorted(roles),
            "clearance": clearance,
        },
        reason=reason,
    )
    account_created.send(Person, person=person, first=True)
    return person


def set_rights(
    *, actor: Person, person: Person, roles: Iterable[Role], clearance: str, reason: str
) -> Person:
    """Replace roles and clearance. Raises Invalid, and Conflict for a retired account."""
    roles, person = frozenset(roles), locked(person)
    _refuse_retired(person)
    refuse_roles(roles, person.department)
    before = _rights(person)
    person.clearance = clearance
    clean(person, exclude={"password"})
    person.save(update_fields=["clearance"])
    _give_roles(person, roles)
    record(
        AuditAction.RolesChanged,
        actor=actor,
        thing=person,
        before=before,
        after=_rights(person),
        reason=reason,
    )
    rights_ended.send(Person, person=person, why="您的角色或密级权限已调整。")
    return person


def move(*, actor: Person, person: Person, to: Department, reason: str) -> Person:
    """To another department: roles, headship, clearance of the old one end. Raises Invalid and Conflict."""
    person = locked(person)
    _refuse_retired(person)
    refuse_department_out_of_use(to, field="to_department")
    left = person.department
    if left.pk == to.pk:
        raise Invalid(f"{person.name} 已在{to.name}，请选择其他部门。", field="to_department")
    before = {"department": left.name, **_rights(person)}
    _give_roles(person, frozenset())
    _leave(person)
    person.department, person.clearance = to, LOWEST_CLEARANCE
    person.save(update_fields=["department"])
    DepartmentStay.objects.create(person=person, department=to)
    record(
        AuditAction.PersonMoved,
        actor=actor,
        thing=person,
        before=before,
        after={"department": to.name, **_rights(person)},
        reason=reason,
    )
    department_left.send(
        Person, person=person, department=left, actor=actor, why=f"{person.name} 已调离{left.name}"
    )
    # After that: his pictures have ended with the grants, not for want of clearance.
    person.save(update_fields=["clearance"])
    rights_ended.send(Person, person=person, why=f"您已调动到{to.name}，原部门的权限已终止。")
    return person


def lock(*, actor: Person | None, person: Person, reason: str) -> Person:
    """Raises Conflict when it is not in use. `actor=None` is the clock."""
    person = locked(person)
    if not person.is_active:
        raise Conflict(
            f"账号 {person.account} 当前为“{person.state.label}”，不能锁定。请刷新页面查看最新状态。"
        )
    person.is_active, person.state_reason = False, reason
    person.save(update_fields=["is_active", "state_reason"])
    record(AuditAction.AccountLocked, actor=actor, thing=person, reason=reason)
    rights_ended.send(Person, person=person, why="您的账号已锁定，请联系安全管理员。")
    return person


def unlock(*, actor: Person, person: Person, reason: str) -> Person:
    """Raises Conflict when it is not locked; a retired account stays retired."""
    person = locked(person)
    if person.is_active or person.retired_at:
        raise Conflict(
            f"账号 {person.account} 当前为“{person.state.label}”，不能解锁。请刷新页面查看最新状态。"
        )
    person.is_active, person.state_reason, person.active_since = True, "", clock.now()
    person.save(update_fields=["is_active", "state_reason", "active_since"])
    record(AuditAction.AccountUnlocked, actor=actor, thing=person, reason=reason)
    return person


def retire(*, actor: Person, person: Person, reason: str) -> Person:
    """For ever: the row stays, the account is never given again. Raises Conflict when it is so already."""
    person = locked(person)
    _refuse_retired(person)
    before = _rights(person)
    department = person.department
    _give_roles(person, frozenset())
    _leave(person)
    person.is_active, person.state_reason, person.retired_at = False, reason, clock.now()
    person.save(update_fields=["is_active", "state_reason", "retired_at"])
    record(AuditAction.PersonRetired, actor=actor, thing=person, before=before, reason=reason)
    department_left.send(
        Person, person=person, department=department, actor=actor, why=f"{person.name} 的账号已注销"
    )
    rights_ended.send(Person, person=person, why="您的账号已注销。")
    return person


def refuse_roles(roles: Iterable[str], department: Department) -> None:
    """Raises Invalid for roles that exclude each other (三权分立) or that this department does not have."""
    roles = frozenset(roles)
    if roles & SEPARATED_ADMINISTRATORS and len(roles) > 1:
        raise Invalid("系统、安全、审计管理员须由不同的人担任，且不得兼任业务角色。", field="roles")
    if roles & BUREAU_ROLES and department.kind != DepartmentKind.BUREAU:
        raise Invalid("大数据局数据管理员只能由大数据局的人员担任。", field="roles")


def refuse_department_out_of_use(department: Department, field: str = "department") -> None:
    if not department.is_active:
        raise Invalid(f"{department.name}已停用，请选择在用部门。", field=field)


def clean(thing: Model, exclude: set[str] | None = None) -> None:
    """Raises Invalid with the first field at fault."""
    try:
        # The database keeps its constraints itself; what people get wrong is refused with a better sentence.
        thing.full_clean(exclude=exclude, validate_constraints=False)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid("；".join(messages), field=field) from None


def locked(person: Person) -> Person:
    """The same person as he is now, nobody else changing him until the end of the transaction."""
    return Person.objects.select_for_update(of=("self",)).select_related("department").get(pk=person.pk)


def _refuse_retired(person: Person) -> None:
    if person.retired_at:
        raise Conflict(f"账号 {person.account} 已注销，不能再变更。如需使用，请申请新的账号。")


def _give_roles(person: Person, roles: frozenset[Role]) -> None:
    person.role_assignments.all().delete()
    RoleAssignment.objects.bulk_create(RoleAssignment(person=person, role=role) for role in sorted(roles))
    person.__dict__.pop("_roles", None)


def _leave(person: Person) -> None:
    """What binds him to his department, but for the column itself."""
    person.stays.filter(until=None).update(until=clock.now())
    Department.objects.filter(head=person).update(head=None)


def _rights(person: Person) -> dict[str, object]:
    return {"roles": sorted(person.roles), "clearance": person.clearance}
