"""Points that may stand there twice: by code, by address and VLAN, by name and place (5 m).

Within a file by what was seen before, against the catalogue by one query for each kind and chunk of rows.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from django.db import connection

from gongshi.catalogue.codes import Publication
from gongshi.catalogue.gcj02 import METRES_PER_DEGREE, metres_between, to_gcj02
from gongshi.catalogue.reading import Proposal
from gongshi.catalogue.row_rules import Finding

NEAR_M = 5.0
# A new position this near to the shifted old one is the shifted old one.
SHIFTED_NEAR_M = 30.0
_NEAR_DEGREES = 2 * NEAR_M / METRES_PER_DEGREE

Place = tuple[float, float]
Found = tuple[Proposal, Finding]


class Seen:
    """The points of one file so far: a second one is told the row of the first."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._addresses: dict[tuple[Any, Any], int] = {}
        self._places: dict[tuple[Any, int, int], tuple[int, Place]] = {}

    def add(self, proposal: Proposal) -> Iterator[Finding]:
        """Remember a row, and tell what of it stood in an earlier one."""
        code = proposal.values.get("code")
        if code is not None:
            first = self._codes.setdefault(str(code), proposal.row)
            if first != proposal.row:
                yield Finding("code", "duplicate", f"{code} 与第 {first} 行重复，请删除或更正其中一行。")
                return
        address = _address_of(proposal)
        if address:
            first = self._addresses.setdefault(address, proposal.row)
            if first != proposal.row:
                yield _same_address(f"第 {first} 行")
        place = _place_of(proposal)
        if place:
            yield from self._add_place(proposal, place)

    def _add_place(self, proposal: Proposal, place: Place) -> Iterator[Finding]:
        name = proposal.values["name"]
        east, north = (round(degrees / _NEAR_DEGREES) for degrees in place)
        for right, up in product((-1, 0, 1), repeat=2):
            there = self._places.get((name, east + right, north + up))
            if there and metres_between(there[1], place) < NEAR_M:
                yield _same_place(f"第 {there[0]} 行")
                return
        self._places.setdefault((name, east, north), (proposal.row, place))


def in_catalogue(proposals: Sequence[Proposal], sources: Collection[int]) -> Iterator[Found]:
    """What these rows have in common with other published points.

    Whose network the compiler may not know, `sources` tells: of other departments no point is named.
    """
    yield from _same_addresses(proposals, sources)
    yield from _same_places(proposals)


def _same_addresses(proposals: Iterable[Proposal], sources: Collection[int]) -> Iterator[Found]:
    rows = _with_code(proposals)
    asked = [
        {"number": number, "code": proposal.code, "address": address[0], "vlan": address[1]}
        for number, proposal in enumerate(rows)
        if (address := _address_of(proposal))
    ]
    found = _rows(
        """
        SELECT DISTINCT ON (given.number) given.number, camera.name, camera.code, camera.source_department_id
        FROM json_to_recordset(%s::json) AS given (number int, code text, address inet, vlan int)
        JOIN catalogue_camera camera ON camera.ip_address = given.address
         AND camera.vlan IS NOT DISTINCT FROM given.vlan AND camera.code <> given.code
         AND camera.publication = %s
        ORDER BY given.number, camera.id
        """,
        asked,
    )
    for number, name, code, source in found:
        other = f"已发布的“{name}”（{code}）" if source in sources else "目录中其他部门的一个点位"
        yield rows[number], _same_address(other)


def _same_places(proposals: Iterable[Proposal]) -> Iterator[Found]:
    rows = _with_code(proposals)
    asked = [
        {
            "number": number,
            "code": proposal.code,
            "name": proposal.values["name"],
            "longitude": place[0],
            "latitude": place[1],
        }
        for number, proposal in enumerate(rows)
        if (place := _place_of(proposal))
    ]
    found = _rows(
        """
        SELECT given.number, camera.code, camera.longitude, camera.latitude
        FROM json_to_recordset(%s::json)
          AS given (number int, code text, name text, longitude float8, latitude float8)
        JOIN catalogue_camera camera ON camera.name = given.name AND camera.code <> given.code
         AND abs(camera.longitude - given.longitude) < 0.0001
         AND abs(camera.latitude - given.latitude) < 0.0001
         AND camera.publication = %s
        ORDER BY given.number, camera.id
        """,
        asked,
    )
    told: set[int] = set()
    for number, code, lon, lat in found:
        place = _place_of(rows[number])
        if number not in told and place and metres_between(place, (lon, lat)) < NEAR_M:
            told.add(number)
            yield rows[number], _same_place(f"已发布的点位 {code} ")


def places_in_catalogue(proposals: Iterable[Proposal]) -> dict[str, Place]:
    """Of these points those that are in the catalogue already, with their place: one query."""
    codes = [proposal.code for proposal in _with_code(proposals)]
    with connection.cursor() as cursor:
        # A code has no comma in it.
        cursor.execute(
            "SELECT code, longitude, latitude FROM catalogue_camera "
            "WHERE code = ANY(string_to_array(%s, ','))",
            [",".join(codes)],
        )
        return {code: (lon, lat) for code, lon, lat in cursor.fetchall()}


def shifted(proposals: Iterable[Proposal], there: Mapping[str, Place]) -> Iterator[Found]:
    """Positions that a map has shifted since they were published."""
    for proposal in _with_code(proposals):
        old, new = there.get(proposal.code), _place_of(proposal)
        if old and new and new != old and metres_between(new, to_gcj02(*old)) < SHIFTED_NEAR_M:
            text = "新位置与原位置之差恰为 GCJ-02 的偏移，可能误用了地图坐标，请核对（本平台使用 WGS-84）。"
            yield proposal, Finding("longitude", "gcj02_shift", text)


def _rows(sql: str, asked: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Thousands of rows as one text, which is put together much sooner than a list for each column."""
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, [json.dumps(asked, ensure_ascii=False), Publication.PUBLISHED.value])
        return list(cursor.fetchall())


def _with_code(proposals: Iterable[Proposal]) -> list[Proposal]:
    return [proposal for proposal in proposals if "code" in proposal.values]


def _address_of(proposal: Proposal) -> tuple[Any, Any] | None:
    address = proposal.values.get("ip_address")
    return (address, proposal.values.get("vlan")) if address and "vlan" in proposal.values else None


def _place_of(proposal: Proposal) -> Place | None:
    lon, lat = proposal.values.get("longitude"), proposal.values.get("latitude")
    has_place = "name" in proposal.values and isinstance(lon, float) and isinstance(lat, float)
    return (lon, lat) if has_place else None  # type: ignore[return-value]


def _same_address(other: str) -> Finding:
    text = f"IP 地址和 VLAN 与{other}相同，请核对是否重复登记。"
    return Finding("ip_address", "duplicate_address", text)


def _same_place(other: str) -> Finding:
    text = f"设备名称与{other}相同，位置相距不足 {NEAR_M:.0f} 米，请核对是否重复登记。"
    return Finding("name", "duplicate_place", text)
