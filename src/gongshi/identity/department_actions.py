"""Every change to departments; the system administrator's."""

from dataclasses import dataclass
from typing import IO, Any

from django.db import transaction

from gongshi.audit.actions import Entry, record, record_many
from gongshi.audit.kinds import AuditAction
from gongshi.identity.accounts import clean, refuse_department_out_of_use
from gongshi.identity.forms import DepartmentRowForm
from gongshi.identity.models import (
    AccountProposal,
    AccountReview,
    Department,
    DepartmentKind,
    DepartmentStay,
    EarlierName,
    Person,
    ProposalState,
)
from gongshi.identity.reasons import reason_given
from gongshi.identity.rules import Permission
from gongshi.identity.signals import department_merged
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Invalid
from gongshi.kernel.form_rows import heads_of, read_rows
from gongshi.kernel.problems import Problem, WorkbookRefused
from gongshi.kernel.workbook import MAX_BYTES, read_workbook

THIRD_PARTIES = frozenset({DepartmentKind.ENTERPRISE, DepartmentKind.SOCIAL})
MAX_DEPARTMENTS = 1000
# The two ways in which departments stand above each other.
ABOVE = {"parent": "上级部门", "supervisor": "主管部门"}


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
    _check(department)
    department.save()
    record(AuditAction.DepartmentCreated, actor=actor, thing=department, after=_facts(department))
    return department


@transaction.atomic
def edit_department(
    *,
    actor: Person,
    department: Department,
    name: str,
    short_name: str,
    region: str,
    level: str,
    kind: str,
    supervisor: Department | None = None,
    parent: Department | None = None,
) -> Department:
    """Rename, move in the tree, correct. An earlier name is kept. Raises Invalid, Conflict."""
    authorise(actor, Permission.ManageDepartments)
    department = _tree()[department.pk]
    if department.merged_into_id:
        raise Conflict(f"{department.name}已并入其他部门，不能再修改。")
    _refuse_bureau_without_its_people(department, kind)
    before = _facts(department)
    former = EarlierName(
        department=department,
        name=department.name,
        short_name=department.short_name,
        valid_until=clock.now(),
    )
    department.name, department.short_name = name, short_name
    department.region, department.level, department.kind = region, level, kind
    department.supervisor, department.parent = supervisor, parent
    _check(department)
    department.save()
    if former.name != name:
        former.save()
    after = _facts(department)
    changed = [field for field in after if after[field] != before[field]]
    if changed:
        record(
            AuditAction.DepartmentEdited,
            actor=actor,
            thing=department,
            before={field: before[field] for field in changed},
            after={field: after[field] for field in changed},
        )
    return department


@transaction.atomic
def appoint_head(*, actor: Person | None, department: Department, head: Person) -> None:
    """Name the 部门负责人, to whom escalations go; one of the department's own people. Raises Invalid."""
    if actor:
        authorise(actor, Permission.ManageDepartments)
    if head.department_id != department.pk or not head.is_active:
        raise Invalid("部门负责人须为本部门在用账号的人员。", field="head")
    department = Department.objects.select_for_update().get(pk=department.pk)
    department.head = head
    department.save(update_fields=["head"])
    record(AuditAction.HeadAppointed, actor=actor, thing=department, after={"head": head.name})


