"""The map over JSON: the contract with the page and with other systems (docs/atlas-api.md)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Query, Router, UploadedFile

from gongshi.atlas.actions import MOST_POINTS
from gongshi.atlas.answers import as_json, borders_answer, facets_answer, rows_answer, viewport_answer, zipped
from gongshi.atlas.areas import read_area
from gongshi.atlas.card import card_of
from gongshi.atlas.criteria import read_criteria
from gongshi.atlas.given_codes import GivenCodes, codes_in, codes_in_file, look_up
from gongshi.atlas.keeping import current_index
from gongshi.atlas.list_api import router as lists
from gongshi.atlas.rules import Permission
from gongshi.atlas.schemas import (
    AreaAsked,
    CameraCard,
    ChosenPoints,
    FoundCodes,
    FoundPoints,
    PastedCodes,
    PointFilters,
    Positions,
    RowsAsked,
    ViewAsked,
)
from gongshi.atlas.selecting import Selected, select
from gongshi.atlas.setup import setup_answer
from gongshi.atlas.summing import Summary, summary
from gongshi.catalogue.models import UNITS
from gongshi.catalogue.queries import cameras_visible_to
from gongshi.identity.borders import city_bounds
from gongshi.identity.models import Person
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Invalid, NotFound
from gongshi.kernel.workbook import MAX_BYTES

router = Router(tags=["点位一张图"])
router.add_router("", lists)


@router.get("/setup", url_name="atlas_setup", response=Any)
def setup(request: HttpRequest) -> HttpResponse:
    """What the map's page must know once: basemap, filters with their choices, departments, towns, limits."""
    _reader(request)
    return _answer(request, setup_answer(current_index()))


@router.get("/viewport", url_name="atlas_viewport", response=Any)
def viewport(request: HttpRequest, asked: Query[ViewAsked], filters: Query[PointFilters]) -> HttpResponse:
    """Clusters and points of a box of the map, under filters."""
    box = read_area(f"box:{asked.bbox or _whole_city()}", asked.crs)
    selected = _selected(request, asked)
    return _answer(request, viewport_answer(selected, box, asked.zoom, asked.crs))


@router.get("/facets", url_name="atlas_facets", response=Any)
def facets(request: HttpRequest, asked: Query[Positions], filters: Query[PointFilters]) -> HttpResponse:
    """For each filter how many points each of its values has under all other filters."""
    return _answer(request, facets_answer(_selected(request, asked), signed_in(request), asked.crs))


@router.get("/rows", url_name="atlas_rows", response=Any)
def rows(request: HttpRequest, asked: Query[RowsAsked], filters: Query[PointFilters]) -> HttpResponse:
    """A window of the list of what the filters leave."""
    selected = _selected(request, asked)
    return _answer(request, rows_answer(selected, asked.sort, asked.offset, asked.limit, asked.crs))


@router.post("/select", url_name="atlas_select", response=FoundPoints)
def select_points(request: HttpRequest, asked: AreaAsked) -> FoundPoints:
    """The points of an area and of filters, as many as a list may have."""
    person = _reader(request)
    parameters = asked.filters | ({"area": [asked.area]} if asked.area else {})
    selected = select(current_index(), read_criteria(parameters, person, asked.crs))
    if selected.total > MOST_POINTS:
        raise Invalid(
            f"这里有 {selected.total} 个点位，一份清单最多 {MOST_POINTS} 个。请缩小范围或增加筛选条件。"
        )
    ids = selected.index.ids[selected.in_order("code")].tolist()
    return FoundPoints(version=selected.index.edition, total=selected.total, ids=ids)


@router.post("/codes", url_name="atlas_codes", response=FoundCodes)
def find_codes(request: HttpRequest, pasted: PastedCodes) -> FoundCodes:
    """The points of pasted codes, and those codes of which there is no point."""
    return _found(look_up(_reader(request), [*pasted.codes, *codes_in(pasted.text)]))


@router.post("/codes/file", url_name="atlas_codes_file", response=FoundCodes)
def find_codes_of_file(request: HttpRequest, file: File[UploadedFile]) -> FoundCodes:
    """The same for an uploaded .xlsx, .csv or .txt."""
    person = _reader(request)
    return _found(look_up(person, codes_in_file(file.read(MAX_BYTES + 1), file.name or "")))


@router.post("/summary", url_name="atlas_summary", response=Summary)
def summarise(request: HttpRequest, chosen: ChosenPoints) -> Summary:
    """Totals per source department and sharing level of points that are about to become a list."""
    _reader(request)
    return summary(current_index(), chosen.camera_ids, with_cameras=chosen.with_cameras)


@router.get("/cameras/{int:camera_id}", url_name="atlas_camera", response=CameraCard)
def camera_card(request: HttpRequest, camera_id: int, asked: Query[Positions]) -> CameraCard:
    """档案卡片 of one published point."""
    person = _reader(request)
    camera = cameras_visible_to(person).select_related(*UNITS).filter(pk=camera_id).first()
    if camera is None:
        raise NotFound("没有找到这个点位，可能已撤回。请刷新地图。")
    return card_of(person, camera, asked.crs, with_people=not _is_a_machine(request))


@router.get("/borders", url_name="atlas_borders", response=Any)
def borders(request: HttpRequest, asked: Query[Positions]) -> HttpResponse:
    """The county borders as GeoJSON; they change with a new version of the portal only."""
    _reader(request)
    plain, packed = borders_answer(asked.crs)
    return _json(plain, packed if _takes_gzip(request) else None, "private, max-age=86400")


def _is_a_machine(request: HttpRequest) -> bool:
    """Whether another system asks: it is told of no people (`clients.scopes`)."""
    return "Authorization" in request.headers


def _whole_city() -> str:
    return ",".join(map(str, city_bounds()))


def _reader(request: HttpRequest) -> Person:
    person = signed_in(request)
    authorise(person, Permission.ReadMap)
    return person


def _selected(request: HttpRequest, asked: Positions) -> Selected:
    """What the filters of the address leave; one that does not exist is refused."""
    person = _reader(request)
    others = set(type(asked).model_fields)
    parameters = {name: values for name, values in request.GET.lists() if name not in others}
    return select(current_index(), read_criteria(parameters, person, asked.crs))


def _found(given: GivenCodes) -> FoundCodes:
    return FoundCodes(
        found=given.found,
        ids=given.ids,
        missing=given.missing_named,
        missing_count=len(given.missing),
        message=given.message,
    )


def _answer(request: HttpRequest, answer: dict[str, Any]) -> HttpResponse:
    body = as_json(answer)
    return _json(body, zipped(body) if _takes_gzip(request) else None)


def _takes_gzip(request: HttpRequest) -> bool:
    return "gzip" in request.headers.get("Accept-Encoding", "")


def _json(plain: bytes, packed: bytes | None, caching: str = "no-store") -> HttpResponse:
    """`packed` is sent when there is one; whoever cannot unpack gets `plain`."""
    response = HttpResponse(packed or plain, content_type="application/json")
    response.headers["Vary"] = "Accept-Encoding, Cookie"
    response.headers["Cache-Control"] = caching
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response
