"""Departments and people over JSON."""

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from ninja.pagination import paginate

from gongshi.identity import actions, queries
from gongshi.identity.models import Department, Person
from gongshi.identity.roles import Role
from gongshi.identity.rules import Permission
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Invalid

router = Router(tags=["部门与人员"])


class DepartmentOut(Schema):
    id: int
    code: str
    name: str
    short_name: str
    region: str
    level: str
    kind: str
    supervisor: str | None = Field(None, alias="supervisor.name")


class DepartmentIn(Schema):
    code: str
    name: str
    short_name: str
    region: str
    level: str
    kind: str
    supervisor: str = ""


class PersonOut(Schema):
    id: int
    account: str
    name: str
    department: str = Field(alias="department.name")
    title: str
    roles: list[str]
    is_active: bool

    @staticmethod
    def resolve_roles(person: Person) -> list[str]:
        return sorted(person.roles)


class PersonIn(Schema):
    """`department` is a department's code; the password is to be changed by its owner."""

    account: str
    name: str
    department: str
    roles: list[Role]
    password: str
    title: str = ""
    phone: str = ""
    clearance: str = "L2"


@router.get("/me", response=PersonOut)
def me(request: HttpRequest) -> Person:
    """Who is signed in."""
    return signed_in(request)


@router.get("/colleagues", response=list[PersonOut])
@paginate
def colleagues(request: HttpRequest) -> QuerySet[Person]:
    """The people of the own department, from whom a demand names its viewers (使用人员)."""
    return queries.colleagues(signed_in(request))


@router.get("/departments", response=list[DepartmentOut])
@paginate
def departments(request: HttpRequest) -> QuerySet[Department]:
    """The departments in use."""
    signed_in(request)
    return queries.departments()


@router.post("/departments", response={201: DepartmentOut})
def create_department(request: HttpRequest, body: DepartmentIn) -> Status[Department]:
    """新增部门, by the system administrator; `supervisor` is a department's code."""
    authorise(request.user, Permission.ManageDepartments)
    supervisor = queries.departments().filter(code=body.supervisor).first() if body.supervisor else None
    if body.supervisor and supervisor is None:
        raise Invalid("没有这个编码的主管部门，请核对部门编码。", field="supervisor")
    fields = body.dict(exclude={"supervisor"})
    created = actions.create_department(actor=signed_in(request), supervisor=supervisor, **fields)
    return Status(201, created)


@router.get("", response=list[PersonOut])
@paginate
def people(request: HttpRequest) -> QuerySet[Person]:
    """All accounts, for the three administrators."""
    authorise(signed_in(request), Permission.ReadPeople)
    return queries.people()


@router.post("", response={201: PersonOut})
def create_person(request: HttpRequest, body: PersonIn) -> Status[Person]:
    """新建账号, by the security administrator."""
    actor = signed_in(request)
    authorise(actor, Permission.ManagePeople)
    department = queries.departments().filter(code=body.department).first()
    if department is None:
        raise Invalid("没有这个编码的在用部门，请核对部门编码。", field="department")
    fields = body.dict(exclude={"department"})
    return Status(201, actions.create_person(actor=actor, department=department, **fields))
