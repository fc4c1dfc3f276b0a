"""An `.xlsx` made safe for the reader: looked through part by part, and packed anew from what was looked at.

The reader keeps the whole rectangle of a sheet in memory, and gives each cell its own copy of a shared text.
"""

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from gongshi.kernel.problems import Problem, WorkbookRefused

DAMAGED = "文件已损坏或不是有效的 Excel 工作簿，请用表格软件打开后另存为 .xlsx 再上传。"

# What begins with fixed letters is found three times as quickly; hardly any file writes `<x:c …>`.
_PLACE = rb"\s(?:[^<>]*?\s)?r\s*=\s*[\"']([A-Z]{1,3})([0-9]{1,7})[\"'][^<>]*(?<!/)>"
_FILLED_CELL = re.compile(b"<c" + _PLACE)
_FILLED_CELL_OF_PREFIX = re.compile(rb"<\w+:c" + _PLACE)
# As nearly all programs write them: found three times as quickly again. The slash: it is empty.
_PLAIN_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^<>/]*(/?)>')
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
# So much is looked at in one go, so that what is found in it stays small.
_WINDOW_BYTES = 4 * 1024 * 1024


@dataclass
class _Seen:
    """What the parts looked at so far would take of the reader's memory."""

    cells: int = 0
    texts: list[int] = field(default_factory=list)  # bytes of each shared text, in their order
    values: Counter[bytes] = field(default_factory=Counter)


def refused(message: str) -> WorkbookRefused:
    """The whole file cannot be taken, for this reason."""
    return WorkbookRefused([Problem(None, "", message, "unreadable_file")])


def safe_archive(content: bytes, *, most_bytes: int, most_cells: int) -> io.BytesIO:
    """The same workbook, which unfolds to no more than that. Raises WorkbookRefused.

    `most_bytes` bounds the unpacked parts, and all texts when each cell has its own; `most_cells` the
    rectangles of all sheets together.
    """
    packed, seen = io.BytesIO(), _Seen()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(content)) as archive,
            zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
        ):
            if sum(part.file_size for part in archive.infolist()) > most_bytes:
                raise refused("工作簿解压后过大，请删除图片和多余的工作表，或分批提交。")
            for part in archive.infolist():
                xml = _read(archive, part)
                _look_at(xml, seen)
                if seen.cells > most_cells:
                    raise refused("工作表边缘有多余的内容，范围过大；请只保留需要导入的行和列后再上传。")
                target.writestr(part.filename, xml)
    except _BROKEN_ARCHIVE:
        raise refused(DAMAGED) from None
    if _bytes_of_texts(seen) > most_bytes:
        raise refused("单元格里的文字过长且多次重复，请只保留需要导入的内容，或分批提交。")
    packed.seek(0)
    return packed


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    # With its size: without, all that a lying part holds is unpacked before what is too much is thrown away.
    with archive.open(part) as file:
        return file.read(part.file_size)


def _look_at(xml: bytes, seen: _Seen) -> None:
    rows = columns = 1
    has_places = True
    for window in _windows(xml):
        filled, all_have_places = _filled_cells(window)
        rows = max(rows, max(map(int, {row for _, row in filled}), default=1))
        columns = max(columns, max(map(_column_number, {letters for letters, _ in filled}), default=1))
        has_places = has_places and all_have_places
        seen.values.update(_CELL_VALUE.findall(window))
    if not has_places:
        rows = max([rows, *(int(row) for row in _ROW.findall(xml))])
    seen.cells += rows * columns
    if b"si" in xml:
        seen.texts += [len(text[0]) for text in _SHARED_TEXT.finditer(xml)]


def _filled_cells(window: bytes) -> tuple[list[tuple[bytes, bytes]], bool]:
    """Column and row of each cell with something in it, and whether all cells say where they stand."""
    tags, has_prefixes = window.count(b"<c"), b":c" in window
    if not has_prefixes:
        plain = _PLAIN_CELL.findall(window)
        # As many places as there are tags: none is without.
        if len(plain) == tags:
            return [(letters, row) for letters, row, slash in plain if not slash], True
    filled = _FILLED_CELL.findall(window)
    if has_prefixes:
        filled += _FILLED_CELL_OF_PREFIX.findall(window)
    if len(filled) == tags and not has_prefixes:
        return filled, True
    return filled, not _CELL_WITHOUT_PLACE.search(window)


def _windows(xml: bytes) -> Iterator[bytes]:
    """The whole in pieces, none of which cuts a tag or the text behind it in two."""
    start = 0
    while start < len(xml):
        end = start + _WINDOW_BYTES
        if end < len(xml):
            last_tag = xml.rfind(b"<", start + 1, end)
            end = last_tag if last_tag > start else (xml.find(b"<", end) + 1 or len(xml) + 1) - 1
        yield xml[start:end]
        start = end


def _bytes_of_texts(seen: _Seen) -> int:
    """What the texts of all cells take together, counting each as often as it stands in a cell."""
    longest = max(seen.texts, default=0)
    size = 0
    for value, times in seen.values.items():
        number = value.strip()
        if number.isdigit():
            known = len(number) < 9 and int(number) < len(seen.texts)
            size += times * (seen.texts[int(number)] if known else 0)
        elif not _NUMBER.fullmatch(value):
            size += times * longest
    return size


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
