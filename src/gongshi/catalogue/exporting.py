"""The catalogue as a workbook in the import's own columns: to be edited and handed in again (§5.1c)."""

from collections.abc import Iterable, Iterator
from typing import Any

from gongshi.catalogue.columns import COLUMNS, Column
from gongshi.catalogue.models import Camera
from gongshi.catalogue.paths import show_paths
from gongshi.catalogue.proposals import values_of
from gongshi.catalogue.rules import Permission
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Person
from gongshi.kernel.authority import may
from gongshi.kernel.template_workbook import TemplateColumn, template_workbook

NUMBERS = ("longitude", "latitude", "vlan", "retention_days")


class ArchiveRows:
    """Cameras as rows, as the kernel's `export` takes a table.

    Network fields and paths stand only in the rows of cameras whose network this person may read; when there
    are no such rows the columns are left out. Addresses of streams are never exported.
    """

    def __init__(self, person: Person, cameras: Iterable[Camera]) -> None:
        self._names = DepartmentNames.load()
        self.rows = [(camera, may(person, Permission.ReadNetworkFields, camera)) for camera in cameras]
        with_network = not self.rows or any(readable for _, readable in self.rows)
        self._columns = [
            column for column in COLUMNS if with_network or not (column.is_network or column.is_of_path)
        ]

    def as_values(self) -> Iterator[list[Any]]:
        yield [column.head for column in self._columns]
        for camera, readable in self.rows:
            values = values_of(camera)
            paths = show_paths(camera.paths.all(), self._names) if readable else {}
            yield [self._cell(column, values, paths, readable) for column in self._columns]

    def _cell(self, column: Column, values: dict[str, Any], paths: dict[str, str], readable: bool) -> Any:
        if column.is_of_path:
            return paths.get(column.field, "")
        if column.is_network and not readable:
            return ""
        value = values[column.field]
        return (
            value if column.field in NUMBERS and value is not None else column.cell.show(value, self._names)
        )


def template() -> bytes:
    """An empty workbook to fill in, with the code tables as drop-downs."""
    names = DepartmentNames.load()
    columns = [
        TemplateColumn(
            column.head,
            column.cell.hint,
            column.is_required,
            column.cell.labels(names),
            # Several platforms may stand in one cell.
            several=column.is_of_path,
        )
        for column in COLUMNS
    ]
    return template_workbook("点位", columns, NOTES)


NOTES = (
    "1. 按视频编号新增或更新：编号已在目录中的行只提交有变化的内容，没有变化的行不提交。",
    "2. 任何一行有误，整个文件都不导入；改正后重新上传即可。",
    "3. 一个点位有多条接入路径时，各平台用“、”分开；网络区域、接入协议填一个或逐个对应，取流地址用空格分开。",
    "4. 更新时取流地址留空表示不变；取流地址加密保存，不会显示或导出。",
    "5. 坐标使用 WGS-84；涉密点位不得录入本平台。",
)
