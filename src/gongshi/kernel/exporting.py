"""Rows as a file that is sent while it is written: .csv, .xlsx."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from math import isfinite
from typing import Any, Final, TypeVar

from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from gongshi.kernel import clock
from gongshi.kernel.formulas import SUSPECT, guarded
from gongshi.kernel.sheet_stream import xlsx_stream

ROWS_AT_ONCE: Final = 500
CONTENT_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
}


def safe_cell(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula is marked as text."""
    return guarded(value) if isinstance(value, str) else value


def csv_stream(rows: Iterable[Sequence[Any]], _: str = "") -> Iterator[bytes]:
    """The bytes of a .csv in UTF-8 with a mark at its head, as Chinese spreadsheets want it."""
    yield b"\xef\xbb\xbf"
    remaining = iter(rows)
    while some := list(islice(remaining, ROWS_AT_ONCE)):
        text = io.StringIO()
        csv.writer(text).writerows(
            [safe_cell(value) if isinstance(value, str) and value[:1] in SUSPECT else value for value in row]
            for row in some
        )
        yield text.getvalue().encode()


def _xlsx(rows: Iterable[Sequence[Any]], sheet: str) -> Iterator[bytes]:
    return xlsx_stream(([_plain(value) for value in row] for row in rows), sheet)


def _plain(value: Any) -> Any:
    is_number = isinstance(value, int) or (isinstance(value, float) and isfinite(value))
    return value if is_number and not isinstance(value, bool) else str("" if value is None else value)


Writer = Callable[[Iterable[Sequence[Any]], str], Iterator[bytes]]
WRITERS: Final[dict[str, Writer]] = {"csv": csv_stream, "xlsx": _xlsx}


Answer = TypeVar("Answer", bound=HttpResponseBase)


def as_file(answer: Answer, kind: str, title: str) -> Answer:
    """An answer as a file of this title and day. `kind`: csv, xlsx or geojson."""
    answer.headers["Content-Type"] = CONTENT_TYPES[kind]
    answer.headers["Content-Disposition"] = attachment(f"{title}-{clock.today():%Y%m%d}.{kind}")
    return answer


def attachment(name: str) -> str:
    """The header that makes a browser keep an answer as a file of this name."""
    return content_disposition_header(as_attachment=True, filename=name) or "attachment"
