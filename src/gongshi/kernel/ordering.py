"""One order for each list: what is equal in what it is sorted by must not change places between pages."""

from typing import Any, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def settled(rows: QuerySet[Row]) -> QuerySet[Row]:
    """The same rows in an order in which no two are equal: the one asked for, else the model's own."""
    # Django forgets the model's own order where it counts by groups.
    order = rows.query.order_by or tuple(rows.model._meta.ordering or ())
    is_total = any(_is_unique(rows.model, name) for name in order)
    return rows.order_by(*order) if is_total else rows.order_by(*order, "pk")


def _is_unique(model: type[Model], name: Any) -> bool:
    """Whether no two rows are equal in what this says; expressions are not looked into."""
    if not isinstance(name, str):
        return False
    name = name.lstrip("-")
    if name == "pk":
        return True
    try:
        return bool(getattr(model._meta.get_field(name), "unique", False))
    except FieldDoesNotExist:
        return False
