"""The checks of points that are handed in (§5.1b, §5.1c): each cell, each row, and the rows among each other.

`checks.py` declares the rules, `row_rules.py` and `duplicates.py` carry them out.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from gongshi.catalogue.duplicates import Seen, in_catalogue, places_in_catalogue, shifted
from gongshi.catalogue.models import CodeScheme
from gongshi.catalogue.reading import CLASSIFIED_REFUSED, Proposal, Reader, Values, problem
from gongshi.catalogue.row_rules import ROW_RULES, Around, Finding
from gongshi.catalogue.schemes import Scheme
from gongshi.identity.department_names import DepartmentNames
from gongshi.kernel.problems import Problem, Severity
from gongshi.kernel.workbook import Row

__all__ = ["CLASSIFIED_REFUSED", "Proposal", "Validator", "Values", "errors_of", "validate"]

# A point that is in the catalogue keeps its code, whatever is asked of codes by now.
OF_NEW_CODES = {"code_type", "code_scheme", "code_reserved"}


class Validator:
    """Checks the rows of one file, chunk by chunk; duplicates are found across chunks, too.

    `sources` are the departments that the rows may name. Asks the database for the departments' own schemes
    of codes once, and three times for each chunk: chunks of some thousand rows are best.
    """

    def __init__(self, names: DepartmentNames, sources: set[int], *, asks_catalogue: bool = True) -> None:
        self._sources, self._asks_catalogue = sources, asks_catalogue
        self._around = Around(names, schemes_in_force() if asks_catalogue else {})
        self._reader, self._seen = Reader(names), Seen()

    def check(self, rows: Iterable[Row]) -> tuple[list[Proposal], list[Problem]]:
        """Proposals and problems of these rows, in their order.

        A row with a problem of severity error may not be taken.
        """
        read = [(row, *self._reader.read(row)) for row in rows]
        proposals = [proposal for _, proposal, _ in read]
        there = places_in_catalogue(proposals) if self._asks_catalogue else {}
        found: dict[int, list[Problem]] = {}
        for row, proposal, problems in read:
            is_there = proposal.values.get("code") in there
            findings = [*self._of_row(proposal), *self._seen.add(proposal)]
            found[id(proposal)] = problems + [
                _problem(row, finding)
                for finding in findings
                if not (is_there and finding.code in OF_NEW_CODES)
            ]
        if self._asks_catalogue:
            rows_of = {id(proposal): row for row, proposal, _ in read}
            elsewhere = chain(in_catalogue(proposals, self._sources), shifted(proposals, there))
            for proposal, finding in elsewhere:
                found[id(proposal)].append(_problem(rows_of[id(proposal)], finding))
        return proposals, [problem for proposal in proposals for problem in found[id(proposal)]]

    def look_again(self, row: Row, proposal: Proposal) -> list[Problem]:
        """What the rules of one row say of a proposal that was changed since it was read."""
        return [_problem(row, finding) for finding in self._of_row(proposal)]

    def _of_row(self, proposal: Proposal) -> Iterator[Finding]:
        for rule in ROW_RULES:
            yield from rule(proposal, self._around)
        source: Any = proposal.values.get("source_department_id")
        if source is not None and source not in self._sources:
            yield self._other_department(source)

    def _other_department(self, source: int) -> Finding:
        names = self._around.names
        allowed = "、".join(sorted(names.name_of(key) for key in self._sources))
        text = f"您不能为“{names.name_of(source)}”编目，本批次的数源部门可填写：{allowed}。"
        return Finding("source_department_id", "other_department", text)


def validate(
    rows: Iterable[Row], names: DepartmentNames, sources: set[int]
) -> tuple[list[Proposal], list[Problem]]:
    """What a `Validator` finds in one file by itself, without asking the database."""
    return Validator(names, sources, asks_catalogue=False).check(rows)


def errors_of(problems: Iterable[Problem]) -> list[Problem]:
    """The problems for which a row may not be taken."""
    return [problem for problem in problems if problem.severity is Severity.ERROR]


def schemes_in_force() -> dict[int, Scheme]:
    """The departments' own schemes of codes, by department: one query."""
    return {key: Scheme(text) for key, text in CodeScheme.objects.values_list("department", "pattern")}


def _problem(row: Row, finding: Finding) -> Problem:
    return problem(row, finding.field, finding.code, finding.message)
