"""Reads of departments, people and what is asked for them, scoped to who asks."""

from django.db.models import Count, Q, QuerySet

from gongshi.identity.models import (
    AccountProposal,
    AccountReview,
    Department,
    Person,
    ReviewVerdict,
)
from gongshi.identity.roles import Role
from gongshi.identity.rules import is_data_specialist, is_separated_administrator


def departments() -> QuerySet[Department]:
    """Those in use."""
    return Department.objects.filter(is_active=True).select_related("supervisor", "head")


def every_department() -> QuerySet[Department]:
    """Those that were merged too, with `people_count`: accounts that are not retired."""
    found = Department.objects.select_related("supervisor", "parent", "head", "merged_into")
    # Counting drops the model's own order.
    return found.annotate(people_count=Count("people", filter=Q(people__retired_at=None))).order_by("code")


def departments_kept_by(person: Person) -> QuerySet[Department]:
    """Whose accounts a data specialist keeps: own department and the units it supervises."""
    if not (person.is_active and is_data_specialist(person)):
        return Department.objects.none()
    mine = person.department_id
    return departments().filter(Q(pk=mine) | Q(supervisor=mine))


def in_tree_order(found: list[Department]) -> list[tuple[int, Department]]:
    """Departments with their depth, each after the one it belongs to."""
    below: dict[int | None, list[Department]] = {}
    here = {department.pk for department in found}
    for department in found:
        above = department.parent_id if department.parent_id in here else None
        below.setdefault(above, []).append(department)
    ordered: list[tuple[int, Department]] = []

    def walk(above: int | None, depth: int) -> None:
        for department in below.get(above, ()):
            ordered.append((depth, department))
            walk(department.pk, depth + 1)

    walk(None, 0)
    return ordered


def people() -> QuerySet[Person]:
    return Person.objects.select_related("department").prefetch_related("role_assignments")


def people_visible_to(person: Person) -> QuerySet[Person]:
    """All for the three administrators; for a data specialist those whose accounts he keeps."""
    if not person.is_active:
        return people().none()
    if is_separated_administrator(person):
        return people()
    return people().filter(department__in=departments_kept_by(person).values("pk"))


def colleagues(person: Person) -> QuerySet[Person]:
    """The active people of the same department."""
    return people().filter(department=person.department_id, is_active=True)


def holders(role: Role, department: Department | None = None) -> QuerySet[Person]:
    """The active people who hold a role, in one department or anywhere."""
    found = people().filter(role_assignments__role=role, is_active=True)
    return found.filter(department=department) if department else found


def keepers_of(department: Department) -> QuerySet[Person]:
    """Its specialists and its supervisor's, who keep its accounts; without any the security administrator."""
    units = [department.pk, department.supervisor_id or department.pk]
    specialists = holders(Role.DATA_SPECIALIST).filter(department__in=units)
    return specialists if specialists.exists() else holders(Role.SECURITY_ADMINISTRATOR)


def proposals_visible_to(person: Person) -> QuerySet[AccountProposal]:
    """All for the three administrators; for a data specialist those of departments he keeps, and his own."""
    found = AccountProposal.objects.select_related(
        "department", "to_department", "person__department", "proposer__department", "decider__department"
    )
    if not person.is_active:
        return found.none()
    if is_separated_administrator(person):
        return found
    if not is_data_specialist(person):
        return found.none()
    return found.filter(Q(department__in=departments_kept_by(person).values("pk")) | Q(proposer=person))


def reviews_visible_to(person: Person) -> QuerySet[AccountReview]:
    """With `open_count` and `line_count`; all for the three administrators, for a specialist his."""
    found = (
        AccountReview.objects.select_related("department")
        .annotate(
            line_count=Count("lines"),
            open_count=Count("lines", filter=Q(lines__verdict=ReviewVerdict.OPEN)),
        )
        .order_by("-begun_on", "department__code")
    )
    if not person.is_active:
        return found.none()
    if is_separated_administrator(person):
        return found
    return found.filter(department__in=departments_kept_by(person).values("pk"))
