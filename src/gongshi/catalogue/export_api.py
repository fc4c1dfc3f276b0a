"""The catalogue as a file, over the interface."""

from typing import Literal

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Query, Router, Schema

from gongshi.catalogue import queries
from gongshi.catalogue.export_actions import take_out_cameras
from gongshi.catalogue.filters import CameraFilter
from gongshi.catalogue.rules import Permission
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Invalid
from gongshi.kernel.filters import conditions_of

router = Router(tags=["视频资源目录"])


class FileAsked(Schema):
    """The filters are those of the list."""

    form: Literal["csv", "xlsx", "geojson"] = "xlsx"


@router.get("/export/cameras")
def export_cameras(request: HttpRequest, asked: Query[FileAsked]) -> HttpResponseBase:
    """导出目录: the cameras that these filters find, in the columns of the import; an event."""
    person = signed_in(request)
    authorise(person, Permission.ReadCatalogue)
    chosen = CameraFilter(request.GET, queryset=queries.cameras_visible_to(person))
    if not chosen.is_valid():
        field, messages = next(iter(chosen.errors.items()))
        raise Invalid(f"筛选条件 {field} 有误：{messages[0]}", field=field)
    return take_out_cameras(
        actor=person, cameras=chosen.qs, conditions=conditions_of(chosen), form=asked.form
    )
