"""Workbooks as people fill them in."""

import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile


def workbook(
    heads: Sequence[str], rows: Iterable[Sequence[str]], name: str = "表.xlsx"
) -> SimpleUploadedFile:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    for number, row in enumerate([heads, *rows]):
        sheet.write_row(number, 0, row)
    book.close()
    return SimpleUploadedFile("表.xlsx", file.getvalue())
