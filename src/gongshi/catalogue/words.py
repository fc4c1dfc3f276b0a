"""Words in names and addresses, found by an index: `catalogue_pieces` of migration 0005 (ADR 0034)."""

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, Q, QuerySet, TextField, Value

from gongshi.catalogue.models import Camera

# A number is looked for in the middle of codes from so many digits on; before, at their beginning.
SHORTEST_PART = 4


class Pieces(Func):
    """Each letter of a text, and each two that stand side by side."""

    function = "catalogue_pieces"
    output_field = ArrayField(TextField())


def pieces_of(text: str) -> list[str]:
    """What `Pieces` has of every text in which this one stands."""
    text = text.lower()
    return sorted({text[place : place + 2] for place in range(len(text) - 1)}) or [text]


def with_words(cameras: QuerySet[Camera], field: str, text: str) -> QuerySet[Camera]:
    """The cameras in whose `name` or `address` this text stands; big and small letters are the same."""
    return cameras.alias(pieces=Pieces(F(field))).filter(_stands_in(field, text))


def by_code_or_name(cameras: QuerySet[Camera], text: str) -> QuerySet[Camera]:
    """Those with this text in the name or, from the beginning or a longer part of it, in the code."""
    found = _stands_in("name", text)
    if text.isascii():
        found |= Q(code__contains=text) if len(text) >= SHORTEST_PART else Q(code__startswith=text)
    return cameras.alias(pieces=Pieces(F("name"))).filter(found)


def _stands_in(field: str, text: str) -> Q:
    """By the pieces, which the index has, and by the text, which is quicker where rows are at hand."""
    # Chinese has no big letters, and to fold them takes longer than to compare.
    lookup = "icontains" if text.lower() != text.upper() else "contains"
    pieces = Value(pieces_of(text), output_field=ArrayField(TextField()))
    return Q(**{f"{field}__{lookup}": text}, pieces__contains=pieces)
