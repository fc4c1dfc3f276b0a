"""Thousands of rows written in one statement: as they are, without what `save` does for one row."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

# What stands in the database as in the object; other columns are asked how (encrypted, JSON, digests).
_AS_IT_IS: Final = (
    models.AutoField,
    models.BooleanField,
    models.CharField,
    models.DateField,
    models.DateTimeField,
    models.FloatField,
    models.ForeignKey,
    models.GenericIPAddressField,
    models.IntegerField,
    models.TextField,
    models.UUIDField,
)
_FORMS: Final = ("get_prep_value", "get_db_prep_value", "get_db_prep_save", "pre_save")


@dataclass(frozen=True)
class _Taking:
    """How the values of some columns are taken from an object: plain ones at once, the others one by one."""

    plain: Callable[[Any], Sequence[Any]]
    asked: Sequence[tuple[int, Callable[[Any], Any]]]

    def __call__(self, row: models.Model) -> list[Any]:
        values = list(self.plain(row))
        for place, take in self.asked:
            values[place] = take(row)
        return values


def insert_rows(rows: Sequence[models.Model]) -> None:
    """Add rows of one model. Their keys, and columns with a default of the database, come from the database.

    The objects do not learn their keys.
    """
    if not rows:
        return
    meta = rows[0]._meta
    fields = [
        field
        for field in meta.concrete_fields
        if not field.primary_key and field.db_default is models.NOT_PROVIDED
    ]
    names, taking = ", ".join(f'"{field.column}"' for field in fields), _taking(fields)
    statement = f'COPY "{meta.db_table}" ({names}) FROM STDIN'
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(taking(row))


def update_rows(rows: Sequence[models.Model], fields: Iterable[str]) -> None:
    """Bring these fields, by attribute, of rows of one model up to date in the database, by their keys."""
    if not rows:
        return
    meta, wanted = rows[0]._meta, set(fields)
    found = [field for field in meta.concrete_fields if field.attname in wanted]
    columns, key, taking = [field.column for field in found], meta.pk.column, _taking([*found, meta.pk])
    given = [dict(zip([*columns, key], taking(row), strict=True)) for row in rows]
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(f'given."{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{meta.db_table}" AS there SET ({names}) = ROW({values}) '  # noqa: S608
            f'FROM json_populate_recordset(NULL::"{meta.db_table}", %s::json) AS given '
            f'WHERE there."{key}" = given."{key}"',
            [json.dumps(given, cls=DjangoJSONEncoder, ensure_ascii=False)],
        )


def _taking(fields: Sequence[Any]) -> _Taking:
    names = [field.attname for field in fields]
    # With one name it would give no sequence.
    plain = attrgetter(*names) if len(names) > 1 else lambda row: (getattr(row, names[0]),)
    asked = [(place, _asking(field)) for place, field in enumerate(fields) if not _stands_as_it_is(field)]
    return _Taking(plain, asked)


def _asking(field: Any) -> Callable[[Any], Any]:
    return lambda row: field.get_db_prep_save(field.pre_save(row, True), connection)


def _stands_as_it_is(field: Any) -> bool:
    """Whether none of our own kinds of column has a word in how it is written."""
    own = type(field)
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return False
    plain = next((kind for kind in own.__mro__ if kind in _AS_IT_IS), None)
    return plain is not None and all(getattr(own, form) is getattr(plain, form) for form in _FORMS)
