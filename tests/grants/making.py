"""Grants for tests, made by the actions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from gongshi.catalogue.models import Camera
from gongshi.grants import actions
from gongshi.grants.models import Basis, Grant, GrantState, Way
from gongshi.identity.models import Department, Person
from gongshi.identity.roles import Role
from tests.factories import in_days, make_camera, make_department, make_person


def grant_arguments(
    *,
    camera: Camera | None = None,
    department: Department | None = None,
    viewers: Sequence[Person] | None = None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """What `prepare_grant` takes for one viewer of one department, from yesterday to next week."""
    camera = camera or make_camera()
    department = department or make_department()
    return {
        "actor": make_person(Role.BUREAU_ADMINISTRATOR),
        "camera": camera,
        "path": camera.paths.first(),
        "department": department,
        "way": Way.ACCOUNT,
        "live": True,
        "history": False,
        "viewers": [make_person(Role.VIEWER, department=department)] if viewers is None else viewers,
        "purpose": "汛期值守时查看河道水位",
        "valid_from": valid_from or in_days(-1),
        "valid_until": valid_until or in_days(7),
        "basis": Basis.DEMAND,
        "basis_number": "XQ-2026-000001",
    } | fields


def make_grant(state: GrantState = GrantState.ACTIVE, **fields: Any) -> Grant:
    """A prepared or active grant."""
    arguments = grant_arguments(**fields)
    grant = actions.prepare_grant(**arguments)
    if state == GrantState.ACTIVE:
        actions.activate_grant(actor=arguments["actor"], grant=grant)
        grant.refresh_from_db()
    return grant
