"""From the rows of a workbook to changes: what is new, what differs, how it reads. Touches no database."""

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from gongshi.catalogue.cells import DEGREE_DECIMALS
from gongshi.catalogue.codes import HistorySource, Publication
from gongshi.catalogue.columns import CAMERA_COLUMNS, COLUMNS, COMPILED_COLUMNS, Column
from gongshi.catalogue.models import AccessPath, Camera, Change, ChangeKind
from gongshi.catalogue.paths import PathValues, show_paths
from gongshi.catalogue.validation import Proposal
from gongshi.identity.department_names import DepartmentNames

FIELDS = (*(column.field for column in COMPILED_COLUMNS), "publication", "is_synthetic")
EMPTY: dict[str, Any] = {column.field: column.when_empty for column in COMPILED_COLUMNS} | {
    "is_synthetic": False
}
# In `previous` and `proposed`: how paths read, without their addresses.
PATHS = "paths"

Values = dict[str, Any]


def values_of(camera: Camera) -> Values:
    """A camera as a row of the workbook would propose it."""
    values = {name: getattr(camera, name) for name in FIELDS}
    for name in ("longitude", "latitude"):
        values[name] = round(values[name], DEGREE_DECIMALS)
    for name in ("ip_address", "ipv6_address", "gateway"):
        values[name] = _short(values[name]) if values[name] else None
    # A camera that is just being published has its day as text already.
    values["installed_on"] = values["installed_on"] and str(values["installed_on"])
    return values


def _short(address: str) -> str:
    """IPv4 has one form only."""
    return str(ip_address(address)) if ":" in address else address


def cells_of(camera: Camera | None, change: Change | None, names: DepartmentNames) -> dict[str, str]:
    """A point as a row's cells say it, by head: as it is published, with what a draft proposes for it."""
    values = (values_of(camera) if camera else {}) | (change.proposed if change else {})
    proposed = proposed_paths_of(change) if change else None
    paths = show_paths(camera.paths.all() if camera and proposed is None else proposed or (), names)
    return {
        column.head: paths[column.field]
        if column.is_of_path
        else column.cell.show(values.get(column.field), names)
        for column in COLUMNS
    }


def change_for(proposal: Proposal, camera: Camera | None, paths: list[AccessPath]) -> Change | None:
    """The change that makes the camera what the row says; None when it is so already.

    Without a camera it is a new one. Only what differs is kept; addresses only in the encrypted column.
    """
    old = values_of(camera) if camera else {}
    # A column that the workbook does not have leaves a camera as it is, and a new one as if it were empty.
    given = proposal.values if camera else EMPTY | proposal.values
    proposed: Values = {
        name: given[name] for name in FIELDS if name in given and (not old or old[name] != given[name])
    }
    previous = {name: old[name] for name in proposed} if camera else {}
    proposed_paths = ""
    wanted = _settled(proposal.paths, paths)
    if proposal.has_paths and paths_differ(wanted, paths):
        previous |= {PATHS: [_words_of(path) for path in sorted_paths(paths)]} if camera else {}
        proposed[PATHS] = [_proposed_words(path, paths) for path in wanted]
        proposed_paths = json.dumps([vars(path) for path in wanted])
    if not proposed:
        return None
    return Change(
        kind=ChangeKind.UPDATE if camera else ChangeKind.CREATE,
        camera=camera,
        code=proposal.code,
        base_version=camera.version if camera else 0,
        previous=previous,
        proposed=proposed,
        proposed_paths=proposed_paths,
    )


def proposed_paths_of(change: Change) -> list[PathValues] | None:
    """The paths that a change proposes; None when it leaves them as they are."""
    return (
        [PathValues(**each) for each in json.loads(change.proposed_paths)]
        if PATHS in change.proposed
        else None
    )


def paths_differ(proposed: list[PathValues], existing: list[AccessPath]) -> bool:
    by_key = {(path.platform, path.protocol): path for path in existing}
    return {path.key for path in proposed} != set(by_key) or any(
        path_differs(path, by_key[path.key]) for path in proposed
    )


def path_differs(proposed: PathValues, existing: AccessPath) -> bool:
    """Addresses, and a source of recordings, that are left empty stay as they are."""
    wanted = {"network_zone": proposed.network_zone} | proposed.addresses
    if proposed.history_source:
        wanted["history_source"] = proposed.history_source
    return any(getattr(existing, name) != value for name, value in wanted.items())


@dataclass(frozen=True)
class Difference:
    """One field of a change in words; `before` is None in a new camera."""

    label: str
    before: str | None
    after: str

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.label}：{self.after}"
        return f"{self.label}：{self.before or '（空）'} → {self.after or '（空）'}"


def differences(change: Change, names: DepartmentNames, *, with_network: bool) -> list[Difference]:
    """What a change does, in the order of the columns; network fields and paths only when asked for."""
    found = [
        Difference(
            column.head,
            _shown(column, change.previous, names),
            column.cell.show(change.proposed[name], names),
        )
        for column in CAMERA_COLUMNS
        if (name := column.field) in change.proposed and (with_network or not column.is_network)
    ]
    if "publication" in change.proposed and change.kind != ChangeKind.CREATE:
        found.insert(0, _publication_of(change))
    if PATHS in change.proposed and with_network:
        before = "；".join(change.previous[PATHS]) if PATHS in change.previous else None
        found.append(Difference("接入路径", before, "；".join(change.proposed[PATHS])))
    return found


def _publication_of(change: Change) -> Difference:
    """Only a withdrawal, or bringing back, is worth a word: every new camera is published."""
    before = change.previous.get("publication")
    return Difference(
        "发布状态", before and Publication(before).label, Publication(change.proposed["publication"]).label
    )


def _shown(column: Column, values: Values, names: DepartmentNames) -> str | None:
    return column.cell.show(values[column.field], names) if column.field in values else None


def sorted_paths(paths: list[AccessPath]) -> list[AccessPath]:
    return sorted(paths, key=lambda path: (path.platform, path.protocol))


def _settled(proposed: list[PathValues], existing: list[AccessPath]) -> list[PathValues]:
    """With the source of recordings as it is where none is given."""
    known = {(path.platform, path.protocol): path.history_source for path in existing}
    return [
        path
        if path.history_source
        else replace(path, history_source=known.get(path.key, HistorySource.NONE.value))
        for path in proposed
    ]


def _words_of(path: AccessPath | PathValues) -> str:
    return _words(path.platform, path.network_zone, path.protocol, path.history_source)


@lru_cache(maxsize=1024)
def _words(platform: str, network_zone: str, protocol: str, history_source: str) -> str:
    """A file has few different ones, and to make a path only to be shown takes long."""
    path = AccessPath(
        platform=platform, network_zone=network_zone, protocol=protocol, history_source=history_source
    )
    words = (
        f"{path.get_platform_display()} · {path.get_network_zone_display()} · {path.get_protocol_display()}"
    )
    has_history = path.history_source != HistorySource.NONE
    return f"{words} · 录像来源：{path.get_history_source_display()}" if has_history else words


def _proposed_words(path: PathValues, existing: list[AccessPath]) -> str:
    there = next((each for each in existing if (each.platform, each.protocol) == path.key), None)
    words = _words_of(path)
    if not path.addresses or (
        there and all(getattr(there, key) == value for key, value in path.addresses.items())
    ):
        return words
    return f"{words}（取流地址有更新）" if there else f"{words}（已填取流地址）"
