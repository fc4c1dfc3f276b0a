"""Every change to saved filters. What is saved under a name is an event: others may use it."""

from typing import Any

from django.db import IntegrityError, transaction

from gongshi.audit.actions import Entry, record, record_many
from gongshi.audit.kinds import AuditAction
from gongshi.identity.models import Department, Person
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Invalid, NotFound
from gongshi.saved_filters.conditions import kept
from gongshi.saved_filters.models import CONDITIONS_LENGTH, NAME_LENGTH, SavedFilter
from gongshi.saved_filters.rules import Permission

# A menu that is longer helps nobody.
MOST_OF_A_PERSON = 100


@transaction.atomic
def save_filter(
    *,
    actor: Person,
    list_name: str,
    name: str,
    conditions: str,
    is_shared: bool = False,
    overwrite: bool = False,
) -> SavedFilter:
    """Keep the conditions of a list, as its address has them; `overwrite` the own ones of that name.

    Raises Forbidden for a list that the actor may not read, Invalid with the field at fault.
    """
    authorise(actor, Permission.SaveFilter, list_name)
    values = {
        "conditions": _conditions(conditions),
        "department": actor.department if is_shared else None,
        "saved_at": clock.now(),
    }
    same = {"person": actor, "list_name": list_name, "name": _name(name)}
    saved = SavedFilter.objects.select_for_update().filter(**same).first() if overwrite else None
    if saved is None:
        _refuse_too_many(actor)
        saved = _stored(SavedFilter(**same, **values))
        record(AuditAction.FilterSaved, actor=actor, thing=saved, after=_facts(saved))
        return saved
    return _changed(actor, saved, values)


@transaction.atomic
def change_filter(*, actor: Person, saved: SavedFilter, name: str, is_shared: bool) -> SavedFilter:
    """Another name, and whether his department may use it. Raises Invalid, NotFound when it is gone."""
    authorise(actor, Permission.ChangeFilter, saved)
    saved = _locked(saved)
    department = (saved.department or actor.department) if is_shared else None
    return _changed(actor, saved, {"name": _name(name), "department": department})


@transaction.atomic
def remove_filter(*, actor: Person, saved: SavedFilter) -> None:
    """Forget it, for everybody. Raises NotFound when somebody else was first."""
    authorise(actor, Permission.RemoveFilter, saved)
    saved = _locked(saved)
    record(AuditAction.FilterRemoved, actor=actor, thing=saved, before=_facts(saved))
    saved.delete()


@transaction.atomic
def take_over_filters(*, actor: Person | None, department: Department, into: Department, reason: str) -> None:
    """What was shared in a department that became part of another is shared in that one."""
    shared = list(SavedFilter.objects.select_for_update().filter(department=department))
    before, after = {"department": department.name}, {"department": into.name}
    entries = [Entry(saved, before=before, after=after, reason=reason) for saved in shared]
    record_many(AuditAction.FilterTakenOver, actor=actor, entries=entries)
    SavedFilter.objects.filter(department=department).update(department=into)


def _changed(actor: Person, saved: SavedFilter, values: dict[str, Any]) -> SavedFilter:
    before = _facts(saved)
    for field, value in values.items():
        setattr(saved, field, value)
    _stored(saved)
    after = _facts(saved)
    record(AuditAction.FilterChanged, actor=actor, thing=saved, before=before, after=after)
    return saved


def _locked(saved: SavedFilter) -> SavedFilter:
    found = SavedFilter.objects.select_for_update(of=("self",)).select_related("department")
    locked = found.filter(pk=saved.pk).first()
    if locked is None:
        raise NotFound("这个常用筛选刚刚被删除，请刷新页面。")
    return locked


def _stored(saved: SavedFilter) -> SavedFilter:
    """The database has the last word on the name, so that of two at once one is refused."""
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError:
        sentence = f"您在此列表已有名为“{saved.name}”的筛选，请换一个名称，或勾选覆盖。"
        raise Invalid(sentence, field="name") from None
    return saved


def _refuse_too_many(actor: Person) -> None:
    if SavedFilter.objects.filter(person=actor).count() >= MOST_OF_A_PERSON:
        raise Invalid(f"每人最多保存 {MOST_OF_A_PERSON} 个常用筛选，请先删除不再使用的。", field="name")


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid("请给筛选起一个名称，方便以后找到它。", field="name")
    if len(name) > NAME_LENGTH:
        raise Invalid(f"名称不能超过 {NAME_LENGTH} 个字，请缩短后再保存。", field="name")
    return name


def _conditions(conditions: str) -> str:
    chosen = kept(conditions)
    if not chosen:
        raise Invalid("请先选择筛选条件、排序或显示的列，再保存。", field="conditions")
    if len(chosen) > CONDITIONS_LENGTH:
        raise Invalid("筛选条件过长，无法保存，请减少条件。", field="conditions")
    return chosen


def _facts(saved: SavedFilter) -> dict[str, Any]:
    return {
        "list": saved.list_name,
        "name": saved.name,
        "conditions": saved.conditions,
        "department": saved.department.name if saved.department else "",
    }
