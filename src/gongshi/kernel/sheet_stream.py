"""A workbook of one sheet, written row by row while it is sent, in an even memory (ADR 0033)."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, product
from typing import Final
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

from gongshi.kernel.formulas import told_apart

Cell = str | int | float | None

ROWS_AT_ONCE: Final = 500
# By what the first rows hold.
ROWS_MEASURED: Final = 100
NARROWEST, WIDEST = 8, 50
# Texts that come again and again are kept once; so many that the list of them stays small.
MOST_SHARED: Final = 5_000
LONGEST_SHARED: Final = 40
QUICKEST: Final = 1

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TEXT, _TITLE = 1, 2
_AS_TEXT = 49
_COLOUR = '<fgColor rgb="FFEAF1F9"/>'


def _font(traits: str = "") -> str:
    return f'<font>{traits}<sz val="11"/><name val="Calibri"/></font>'


def _fill(pattern: str, colour: str = "") -> str:
    return f'<fill><patternFill patternType="{pattern}">{colour}</patternFill></fill>'


def _format(number: int = 0, font: int = 0, fill: int = 0) -> str:
    return f'<xf numFmtId="{number}" fontId="{font}" fillId="{fill}" borderId="0"/>'


# The names of columns: A for the first, AA for the 27th; no table of ours is wider.
LETTERS: Final = tuple(
    "".join(letters) for width in (1, 2) for letters in product("ABCDEFGHIJKLMNOPQRSTUVWXYZ", repeat=width)
)

PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEETS}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEETS}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_SHEETS}.styles+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_SHEETS}.sharedStrings+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    # Text has the format of text, so that a spreadsheet keeps the twenty digits of a code that is edited.
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="2">{_font()}{_font("<b/>")}</fonts>'
    f'<fills count="3">{_fill("none")}{_fill("gray125")}{_fill("solid", _COLOUR)}</fills>'
    "<borders><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
    f"<cellStyleXfs>{_format()}</cellStyleXfs>"
    f'<cellXfs count="3">{_format()}{_format(_AS_TEXT)}{_format(_AS_TEXT, font=1, fill=2)}</cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}


def xlsx_stream(rows: Iterable[Sequence[Cell]], sheet: str) -> Iterator[bytes]:
    """The bytes of a workbook whose only sheet has these rows; the first of them are the heads.

    Text is written as text, never as a formula or a link. At most 1,048,576 rows and 702 columns.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=QUICKEST) as archive:
        for name, xml in (PARTS | {"xl/workbook.xml": _workbook(sheet)}).items():
            archive.writestr(name, _HEAD + xml)
        texts = _Texts()
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for xml in _sheet(iter(rows), texts):
                part.write(xml.encode())
                yield sink.taken()
        shared = "".join(f"<si>{_t(text)}</si>" for text in texts.shared)
        archive.writestr("xl/sharedStrings.xml", f'{_HEAD}<sst xmlns="{_MAIN}">{shared}</sst>')
    yield sink.taken()


class _Sink(io.RawIOBase):
    """What the archive has written and nobody has sent yet. It cannot seek, so the archive does not try."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        written = bytes(data)  # type: ignore[call-overload]
        self._written.append(written)
        return len(written)

    def taken(self) -> bytes:
        data = b"".join(self._written)
        self._written.clear()
        return data


def _workbook(sheet: str) -> str:
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{escape(sheet, {chr(34): "&quot;"})}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


class _Texts:
    """What stands in a cell behind its place. Texts that come again and again are kept once (`shared`)."""

    def __init__(self) -> None:
        self.shared: dict[str, int] = {}
        self.known: dict[Cell, str] = {}

    def written(self, cell: Cell, style: int = _TEXT) -> str:
        if isinstance(cell, int | float):
            return f'"><v>{cell!r}</v></c>'
        text = str(cell)
        place = self._place(text)
        if place is None:
            return f'" s="{style}" t="inlineStr"><is>{_t(text)}</is></c>'
        written = f'" s="{style}" t="s"><v>{place}</v></c>'
        if style == _TEXT:
            self.known[text] = written
        return written

    def _place(self, text: str) -> int | None:
        if text not in self.shared and (len(self.shared) >= MOST_SHARED or len(text) > LONGEST_SHARED):
            return None
        return self.shared.setdefault(text, len(self.shared))


def _sheet(rows: Iterator[Sequence[Cell]], texts: _Texts) -> Iterator[str]:
    first = list(islice(rows, ROWS_MEASURED))
    widths = _widths(first)
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    )
    if widths:
        yield f"<cols>{''.join(_column(place, width) for place, width in enumerate(widths, 1))}</cols>"
    yield "<sheetData>"
    numbered = enumerate(chain(first, rows), start=1)
    while some := list(islice(numbered, ROWS_AT_ONCE)):
        yield "".join(_row(number, cells, texts) for number, cells in some)
    yield "</sheetData></worksheet>"


def _row(number: int, cells: Sequence[Cell], texts: _Texts) -> str:
    places = zip(LETTERS, cells, strict=False)
    if number == 1:
        written = [
            f'<c r="{letter}1{texts.written(cell, _TITLE)}' for letter, cell in places if _is_filled(cell)
        ]
    else:
        known, new = texts.known.get, texts.written
        written = [
            f'<c r="{letter}{number}{known(cell) or new(cell)}'
            for letter, cell in places
            if cell is not None and cell != ""
        ]
    return f'<row r="{number}">{"".join(written)}</row>'


def _is_filled(cell: Cell) -> bool:
    return cell is not None and cell != ""


def _t(text: str) -> str:
    text = told_apart(text)
    # What XML cannot hold is written as the format prescribes: _x000D_ and so on.
    text = escape(_UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text))
    return f"<t>{text}</t>" if text == " ".join(text.split()) else f'<t xml:space="preserve">{text}</t>'


def _widths(rows: list[Sequence[Cell]]) -> list[int]:
    """The width of each column in letters; a Chinese one takes two."""
    columns = range(max(map(len, rows), default=0))
    longest = [
        max(_width(str(row[place] or "")) for row in rows if place < len(row)) + 2 for place in columns
    ]
    return [min(max(width, NARROWEST), WIDEST) for width in longest]


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text[:WIDEST])


def _column(place: int, width: int) -> str:
    return f'<col min="{place}" max="{place}" width="{width}" style="{_TEXT}" customWidth="1"/>'
