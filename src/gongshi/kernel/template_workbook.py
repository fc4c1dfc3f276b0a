"""An empty workbook to fill in: heads, drop-downs of what may be chosen, and a sheet of explanations."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter

ROWS = 2000


@dataclass(frozen=True)
class TemplateColumn:
    """`choices` become a drop-down, which only suggests where `several` may stand in one cell."""

    head: str
    hint: str = ""
    is_required: bool = False
    choices: Sequence[str] = ()
    several: bool = False


def template_workbook(sheet: str, columns: Sequence[TemplateColumn], notes: Sequence[str]) -> bytes:
    """The workbook as a file; `sheet` names the sheet to fill in, `notes` stand below the explanations."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    table, explained, chosen = (book.add_worksheet(name) for name in (sheet, "说明", "可选值"))
    bold = book.add_format({"bold": True, "bg_color": "#EAF1F9", "border": 1})
    required = book.add_format({"bold": True, "bg_color": "#FDE8E8", "border": 1})
    text = book.add_format({"num_format": "@"})

    explained.write_row(0, 0, ["列", "是否必填", "填写要求"], bold)
    for index, column in enumerate(columns):
        # As text, so that a spreadsheet keeps all twenty digits of a code.
        table.set_column(index, index, max(12, 2 * len(column.head) + 2), text)
        table.write(0, index, column.head, required if column.is_required else bold)
        explained.write_row(
            index + 1, 0, [column.head, "必填" if column.is_required else "选填", column.hint]
        )
        chosen.write_column(0, index, [column.head, *column.choices])
        if column.choices:
            place = xlsxwriter.utility.xl_col_to_name(index, col_abs=True)
            options = {
                "validate": "list",
                "source": f"=可选值!{place}$2:{place}${len(column.choices) + 1}",
                "ignore_blank": True,
                "show_error": not column.several,
            }
            table.data_validation(1, index, ROWS, index, options)
    explained.write_column(len(columns) + 2, 0, notes)
    explained.set_column(0, 1, 14)
    explained.set_column(2, 2, 90)
    table.freeze_panes(1, 2)
    book.close()
    return file.getvalue()
