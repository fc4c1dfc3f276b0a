"""What the map's interface takes and gives (docs/atlas-api.md)."""

from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema

from gongshi.atlas.actions import MOST_POINTS
from gongshi.atlas.shifting import Crs
from gongshi.catalogue.api import CameraOut

MOST_ROWS = 200
# A filter is named `list`, so the type has another name here.
Values = list[str]


class PointFilters(Schema):
    """§6.2. A repeated parameter means any of its values; several parameters hold together."""

    q: Values = Field([], description="编号、名称或地址中的文字")
    code: Values = Field([], description="视频编号（部分）")
    location: Values = Field([], description="地址或名称（部分）")
    owner: Values = Field([], description="所属单位")
    owner_under: Values = Field([], description="所属单位及其下级")
    source_department: Values = Field([], description="数源部门")
    source_under: Values = Field([], description="数源部门及其下级")
    device_type: Values = Field([], description="设备类型")
    sharing_level: Values = Field([], description="共享级别")
    opening_level: Values = Field([], description="开放级别")
    security_level: Values = Field([], description="安全级别")
    status: Values = Field([], description="设备状态")
    transmission: Values = Field([], description="传输方式")
    region: Values = Field([], description="行政区域")
    point_class: Values = Field([], description="点位分类")
    watchable: Values = Field([], description="1：我部门已可查看")
    list: Values = Field([], description="本部门的点位需求清单")
    id: Values = Field([], description="点位序号")
    codes: Values = Field([], description="完整的视频编号")
    area: Values = Field([], description="区域：box、polygon、circle、line")


class Positions(Schema):
    crs: Crs = Field(Crs.WGS84, description="坐标系：wgs84 或 gcj02，请求与返回相同")


class ViewAsked(Positions):
    bbox: str = Field("", description="西,南,东,北；空为全市")
    zoom: float = Field(8.0, ge=0, le=30, description="地图缩放级别（512 像素的世界为 0）")


class RowsAsked(Positions):
    sort: Literal["code", "-code", "name", "-name"] = "code"
    offset: int = Field(0, ge=0, le=100_000_000)
    limit: int = Field(100, ge=1, le=MOST_ROWS)


class AreaAsked(Positions):
    filters: dict[str, list[str]] = {}
    area: str = ""


class FoundPoints(Schema):
    version: int
    total: int
    ids: list[int]


class PastedCodes(Schema):
    text: str = Field("", max_length=2_000_000)
    codes: list[str] = Field([], max_length=200_000)


class FoundCodes(Schema):
    """`missing` names some of the codes that were not found; `message` says so, empty when all were."""

    found: int
    ids: list[int]
    missing: list[str]
    missing_count: int
    message: str


class ChosenPoints(Schema):
    camera_ids: list[int] = Field(max_length=MOST_POINTS)
    with_cameras: bool = True


class CardField(Schema):
    label: str
    value: str
    group: str


class CodeAndLabel(Schema):
    value: str
    label: str


class CardLine(Schema):
    label: str
    value: str
    url: str | None


class WatcherOut(Schema):
    name: str
    until: datetime
    live: bool
    history: bool


class CameraCard(Schema):
    """What this person may read of one point, and whether a grant lets them watch it."""

    id: int
    title: str
    code: str
    lon: float
    lat: float
    fields: list[CardField]
    sharing: CodeAndLabel
    status: CodeAndLabel
    # What a demand for it would need.
    approval: str
    quality: list[CardLine]
    # People of the own department; `watcher_count` counts those beyond the list, too.
    watchers: list[WatcherOut]
    watcher_count: int
    in_list: bool = False
    may_watch: bool
    # Why it cannot be watched in spite of a grant; empty otherwise.
    barred: str
    watch_url: str | None


class NewPointList(Schema):
    name: str
    camera_ids: list[int]


class RenamedPointList(Schema):
    name: str


class ChangedPoints(Schema):
    add: list[int] = Field([], max_length=MOST_POINTS)
    remove: list[int] = Field([], max_length=MOST_POINTS)


class CreatedPointList(Schema):
    id: int
    url: str
    demand_url: str


class PointCount(Schema):
    id: int
    point_count: int


class PointListOut(Schema):
    id: int
    name: str
    url: str = Field(alias="get_absolute_url")
    demand_url: str = Field(alias="get_demand_url")
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


class FileForm(Schema):
    form: Literal["xlsx", "csv", "geojson"] = "xlsx"
