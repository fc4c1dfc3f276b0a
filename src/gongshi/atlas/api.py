"""The map over JSON; the contract with the map of the front end (`frontend/src/atlas/contract.ts`)."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Field, Query, Router, Schema, Status

from gongshi.atlas import queries
from gongshi.atlas.actions import MOST_POINTS, create_point_list
from gongshi.atlas.answers import Summary, borders_answer, points_answer, summary, zipped
from gongshi.atlas.index import current_index
from gongshi.atlas.rules import Permission
from gongshi.catalogue.api import CameraOut
from gongshi.catalogue.clearance import SHORT, is_cleared
from gongshi.catalogue.models import UNITS, Camera
from gongshi.catalogue.queries import archive_of, cameras_visible_to
from gongshi.grants.queries import grant_to_watch
from gongshi.identity.models import Person
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import NotFound

router = Router(tags=["点位一张图"])


class PointFilters(Schema):
    """§6.2. A repeated parameter means any of its values; several parameters hold together."""

    code: list[str] = Field([], description="视频编号（部分）")
    location: list[str] = Field([], description="地址或名称（部分）")
    owner: list[str] = Field([], description="所属单位")
    device_type: list[str] = Field([], description="设备类型")
    sharing_level: list[str] = Field([], description="共享级别")
    opening_level: list[str] = Field([], description="开放级别")
    status: list[str] = Field([], description="设备状态")
    transmission: list[str] = Field([], description="传输方式")
    region: list[str] = Field([], description="行政区域")
    point_class: list[str] = Field([], description="点位分类")


class CardField(Schema):
    label: str
    value: str
    group: str


class CodeAndLabel(Schema):
    value: str
    label: str


class CameraCard(Schema):
    """What this person may read of one point, and whether a grant lets them watch it."""

    id: int
    title: str
    code: str
    fields: list[CardField]
    sharing: CodeAndLabel
    in_list: bool = False
    may_watch: bool
    # Why it cannot be watched in spite of a grant; empty otherwise.
    barred: str
    watch_url: str | None


class ChosenPoints(Schema):
    camera_ids: list[int] = Field(max_length=MOST_POINTS)


class NewPointList(Schema):
    name: str
    camera_ids: list[int]


class CreatedPointList(Schema):
    id: int
    url: str
    demand_url: str


class PointListOut(Schema):
    id: int
    name: str
    created_by: str = Field(alias="created_by.name")
    created_at: Any
    point_count: int
    withdrawn_count: int


class TotalOut(Schema):
    department: str
    sharing_level: str
    count: int


class ListedPoint(CameraOut):
    """As the catalogue lists it; no network field, since who reads a list need not be allowed to."""

    sharing_condition: str
    publication: str


class PointListDetail(Schema):
    """The totals and `point_count` count all points; `points` are those of the page that was asked for."""

    id: int
    name: str
    department: str
    created_by: str
    created_at: datetime
    point_count: int
    withdrawn_count: int
    needs_review: int
    totals: list[TotalOut]
    points: list[ListedPoint]


class PageOfPoints(Schema):
    limit: int = Field(100, ge=1, le=MOST_POINTS)
    offset: int = Field(0, ge=0, le=MOST_POINTS)


@router.get("/points", url_name="atlas_points", response=Any)
def list_points(request: HttpRequest, filters: Query[PointFilters]) -> HttpResponse:
    """The published points that the filters leave: `total`, `fields`, `points` (rows), `facets` (counts)."""
    authorise(signed_in(request), Permission.ReadMap)
    # With what else stands in the address: the index refuses a filter that does not exist.
    body = points_answer(current_index(), filters.dict() | dict(request.GET.lists()))
    return _json(body, zipped(body) if _takes_gzip(request) else None, "private, no-cache")


@router.get("/borders", url_name="atlas_borders", response=Any)
def borders(request: HttpRequest) -> HttpResponse:
    """The county borders as GeoJSON; they change with a new version of the portal only."""
    authorise(signed_in(request), Permission.ReadMap)
    plain, packed = borders_answer()
    return _json(plain, packed if _takes_gzip(request) else None, "private, max-age=86400")


@router.get("/cameras/{int:camera_id}", url_name="atlas_camera", response=CameraCard)
def camera_card(request: HttpRequest, camera_id: int) -> CameraCard:
    """档案卡片 of one published point."""
    person = signed_in(request)
    authorise(person, Permission.ReadMap)
    camera = cameras_visible_to(person).select_related(*UNITS).filter(pk=camera_id).first()
    if camera is None:
        raise NotFound("没有找到这个点位，可能已撤回。请刷新地图。")
    return _card(person, camera)


@router.post("/summary", url_name="atlas_summary", response=Summary)
def summarise(request: HttpRequest, chosen: ChosenPoints) -> Summary:
    """Totals per source department and sharing level of points that are about to become a list."""
    authorise(signed_in(request), Permission.ReadMap)
    return summary(current_index(), chosen.camera_ids)


@router.get("/lists", url_name="atlas_lists", response=list[PointListOut])
def list_point_lists(request: HttpRequest) -> Any:
    """视频点位需求清单 of the own department."""
    person = signed_in(request)
    authorise(person, Permission.ReadMap)
    return queries.with_point_count(queries.point_lists_visible_to(person))


@router.get("/lists/{int:list_id}", url_name="atlas_list", response=PointListDetail)
def show_list(request: HttpRequest, list_id: int, page: Query[PageOfPoints]) -> dict[str, Any]:
    """A list of the own department: totals by source department and sharing level, its points by code."""
    person = signed_in(request)
    point_list = queries.point_lists_visible_to(person).filter(pk=list_id).first()
    if point_list is None:
        raise NotFound("本部门没有这个点位需求清单，请在清单列表中重新选择。")
    authorise(person, Permission.ReadPointList, point_list)
    totals = queries.totals_of(point_list)
    return {
        "id": point_list.pk,
        "name": point_list.name,
        "department": point_list.department.name,
        "created_by": point_list.created_by.name,
        "created_at": point_list.created_at,
        "point_count": sum(total["count"] for total in totals),
        "withdrawn_count": queries.withdrawn_from(point_list),
        "needs_review": queries.needing_review(totals),
        "totals": totals,
        "points": queries.points_of(point_list)[page.offset : page.offset + page.limit],
    }


@router.post("/lists", url_name="atlas_lists", response={201: CreatedPointList})
def submit_list(request: HttpRequest, wanted: NewPointList) -> Status[CreatedPointList]:
    """提交: make a 视频点位需求清单 (§6.2)."""
    point_list = create_point_list(actor=signed_in(request), name=wanted.name, camera_ids=wanted.camera_ids)
    created = CreatedPointList(
        id=point_list.pk, url=point_list.get_absolute_url(), demand_url=point_list.get_demand_url()
    )
    return Status(201, created)


def _card(person: Person, camera: Camera) -> CameraCard:
    granted = grant_to_watch(person, camera.pk) is not None
    watched = granted and is_cleared(person, camera)
    return CameraCard(
        id=camera.pk,
        title=camera.name,
        code=camera.code,
        fields=[CardField.from_orm(field) for field in archive_of(person, camera)],
        sharing=CodeAndLabel(value=camera.sharing_level, label=camera.get_sharing_level_display()),
        may_watch=watched,
        barred=SHORT if granted and not watched else "",
        watch_url=f"{reverse('viewing:live')}?camera={camera.pk}" if watched else None,
    )


def _takes_gzip(request: HttpRequest) -> bool:
    return "gzip" in request.headers.get("Accept-Encoding", "")


def _json(plain: bytes, packed: bytes | None, caching: str) -> HttpResponse:
    """`packed` is sent when there is one; whoever cannot unpack gets `plain`."""
    response = HttpResponse(packed or plain, content_type="application/json")
    response.headers["Vary"] = "Accept-Encoding, Cookie"
    response.headers["Cache-Control"] = caching
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response
