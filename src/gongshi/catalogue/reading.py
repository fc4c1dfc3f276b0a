"""From a row of texts to what it proposes (§5.1b), cell by cell; of each that cannot be read it is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gongshi.catalogue.cells import Value
from gongshi.catalogue.checks import severity_of
from gongshi.catalogue.codes import Publication
from gongshi.catalogue.columns import (
    BY_FIELD,
    COMPILED_COLUMNS,
    INDIVIDUAL,
    PATH_FIELDS,
    SECRECY_HEAD,
    Column,
)
from gongshi.catalogue.paths import MOST_REMEMBERED, PathReader, PathUnreadable, PathValues
from gongshi.identity.department_names import DepartmentNames
from gongshi.kernel.problems import Problem, Unreadable
from gongshi.kernel.workbook import Row, unprintable

SYNTHETIC_MARK = "合成演示数据"
CLASSIFIED_REFUSED = "涉密点位不得录入本平台，请删除该行，并按保密规定处理本文件。"
_PATH_HEADS = [(name, BY_FIELD[name].head) for name in PATH_FIELDS]
NOT_EMPTY = "不能为空，请填写。"
_UNKNOWN = object()

Values = dict[str, Value]


@dataclass
class Proposal:
    """What one row proposes: values by field of `Camera`, without the cells at fault, and its paths.

    Columns that the file does not have are left out of `values`; `has_paths`: whether it has those of paths.
    """

    row: int
    values: Values
    paths: list[PathValues] = field(default_factory=list)
    has_paths: bool = True

    @property
    def code(self) -> str:
        return str(self.values["code"])


@dataclass(frozen=True)
class _Step:
    """How one column is read; `known` has values by text, of columns that have few different ones all."""

    column: Column
    known: dict[str, Value]
    remembers: bool


class Reader:
    """Reads the rows of one file, or of one form."""

    def __init__(self, names: DepartmentNames) -> None:
        self._names, self._paths = names, PathReader(names)
        self._steps = [
            _Step(
                column,
                {} if column.is_required else {"": column.when_empty},
                column.field not in INDIVIDUAL,
            )
            for column in COMPILED_COLUMNS
        ]
        self._bare = [(step.column.head, step.column.field, step.known.get, step) for step in self._steps]

    def read(self, row: Row) -> tuple[Proposal, list[Problem]]:
        """What a row proposes, and a problem for each cell that cannot be read."""
        cells = row.cells
        values: Values = {}
        problems: list[Problem] = []
        for head, name, known, step in self._bare:
            text = cells.get(head)
            if text is None:
                if step.column.is_required:
                    problems.append(problem(row, name, "unreadable", NOT_EMPTY))
                continue
            value = known(text, _UNKNOWN)
            if value is _UNKNOWN:
                try:
                    value = self._read(step, text)
                except Unreadable as error:
                    problems.append(problem(row, name, "unreadable", str(error)))
                    continue
            values[name] = value  # type: ignore[assignment]
        proposal = Proposal(row.number, values)
        self._read_paths(row, proposal, problems)
        if cells.get(SECRECY_HEAD, "") in {"是", "1", "涉密"}:
            problems.append(Problem(row.number, SECRECY_HEAD, CLASSIFIED_REFUSED, "classified"))
        words = f"{values.get('name')}{values.get('remarks')}"
        values["publication"] = Publication.PUBLISHED.value
        if "remarks" in values or SYNTHETIC_MARK in words:
            values["is_synthetic"] = SYNTHETIC_MARK in words
        return proposal, problems

    def cell(self, column: Column, text: str) -> Value:
        """The value of one cell. Raises Unreadable."""
        if not text:
            if column.is_required:
                raise Unreadable(NOT_EMPTY)
            return column.when_empty
        if not text.isprintable() and unprintable(text):
            raise Unreadable("含有不可显示的控制字符，请清除格式后重新填写。")
        return column.cell.read(text, self._names)

    def _read(self, step: _Step, text: str) -> Value:
        value = self.cell(step.column, text)
        if step.remembers and len(step.known) < MOST_REMEMBERED:
            step.known[text] = value
        return value

    def _read_paths(self, row: Row, proposal: Proposal, problems: list[Problem]) -> None:
        texts = {name: row.cells.get(head, "") for name, head in _PATH_HEADS}
        proposal.has_paths = any(head in row.cells for _, head in _PATH_HEADS)
        try:
            _refuse_unprintable(texts)
            proposal.paths = self._paths.read(texts)
        except PathUnreadable as error:
            problems.append(problem(row, error.field, "unreadable", str(error)))


def problem(row: Row, name: str, code: str, message: str) -> Problem:
    """What a rule found in the column of this field."""
    return Problem(row.number, BY_FIELD[name].head, message, code, severity_of(code))


def missing_heads(values: Values, fields: Sequence[str]) -> list[str]:
    """The heads of those fields that are there and empty."""
    return [BY_FIELD[name].head for name in fields if name in values and values[name] in ("", None)]


def _refuse_unprintable(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        if not text.isprintable() and unprintable(text):
            raise PathUnreadable(name, "含有不可显示的控制字符，请清除格式后重新填写。")
