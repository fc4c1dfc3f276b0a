"""Departments, people, proposals and reviews over JSON: the same actions as the pages."""

from datetime import date, datetime

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from ninja.pagination import paginate

from gongshi.identity import actions, department_actions, proposal_actions, queries, review_actions
from gongshi.identity.initial_password import initial_password
from gongshi.identity.models import (
    AccountProposal,
    AccountReview,
    Department,
    DepartmentStay,
    Person,
    ProposalKind,
    ProposalState,
)
from gongshi.identity.roles import Role
from gongshi.identity.rules import Permission
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Invalid, NotFound

router = Router(tags=["部门与人员"])


class Reason(Schema):
    reason: str


class DepartmentOut(Schema):
    id: int
    code: str
    name: str
    short_name: str
    region: str
    level: str
    kind: str
    parent: str | None = Field(None, alias="parent.name")
    supervisor: str | None = Field(None, alias="supervisor.name")
    head: str | None = Field(None, alias="head.name")


class DepartmentDetail(DepartmentOut):
    """`merged_into` is the code of the department that this one became part of."""

    is_active: bool
    merged_into: str | None = Field(None, alias="merged_into.code")
    earlier_names: list[str]

    @staticmethod
    def resolve_earlier_names(department: Department) -> list[str]:
        return [former.name for former in department.earlier_names.all()]


class DepartmentEdit(Schema):
    """`parent` and `supervisor` are codes of departments in use, or empty."""

    name: str
    short_name: str
    region: str
    level: str
    kind: str
    parent: str = ""
    supervisor: str = ""


class DepartmentIn(DepartmentEdit):
    code: str


class HeadIn(Schema):
    """`head` is an account of the department."""

    head: str


class MergerIn(Schema):
    """`into` is the code of a department in use."""

    into: str
    reason: str


class ImportedOut(Schema):
    created: int
    edited: int


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


class StayOut(Schema):
    """`until` is null where he belongs now."""

    department: str = Field(alias="department.name")
    since: datetime
    until: datetime | None


class PersonDetail(PersonOut):
    clearance: str
    phone: str = Field(alias="masked_phone")
    state: str
    state_reason: str
    last_login: datetime | None
    stays: list[StayOut]

    @staticmethod
    def resolve_stays(person: Person) -> list[DepartmentStay]:
        return list(person.stays.select_related("department"))


class PersonIn(Schema):
    """`department` is a department's code."""

    account: str
    name: str
    department: str
    roles: list[Role]
    title: str = ""
    phone: str = ""
    clearance: str = "L2"


class Opened(Schema):
    """A new account; the password is told this once and to be changed by its owner."""

    person: PersonOut
    password: str


class PersonEdit(Schema):
    """`phone` null leaves the number as it is."""

    name: str
    title: str = ""
    phone: str | None = None


class PhoneOut(Schema):
    phone: str


class ProposalOut(Schema):
    id: int
    number: str
    kind: str
    state: str
    account: str
    name: str
    department: str = Field(alias="department.name")
    roles: list[str]
    clearance: str
    to_department: str | None = Field(None, alias="to_department.name")
    reason: str
    proposer: str = Field(alias="proposer.name")
    proposed_at: datetime
    decider: str | None = Field(None, alias="decider.name")
    decided_at: datetime | None
    decision_reason: str


class ProposalIn(PersonIn):
    reason: str


class ChangeIn(Schema):
    """`roles` and `clearance` count for "rights", `to_department` (a code) for "move"."""

    kind: ProposalKind
    reason: str
    roles: list[Role] = []
    clearance: str = ""
    to_department: str = ""


class DecisionIn(Schema):
    """`proposals` are keys of one number; without any all that are open."""

    approve: bool
    reason: str = ""
    proposals: list[int] = []


class DecisionOut(Schema):
    opened: list[Opened]


class ReviewOut(Schema):
    id: int
    department: str = Field(alias="department.name")
    begun_on: date
    due_on: date
    finished_at: datetime | None
    open_count: int
    line_count: int


class ReviewLineOut(Schema):
    person_id: int
    account: str = Field(alias="person.account")
    name: str = Field(alias="person.name")
    verdict: str
    decided_by: str | None = Field(None, alias="decided_by.name")


class ReviewDetail(ReviewOut):
    lines: list[ReviewLineOut]


class ConfirmationIn(Schema):
    """Keys of people whose accounts are still needed."""

    people: list[int]


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
    return queries.departments().select_related("parent")


@router.post("/departments", response={201: DepartmentOut})
def create_department(request: HttpRequest, body: DepartmentIn) -> Status[Department]:
    """新增部门, by the system administrator."""
    authorise(request.user, Permission.ManageDepartments)
    fields = body.dict() | _above(body)
    return Status(201, department_actions.create_department(actor=signed_in(request), **fields))


@router.post("/departments/import", response=ImportedOut)
def import_departments(
    request: HttpRequest, file: File[UploadedFile], only_check: Form[bool] = False
) -> department_actions.Imported:
    """导入部门 from a workbook: all rows or none."""
    return department_actions.import_departments(
        actor=signed_in(request), file=file, file_name=file.name or "", only_check=only_check
    )


