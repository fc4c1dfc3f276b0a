"""Reads of imports, scoped to who asks."""

from django.db.models import Q, QuerySet

from gongshi.catalogue.import_models import OPEN_IMPORTS, ColumnNames, Import, ImportRow, ImportState
from gongshi.catalogue.models import OPEN_SUBMISSIONS, Change, ChangeKind
from gongshi.catalogue.queries import departments_compiled_by, edition
from gongshi.identity.models import Department, Person

# How a row's change is called once it is handed in.
CHANGE_KINDS = {"new": ChangeKind.CREATE, "changed": ChangeKind.UPDATE, "revived": ChangeKind.UPDATE}


def imports_visible_to(person: Person) -> QuerySet[Import]:
    """The imports of the departments for which this person compiles."""
    found = Import.objects.filter(department__in=departments_compiled_by(person).values("pk"))
    return found.select_related("department", "asked_by__department", "submission")


def earlier_import(department: Department, digest: str) -> Import | None:
    """The import of the same file that is open, or done with nothing published since."""
    done = Q(state=ImportState.DONE) & (Q(edition=edition()) | Q(submission__state__in=OPEN_SUBMISSIONS))
    same = Import.objects.filter(department=department, digest=digest)
    return same.filter(Q(state__in=OPEN_IMPORTS) | done).order_by("-pk").first()


def names_of(department: Department) -> dict[str, str]:
    """What the department calls our columns: its head → our head."""
    found = ColumnNames.objects.filter(department=department).values_list("heads", flat=True).first()
    return dict(found or {})


def as_change(row: ImportRow) -> Change:
    """A row as the change that it would become, to be shown; it is not stored."""
    return Change(
        kind=CHANGE_KINDS.get(row.kind, ChangeKind.UPDATE),
        code=row.code,
        camera_id=row.camera_id,
        base_version=row.base_version,
        previous=row.previous,
        proposed=row.proposed,
    )
