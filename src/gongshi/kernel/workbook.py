"""Reading an uploaded workbook: `.xlsx` or `.csv` to rows of text with their row numbers."""

import csv
import io
import re
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineWorkbook

from gongshi.kernel.problems import Problem, WorkbookRefused

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 10_000
# What a small archive may unfold to: the reader keeps the whole rectangle of a sheet in memory.
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_CELLS = 2_000_000
# A title or an explanation may stand above the heads.
MAX_ROWS_ABOVE_HEADS = 10

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_FILLED_CELL = re.compile(
    rb"<(?:\w+:)?c\s(?:[^<>]*?\s)?r\s*=\s*[\"']([A-Z]{1,3})([0-9]{1,7})[\"'][^<>]*(?<!/)>"
)
_CELL_WITHOUT_PLACE = re.compile(rb"<(?:\w+:)?c(?:\s(?![^<>]*\br\s*=)[^<>]*)?>")
_ROW = re.compile(rb"<(?:\w+:)?row\s(?:[^<>]*?\s)?r\s*=\s*[\"']([0-9]{1,7})[\"']")
_SHARED_TEXT = re.compile(rb"<(?:\w+:)?si\b.*?</(?:\w+:)?si>", re.DOTALL)
_CELL_VALUE = re.compile(rb"<(?:\w+:)?v\b[^<>]*>([^<]*)")
_NUMBER = re.compile(rb"\s*[-+.0-9eE]+\s*")
_BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    NotImplementedError,
)
_DAMAGED = "文件已损坏或不是有效的 Excel 工作簿，请用表格软件打开后另存为 .xlsx 再上传。"

Sheet = list[tuple[int, list[Any]]]


@dataclass(frozen=True)
class Row:
    """One row that is not empty: `number` as the spreadsheet counts, `cells` from head to trimmed text."""

    number: int
    cells: dict[str, str]


def read_workbook(
    content: bytes, file_name: str, heads: Sequence[str], also: Collection[str] = (), most: int = MAX_ROWS
) -> list[Row]:
    """The rows below these heads, whatever sheet they are on; columns of `also` are read where they are.

    Raises WorkbookRefused when the file cannot be read, no sheet has the heads, columns are missing, or there
    are no rows or too many.
    """
    if not content:
        raise _refused("文件是空的，请选择填写好的工作簿。")
    if len(content) > MAX_BYTES:
        raise _refused(f"文件超过 {MAX_BYTES // 1024 // 1024} MB，请分批提交。")
    rows = list(_rows(*_sheet_with_heads(_sheets(content, file_name), heads, also)))
    if not rows:
        raise _refused("表头下面没有数据行，请填写后再提交。")
    if len(rows) > most:
        raise _refused(f"一次最多导入 {most} 行，本文件有 {len(rows)} 行，请分批提交。")
    return rows


def _sheets(content: bytes, file_name: str) -> dict[str, Sheet]:
    if content.startswith(_ZIP):
        return _sheets_of_xlsx(content)
    if content.startswith(_OLE) or file_name.lower().endswith(".xls"):
        raise _refused("不支持 .xls 格式或加密的工作簿，请用表格软件另存为不加密的 .xlsx 再上传。")
    if file_name.lower().endswith(".xlsx"):
        raise _refused(_DAMAGED)
    if file_name.lower().endswith(".csv"):
        return {file_name: _sheet_of_csv(content)}
    raise _refused("只支持 .xlsx 和 .csv 文件，请用模板填写后上传。")


def _sheets_of_xlsx(content: bytes) -> dict[str, Sheet]:
    parts = _parts(content)
    try:
        workbook = CalamineWorkbook.from_filelike(_packed(parts))
        return {name: _sheet_of_xlsx(workbook, name) for name in workbook.sheet_names}
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic of the reader is no Exception
        raise _refused(_DAMAGED) from None


def _sheet_of_xlsx(workbook: CalamineWorkbook, name: str) -> Sheet:
    sheet = workbook.get_sheet_by_name(name)
    if sheet.start is None:
        return []
    return list(enumerate(sheet.to_python(skip_empty_area=True), start=sheet.start[0] + 1))


def _parts(content: bytes) -> dict[str, bytes]:
    """The files of the archive. Refused when they would fill the memory: by their size, or by far cells."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise _refused("工作簿解压后过大，请删除图片和多余的工作表，或分批提交。")
            parts = {part.filename: _read(archive, part) for part in archive.infolist()}
    except _BROKEN_ARCHIVE:
        raise _refused(_DAMAGED) from None
    for xml in parts.values():
        _refuse_far_cells(xml)
    _refuse_repeated_text(parts.values())
    return parts


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    # With its size: without, all that a lying part holds is unpacked before what is too much is thrown away.
    with archive.open(part) as file:
        return file.read(part.file_size)


def _packed(parts: dict[str, bytes]) -> io.BytesIO:
    """What we have unpacked, for the reader: the archive that came may be longer than it says."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    file.seek(0)
    return file


