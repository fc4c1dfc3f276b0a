"""参数 over JSON."""

from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.pagination import paginate

from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise
from gongshi.parameters import actions, queries
from gongshi.parameters.models import ParameterChange
from gongshi.parameters.rules import Permission

router = Router(tags=["参数"])


class ParameterOut(Schema):
    """`value` is in force; a legal term (`only_upward`) can be made longer only."""

    key: str = Field(alias="parameter.key")
    label: str = Field(alias="parameter.label")
    unit: str = Field(alias="parameter.unit")
    value: int
    default: int = Field(alias="parameter.default")
    lowest: int = Field(alias="parameter.lowest")
    highest: int = Field(alias="parameter.highest")
    only_upward: bool = Field(alias="parameter.only_upward")
    changed_by: str | None = Field(None, alias="last.by.name")
    changed_at: datetime | None = Field(None, alias="last.at")


class ChangeOut(Schema):
    key: str
    before: int
    after: int
    reason: str
    by: str = Field(alias="by.name")
    at: datetime


class SettingIn(Schema):
    """`seen` is the number that was in force when the decision was made; another one since is a conflict."""

    value: int
    seen: int
    reason: str


@router.get("", response=list[ParameterOut])
def parameters(request: HttpRequest) -> list[queries.InForce]:
    """Every parameter, by key."""
    authorise(signed_in(request), Permission.ReadParameters)
    return queries.in_force()


@router.get("/changes", response=list[ChangeOut])
@paginate
def parameter_changes(request: HttpRequest) -> QuerySet[ParameterChange]:
    """参数修改记录, newest first."""
    authorise(signed_in(request), Permission.ReadParameters)
    return queries.changes()


@router.put("/{str:key}", response=ChangeOut)
def set_parameter(request: HttpRequest, key: str, body: SettingIn) -> ParameterChange:
    """修改参数, by the system administrator."""
    actor = signed_in(request)
    authorise(actor, Permission.SetParameter)
    return actions.set_parameter(actor=actor, parameter=queries.one_of(key), **body.dict())
