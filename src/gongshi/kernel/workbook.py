"""Reading an uploaded workbook: `.xlsx` or `.csv` to rows of text with their row numbers."""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook

from gongshi.kernel.formulas import unguarded
from gongshi.kernel.problems import Problem, WorkbookRefused
from gongshi.kernel.workbook_archive import DAMAGED, refused, safe_archive


@dataclass(frozen=True)
class Limits:
    """What a file may hold: bytes as it comes, rows below the heads, cells and bytes when it is unfolded."""

    bytes: int
    rows: int
    cells: int
    unpacked: int


# What is read while somebody waits for the page, and what a job reads.
SMALL = Limits(10 * 1024**2, 10_000, 2_000_000, 200 * 1024**2)
LARGE = Limits(64 * 1024**2, 100_000, 8_000_000, 600 * 1024**2)
MAX_BYTES, MAX_ROWS = SMALL.bytes, SMALL.rows
# A title or an explanation may stand above the heads.
MAX_ROWS_ABOVE_HEADS = 10

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Row:
    """One row that is not empty: `number` as the spreadsheet counts, `cells` from head to trimmed text."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """A sheet that is read as it is asked for: `first` is the number of its first row, `height` how many."""

    name: str
    cells: Iterable[Sequence[Any]]
    first: int = 1
    height: int = 0

    def rows(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """Each row with its number."""
        try:
            yield from enumerate(self.cells, start=self.first)
        except csv.Error:
            raise refused("CSV 文件格式有误（引号或换行不成对），请用表格软件另存后再上传。") from None


@dataclass(frozen=True)
class Table:
    """The sheet with the heads: in which column each stands, and which are none of ours."""

    sheet: Sheet
    head_row: int
    heads: dict[str, int]
    unknown: list[str] = field(default_factory=list)

    @property
    def length(self) -> int:
        """How many rows stand below the heads at most; some may be empty."""
        return max(0, self.sheet.first + self.sheet.height - 1 - self.head_row)

    def rows(self) -> Iterator[Row]:
        """The rows below the heads that are not empty."""
        heads, places = list(self.heads), list(self.heads.values())
        width = max(places) + 1
        for number, cells in self.sheet.rows():
            if number <= self.head_row:
                continue
            if len(cells) < width:
                cells = [*cells, *[""] * (width - len(cells))]
            # In place of a call for each of millions; only what begins with a mark is looked at more closely.
            texts = [cell.strip() if type(cell := cells[place]) is str else text_of(cell) for place in places]
            if "'" in "".join(texts):
                texts = [unguarded(text) if text[:1] == "'" else text for text in texts]
            if any(texts):
                yield Row(number, dict(zip(heads, texts, strict=True)))


def read_workbook(
    content: bytes,
    file_name: str,
    heads: Sequence[str],
    also: Collection[str] = (),
    most: int = MAX_ROWS,
    *,
    needed: Collection[str] | None = None,
) -> list[Row]:
    """The rows below these heads, whatever sheet they are on; columns of `also` are read where they are.

    Of the heads only those of `needed` must be there, if it is given.

    Raises WorkbookRefused when the file cannot be read, no sheet has the heads, columns are missing, or there
    are no rows or too many.
    """
    table = find_table(content, file_name, heads, also)
    refuse_missing(table, heads if needed is None else needed)
    rows = list(table.rows())
    if not rows:
        raise refused("表头下面没有数据行，请填写后再提交。")
    if len(rows) > most:
        raise refused(f"一次最多导入 {most} 行，本文件有 {len(rows)} 行，请分批提交。")
    return rows


def find_table(
    content: bytes,
    file_name: str,
    heads: Sequence[str],
    also: Collection[str] = (),
    *,
    called: Mapping[str, str] | None = None,
    limits: Limits = SMALL,
) -> Table:
    """The table with these heads, or those of them that there are; `called`: what else a head is called.

    Raises WorkbookRefused when the file cannot be read, no sheet has such heads, or one stands twice.
    """
    refuse_at_the_door(content, file_name, limits)
    return _table_with_heads(_sheets(content, file_name, limits), heads, also, called or {})


def column_of(content: bytes, file_name: str, head: str) -> list[str]:
    """The cells below this head, on whatever sheet; where none has it, the first column of the first sheet.

    Raises WorkbookRefused when the file cannot be read.
    """
    refuse_at_the_door(content, file_name)
    sheets = _sheets(content, file_name, SMALL)
    for sheet in sheets:
        for number, cells in islice(sheet.rows(), MAX_ROWS_ABOVE_HEADS):
            heads = [_head(cell) for cell in cells]
            if head in heads:
                place = heads.index(head)
                return [text_of(row[place]) for at, row in sheet.rows() if at > number and len(row) > place]
    return [text_of(cells[0]) for _, cells in sheets[0].rows() if cells] if sheets else []


def refuse_at_the_door(content: bytes, file_name: str, limits: Limits = SMALL) -> None:
    """What can be told without reading the file. Raises WorkbookRefused."""
    if not content:
        raise refused("文件是空的，请选择填写好的工作簿。")
    if len(content) > limits.bytes:
        raise refused(f"文件超过 {limits.bytes // 1024**2} MB，请分批提交。")
    name = file_name.lower()
    if content.startswith(_ZIP):
        return
    if content.startswith(_OLE) or name.endswith(".xls"):
        raise refused("不支持 .xls 格式或加密的工作簿，请用表格软件另存为不加密的 .xlsx 再上传。")
    if name.endswith(".xlsx"):
        raise refused(DAMAGED)
    if not name.endswith(".csv"):
        raise refused("只支持 .xlsx 和 .csv 文件，请用模板填写后上传。")


def refuse_missing(table: Table, needed: Collection[str]) -> None:
    """Raises WorkbookRefused when one of these columns is missing."""
    missing = [head for head in needed if head not in table.heads]
    if missing:
        columns = "、".join(missing)
        raise refused(f"工作表“{table.sheet.name}”缺少列：{columns}。请按模板补齐表头，不填的列可以留空。")


def _sheets(content: bytes, file_name: str, limits: Limits) -> list[Sheet]:
    if not content.startswith(_ZIP):
        return [_sheet_of_csv(content, file_name)]
    archive = safe_archive(content, most_bytes=limits.unpacked, most_cells=limits.cells)
    try:
        workbook = CalamineWorkbook.from_filelike(archive)
        return [_sheet_of_xlsx(name, workbook.get_sheet_by_name(name)) for name in workbook.sheet_names]
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic of the reader is no Exception
        raise refused(DAMAGED) from None


class _XlsxCells:
    """The rows of a sheet, from the beginning each time they are asked for."""

    def __init__(self, sheet: CalamineSheet) -> None:
        self._sheet = sheet

    def __iter__(self) -> Iterator[list[Any]]:
        try:
            yield from self._sheet.iter_rows()
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException:  # a panic of the reader is no Exception
            raise refused(DAMAGED) from None


def _sheet_of_xlsx(name: str, sheet: CalamineSheet) -> Sheet:
    if sheet.start is None:
        return Sheet(name, ())
    first = sheet.start[0] + 1
    return Sheet(name, _XlsxCells(sheet), first, sheet.height)


class _CsvCells:
    def __init__(self, text: str) -> None:
        self._text = text

    def __iter__(self) -> Iterator[list[str]]:
        return csv.reader(io.StringIO(self._text, newline=""))


def _sheet_of_csv(content: bytes, file_name: str) -> Sheet:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            raise refused(
                "CSV 文件的编码无法识别，请另存为 UTF-8 或 GB18030（中文 Windows 默认）编码。"
            ) from None
    return Sheet(file_name, _CsvCells(text), 1, text.count("\n") + 1)


def _table_with_heads(
    sheets: list[Sheet], wanted: Sequence[str], also: Collection[str], called: Mapping[str, str]
) -> Table:
    """The table whose head row has most of the heads; the first of equal ones."""
    best: tuple[int, Sheet, int, list[str], dict[str, str]] | None = None
    for sheet in sheets:
        for number, cells in islice(sheet.rows(), MAX_ROWS_ABOVE_HEADS):
            written = [_head(cell) for cell in cells]
            known = _known_heads(written, {*wanted, *also}, called)
            if known and (best is None or len(known) > best[0]):
                best = len(known), sheet, number, written, known
    if best is None or best[0] < 2:
        raise refused(f"没有找到数据表，各工作表都缺少列：{'、'.join(wanted)}。请下载模板填写。")
    _, sheet, number, written, known = best
    ours = [known.get(head, "") for head in written]
    for head, name in zip(written, ours, strict=True):
        if name and ours.count(name) > 1:
            raise WorkbookRefused(
                [Problem(number, head, "这一列出现了两次，请只保留一列。", "duplicate_column")]
            )
    return Table(
        sheet,
        number,
        {name: index for index, name in enumerate(ours) if name},
        unknown=list(dict.fromkeys(head for head in written if head and head not in known)),
    )


def _known_heads(written: list[str], ours: set[str], called: Mapping[str, str]) -> dict[str, str]:
    """What is written → our head; another name for one that stands there itself counts for nothing."""
    exact = {head: head for head in written if head in ours}
    return exact | {
        head: called[head]
        for head in written
        if head not in exact and called.get(head, head) not in exact and head in called
    }


def _head(cell: Any) -> str:
    """A head without the blanks and stars that people put around it."""
    return "".join(text_of(cell).split()).strip("*＊")


def text_of(cell: Any) -> str:
    """A cell as it reads: whole numbers without a point, days in ISO form."""
    if type(cell) is str:  # nearly all of millions are
        text = cell.strip()
        # Our own export marks text that a spreadsheet would take for a formula.
        return unguarded(text) if text[:1] == "'" else text
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()


def unprintable(text: str) -> bool:
    """Whether text holds what no database or screen takes: control characters, halves of surrogate pairs."""
    return _UNPRINTABLE.search(text) is not None