@router.get("/departments/{code}", response=DepartmentDetail)
def show_department(request: HttpRequest, code: str) -> Department:
    """One department, also one that became part of another."""
    authorise(signed_in(request), Permission.ReadPeople)
    return _department(code)


@router.put("/departments/{code}", response=DepartmentDetail)
def edit_department(request: HttpRequest, code: str, body: DepartmentEdit) -> Department:
    """修改部门: name, place in the tree, supervisor; an earlier name is kept."""
    actor = signed_in(request)
    authorise(actor, Permission.ManageDepartments)
    fields = body.dict() | _above(body)
    department_actions.edit_department(actor=actor, department=_department(code), **fields)
    return _department(code)


@router.post("/departments/{code}/head", response=DepartmentDetail)
def appoint_head(request: HttpRequest, code: str, body: HeadIn) -> Department:
    """任命部门负责人."""
    actor = signed_in(request)
    authorise(actor, Permission.ManageDepartments)
    department = _department(code)
    head = department.people.filter(account=body.head).first()
    if head is None:
        raise Invalid("部门负责人须为本部门人员，请核对账号。", field="head")
    department_actions.appoint_head(actor=actor, department=department, head=head)
    return _department(code)


@router.post("/departments/{code}/merger", response=DepartmentDetail)
def merge_department(request: HttpRequest, code: str, body: MergerIn) -> Department:
    """合并部门: it goes on as part of another one."""
    actor = signed_in(request)
    authorise(actor, Permission.ManageDepartments)
    into = _department_in_use(body.into, "into")
    department_actions.merge_departments(
        actor=actor, department=_department(code), into=into, reason=body.reason
    )
    return _department(code)


@router.get("", response=list[PersonOut])
@paginate
def people(request: HttpRequest) -> QuerySet[Person]:
    """账号: all for the three administrators, those he keeps for a data specialist."""
    person = signed_in(request)
    authorise(person, Permission.ReadPeople)
    return queries.people_visible_to(person)


@router.post("", response={201: Opened})
def create_person(request: HttpRequest, body: PersonIn) -> Status[dict[str, object]]:
    """新建首个数据专员, by the security administrator."""
    actor = signed_in(request)
    authorise(actor, Permission.ManagePeople)
    fields = body.dict() | {"department": _department_in_use(body.department)}
    password = initial_password()
    person = actions.create_person(actor=actor, password=password, **fields)
    return Status(201, {"person": person, "password": password})


@router.get("/proposals", response=list[ProposalOut])
@paginate
def proposals(request: HttpRequest, state: str = "") -> QuerySet[AccountProposal]:
    """账号申请, newest first."""
    person = signed_in(request)
    authorise(person, Permission.ReadProposals)
    found = queries.proposals_visible_to(person)
    return found.filter(state=state) if state else found


@router.post("/proposals", response={201: ProposalOut})
def propose_account(request: HttpRequest, body: ProposalIn) -> Status[AccountProposal]:
    """申请新建账号."""
    actor = signed_in(request)
    authorise(actor, Permission.ReadProposals)
    fields = body.dict() | {"department": _department_in_use(body.department)}
    return Status(201, proposal_actions.propose_account(actor=actor, **fields))


@router.post("/proposals/import", response={201: list[ProposalOut]})
def import_accounts(
    request: HttpRequest,
    file: File[UploadedFile],
    department: Form[str],
    reason: Form[str],
    only_check: Form[bool] = False,
) -> Status[list[AccountProposal]]:
    """导入账号 from a workbook as one batch of proposals: all rows or none."""
    actor = signed_in(request)
    authorise(actor, Permission.ProposeAccounts)
    found = proposal_actions.import_accounts(
        actor=actor,
        department=_department_in_use(department),
        file=file,
        file_name=file.name or "",
        reason=reason,
        only_check=only_check,
    )
    return Status(201, found)


@router.post("/proposals/{number}/decision", response=DecisionOut)
def decide_proposals(request: HttpRequest, number: str, body: DecisionIn) -> dict[str, object]:
    """审批账号申请, by the security administrator; new accounts come with their passwords."""
    actor = signed_in(request)
    authorise(actor, Permission.DecideProposals)
    chosen = _proposals(actor, number, body.proposals)
    if body.approve:
        opened = proposal_actions.approve_proposals(actor=actor, proposals=chosen, reason=body.reason)
        return {"opened": opened}
    proposal_actions.refuse_proposals(actor=actor, proposals=chosen, reason=body.reason)
    return {"opened": []}


@router.post("/proposals/{number}/withdrawal", response=list[ProposalOut])
def withdraw_proposals(request: HttpRequest, number: str) -> QuerySet[AccountProposal]:
    """撤回账号申请, by whoever proposed it."""
    actor = signed_in(request)
    authorise(actor, Permission.ReadProposals)
    proposal_actions.withdraw_proposals(actor=actor, proposals=_proposals(actor, number, []))
    return queries.proposals_visible_to(actor).filter(number=number)


