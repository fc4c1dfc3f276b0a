"""The cast of the matrix: every role in the department that is concerned and in others, and a stranger."""

from collections.abc import Iterable
from typing import Final

from django.db.models import TextChoices

from gongshi.identity.roles import Role

STRANGER: Final = "stranger"


class Place(TextChoices):
    """Where somebody works: own and other departments, as seen from a demand."""

    ASKING = "asking", "the department whose demand, items, lists and grants they are"
    SOURCE = "source", "the department whose cameras are asked for"
    OTHER = "other", "a department that has nothing to do with it"
    BUREAU = "bureau", "the big-data bureau"
    COUNTY = "county", "another big-data bureau"


# Where each role is tried: the bureau's in bureaus; an administrator's department must make no difference.
PLACES_OF: Final[dict[Role, tuple[Place, ...]]] = {
    Role.DATA_SPECIALIST: (Place.ASKING, Place.SOURCE, Place.OTHER),
    Role.SOURCE_REVIEWER: (Place.SOURCE, Place.OTHER),
    Role.OPERATOR: (Place.BUREAU, Place.OTHER),
    Role.VIEWER: (Place.ASKING, Place.OTHER),
    Role.DEPARTMENT_HEAD: (Place.ASKING, Place.OTHER),
    Role.BUREAU_ADMINISTRATOR: (Place.BUREAU, Place.COUNTY),
    Role.SYSTEM_ADMINISTRATOR: (Place.ASKING, Place.OTHER),
    Role.SECURITY_ADMINISTRATOR: (Place.ASKING, Place.OTHER),
    Role.AUDIT_ADMINISTRATOR: (Place.ASKING, Place.OTHER),
}


class People(frozenset[str]):
    """Some of the cast, each as `role@place`; `.asking` and so on are those of them who work there."""

    def _at(self, place: Place) -> "People":
        return People(name for name in self if name.endswith(f"@{place}"))

    @property
    def asking(self) -> "People":
        return self._at(Place.ASKING)

    @property
    def source(self) -> "People":
        return self._at(Place.SOURCE)

    @property
    def other(self) -> "People":
        return self._at(Place.OTHER)

    @property
    def bureau(self) -> "People":
        return self._at(Place.BUREAU)

    def __or__(self, others: Iterable[str]) -> "People":  # type: ignore[override]
        return People(self.union(others))

    def __sub__(self, others: Iterable[str]) -> "People":  # type: ignore[override]
        return People(self.difference(others))


def holders_of(role: Role) -> People:
    return People(f"{role}@{place}" for place in PLACES_OF[role])


# The viewer whom the demand and its grants name.
NAMED = People({"named_viewer@asking"})

SPECIALISTS = holders_of(Role.DATA_SPECIALIST)
REVIEWERS = holders_of(Role.SOURCE_REVIEWER)
OPERATORS = holders_of(Role.OPERATOR)
VIEWERS = holders_of(Role.VIEWER) | NAMED
HEADS = holders_of(Role.DEPARTMENT_HEAD)
BUREAUS = holders_of(Role.BUREAU_ADMINISTRATOR)
SYSTEM = holders_of(Role.SYSTEM_ADMINISTRATOR)
SECURITY = holders_of(Role.SECURITY_ADMINISTRATOR)
AUDIT = holders_of(Role.AUDIT_ADMINISTRATOR)

BUSINESS = SPECIALISTS | REVIEWERS | OPERATORS | VIEWERS | HEADS | BUREAUS
EVERYBODY = BUSINESS | SYSTEM | SECURITY | AUDIT
NOBODY = People()
WHOEVER = EVERYBODY | People({STRANGER})
