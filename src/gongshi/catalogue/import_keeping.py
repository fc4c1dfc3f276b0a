"""The second half of a check: rows beside the catalogue, and what was found of them kept, chunk by chunk."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from django.db import transaction

from gongshi.catalogue import import_rows
from gongshi.catalogue.handing_in import compare
from gongshi.catalogue.import_models import Import, ImportState, RowKind
from gongshi.catalogue.import_rows import Checked
from gongshi.catalogue.queries import departments_compiled_by
from gongshi.catalogue.validation import Proposal
from gongshi.identity.department_names import DepartmentNames
from gongshi.kernel.problems import Problem, Severity


class OvertakenError(Exception):
    """The import went on without this job: it was given up, or is checked anew."""


@dataclass(frozen=True)
class Batch:
    """A chunk of rows as they were read, with what the rules found of them."""

    proposals: list[Proposal]
    problems: list[Problem]

    @property
    def last_row(self) -> int:
        return self.proposals[-1].row


class Keeps(Protocol):
    def keep(self, batch: Batch) -> None:
        """Compare and store the rows. Raises OvertakenError, of this chunk or of one before."""


class Keeper:
    """Does it at once. A chunk is one transaction, in which the import says that it is done."""

    def __init__(self, whole: Import) -> None:
        self._whole = whole
        self._names = DepartmentNames.load()
        self._compiled: Collection[int] = set(
            departments_compiled_by(whole.asked_by).values_list("pk", flat=True)
        )

    def keep(self, batch: Batch) -> None:
        told: dict[int, list[Problem]] = {}
        for problem in batch.problems:
            told.setdefault(problem.row or 0, []).append(problem)
        good = [each for each in batch.proposals if not _has_error(told.get(each.row, []))]
        beside = {each.proposal.row: each for each in compare(self._compiled, good, self._names)}
        found: list[Checked] = []
        published: import_rows.Published = {}
        for proposal in batch.proposals:
            code, compared = str(proposal.values.get("code", "")), beside.get(proposal.row)
            if compared and compared.camera:
                published[code] = (compared.camera.pk, compared.camera.version)
            problems = told.get(proposal.row, []) + (compared.problems if compared else [])
            found.append(Checked(proposal.row, code, compared.change if compared else None, problems))
        self._write(found, published)

    def _write(self, found: list[Checked], published: import_rows.Published) -> None:
        with transaction.atomic():
            whole = locked(self._whole)
            # A process that was thought to be dead had finished this chunk.
            if whole.last_row >= found[-1].number:
                return
            # What was shown when it was confirmed is compared with what is found now.
            counts = import_rows.write(whole, found, published, again=whole.confirmed_at is not None)
            for name, count in counts.items():
                field = "faulty" if name == RowKind.ERROR else name
                setattr(whole, field, getattr(whole, field) + count)
            whole.rows_done += len(found)
            whole.last_row = found[-1].number
            whole.save()


def locked(whole: Import) -> Import:
    """The import, as long as this check of it is the one that counts. Raises OvertakenError."""
    found = (
        Import.objects.select_for_update(of=("self",))
        .select_related("department", "asked_by")
        .filter(pk=whole.pk, run=whole.run, state=ImportState.CHECKING)
        .first()
    )
    if found is None:
        raise OvertakenError
    return found


def _has_error(problems: list[Problem]) -> bool:
    return any(problem.severity is Severity.ERROR for problem in problems)
