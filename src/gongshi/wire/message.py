"""The base of every message: Python names inside, ZLMediaKit's names on the wire."""

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

# Names that neither snake case nor camel case gives.
WIRE_NAMES = {"schema_name": "schema", "boot": "gongshi.boot"}


def camel_name(field: str) -> str:
    """`total_bytes` → `totalBytes`."""
    return WIRE_NAMES.get(field) or to_camel(field)


def plain_name(field: str) -> str:
    """`timeout_sec` → `timeout_sec`: what ZLMediaKit writes in snake case stays so."""
    return WIRE_NAMES.get(field, field)


class Message(BaseModel):
    """A JSON object with camel case names. Unknown fields are ignored: nodes of other versions say more."""

    model_config = ConfigDict(alias_generator=camel_name, populate_by_name=True, extra="ignore", frozen=True)

    def to_wire(self) -> dict[str, Any]:
        """The JSON object to send; what is None is left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class PlainMessage(Message):
    """A JSON object with snake case names."""

    model_config = ConfigDict(alias_generator=plain_name, populate_by_name=True, extra="ignore", frozen=True)
