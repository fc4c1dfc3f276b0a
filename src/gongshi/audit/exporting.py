"""信息调用登记表: the register as an inspector expects it, ready to print (Order 799 Art. 16(3))."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import xlsxwriter

from gongshi.audit.models import AccessOutcome, AccessRecord
from gongshi.kernel import clock
from gongshi.kernel.exporting import safe_cell

TITLE: Final = "公共安全视频图像信息调用登记表"
A4: Final = 9
FIRST_ROW: Final = 4


@dataclass(frozen=True)
class Heading:
    """What stands above the rows: whose register it is, of which days, and who took it out."""

    unit: str
    period: str
    conditions: str
    exported_by: str


@dataclass(frozen=True)
class Column:
    """One column: its head, its width in letters, and what it says of a look."""

    head: str
    width: int
    value: Callable[[AccessRecord], Any]


def register_workbook(records: Iterable[AccessRecord], heading: Heading) -> bytes:
    """The looks, numbered, under title and period; A4 landscape, one page wide, the head on every page."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet("信息调用登记")
    _write_heading(book, sheet, heading)
    count = _write_rows(book, sheet, records)
    taken = f"导出人：{heading.exported_by}    导出时间：{clock.local_text(clock.now())}"
    signed = "审核人（签字）：                    日期："
    sheet.write_string(FIRST_ROW + count + 1, 0, f"共 {count} 条    {taken}    {signed}")
    _set_up_page(sheet)
    book.close()
    return file.getvalue()


def _write_heading(book: Any, sheet: Any, heading: Heading) -> None:
    title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    head = book.add_format(
        {"bold": True, "bg_color": "#EAF1F9", "border": 1, "align": "center", "text_wrap": True}
    )
    sheet.merge_range(0, 0, 0, len(COLUMNS), TITLE, title)
    sheet.set_row(0, 30)
    sheet.write_string(1, 0, f"登记单位：{heading.unit}")
    sheet.write_string(2, 0, f"登记时段：{heading.period}    筛选条件：{heading.conditions}")
    sheet.write_row(FIRST_ROW - 1, 0, ["序号", *(column.head for column in COLUMNS)], head)
    for place, width in enumerate([6, *(column.width for column in COLUMNS)]):
        sheet.set_column(place, place, width)


def _write_rows(book: Any, sheet: Any, records: Iterable[AccessRecord]) -> int:
    cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top", "font_size": 9})
    count = 0
    for count, record in enumerate(records, start=1):
        values = [safe_cell(column.value(record)) for column in COLUMNS]
        sheet.write_row(FIRST_ROW + count - 1, 0, [count, *values], cell)
    return count


def _set_up_page(sheet: Any) -> None:
    sheet.freeze_panes(FIRST_ROW, 1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(FIRST_ROW - 1)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer(f"&L{TITLE}&R第 &P 页，共 &N 页")


def _outcome(record: AccessRecord) -> AccessOutcome | None:
    return getattr(record, "outcome", None)


def _time(moment: datetime | None) -> str:
    return "" if moment is None else clock.local_text(moment)


def _way(record: AccessRecord) -> str:
    """How one looked: live, or at which span of a recording."""
    if record.range_from is None or record.range_to is None:
        return record.get_kind_display()
    return f"{record.get_kind_display()}：{_time(record.range_from)} 至 {_time(record.range_to)}"


def _started(record: AccessRecord) -> str:
    outcome = _outcome(record)
    return _time(outcome.started_at) if outcome else ""


def _ended(record: AccessRecord) -> str:
    outcome = _outcome(record)
    return _time(outcome.ended_at) if outcome else ""


def _result(record: AccessRecord) -> str:
    outcome = _outcome(record)
    if outcome is None:
        return "进行中"
    return f"{outcome.ending}，{'已' if outcome.started_at else '未'}出图"


COLUMNS: Final = (
    Column("登记时间", 18, lambda record: _time(record.opened_at)),
    Column("事由", 26, lambda record: record.reason),
    Column("调用内容：视频编号", 21, lambda record: record.camera_code),
    Column("调用内容：点位名称", 22, lambda record: record.camera_name),
    Column("数源部门", 16, lambda record: record.source_department),
    Column("调用方式与时段", 16, _way),
    Column("调用单位", 18, lambda record: record.department_name),
    Column("姓名", 9, lambda record: record.person_name),
    Column("账号", 12, lambda record: record.person_account),
    Column("IP 地址", 14, lambda record: record.address or ""),
    Column("开始时间", 18, _started),
    Column("结束时间", 18, _ended),
    Column("依据", 18, lambda record: record.basis),
    Column("授权编号", 18, lambda record: record.grant_number),
    Column("结果", 16, _result),
)
