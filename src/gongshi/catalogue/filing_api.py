"""Filing sheets over JSON: the same actions and queries as the pages."""

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Field, Router, Schema, Status
from ninja.pagination import paginate

from gongshi.catalogue.filing_actions import record_filing
from gongshi.catalogue.filing_models import Filing
from gongshi.catalogue.filing_queries import (
    Summary,
    changes_since,
    last_filing,
    points_of,
    summary_of,
    units_visible_to,
    with_states,
)
from gongshi.catalogue.filing_sheet import days_in_words
from gongshi.catalogue.filing_tables import unit_state
from gongshi.catalogue.filing_views import sheet_of
from gongshi.catalogue.models import Camera
from gongshi.catalogue.rules import Permission
from gongshi.identity.models import Department
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import NotFound
from gongshi.kernel.paging import CountedPagination

router = Router(tags=["备案"])


class UnitOut(Schema):
    """`state` in words: 未备案, 已备案, 备案后有变动."""

    code: str
    name: str
    points: int
    state: str
    filed_on: date | None
    receipt_number: str | None

    @staticmethod
    def resolve_state(unit: Any) -> str:
        return unit_state(unit)[0]


class FilingOut(Schema):
    """`digest` tells what was filed from anything else."""

    filed_on: date
    receipt_number: str
    points: int
    digest: str
    recorded_by: str = Field(alias="recorded_by.name")
    recorded_at: datetime


class ChangesOut(Schema):
    new: int
    changed: int
    withdrawn: int


class SheetOut(Schema):
    """What Art. 14 asks for of a unit, and what changed since it was filed (null when it never was)."""

    code: str
    name: str
    points: int
    kinds: dict[str, int]
    retention: str
    filing: FilingOut | None
    changes: ChangesOut | None


class UnitPointOut(Schema):
    """`state`: unfiled, new, changed, same."""

    code: str
    name: str
    address: str
    longitude: float
    latitude: float
    device_type: str
    retention_days: int | None
    state: str = Field(alias="filing_state")


class FilingIn(Schema):
    filed_on: date
    receipt_number: str


@router.get("/filings", response=list[UnitOut])
@paginate
def list_units(request: HttpRequest) -> QuerySet[Department]:
    """备案表: construction units with their last filing."""
    person = signed_in(request)
    authorise(person, Permission.ReadFiling)
    return units_visible_to(person)


@router.get("/filings/{code}", response=SheetOut)
def show_sheet(request: HttpRequest, code: str) -> dict[str, Any]:
    """One unit's sheet in numbers."""
    return _sheet(_unit(request, code))


@router.post("/filings/{code}", response={201: SheetOut})
def note_filing(request: HttpRequest, code: str, filed: FilingIn) -> Status[Any]:
    """登记备案: the unit has filed what the catalogue has of it now."""
    person = signed_in(request)
    authorise(person, Permission.RecordFiling)
    unit = _unit(request, code)
    record_filing(actor=person, department=unit, filed_on=filed.filed_on, receipt_number=filed.receipt_number)
    return Status(201, _sheet(unit))


@router.get("/filings/{code}/points", response=list[UnitPointOut])
@paginate(CountedPagination)
def list_points(request: HttpRequest, code: str) -> QuerySet[Camera]:
    """The points of one unit, each as it stands to the last filing."""
    unit = _unit(request, code)
    return with_states(points_of(unit), last_filing(unit)).order_by("code")


@router.get("/filings/{code}/sheet")
def take_out(request: HttpRequest, code: str) -> HttpResponseBase:
    """备案表 as a workbook; an event."""
    return sheet_of(signed_in(request), _unit(request, code))


def _unit(request: HttpRequest, code: str) -> Department:
    person = signed_in(request)
    authorise(person, Permission.ReadFiling)
    unit = units_visible_to(person).filter(code=code).first()
    if unit is None:
        raise NotFound("没有这个建设单位的备案表，或您无权查看。")
    return unit


def _sheet(unit: Department) -> dict[str, Any]:
    summary: Summary = summary_of(unit)
    filing: Filing | None = last_filing(unit)
    return {
        "code": unit.code,
        "name": unit.name,
        "points": summary.points,
        "kinds": dict(summary.kinds),
        "retention": days_in_words(summary),
        "filing": filing,
        "changes": changes_since(unit, filing) if filing else None,
    }
