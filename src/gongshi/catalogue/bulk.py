"""One thing changed in many points: what would differ, before anything is kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gongshi.catalogue.cells import Value
from gongshi.catalogue.codes import Publication
from gongshi.catalogue.columns import COMPILED_COLUMNS, INDIVIDUAL, Column
from gongshi.catalogue.models import Camera, Change, ChangeKind
from gongshi.catalogue.proposals import PATHS, change_for, proposed_paths_of, values_of
from gongshi.catalogue.reading import Reader
from gongshi.catalogue.validation import Proposal, Validator, errors_of
from gongshi.identity.department_names import DepartmentNames
from gongshi.kernel.errors import Invalid
from gongshi.kernel.problems import Problem, Unreadable, WorkbookRefused
from gongshi.kernel.workbook import Row

MOST_POINTS = 20_000
BULK_COLUMNS = tuple(column for column in COMPILED_COLUMNS if column.field not in INDIVIDUAL)
BULK_BY_HEAD = {column.head: column for column in BULK_COLUMNS}


@dataclass
class Alike:
    """What becomes of points in which some cells are made alike: `counts` by head, how many differ in it."""

    selected: int
    changes: list[Change] = field(default_factory=list)
    doubts: dict[str, list[Problem]] = field(default_factory=dict)
    errors: list[Problem] = field(default_factory=list)
    # Points that were in the draft and are as published again.
    same: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def differing(self) -> int:
        return len(self.changes)

    @property
    def unchanged(self) -> int:
        return self.selected - len(self.changes) - len(self.faulty)

    @property
    def faulty(self) -> set[str]:
        """The codes of points for which the new values are wrong."""
        return {problem.column for problem in self.errors}


def read_cells(cells: Mapping[str, str], names: DepartmentNames) -> dict[Column, Value]:
    """The new values by column. Raises Invalid for a column that is no matter of many, WorkbookRefused."""
    if not cells:
        raise Invalid("请至少勾选一个要修改的字段。", field="cells")
    if strange := [head for head in cells if head not in BULK_BY_HEAD]:
        raise Invalid(f"“{strange[0]}”不能批量修改，请逐个修改。", field="cells")
    reader = Reader(names)
    values: dict[Column, Value] = {}
    problems: list[Problem] = []
    for head, text in cells.items():
        column = BULK_BY_HEAD[head]
        try:
            values[column] = reader.cell(column, text.strip())
        except Unreadable as error:
            problems.append(Problem(0, head, str(error), "unreadable"))
    if problems:
        raise WorkbookRefused(problems)
    return values


def made_alike(
    cameras: Sequence[Camera],
    drafted: Mapping[str, Change],
    values: Mapping[Column, Value],
    names: DepartmentNames,
    sources: Collection[int],
) -> Alike:
    """What differs when these cameras get these values, each as its compiler drafted it (`drafted` by code).

    Cameras come with their paths. A fault that a point had before is not counted against it.
    """
    found = Alike(len(cameras))
    validator = Validator(names, set(sources))
    new = {column.field: value for column, value in values.items()}
    for camera in cameras:
        before = _as_drafted(camera, drafted.get(camera.code))
        after = replace(before, values=before.values | new)
        problems = validator.look_again(Row(0, {}), after)
        errors = errors_of(problems)
        if errors:
            had = {problem.code for problem in validator.look_again(Row(0, {}), before)}
            errors = [problem for problem in errors if problem.code not in had]
        if errors:
            found.errors += [_of_point(camera, problem) for problem in errors]
            continue
        change = change_for(after, camera, list(camera.paths.all()))
        if change is None:
            found.same.append(camera.code)
            continue
        for column in values:
            if before.values[column.field] != new[column.field]:
                found.counts[column.head] = found.counts.get(column.head, 0) + 1
        if after.values != before.values or camera.code not in drafted:
            found.changes.append(change)
            found.doubts[camera.code] = problems
    return found


def withdrawal_of(camera: Camera, ground: str) -> Change:
    """The change that takes a camera out of the catalogue."""
    return Change(
        kind=ChangeKind.WITHDRAW,
        camera=camera,
        code=camera.code,
        base_version=camera.version,
        previous={"publication": Publication.PUBLISHED.value},
        proposed={"publication": Publication.WITHDRAWN.value},
        ground=ground,
    )


def _as_drafted(camera: Camera, change: Change | None) -> Proposal:
    """A camera as its compiler has it in his draft; one that he wanted to withdraw is as it is published."""
    proposed = change.proposed if change else {}
    values = values_of(camera) | {name: value for name, value in proposed.items() if name not in _NOT_VALUES}
    paths = proposed_paths_of(change) if change else None
    return Proposal(0, values, paths or [], has_paths=paths is not None)


_NOT_VALUES = {PATHS, "publication"}


def _of_point(camera: Camera, problem: Problem) -> Problem:
    """A problem under the code of its point, since there is no row."""
    return replace(problem, row=0, column=camera.code, message=f"{problem.column}：{problem.message}")
