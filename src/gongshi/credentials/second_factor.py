"""The second factor (等保 level 3, 身份鉴别 d): who must hold one, and who does."""

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from gongshi.credentials.policy import SECOND_FACTOR_FOR_VIEWERS
from gongshi.identity.models import Person
from gongshi.identity.roles import Role

# Whoever administers, compiles, decides or implements; who only watches, where the installation asks for it.
ALWAYS = frozenset(Role) - {Role.VIEWER, Role.DEPARTMENT_HEAD}


def needs_second_factor(person: Person) -> bool:
    """Whether this person may not go on without one: a query for viewers and heads, none for the others."""
    return bool(person.roles & ALWAYS) or SECOND_FACTOR_FOR_VIEWERS.value() == 1


def has_second_factor(person: Person) -> bool:
    """Whether this person is asked for a code after the password. Recovery codes alone are no factor."""
    return factors(person).exists()


def factors(person: Person) -> "QuerySet[Authenticator]":
    return Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