@transaction.atomic
def merge_departments(*, actor: Person, department: Department, into: Department, reason: str) -> Department:
    """One department goes on as part of another: people with their roles, lower and supervised units move.

    The old row stays under its old name; other rooms hear `department_merged`. Raises Invalid, Conflict.
    """
    authorise(actor, Permission.ManageDepartments)
    reason = reason_given(reason, "请填写合并依据，例如机构改革文件号。")
    tree = _tree()
    department, into = tree[department.pk], tree[into.pk]
    if department.pk == into.pk:
        raise Invalid("不能并入自身，请选择另一个部门。", field="into")
    if department.merged_into_id:
        raise Conflict(f"{department.name}已并入其他部门，不能再次合并。")
    refuse_department_out_of_use(into, field="into")
    if department.kind == DepartmentKind.BUREAU and into.kind != DepartmentKind.BUREAU:
        raise Invalid("大数据局只能并入大数据局。", field="into")

    for above in ABOVE:
        if department.pk in _chain(into, above, tree):
            setattr(into, above, getattr(department, above))
    _check(into)
    into.save()
    department.children.exclude(pk=into.pk).update(parent=into)
    department.supervised.exclude(pk=into.pk).update(supervisor=into)
    moved = _move_people(department, into)
    _carry_over_what_is_open(department, into)
    department.is_active, department.merged_into, department.head = False, into, None
    department.save(update_fields=["is_active", "merged_into", "head"])
    department.merged.update(merged_into=into)

    record(
        AuditAction.DepartmentMerged,
        actor=actor,
        thing=department,
        after={"into": into.name, "people": len(moved)},
        reason=reason,
    )
    record_many(
        AuditAction.PersonMoved,
        actor=actor,
        entries=[
            Entry(
                person,
                before={"department": department.name},
                after={"department": into.name},
                reason=f"部门合并：{reason}",
            )
            for person in moved
        ],
    )
    department_merged.send(Department, department=department, into=into, actor=actor, reason=reason)
    return department


def _move_people(department: Department, into: Department) -> list[Person]:
    """All but the retired, who stay where they were."""
    people = list(
        Person.objects.select_for_update(of=("self",))
        .select_related("department")
        .filter(department=department, retired_at=None)
        .order_by("pk")
    )
    keys = [person.pk for person in people]
    now = clock.now()
    DepartmentStay.objects.filter(person__in=keys, until=None).update(until=now)
    DepartmentStay.objects.bulk_create(
        DepartmentStay(person_id=key, department=into, since=now) for key in keys
    )
    Person.objects.filter(pk__in=keys).update(department=into)
    return people


def _carry_over_what_is_open(department: Department, into: Department) -> None:
    waiting = AccountProposal.objects.filter(state=ProposalState.OPEN)
    waiting.filter(department=department).update(department=into)
    waiting.filter(to_department=department).update(to_department=into)
    # The people are asked about in the next review of the department to which they belong now.
    AccountReview.objects.filter(department=department, finished_at=None).update(finished_at=clock.now())


@dataclass(frozen=True)
class Imported:
    """How many departments of a workbook are new, and how many were there and are written again."""

    created: int
    edited: int


@transaction.atomic
def import_departments(
    *, actor: Person, file: IO[bytes], file_name: str, only_check: bool = False
) -> Imported:
    """Add or correct departments by their codes: all rows or none; `only_check` takes everything back.

    Raises WorkbookRefused with the problems by row and column.
    """
    authorise(actor, Permission.ManageDepartments)
    heads = heads_of(DepartmentRowForm())
    rows = read_workbook(file.read(MAX_BYTES + 1), file_name, heads, most=MAX_DEPARTMENTS)
    filled, problems = read_rows(rows, DepartmentRowForm)
    if problems:
        raise WorkbookRefused(problems)
    imported = _write_rows(actor, [(row.number, values) for row, values in filled])
    transaction.set_rollback(only_check)
    return imported


Filled = tuple[int, dict[str, str]]


def _write_rows(actor: Person, rows: list[Filled]) -> Imported:
    """Row by row, those above before those below them, in whatever order they stand in the file."""
    known = {department.code: department for department in _tree().values()}
    new = {values["code"] for _, values in rows} - known.keys()
    written: dict[str, int] = {}
    problems: list[Problem] = []
    waiting = rows
    while waiting:
        names = _by_name(known)
        ready = [row for row in waiting if _is_known_above(row, names)]
        if not ready:
            raise WorkbookRefused([*problems, *(_unknown_above(row, names) for row in waiting)])
        for number, values in ready:
            first = written.setdefault(values["code"], number)
            if first != number:
                sentence = f"{values['code']} 与第 {first} 行重复，请删除或更正其中一行。"
                problems.append(Problem(number, _head("code"), sentence, "duplicate"))
                continue
            try:
                known[values["code"]] = _write_row(actor, known.get(values["code"]), values, names)
            except (Invalid, Conflict) as error:
                problems.append(Problem(number, _head(error.field), error.message))
        done = {number for number, _ in ready}
        waiting = [row for row in waiting if row[0] not in done]
    if problems:
        raise WorkbookRefused(sorted(problems, key=lambda problem: problem.row or 0))
    return Imported(created=len(new), edited=len(rows) - len(new))


