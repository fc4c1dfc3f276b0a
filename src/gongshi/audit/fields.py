"""Columns of the record: JSON kept as exact text, and the digest that a row takes when it is written."""

import json
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from gongshi.audit import encoding


class KeptJSONField(models.JSONField):
    """JSON that comes back byte by byte as it was hashed, which `jsonb` does not promise."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "text"

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        return None if value is None else json_text(value)


class EntryHashField(models.CharField):  # type: ignore[type-arg]
    """The digest of the row it stands in (`encoding`), taken at insert: no writer can forget it."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        digest = encoding.content_hash(settings.RECORD_HASH, content_of(model_instance))
        setattr(model_instance, self.attname, digest)
        return digest


class KeptText(str):
    """JSON that is text already, as it will be kept: of many events it is made once and not for each use."""

    __slots__ = ()


def json_text(value: Any) -> str:
    if isinstance(value, KeptText):
        return value
    return json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


# How a column becomes text, here and in SQL; both must give the same (tests/audit/test_encoding.py).
Text = Callable[[Any], str]
FORMS: Final[dict[type, tuple[Text, str]]] = {
    KeptJSONField: (json_text, "{}"),
    models.BooleanField: (encoding.truth_text, "({})::text"),
    models.DateTimeField: (encoding.instant_text, "trim_scale(extract(epoch FROM {}) * 1000000)::text"),
    models.GenericIPAddressField: (encoding.address_text, "encode(inet_send({}), 'hex')"),
    models.BigIntegerField: (encoding.number_text, "({})::text"),
    models.CharField: (str, "{}"),
    models.TextField: (str, "{}"),
}


def content_of(row: models.Model) -> bytes:
    """What is hashed of a row of the record."""
    table = row._meta.db_table
    return encoding.content(
        table, [_text(form, getattr(row, name)) for name, (form, _) in _columns(type(row))]
    )


def content_sql(model: type[models.Model]) -> list[str]:
    """SQL expressions whose texts, encoded one after another, are what is hashed of a row."""
    columns = [sql.format(f'"{name}"') for name, (_, sql) in _columns(model)]
    return [f"'{encoding.VERSION}'::text", f"'{model._meta.db_table}'::text", *columns]


def _columns(model: type[models.Model]) -> list[tuple[str, tuple[Text, str]]]:
    known = _COLUMNS.get(model)
    if known is None:
        fields = {field.attname: field for field in model._meta.concrete_fields}
        known = [(name, _form(fields[name])) for name in encoding.COLUMNS[model._meta.db_table]]
        _COLUMNS[model] = known
    return known


_COLUMNS: dict[type[models.Model], list[tuple[str, tuple[Text, str]]]] = {}


def _form(field: Any) -> tuple[Text, str]:
    kept = field.target_field if field.is_relation else field
    kinds = type(kept).__mro__
    return next(FORMS[kind] for kind in kinds if kind in FORMS)


def _text(form: Text, value: Any) -> str | None:
    return None if value is None else form(value)
