"""What people filter the map by, read from the parameters of docs/atlas-api.md."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from gongshi.atlas import queries
from gongshi.atlas.areas import Area, read_area
from gongshi.atlas.attributes import TABLES, VALUES
from gongshi.atlas.shifting import Crs
from gongshi.atlas.texts import FIELDS
from gongshi.atlas.tree import DepartmentTree, department_tree
from gongshi.atlas.watching import cameras_watched_by
from gongshi.catalogue.models import Camera
from gongshi.identity.models import Person
from gongshi.kernel.errors import Invalid

# What is listed one by one in an address.
MOST_GIVEN: Final = 20_000
LONGEST_TEXT: Final = 100

# A parameter's values, which are alternatives.
Parameters = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Words:
    """Texts that may stand in some fields: any text, each with all its words."""

    fields: tuple[str, ...]
    texts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Criteria:
    """All filters of a question; equal ones find the same points. Cameras are their numbers, 8 bytes each."""

    tables: tuple[tuple[str, frozenset[str]], ...] = ()
    units: tuple[tuple[str, frozenset[int]], ...] = ()
    words: tuple[Words, ...] = ()
    given: tuple[bytes, ...] = ()
    watchable: bytes | None = None
    area: Area | None = None


@dataclass(frozen=True)
class _Asker:
    """Who asks, and what the positions are in."""

    person: Person
    crs: Crs
    tree: Callable[[], DepartmentTree]


_Reader = Callable[[Criteria, _Asker, str, list[str]], Criteria]


def read_criteria(parameters: Parameters, person: Person, crs: Crs = Crs.WGS84) -> Criteria:
    """Raises Invalid for a filter or value that does not exist, NotFound for a list of somebody else."""
    asker = _Asker(person, crs, department_tree)
    criteria = Criteria()
    for name in sorted(parameters):
        values = [value.strip() for value in parameters[name] if value.strip()]
        if name not in READERS:
            raise Invalid(f"没有“{name}”这个筛选条件，请从页面左侧选择。", field=name)
        if values:
            criteria = READERS[name](criteria, asker, name, values)
    return criteria


def _title(name: str) -> str:
    return str(Camera._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _no_such_value(name: str, value: str) -> Invalid:
    return Invalid(f"“{_title(name)}”没有“{value}”这个选项，请重新选择。", field=name)


def _table(criteria: Criteria, asker: _Asker, name: str, values: list[str]) -> Criteria:
    for value in values:
        if value not in VALUES[name]:
            raise _no_such_value(name, value)
    return replace(criteria, tables=(*criteria.tables, (name, frozenset(values))))


def _words(fields: tuple[str, ...]) -> _Reader:
    def read(criteria: Criteria, asker: _Asker, name: str, values: list[str]) -> Criteria:
        if any(len(value) > LONGEST_TEXT for value in values):
            raise Invalid(f"查找的文字最多 {LONGEST_TEXT} 个字，请缩短。", field=name)
        texts = tuple(sorted({tuple(sorted(set(value.lower().split()))) for value in values}))
        return replace(criteria, words=(*criteria.words, Words(fields, texts)))

    return read


def _unit(unit: str, *, with_those_below: bool) -> _Reader:
    def read(criteria: Criteria, asker: _Asker, name: str, values: list[str]) -> Criteria:
        tree = asker.tree()
        numbers: set[int] = set()
        for value in values:
            number = _number(value)
            if number not in tree:
                raise _no_such_value(unit, value)
            numbers |= tree.with_those_below(number) if with_those_below else {number}
        units = dict(criteria.units)
        units[unit] = units.get(unit, frozenset()) | numbers
        return replace(criteria, units=tuple(sorted(units.items())))

    return read


def _watchable(criteria: Criteria, asker: _Asker, name: str, values: list[str]) -> Criteria:
    if values != ["1"]:
        raise Invalid("“我部门已可查看”只能选择“1”，请重新选择。", field=name)
    return replace(criteria, watchable=_packed(cameras_watched_by(asker.person)))


def _list(criteria: Criteria, asker: _Asker, name: str, values: list[str]) -> Criteria:
    cameras: set[int] = set()
    for value in values:
        point_list = queries.point_list_of(asker.person, _number(value))
        cameras |= set(queries.camera_ids_of(point_list))
    return replace(criteria, given=(*criteria.given, _packed(cameras)))


def _ids(criteria: Criteria, asker: _Asker, name: str, values: list[str]) -> Criteria:
    _refuse_too_many(name, values)
    numbers = [_number(value) for value in values]
    if not all(numbers):
        raise Invalid("点位的序号应为整数，请检查后重试。", field=name)
    return replace(criteria, given=(*criteria.given, _packed(numbers)))


def _codes(criteria: Criteria, asker: _Asker, name: str, values: list[str]) -> Criteria:
    _refuse_too_many(name, values)
    found = queries.ids_of_codes(asker.person, values)
    return replace(criteria, given=(*criteria.given, _packed(found.values())))


def _area(criteria: Criteria, asker: _Asker, name: str, values: list[str]) -> Criteria:
    if len(values) > 1:
        raise Invalid("一次只能按一个区域筛选，请保留其中一个。", field=name)
    return replace(criteria, area=read_area(values[0], asker.crs))


def _refuse_too_many(name: str, values: list[str]) -> None:
    if len(values) > MOST_GIVEN:
        raise Invalid(f"一次最多 {MOST_GIVEN} 个点位，现有 {len(values)} 个，请分几次。", field=name)


def _number(value: str) -> int:
    """The number of a row, 0 for what cannot be one."""
    return int(value) if value.isdecimal() and len(value) < 19 else 0


def _packed(cameras: Any) -> bytes:
    return np.unique(np.fromiter(cameras, np.int64)).tobytes()


READERS: Final[dict[str, _Reader]] = {
    **dict.fromkeys(TABLES, _table),
    "q": _words(FIELDS),
    "code": _words(("code",)),
    "location": _words(("name", "address")),
    "owner": _unit("owner", with_those_below=False),
    "owner_under": _unit("owner", with_those_below=True),
    "source_department": _unit("source_department", with_those_below=False),
    "source_under": _unit("source_department", with_those_below=True),
    "watchable": _watchable,
    "list": _list,
    "id": _ids,
    "codes": _codes,
    "area": _area,
}
