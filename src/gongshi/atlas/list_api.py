"""视频点位需求清单 over JSON."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Query, Router, Status

from gongshi.atlas import queries
from gongshi.atlas.actions import (
    change_points,
    create_point_list,
    delete_point_list,
    rename_point_list,
    take_out_points,
)
from gongshi.atlas.models import PointList
from gongshi.atlas.rules import Permission
from gongshi.atlas.schemas import (
    ChangedPoints,
    CreatedPointList,
    FileForm,
    NewPointList,
    PageOfPoints,
    PointCount,
    PointListDetail,
    PointListOut,
    RenamedPointList,
)
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise

router = Router(tags=["点位一张图"])


@router.get("/lists", url_name="atlas_lists", response=list[PointListOut])
def list_point_lists(request: HttpRequest) -> Any:
    """视频点位需求清单 of the own department."""
    person = signed_in(request)
    authorise(person, Permission.ReadMap)
    return queries.with_point_count(queries.point_lists_visible_to(person))


@router.post("/lists", url_name="atlas_lists", response={201: CreatedPointList})
def submit_list(request: HttpRequest, wanted: NewPointList) -> Status[CreatedPointList]:
    """提交: make a 视频点位需求清单 (§6.2)."""
    point_list = create_point_list(actor=signed_in(request), name=wanted.name, camera_ids=wanted.camera_ids)
    return Status(201, _addresses_of(point_list))


@router.get("/lists/{int:list_id}", url_name="atlas_list", response=PointListDetail)
def show_list(request: HttpRequest, list_id: int, page: Query[PageOfPoints]) -> dict[str, Any]:
    """A list of the own department: totals by source department and sharing level, its points by code."""
    person = signed_in(request)
    point_list = queries.point_list_of(person, list_id)
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


@router.patch("/lists/{int:list_id}", url_name="atlas_list", response=CreatedPointList)
def rename_list(request: HttpRequest, list_id: int, wanted: RenamedPointList) -> CreatedPointList:
    """Give a list of the own department another name."""
    person = signed_in(request)
    point_list = queries.point_list_of(person, list_id)
    return _addresses_of(rename_point_list(actor=person, point_list=point_list, name=wanted.name))


@router.delete("/lists/{int:list_id}", url_name="atlas_list", response={204: None})
def delete_list(request: HttpRequest, list_id: int) -> Status[None]:
    """Delete a list that no demand names."""
    person = signed_in(request)
    delete_point_list(actor=person, point_list=queries.point_list_of(person, list_id))
    return Status(204, None)


@router.post("/lists/{int:list_id}/points", url_name="atlas_list_points", response=PointCount)
def change_list(request: HttpRequest, list_id: int, changed: ChangedPoints) -> PointCount:
    """Put points into a list of the own department and take others out."""
    person = signed_in(request)
    point_list = queries.point_list_of(person, list_id)
    count = change_points(actor=person, point_list=point_list, add=changed.add, remove=changed.remove)
    return PointCount(id=point_list.pk, point_count=count)


@router.get("/lists/{int:list_id}/file", url_name="atlas_list_file")
def take_out_list(request: HttpRequest, list_id: int, asked: Query[FileForm]) -> HttpResponseBase:
    """The points of a list as .xlsx, .csv or GeoJSON; an event."""
    person = signed_in(request)
    point_list = queries.point_list_of(person, list_id)
    return take_out_points(actor=person, point_list=point_list, form=asked.form)


def _addresses_of(point_list: PointList) -> CreatedPointList:
    return CreatedPointList(
        id=point_list.pk, url=point_list.get_absolute_url(), demand_url=point_list.get_demand_url()
    )