@router.get("/reviews", response=list[ReviewOut])
@paginate
def reviews(request: HttpRequest) -> QuerySet[AccountReview]:
    """账号复核, newest first."""
    person = signed_in(request)
    authorise(person, Permission.ReadReviews)
    return queries.reviews_visible_to(person)


@router.get("/reviews/{int:review_id}", response=ReviewDetail)
def show_review(request: HttpRequest, review_id: int) -> AccountReview:
    """One review with its accounts."""
    person = signed_in(request)
    authorise(person, Permission.ReadReviews)
    return _review(person, review_id)


@router.post("/reviews/{int:review_id}/confirmation", response=ReviewDetail)
def confirm_accounts(request: HttpRequest, review_id: int, body: ConfirmationIn) -> AccountReview:
    """确认账号继续使用."""
    actor = signed_in(request)
    authorise(actor, Permission.ReadReviews)
    review_actions.confirm_accounts(actor=actor, review=_review(actor, review_id), people=body.people)
    return _review(actor, review_id)


@router.get("/{int:person_id}", response=PersonDetail)
def show_person(request: HttpRequest, person_id: int) -> Person:
    """One person; the phone number is masked."""
    return _person(signed_in(request), person_id)


@router.put("/{int:person_id}", response=PersonDetail)
def edit_person(request: HttpRequest, person_id: int, body: PersonEdit) -> Person:
    """修改人员信息: what gives no right."""
    actor = signed_in(request)
    return actions.edit_person(actor=actor, person=_person(actor, person_id), **body.dict())


@router.post("/{int:person_id}/lock", response=PersonDetail)
def lock_person(request: HttpRequest, person_id: int, body: Reason) -> Person:
    """锁定账号, by the security administrator."""
    actor = signed_in(request)
    return actions.lock_person(actor=actor, person=_person(actor, person_id), reason=body.reason)


@router.post("/{int:person_id}/unlock", response=PersonDetail)
def unlock_person(request: HttpRequest, person_id: int, body: Reason) -> Person:
    """解锁账号, by the security administrator."""
    actor = signed_in(request)
    return actions.unlock_person(actor=actor, person=_person(actor, person_id), reason=body.reason)


@router.post("/{int:person_id}/phone", response=PhoneOut)
def reveal_phone(request: HttpRequest, person_id: int, body: Reason) -> dict[str, str]:
    """查看联系电话 in full; recorded with its reason."""
    actor = signed_in(request)
    person = _person(actor, person_id)
    return {"phone": actions.reveal_phone(actor=actor, person=person, reason=body.reason)}


@router.post("/{int:person_id}/proposals", response={201: ProposalOut})
def propose_change(request: HttpRequest, person_id: int, body: ChangeIn) -> Status[AccountProposal]:
    """申请调整权限、调动、锁定或注销."""
    actor = signed_in(request)
    person = _person(actor, person_id)
    code = body.to_department
    to = _department_in_use(code, "to_department") if code else None
    fields = body.dict() | {"to_department": to}
    return Status(201, proposal_actions.propose_change(actor=actor, person=person, **fields))


def _above(body: DepartmentEdit) -> dict[str, Department | None]:
    codes = {"parent": body.parent, "supervisor": body.supervisor}
    return {field: _department_in_use(code, field) if code else None for field, code in codes.items()}


def _department(code: str) -> Department:
    """Raises NotFound."""
    departments = Department.objects.select_related("parent", "supervisor", "head", "merged_into")
    found = departments.prefetch_related("earlier_names").filter(code=code).first()
    if found is None:
        raise NotFound("没有这个编码的部门，请核对部门编码。")
    return found


def _department_in_use(code: str, field: str = "department") -> Department:
    """Raises Invalid with the field at fault."""
    found = queries.departments().filter(code=code).first()
    if found is None:
        raise Invalid("没有这个编码的在用部门，请核对部门编码。", field=field)
    return found


def _person(actor: Person, person_id: int) -> Person:
    """Raises Forbidden for whoever reads no accounts at all, NotFound for those of others."""
    authorise(actor, Permission.ReadPeople)
    found = queries.people_visible_to(actor).filter(pk=person_id).first()
    if found is None:
        raise NotFound("没有找到该账号，它可能不属于本部门。请从账号列表进入。")
    return found


def _proposals(actor: Person, number: str, keys: list[int]) -> list[AccountProposal]:
    """Those chosen of a number, or all that are open. Raises NotFound."""
    visible = queries.proposals_visible_to(actor).filter(number=number)
    found = list(visible.filter(pk__in=keys) if keys else visible.filter(state=ProposalState.OPEN))
    if len(found) != len(set(keys)) if keys else not visible.exists():
        raise NotFound("没有找到该账号申请，请从申请列表进入。")
    return found


def _review(person: Person, review_id: int) -> AccountReview:
    visible = queries.reviews_visible_to(person).prefetch_related("lines__person", "lines__decided_by")
    found = visible.filter(pk=review_id).first()
    if found is None:
        raise NotFound("没有找到该账号复核，它可能不属于本部门。")
    return found
