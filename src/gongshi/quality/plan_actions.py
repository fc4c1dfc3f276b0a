"""Keeping the plans of inspection (§5.2): the bureau decides what is looked at, how often and when."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from gongshi.audit.actions import Entry, record, record_many
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue.codes import PointClass
from gongshi.identity.models import REGION_CHOICES, Department, Person
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Invalid
from gongshi.quality.models import MOST_AT_ONCE, NAME_LENGTH, InspectionPlan
from gongshi.quality.rules import Permission

# field → (what it is called, least, most)
BOUNDS: dict[str, tuple[str, int, int]] = {
    "every_hours": ("检测周期（小时）", 1, 24 * 31),
    "from_hour": ("开始时刻", 0, 23),
    "until_hour": ("结束时刻", 0, 23),
    "at_once": ("同时检测路数", 1, MOST_AT_ONCE),
    "window_s": ("每路检测时长（秒）", 2, 30),
}
CHOICES: dict[str, list[tuple[str, str]]] = {"region": REGION_CHOICES, "point_class": PointClass.choices}


@dataclass(frozen=True)
class PlanTerms:
    """What a plan says; see `InspectionPlan`. Without department, region or class it is of all points."""

    name: str
    every_hours: int
    department: Department | None = None
    region: str = ""
    point_class: str = ""
    from_hour: int = 0
    until_hour: int = 0
    at_once: int = 20
    window_s: int = 6
    is_active: bool = True


@transaction.atomic
def create_plan(*, actor: Person, terms: PlanTerms) -> InspectionPlan:
    """Make a plan; it begins at its next hour. Raises Invalid, Conflict when the name is taken."""
    authorise(actor, Permission.KeepPlans)
    plan = InspectionPlan(created_by=actor, created_at=clock.now())
    _write(plan, terms)
    record(AuditAction.PlanCreated, actor=actor, thing=plan, after=_shown(plan))
    return plan


@transaction.atomic
def edit_plan(*, actor: Person, plan: InspectionPlan, terms: PlanTerms) -> InspectionPlan:
    """Change a plan; a run that goes on keeps what it began with. Raises Invalid, Conflict."""
    authorise(actor, Permission.KeepPlans, plan)
    plan = InspectionPlan.objects.select_for_update(of=("self",)).select_related("department").get(pk=plan.pk)
    before = _shown(plan)
    _write(plan, terms)
    after = _shown(plan)
    changed = [name for name in after if after[name] != before[name]]
    record(
        AuditAction.PlanEdited,
        actor=actor,
        thing=plan,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    return plan


@transaction.atomic
def take_over_plans(*, actor: Person | None, department: Department, into: Department, reason: str) -> None:
    """The plans of a department that became part of another one are of that one's cameras from now on."""
    plans = list(InspectionPlan.objects.select_for_update().filter(department=department).order_by("pk"))
    InspectionPlan.objects.filter(pk__in=[plan.pk for plan in plans]).update(department=into)
    before, after = {"department": department.name}, {"department": into.name}
    record_many(
        AuditAction.PlanTakenOver,
        actor=actor,
        entries=[Entry(plan, reason=reason, before=before, after=after) for plan in plans],
    )


def _write(plan: InspectionPlan, terms: PlanTerms) -> None:
    name = terms.name.strip()
    if not name:
        raise Invalid("请填写计划名称。", field="name")
    if len(name) > NAME_LENGTH:
        raise Invalid(f"计划名称最多 {NAME_LENGTH} 个字，请缩短。", field="name")
    taken = Conflict(f"已有名为“{name}”的检测计划，请换一个名称。", field="name")
    if InspectionPlan.objects.filter(name=name).exclude(pk=plan.pk).exists():
        raise taken
    for field, (label, least, most) in BOUNDS.items():
        if not least <= getattr(terms, field) <= most:
            raise Invalid(f"{label}应在 {least} 至 {most} 之间，请更正。", field=field)
    for field, choices in CHOICES.items():
        if getattr(terms, field) not in {"", *dict(choices)}:
            raise Invalid("没有这个选项，请重新选择。", field=field)
    for field, value in _fields_of(terms).items():
        setattr(plan, field, value)
    plan.name = name
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError:
        # Somebody else took it in the same moment.
        raise taken from None


def _fields_of(terms: PlanTerms) -> dict[str, Any]:
    # asdict would copy the department.
    return {field: getattr(terms, field) for field in PlanTerms.__dataclass_fields__}


def _shown(plan: InspectionPlan) -> dict[str, Any]:
    """The terms as the record keeps them."""
    shown = {field: getattr(plan, field) for field in PlanTerms.__dataclass_fields__}
    return shown | {"department": plan.department.name if plan.department else None}
