"""Every change to departments, people and roles."""

import secrets
from collections.abc import Iterable

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.identity.models import Department, DepartmentKind, Person, RoleAssignment
from gongshi.identity.regions import CITY, REGIONS
from gongshi.identity.roles import BUREAU_ROLES, SEPARATED_ADMINISTRATORS, Role
from gongshi.identity.rules import Permission
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Invalid

# Accounts and names to begin with; the security administrator gives the others.
FIRST_ACCOUNTS = (
    ("xitong", "系统管理员", Role.SYSTEM_ADMINISTRATOR),
    ("anquan", "安全管理员", Role.SECURITY_ADMINISTRATOR),
    ("shenji", "审计管理员", Role.AUDIT_ADMINISTRATOR),
)


@transaction.atomic
def create_department(
    *,
    actor: Person | None,
    code: str,
    name: str,
    short_name: str,
    region: str,
    level: str,
    kind: str,
    supervisor: Department | None = None,
    parent: Department | None = None,
) -> Department:
    """Add a department; `actor=None` is the installation itself. Raises Invalid with the field at fault."""
    if actor:
        authorise(actor, Permission.ManageDepartments)
    department = Department(
        code=code,
        name=name,
        short_name=short_name,
        region=region,
        level=level,
        kind=kind,
        supervisor=supervisor,
        parent=parent,
    )
    if kind in {DepartmentKind.ENTERPRISE, DepartmentKind.SOCIAL} and supervisor is None:
        raise Invalid("企业和社会单位须指定主管部门，请选择后再保存。", field="supervisor")
    _check(department)
    department.save()
    record(AuditAction.DepartmentCreated, actor=actor, thing=department, after={"code": code, "name": name})
    return department


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
    """Give a person an account with roles; `actor=None` is the installation itself. Raises Invalid."""
    if actor:
        authorise(actor, Permission.ManagePeople)
    person = Person(
        account=account, name=name, department=department, phone=phone, title=title, clearance=clearance
    )
    _check(person, exclude={"password"})
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Invalid("；".join(error.messages), field="password") from None
    person.set_password(password)
    person.save()
    _set_roles(person, frozenset(roles))
    record(
        AuditAction.PersonCreated,
        actor=actor,
        thing=person,
        after={"account": account, "department": department.name, "roles": sorted(roles)},
    )
    return person


@transaction.atomic
def appoint_head(*, actor: Person | None, department: Department, head: Person) -> None:
    """Name the 部门负责人, to whom escalations go; one of the department's own people. Raises Invalid."""
    if actor:
        authorise(actor, Permission.ManageDepartments)
    if head.department_id != department.pk:
        raise Invalid("部门负责人须为本部门人员。", field="head")
    department = Department.objects.select_for_update().get(pk=department.pk)
    department.head = head
    department.save(update_fields=["head"])
    record(AuditAction.HeadAppointed, actor=actor, thing=department, after={"head": head.name})


@transaction.atomic
def change_roles(*, actor: Person, person: Person, roles: Iterable[Role]) -> None:
    """Replace the roles of a person. Raises Invalid when they exclude each other (三权分立)."""
    authorise(actor, Permission.ManagePeople)
    person = Person.objects.select_for_update().get(pk=person.pk)
    before = sorted(person.roles)
    _set_roles(person, frozenset(roles))
    record(
        AuditAction.RolesChanged,
        actor=actor,
        thing=person,
        before={"roles": before},
        after={"roles": sorted(roles)},
    )


def _set_roles(person: Person, roles: frozenset[Role]) -> None:
    if roles & SEPARATED_ADMINISTRATORS and len(roles) > 1:
        raise Invalid("系统、安全、审计管理员须由不同的人担任，且不得兼任业务角色。", field="roles")
    if roles & BUREAU_ROLES and person.department.kind != DepartmentKind.BUREAU:
        raise Invalid("大数据局数据管理员只能由大数据局的人员担任。", field="roles")
    person.role_assignments.all().delete()
    RoleAssignment.objects.bulk_create(RoleAssignment(person=person, role=role) for role in sorted(roles))
    person.__dict__.pop("_roles", None)


def _check(thing: Department | Person, exclude: set[str] | None = None) -> None:
    try:
        thing.full_clean(exclude=exclude)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid("；".join(messages), field=field) from None


@transaction.atomic
def establish(*, bureau: str, region: str = CITY) -> dict[str, str]:
    """The first department and the three separated administrators of an empty installation.

    Gives account → password, which is kept nowhere in plain. Raises Conflict when somebody is there already.
    """
    if Person.objects.exists():
        raise Conflict("已有账号，首批账号只能建立一次；其他账号由安全管理员在“账号”页面建立。")
    department = create_department(
        actor=None,
        code=f"{region}-DSJ",
        name=bureau,
        short_name=bureau[:32],
        region=region,
        level=REGIONS[region].level.value,
        kind=DepartmentKind.BUREAU,
    )
    passwords = {account: secrets.token_urlsafe(12) for account, _, _ in FIRST_ACCOUNTS}
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
