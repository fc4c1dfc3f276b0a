"""Rows by their keys, however many there are."""

from typing import Any

from django.db.models import Field, Lookup


@Field.register_lookup
class AnyOf(Lookup):  # type: ignore[type-arg]
    """`pk__any_of=[…]`: one parameter, where `__in` has one for each key."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::bigint[])", [*parameters, list(self.rhs)]
