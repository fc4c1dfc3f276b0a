"""What can be wrong in a workbook, in words for the person who filled it in."""

from dataclasses import dataclass
from enum import StrEnum

from gongshi.kernel.errors import Invalid

MAX_PROBLEMS = 1000


class Unreadable(ValueError):  # noqa: N818 - like the errors of the kernel
    """A cell that cannot be taken. Its text is a sentence that says what to write instead."""


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One cell at fault: `row` as the spreadsheet counts or None for the whole file; `column` is its head."""

    row: int | None
    column: str
    message: str
    code: str = "invalid"
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        row = f"第 {self.row} 行" if self.row else ""
        column = f"“{self.column}”" if self.column else ""
        return f"{row}{column}：{self.message}" if row or column else self.message


class WorkbookRefused(Invalid):
    """Nothing of the workbook was taken. `problems` are the first thousand, in the order of the rows."""

    code = "workbook_refused"

    def __init__(self, problems: list[Problem]) -> None:
        first, count = problems[0], len(problems)
        more = f"（共 {count} 处问题，没有导入任何内容。）" if count > 1 else "（没有导入任何内容。）"
        super().__init__(f"{first}{more}", field="file")
        self.problems = problems[:MAX_PROBLEMS]
        self.count = count
