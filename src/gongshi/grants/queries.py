"""Reads of grants, scoped to who asks."""

from django.db.models import F, Q, QuerySet

from gongshi.catalogue.codes import Publication
from gongshi.grants.models import Grant, GrantState, GrantViewer, Way
from gongshi.grants.rules import Permission, sees_every_grant
from gongshi.identity.models import Person
from gongshi.kernel import clock
from gongshi.kernel.authority import may


def grants_visible_to(person: Person) -> QuerySet[Grant]:
    """Those of the own department and those on its cameras; all for bureau and operators, none for others.

    With those that ended under the name of a department that became part of the own one.
    """
    if not may(person, Permission.ReadGrants):
        return Grant.objects.none()
    grants = Grant.objects.select_related("camera__source_department", "department")
    if sees_every_grant(person):
        return grants
    mine = person.department_id
    ours = Q(department=mine) | Q(department__merged_into=mine)
    return grants.filter(ours | Q(camera__source_department=mine) | Q(camera__owner=mine))


def grants_to_watch(person: Person) -> QuerySet[Grant]:
    """The grants of way 1 in force now that name this person (使用人员) and are of the own department.

    Ways 2 and 3 end at a terminal or a line, not in a browser (App. B.3, B.4).
    """
    if not person.is_active:
        return Grant.objects.none()
    return (
        Grant.objects.in_force(clock.now())
        .filter(
            grant_viewers__person=person,
            department=person.department_id,
            way=Way.ACCOUNT,
            camera__publication=Publication.PUBLISHED,
        )
        .select_related("camera__source_department", "path")
    )


def rights_to_watch() -> QuerySet[GrantViewer]:
    """Who may watch by which grant now: what `grants_to_watch` says of one person, for all at once."""
    moment = clock.now()
    return GrantViewer.objects.filter(
        grant__state=GrantState.ACTIVE,
        grant__valid_from__lte=moment,
        grant__valid_until__gt=moment,
        grant__way=Way.ACCOUNT,
        grant__camera__publication=Publication.PUBLISHED,
        grant__department=F("person__department"),
        person__is_active=True,
    )


def grant_to_watch(person: Person, camera_id: int) -> Grant | None:
    """The widest of this person's grants on one camera: live before history, then what lasts longest."""
    grants = grants_to_watch(person).filter(camera=camera_id)
    return grants.order_by("-live", "-history", "-valid_until", "id").first()
