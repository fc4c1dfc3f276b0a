"""Reads of departments and people."""

from django.db.models import QuerySet

from gongshi.identity.models import Department, Person
from gongshi.identity.roles import Role


def departments() -> QuerySet[Department]:
    return Department.objects.filter(is_active=True).select_related("supervisor", "head")


def people() -> QuerySet[Person]:
    return Person.objects.select_related("department").prefetch_related("role_assignments")


def colleagues(person: Person) -> QuerySet[Person]:
    """The active people of the same department."""
    return people().filter(department=person.department_id, is_active=True)


def holders(role: Role, department: Department | None = None) -> QuerySet[Person]:
    """The active people who hold a role, in one department or anywhere."""
    found = people().filter(role_assignments__role=role, is_active=True)
    return found.filter(department=department) if department else found