def _write_row(
    actor: Person, department: Department | None, values: dict[str, str], names: dict[str, Department]
) -> Department:
    fields: dict[str, Any] = {key: values[key] for key in ("name", "short_name", "region", "level", "kind")}
    fields |= {field: names.get(values[field]) for field in ABOVE}
    if department is None:
        return create_department(actor=actor, code=values["code"], **fields)
    return edit_department(actor=actor, department=department, **fields)


def _by_name(known: dict[str, Department]) -> dict[str, Department]:
    in_use = [department for department in known.values() if department.is_active]
    return {department.name: department for department in in_use} | {
        department.code: department for department in in_use
    }


def _is_known_above(row: Filled, names: dict[str, Department]) -> bool:
    return all(not row[1][above] or row[1][above] in names for above in ABOVE)


def _unknown_above(row: Filled, names: dict[str, Department]) -> Problem:
    number, values = row
    field = next(above for above in ABOVE if values[above] and values[above] not in names)
    sentence = f"没有名称或编码为“{values[field]}”的在用部门，或文件中的部门互为上下级，请更正。"
    return Problem(number, ABOVE[field], sentence, "unknown_department")


def _head(field: str | None) -> str:
    fields = DepartmentRowForm().fields
    return str(fields[field].label) if field in fields else ""


def _tree() -> dict[int, Department]:
    """All departments, locked: two moves at one moment could make a circle that neither sees."""
    return {each.pk: each for each in Department.objects.select_for_update(no_key=True).order_by("pk")}


def _chain(department: Department, above: str, tree: dict[int, Department]) -> list[int]:
    """The keys of those above a department, nearest first; ends where it comes round."""
    keys: list[int] = []
    key = getattr(department, f"{above}_id")
    while key is not None and key not in keys:
        keys.append(key)
        key = getattr(tree[key], f"{above}_id")
    return keys


def _check(department: Department) -> None:
    """Raises Invalid with the field at fault."""
    if department.kind in THIRD_PARTIES and department.supervisor is None:
        raise Invalid("企业和社会单位须指定主管部门，请选择后再保存。", field="supervisor")
    for above in ABOVE:
        unit = getattr(department, above)
        if unit is not None and unit.pk != department.pk:
            refuse_department_out_of_use(unit, field=above)
    if not department._state.adding:
        _refuse_circle(department)
    clean(department)


def _refuse_circle(department: Department) -> None:
    tree = {each.pk: each for each in Department.objects.all()} | {department.pk: department}
    for above, label in ABOVE.items():
        if department.pk in _chain(department, above, tree):
            raise Invalid(f"{label}不能是本部门或其下级，请重新选择。", field=above)


def _refuse_bureau_without_its_people(department: Department, kind: str) -> None:
    if department.kind != DepartmentKind.BUREAU or kind == DepartmentKind.BUREAU:
        return
    if department.people.filter(role_assignments__role="bureau_administrator").exists():
        raise Invalid("该部门有大数据局数据管理员，须先调整其角色再改变部门类别。", field="kind")


def _facts(department: Department) -> dict[str, str]:
    """A department as the record keeps it."""
    return {
        "code": department.code,
        "name": department.name,
        "short_name": department.short_name,
        "region": department.region,
        "level": department.level,
        "kind": department.kind,
        "parent": department.parent.name if department.parent else "",
        "supervisor": department.supervisor.name if department.supervisor else "",
    }
