"""The annotated copy: the uploader's own table, each cell at fault red with the sentence as its comment.

It is written from what was uploaded and from nothing else: the sentences, no value of the catalogue.
"""

import tempfile
from collections.abc import Iterable
from itertools import groupby
from typing import Any

import xlsxwriter
from django.db import transaction

from gongshi.catalogue import import_storage
from gongshi.catalogue.columns import HEADS, SECRECY_HEAD
from gongshi.catalogue.import_models import PROBLEMS_HEAD, Import, ImportRow, ImportState, PieceKind
from gongshi.catalogue.import_queries import names_of
from gongshi.kernel.formulas import told_apart
from gongshi.kernel.workbook import LARGE, Table, find_table, text_of

# A spreadsheet with tens of thousands of comments opens slowly; the last column has all the sentences.
MOST_COMMENTS = 5000
BATCH = 2000
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
COPIED = {ImportState.CHECKED, ImportState.HANDING_IN}

Problems = list[list[str]]


def make_copy(whole: Import) -> None:
    """Write the copy and keep it, unless the import went on without it."""
    content = import_storage.kept(whole, PieceKind.FILE)
    if not content or whole.state not in COPIED:
        return
    table = find_table(
        content, whole.file_name, HEADS, {SECRECY_HEAD}, called=names_of(whole.department), limits=LARGE
    )
    del content
    with tempfile.TemporaryFile() as file:
        _write(file, table, _problems_of(whole))
        file.seek(0)
        with transaction.atomic():
            locked = Import.objects.select_for_update(of=("self",)).filter(pk=whole.pk, run=whole.run)
            current = locked.first()
            if current is None or current.state not in COPIED:
                return
            import_storage.keep(current, PieceKind.COPY, file)
            current.has_copy = True
            current.save(update_fields=["has_copy"])


def _problems_of(whole: Import) -> dict[int, Problems]:
    rows = ImportRow.objects.filter(whole=whole).exclude(problems=[])
    return dict(rows.values_list("number", "problems").iterator(BATCH))


def _write(file: Any, table: Table, problems: dict[int, Problems]) -> None:
    book = xlsxwriter.Workbook(file, _OPTIONS)
    sheet = book.add_worksheet("标注")
    bold = book.add_format({"bold": True, "bg_color": "#EAF1F9"})
    text = book.add_format({"num_format": "@"})
    tones = {
        "error": book.add_format({"num_format": "@", "bg_color": "#F8B4B4"}),
        "warning": book.add_format({"num_format": "@", "bg_color": "#FDE9B8"}),
    }
    last = _width(table)
    sheet.set_column(0, last - 1, 16)
    sheet.set_column(last, last, 80)
    comments = 0
    for number, cells in table.sheet.rows():
        found = problems.get(number, [])
        at_fault = _by_column(table, found)
        is_head = number == table.head_row
        for index, cell in enumerate(cells):
            tone, sentence = at_fault.get(index, ("", ""))
            written = told_apart(text_of(cell))
            if not written and not tone:
                continue
            sheet.write_string(number - 1, index, written[:32767], bold if is_head else tones.get(tone, text))
            if sentence and comments < MOST_COMMENTS:
                sheet.write_comment(number - 1, index, sentence)
                comments += 1
        if is_head:
            sheet.write_string(number - 1, last, PROBLEMS_HEAD, bold)
        elif found:
            sheet.write_string(number - 1, last, _sentences(found)[:32767])
    sheet.freeze_panes(table.head_row, 0)
    book.close()


def _width(table: Table) -> int:
    """The first column that is free in all rows."""
    return max((len(cells) for _, cells in table.sheet.rows()), default=0)


def _by_column(table: Table, problems: Problems) -> dict[int, tuple[str, str]]:
    """Column → how grave, and the sentences; what is in no column stands in the last one only."""
    placed = [(table.heads[column], each) for column, *each in problems if column in table.heads]
    found: dict[int, tuple[str, str]] = {}
    for index, group in groupby(sorted(placed), key=lambda pair: pair[0]):
        told = [each for _, each in group]
        tone = "error" if any(severity == "error" for _, severity in told) else "warning"
        found[index] = tone, "\n".join(sentence for sentence, _ in told)
    return found


def _sentences(problems: Iterable[list[str]]) -> str:
    return "\n".join(
        f"{'' if severity == 'error' else '（提示）'}{column}：{sentence}"
        for column, sentence, severity in problems
    )
