"""The catalogue as a workbook in the import's own columns: to be edited and handed in again (§5.1c)."""

import io
from collections.abc import Iterable, Iterator
from typing import Any

import xlsxwriter

from gongshi.catalogue.columns import COLUMNS, Column
from gongshi.catalogue.department_names import DepartmentNames
from gongshi.catalogue.models import Camera
from gongshi.catalogue.paths import show_paths
from gongshi.catalogue.proposals import values_of
from gongshi.catalogue.rules import Permission
from gongshi.identity.models import Person
from gongshi.kernel.authority import may

TEMPLATE_ROWS = 2000
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
    """An empty workbook to fill in: heads, drop-downs of the code tables, and a sheet of explanations."""
    names = DepartmentNames.load()
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    points = book.add_worksheet("点位")
    notes = book.add_worksheet("说明")
    choices = book.add_worksheet("可选值")
    bold = book.add_format({"bold": True, "bg_color": "#EAF1F9", "border": 1})
    required = book.add_format({"bold": True, "bg_color": "#FDE8E8", "border": 1})
    text = book.add_format({"num_format": "@"})

    notes.write_row(0, 0, ["列", "是否必填", "填写要求"], bold)
    for index, column in enumerate(COLUMNS):
        # As text, so that a spreadsheet keeps all twenty digits of a code.
        points.set_column(index, index, max(12, 2 * len(column.head) + 2), text)
        points.write(0, index, column.head, required if column.is_required else bold)
        notes.write_row(
            index + 1, 0, [column.head, "必填" if column.is_required else "选填", column.cell.hint]
        )
        labels = column.cell.labels(names)
        choices.write_column(0, index, [column.head, *labels])
        if labels:
            place = xlsxwriter.utility.xl_col_to_name(index, col_abs=True)
            source = f"=可选值!{place}$2:{place}${len(labels) + 1}"
            # Several platforms may stand in one cell, so those columns only suggest.
            options = {
                "validate": "list",
                "source": source,
                "ignore_blank": True,
                "show_error": not column.is_of_path,
            }
            points.data_validation(1, index, TEMPLATE_ROWS, index, options)
    notes.write_column(len(COLUMNS) + 2, 0, NOTES)
    notes.set_column(0, 1, 14)
    notes.set_column(2, 2, 90)
    points.freeze_panes(1, 2)
    book.close()
    return file.getvalue()


NOTES = (
    "1. 按视频编号新增或更新：编号已在目录中的行只提交有变化的内容，没有变化的行不提交。",
    "2. 任何一行有误，整个文件都不导入；改正后重新上传即可。",
    "3. 一个点位有多条接入路径时，各平台用“、”分开；网络区域、接入协议填一个或逐个对应，取流地址用空格分开。",
    "4. 更新时取流地址留空表示不变；取流地址加密保存，不会显示或导出。",
    "5. 坐标使用 WGS-84；涉密点位不得录入本平台。",
)
