"""Lists of wide rows among millions: keys are found first, by plans that cannot go astray (ADR 38).

Left alone, the planner goes through the order asked for until it has a page, as if what is filtered for lay
evenly in it. Where it does not – the codes of a county begin with the county – that takes seconds.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import ForeignKey, Model, PositiveSmallIntegerField, QuerySet
from django.db.models.expressions import Col
from django.db.models.fields.related_lookups import RelatedExact
from django.db.models.lookups import Exact
from django.db.models.sql.datastructures import BaseTable
from django.utils.functional import cached_property

import gongshi.kernel.any_of  # noqa: F401 - the lookup
from gongshi.kernel.lists import COUNTED, CountedPages, SettledRows

# So many rows of an order are looked through for a page before all that is found is sorted instead.
LOOKED_THROUGH: Final = 5_000
FOR_EACH_ROW: Final = 10
# So many values of a column are gone through.
MOST_VALUES: Final = 12
# More than any table has. A query with a limit is planned on its own.
ALL: Final = 2**40

Rows = QuerySet[Model]
Order = tuple[str, ...]


class KeyedRows(SettledRows):
    """`whole` is the list before it is filtered. Nothing wide is sorted, no order is followed for long."""

    def __init__(self, rows: QuerySet[Any], whole: QuerySet[Any]) -> None:
        super().__init__(rows)
        self.whole = _bare(whole)
        # All keys, when they are few.
        self.few: list[Any] | None = None

    def find(self) -> int:
        """How many rows there are, no further than just beyond COUNTED."""
        keys = _some_keys(_bare(self.data))
        self.few = keys if len(keys) <= COUNTED else None
        return len(keys)

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, slice):
            return super().__getitem__(key)
        keys = self._page(key.start or 0, key.stop)
        rows = {row.pk: row for row in self.data.order_by().filter(pk__any_of=keys)}
        return [rows[each] for each in keys if each in rows]

    def _page(self, start: int, stop: int) -> list[Any]:
        """The keys of a page, by the first way that finds them all."""
        bare = _bare(self.data)
        order = _order_that_matters(bare)
        if self.few is not None:
            return _sorted_keys(bare, self.few, order, stop)[start:]
        for way in (self._at_the_front, self._value_by_value):
            keys = way(bare, order, stop)
            if keys is not None:
                return keys[start:stop]
        return _pks(_all_of_it(bare, order)[start:stop])

    def _at_the_front(self, bare: Rows, order: Order, stop: int) -> list[Any] | None:
        """Among the first rows of the whole list in this order, if enough that is asked for lies there."""
        front = self.whole.order_by(*order)[: max(LOOKED_THROUGH, FOR_EACH_ROW * stop)]
        return _enough(_pks(among(bare.order_by(*order), front)[:stop]), stop)

    def _value_by_value(self, bare: Rows, order: Order, stop: int) -> list[Any] | None:
        """One value of the column that is sorted by after the other, each in the list's own order."""
        column, own = _bare_name(order[0]), order[1:]
        if not own or not _is_coarse(_field(bare, column)):
            return None
        front = list(bare.order_by(*own).values_list(column, "pk")[:LOOKED_THROUGH])
        found: list[Any] = []
        for value in islice(_values(self.whole, order[0]), MOST_VALUES):
            keys = [pk for each, pk in front if each == value]
            if len(found) + len(keys) < stop:
                group = bare.filter(**{column: value})
                keys = _some_keys(group)
                if len(keys) > COUNTED:
                    return None
                keys = _sorted_keys(group, keys, own, stop)
            found += keys
            if len(found) >= stop:
                return found
        return None


def _enough(keys: list[Any], wanted: int) -> list[Any] | None:
    return keys if len(keys) == wanted else None


def _all_of_it(bare: Rows, order: Order) -> Rows:
    """Everything that is found, sorted; in the list's own order by the index that each filter has."""
    if tuple(map(_bare_name, order)) == tuple(bare.model._meta.ordering or ()):
        return bare.order_by(*order)
    return among(bare.model._default_manager.order_by(*order), bare.order_by()[:ALL])


def _sorted_keys(rows: Rows, keys: list[Any], order: Order, stop: int) -> list[Any]:
    """The first of these keys."""
    everything = rows.model._default_manager.order_by(*order)
    return _pks(among(everything, everything.filter(pk__any_of=keys).order_by()[:ALL])[:stop])


def _some_keys(rows: Rows) -> list[Any]:
    """All keys, or one more than are counted."""
    some = rows.order_by().values("pk")[: COUNTED + 1]
    return some.aggregate(keys=ArrayAgg("pk"))["keys"] or []


def _order_that_matters(rows: Rows) -> Order:
    """Without the columns in which all rows are equal by a filter."""
    equal = {
        each.lhs.target.attname
        for each in rows.query.where.children
        if isinstance(each, Exact | RelatedExact) and isinstance(each.lhs, Col)
    }
    order = [str(each) for each in rows.query.order_by]
    return tuple(name for name in order if _field(rows, name).attname not in equal)


def _field(rows: Rows, sorted_by: str) -> Any:
    return rows.model._meta.get_field(_bare_name(sorted_by))


def _bare_name(sorted_by: Any) -> str:
    name = str(sorted_by).lstrip("-")
    return "id" if name == "pk" else name


def _is_coarse(field: Any) -> bool:
    """Whether a column has few different values, so that it is worth while to go through them."""
    return bool(field.choices) or isinstance(field, ForeignKey | PositiveSmallIntegerField)


def _values(rows: Rows, sorted_by: str) -> Iterator[Any]:
    """The values of a column in its order, each by one look into its index; ends before rows without one."""
    column = _bare_name(sorted_by)
    beyond = "lt" if sorted_by.startswith("-") else "gt"
    values = rows.order_by(sorted_by).values_list(column, flat=True)
    value = values.first()
    while value is not None:
        yield value
        value = values.filter(**{f"{column}__{beyond}": value}).first()


class KeyedPages(CountedPages):
    """The pages of `KeyedRows`."""

    @cached_property
    def _found(self) -> int:
        rows: Any = self.object_list
        return int(rows.data.find())


def among(query: Rows, rows: Rows) -> Rows:
    """What a query without joins finds among these rows only, which are taken first."""
    query = query.all()
    alias = query.query.get_initial_alias()
    query.query.alias_map[alias] = _TakenFirst(query.model._meta.db_table, alias, rows)
    return query


class _TakenFirst(BaseTable):
    """A query where a table would stand, under its name."""

    def __init__(self, table_name: str, alias: str | None, rows: Rows) -> None:
        super().__init__(table_name, alias)
        self.rows = rows

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, parameters = self.rows.query.get_compiler(connection=connection).as_sql()
        return f"({sql}) {connection.ops.quote_name(self.table_name)}", parameters


def _bare(rows: QuerySet[Any]) -> Rows:
    """Without joins, and with every column: what is left out is left out by the planner."""
    return rows.select_related(None).defer(None)


def _pks(rows: Rows) -> list[Any]:
    return list(rows.values_list("pk", flat=True))
