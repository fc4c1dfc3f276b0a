"""The catalogue as a file in the import's own columns: to be edited and handed in again (§5.1c)."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Final, cast

from django.db.models import QuerySet

import gongshi.kernel.any_of  # noqa: F401 - the lookup
from gongshi.catalogue.cells import DEGREE_DECIMALS, Day, Degrees
from gongshi.catalogue.checks import notes
from gongshi.catalogue.columns import COLUMNS, Column
from gongshi.catalogue.models import AccessPath, Camera
from gongshi.catalogue.network_scope import NetworkScope
from gongshi.catalogue.paths import PathValues, show_paths
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Person
from gongshi.kernel.template_workbook import TemplateColumn, template_workbook

CAMERAS_AT_ONCE: Final = 2_000

Cell = str | int | float | None
# How a value of the database becomes a cell; None: it is one.
Show = Callable[[Any], Cell] | None
# What of a path is shown.
PATH_VALUES: Final = ("platform", "network_zone", "protocol", "history_source")
Bare = tuple[Any, ...]


class ArchiveRows:
    """Cameras as rows: iterate for the cells below `heads`. Read as they are sent, in an even memory.

    Network fields and paths stand only in the rows of cameras whose network this person may read; when there
    are no such rows the columns are left out. Addresses of streams are not even read.
    """

    def __init__(self, person: Person, cameras: QuerySet[Camera]) -> None:
        self._cameras = cameras
        self._scope = NetworkScope.of(person)
        self._names = DepartmentNames.load()
        with_network = self._scope.reaches(cameras) or not cameras.exists()
        self.columns = [
            column for column in COLUMNS if with_network or not (column.is_network or column.is_of_path)
        ]
        self._own = [column for column in self.columns if not column.is_of_path]
        # Where a column's cell is found: among the camera's own, or by its name among those of paths.
        self._places = [
            column.field if column.is_of_path else self._own.index(column) for column in self.columns
        ]
        self._shows = [_show(column, self._names) for column in self._own]
        self._guarded = [place for place, column in enumerate(self._own) if column.is_network]
        self._shown_paths: dict[tuple[Bare, ...], dict[str, str]] = {(): {}}

    @property
    def heads(self) -> list[str]:
        return [column.head for column in self.columns]

    def __iter__(self) -> Iterator[list[Cell]]:
        # Bare rows: to make a hundred thousand cameras of them takes longer than all the rest.
        fields = [column.field for column in self._own]
        rows = self._cameras.select_related(None).values_list(
            "pk", "owner_id", "source_department_id", *fields
        )
        found = rows.iterator(chunk_size=CAMERAS_AT_ONCE)
        while some := list(islice(found, CAMERAS_AT_ONCE)):
            readable = {key for key, owner, source, *_ in some if self._scope.covers(owner, source)}
            paths = self._paths_of(readable)
            for key, _, _, *values in some:
                yield self._cells(values, paths.get(key, ()), is_readable=key in readable)

    def _cells(self, values: list[Any], paths: tuple[Bare, ...], *, is_readable: bool) -> list[Cell]:
        if not is_readable:
            for place in self._guarded:
                values[place] = None
        cells = [
            value if show is None or value is None else show(value)
            for value, show in zip(values, self._shows, strict=True)
        ]
        shown = self._in_words(paths)
        return [cells[where] if isinstance(where, int) else shown.get(where, "") for where in self._places]

    def _in_words(self, paths: tuple[Bare, ...]) -> dict[str, str]:
        """The columns of paths; most cameras are reached alike."""
        if paths not in self._shown_paths:
            given = [PathValues(**dict(zip(PATH_VALUES, path, strict=True))) for path in paths]
            self._shown_paths[paths] = show_paths(given, self._names)
        return self._shown_paths[paths]

    def _paths_of(self, cameras: set[int]) -> dict[int, tuple[Bare, ...]]:
        """The paths by camera, without their addresses."""
        found: dict[int, list[Bare]] = defaultdict(list)
        paths = AccessPath.objects.filter(camera__id__any_of=cameras).order_by("platform", "protocol")
        for camera, *values in paths.values_list("camera", *PATH_VALUES):
            found[camera].append(tuple(values))
        return {camera: tuple(paths) for camera, paths in found.items()}


def _show(column: Column, names: DepartmentNames) -> Show:
    """How a column shows its values; the few values of a code table are worked out once."""
    cell = column.cell
    if isinstance(cell, Degrees):
        return lambda value: round(value, DEGREE_DECIMALS)
    if isinstance(cell, Day):
        return lambda value: cast(str, value.isoformat())
    if not cell.labels(names):
        return None
    return _Known(lambda value: cell.show(value, names)).__getitem__


class _Known(dict[Any, str]):
    """Values in words, each worked out when it comes first."""

    def __init__(self, show: Callable[[Any], str]) -> None:
        self._show = show

    def __missing__(self, value: Any) -> str:
        word = self[value] = self._show(value)
        return word


def table_rows(archive: ArchiveRows) -> Iterator[list[Cell]]:
    """Heads and rows, as .csv and .xlsx have them."""
    yield list(archive.heads)
    yield from archive


def geojson_stream(archive: ArchiveRows) -> Iterator[bytes]:
    """A FeatureCollection (RFC 7946): points in WGS-84, the other columns as properties under their heads."""
    fields = [column.field for column in archive.columns]
    longitude, latitude, code = (fields.index(name) for name in ("longitude", "latitude", "code"))
    others = [place for place in range(len(fields)) if place not in {longitude, latitude}]
    yield b'{"type":"FeatureCollection","features":['
    rows, separator = iter(archive), ""
    while some := list(islice(rows, CAMERAS_AT_ONCE)):
        features = (
            {
                "type": "Feature",
                "id": row[code],
                "geometry": {"type": "Point", "coordinates": [row[longitude], row[latitude]]},
                "properties": {archive.columns[place].head: row[place] for place in others},
            }
            for row in some
        )
        text = ",\n".join(json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in features)
        yield f"{separator}\n{text}".encode()
        separator = ","
    yield b"\n]}\n"


def template() -> bytes:
    """An empty workbook to fill in, with the code tables as drop-downs."""
    names = DepartmentNames.load()
    columns = [
        TemplateColumn(
            column.head,
            column.hint,
            column.is_required,
            [] if column.is_measured else column.cell.labels(names),
            several=column.takes_several,
        )
        for column in COLUMNS
    ]
    return template_workbook("点位", columns, (*NOTES, "校验规则", *notes()))


NOTES = (
    "1. 按视频编号新增或更新：编号已在目录中的行只提交有变化的内容，没有变化的行不提交。",
    "2. 上传后先检查，逐行列出问题；可选择全部无误才提交，或只提交无误的行。",
    "3. 一个点位有多条接入路径时，各平台用“、”分开；网络区域、接入协议填一个或逐个对应，取流地址用空格分开。",
    "4. 更新时取流地址留空表示不变；取流地址加密保存，不会显示或导出。",
    "5. 设备状态由质量检测得出，可随文件导出，导入时忽略；新增点位为“未知”，使用状态填“维修”的显示为维修。",
    "6. 坐标使用 WGS-84；涉密点位不得录入本平台。",
)
