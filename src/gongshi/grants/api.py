"""Grants over JSON: the same as their pages. No stream address is ever told."""

from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Router, Schema
from ninja.pagination import paginate

from gongshi.grants import queries
from gongshi.grants.actions import revoke_grant
from gongshi.grants.models import Grant
from gongshi.grants.rules import Permission
from gongshi.identity.models import Person
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import NotFound

router = Router(tags=["授权"])


class GrantOut(Schema):
    id: int
    number: str
    state: str
    camera_id: int
    camera_code: str
    camera_name: str
    source_department: str
    department: str
    way: str | None
    live: bool
    history: bool
    object_kinds: list[str] | None
    purpose: str
    valid_from: datetime
    valid_until: datetime
    basis: str
    basis_number: str
    ended_at: datetime | None
    end_reason: str

    @staticmethod
    def resolve_camera_code(grant: Grant) -> str:
        return grant.camera.code

    @staticmethod
    def resolve_camera_name(grant: Grant) -> str:
        return grant.camera.name

    @staticmethod
    def resolve_source_department(grant: Grant) -> str:
        return grant.camera.source_department.name

    @staticmethod
    def resolve_department(grant: Grant) -> str:
        return grant.department.name


class ViewerOut(Schema):
    id: int
    name: str


class GrantDetail(GrantOut):
    viewers: list[ViewerOut]


class Revocation(Schema):
    reason: str


@router.get("", response=list[GrantOut], url_name="grants")
@paginate
def list_grants(request: HttpRequest, state: str = "", basis_number: str = "") -> QuerySet[Grant]:
    """授权, newest first: those of the own department and on its cameras; all for bureau and operators."""
    person = signed_in(request)
    authorise(person, Permission.ReadGrants)
    wanted = {name: value for name, value in (("state", state), ("basis_number", basis_number)) if value}
    return queries.grants_visible_to(person).filter(**wanted)


@router.get("/{int:grant_id}", response=GrantDetail, url_name="grant")
def show_grant(request: HttpRequest, grant_id: int) -> Grant:
    """One grant with its viewers."""
    person = signed_in(request)
    authorise(person, Permission.ReadGrants)
    return _grant(person, grant_id)


@router.post("/{int:grant_id}/revocation", response=GrantDetail, url_name="revocation")
def revoke(request: HttpRequest, grant_id: int, revocation: Revocation) -> Grant:
    """撤销授权: pictures running on it stop at once."""
    person = signed_in(request)
    authorise(person, Permission.ReadGrants)
    revoke_grant(actor=person, grant=_grant(person, grant_id), reason=revocation.reason)
    return _grant(person, grant_id)


def _grant(person: Person, grant_id: int) -> Grant:
    grants = queries.grants_visible_to(person).prefetch_related("viewers")
    grant = grants.filter(pk=grant_id).first()
    if grant is None:
        raise NotFound("没有找到该授权，它可能不属于本部门。请从授权列表进入。")
    return grant