def _refuse_far_cells(xml: bytes) -> None:
    rows = columns = 1
    for letters, row in _FILLED_CELL.findall(xml):
        rows = max(rows, int(row))
        columns = max(columns, _column_number(letters))
    if _CELL_WITHOUT_PLACE.search(xml):
        rows = max([rows, *map(int, _ROW.findall(xml))])
    if rows * columns > MAX_CELLS:
        raise _refused("工作表边缘有多余的内容，范围过大；请只保留需要导入的行和列后再上传。")


def _refuse_repeated_text(parts: Collection[bytes]) -> None:
    """Cells name a text that is kept once; the reader gives each of them its own copy."""
    texts = [len(text) for xml in parts for text in _SHARED_TEXT.findall(xml)]
    longest = max(texts, default=0)
    size = 0
    for value, times in Counter(value for xml in parts for value in _CELL_VALUE.findall(xml)).items():
        number = value.strip()
        if number.isdigit():
            size += times * (texts[int(number)] if len(number) < 9 and int(number) < len(texts) else 0)
        elif not _NUMBER.fullmatch(value):
            size += times * longest
    if size > MAX_UNPACKED_BYTES:
        raise _refused("单元格里的文字过长且多次重复，请只保留需要导入的内容，或分批提交。")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _sheet_of_csv(content: bytes) -> Sheet:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            raise _refused(
                "CSV 文件的编码无法识别，请另存为 UTF-8 或 GB18030（中文 Windows 默认）编码。"
            ) from None
    try:
        return list(enumerate(csv.reader(io.StringIO(text, newline="")), start=1))
    except csv.Error:
        raise _refused("CSV 文件格式有误（引号或换行不成对），请用表格软件另存后再上传。") from None


def _sheet_with_heads(
    sheets: dict[str, Sheet], wanted: Sequence[str], also: Collection[str]
) -> tuple[Sheet, int, dict[str, int]]:
    """The sheet with the head row, the position of that row in it, and head to column position."""
    found = [
        (len(heads), sheet_name, sheet, position, heads)
        for sheet_name, sheet in sheets.items()
        for position, (_, cells) in enumerate(sheet[:MAX_ROWS_ABOVE_HEADS])
        if (heads := _heads(cells, {*wanted, *also}))
    ]
    if not found or max(found, key=lambda each: each[0])[0] < 2:
        raise _refused(f"没有找到数据表，各工作表都缺少列：{'、'.join(wanted)}。请下载模板填写。")
    _, name, sheet, position, heads = max(found, key=lambda each: each[0])
    missing = [head for head in wanted if head not in heads]
    if missing:
        raise _refused(f"工作表“{name}”缺少列：{'、'.join(missing)}。请按模板补齐表头，不填的列可以留空。")
    number, cells = sheet[position]
    written = [_head(cell) for cell in cells]
    for head in heads:
        if written.count(head) > 1:
            raise WorkbookRefused(
                [Problem(number, head, "这一列出现了两次，请只保留一列。", "duplicate_column")]
            )
    return sheet, position, heads


def _heads(cells: list[Any], known: set[str]) -> dict[str, int]:
    return {head: index for index, cell in enumerate(cells) if (head := _head(cell)) in known}


def _head(cell: Any) -> str:
    """A head without the blanks and stars that people put around it."""
    return "".join(_text(cell).split()).strip("*＊")


def _rows(sheet: Sheet, position: int, heads: dict[str, int]) -> Iterator[Row]:
    for number, cells in sheet[position + 1 :]:
        texts = {head: _text(cells[index]) if index < len(cells) else "" for head, index in heads.items()}
        if any(texts.values()):
            yield Row(number, texts)


def _text(cell: Any) -> str:
    """A cell as it reads: whole numbers without a point, days in ISO form."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(cell).strip()
    # Our own export marks text that a spreadsheet would take for a formula.
    return text[1:] if text[:1] == "'" and text[1:2] in {"=", "+", "-", "@"} else text


def unprintable(text: str) -> bool:
    """Whether text holds what no database or screen takes: control characters, halves of surrogate pairs."""
    return any(unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\r\t" for letter in text)


def _refused(message: str) -> WorkbookRefused:
    return WorkbookRefused([Problem(None, "", message, "unreadable_file")])
