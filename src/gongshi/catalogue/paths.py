"""The columns that say how a camera is reached. One row may name several platforms, parted by “、”."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from gongshi.catalogue.codes import Protocol
from gongshi.catalogue.columns import BY_FIELD, PATH_FIELDS
from gongshi.catalogue.models import AccessPath
from gongshi.identity.department_names import DepartmentNames
from gongshi.kernel.problems import Unreadable

SEPARATOR = "、"
MAX_ADDRESS = 300
ADDRESSES = ("main_url", "sub_url", "gb_device_id", "gb_channel_id")


MOST_REMEMBERED = 10_000
# What is said of paths in words, and the same read: a path each.
_WORDS = ("platform", "network_zone", "protocol", "history_source")
_Shape = list[tuple[str, str, str, str]]
# The usual form of an address, whose host is soon found.
_PLAIN_RTSP = re.compile(
    r"rtsps?://(?:[\w.:$%!*'()+,;=~-]*@)?(\d{1,3}(?:\.\d{1,3}){3})(?::[1-9]\d{0,3})?(?:/[!-\[\]-~]*)?",
    re.ASCII,
)


@dataclass(frozen=True)
class PathValues:
    """A path as a row proposes it. Empty addresses and an empty source of recordings mean: as they are."""

    platform: str
    network_zone: str
    protocol: str
    main_url: str = ""
    gb_device_id: str = ""
    gb_channel_id: str = ""
    sub_url: str = ""
    history_source: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """A camera has one path of each platform and protocol."""
        return self.platform, self.protocol

    @property
    def addresses(self) -> dict[str, str]:
        """The addresses that are given."""
        return {name: value for name in ADDRESSES if (value := getattr(self, name))}


class PathUnreadable(Unreadable):
    """`field` tells which of the columns is at fault."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class PathReader:
    """Reads the paths that the rows of one file propose."""

    def __init__(self, names: DepartmentNames) -> None:
        self._names = names
        # A file has few different ones, so that each is read once.
        self._known: dict[tuple[str, ...], _Shape] = {}

    def read(self, texts: Mapping[str, str]) -> list[PathValues]:
        """The paths that a row proposes, from its texts by field. Raises PathUnreadable.

        The other columns hold one value for all platforms, or one for each; addresses are parted by blanks.
        """
        shape = self._shape_of(texts)
        count = len(shape)
        if not shape:
            for field in PATH_FIELDS:
                if texts[field]:
                    raise PathUnreadable("platform", f"填写了{BY_FIELD[field].head}，还须填写接入平台。")
            return []
        urls, sub_urls = (_addresses(field, texts[field], count) for field in ("main_url", "sub_url"))
        paths = [
            _path(*words, url, sub_url) for words, url, sub_url in zip(shape, urls, sub_urls, strict=True)
        ]
        if count > 1 and len({path.key for path in paths}) < count:
            raise PathUnreadable("platform", "同一平台、同一协议只能有一条接入路径，请删除重复的。")
        return paths

    def _shape_of(self, texts: Mapping[str, str]) -> _Shape:
        key = tuple(texts[field] for field in _WORDS)
        shape = self._known.get(key)
        if shape is None:
            shape = _read_shape(texts, self._names)
            if len(self._known) < MOST_REMEMBERED:
                self._known[key] = shape
        return shape


def _read_shape(texts: Mapping[str, str], names: DepartmentNames) -> _Shape:
    platforms = _labels("platform", texts, names)
    if not platforms:
        return []
    count = len(platforms)
    zones = _one_each("network_zone", _labels("network_zone", texts, names), count)
    protocols = _one_each("protocol", _labels("protocol", texts, names), count)
    sources = _labels("history_source", texts, names)
    sources = _one_each("history_source", sources, count) if sources else [""] * count
    return list(zip(platforms, zones, protocols, sources, strict=True))


def host_of(url: str) -> str:
    """The host of an address, empty when there is none or the address cannot be read."""
    plain = _PLAIN_RTSP.fullmatch(url)
    if plain:
        return plain[1]
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def show_paths(paths: Iterable[AccessPath | PathValues], names: DepartmentNames) -> dict[str, str]:
    """The columns by field, with empty addresses: those never leave the server."""
    ordered = sorted(paths, key=lambda path: (path.platform, path.protocol))
    shown = {
        field: SEPARATOR.join(BY_FIELD[field].cell.show(getattr(path, field), names) for path in ordered)
        for field in ("platform", "network_zone", "protocol", "history_source")
    }
    return shown | {"main_url": "", "sub_url": ""}


def _labels(field: str, texts: Mapping[str, str], names: DepartmentNames) -> list[str]:
    parts = [part for part in re.split(r"[、，,;；\n]", texts[field]) if part.strip()]
    try:
        return [str(BY_FIELD[field].cell.read(part.strip(), names)) for part in parts]
    except Unreadable as error:
        raise PathUnreadable(field, str(error)) from None


def _one_each(field: str, values: list[str], count: int) -> list[str]:
    if len(values) == 1:
        return values * count
    if len(values) != count:
        raise PathUnreadable(field, f"接入平台有 {count} 个，这里有 {len(values)} 个，请填写一个或逐个对应。")
    return values


def _addresses(field: str, text: str, count: int) -> list[str]:
    """One address for all platforms, one for each, or none."""
    head, given = BY_FIELD[field].head, text.split()
    if len(given) > 1 and len(given) != count:
        raise PathUnreadable(
            field, f"接入平台有 {count} 个，{head}有 {len(given)} 个，请逐个对应，用空格分开。"
        )
    if any(len(address) > MAX_ADDRESS for address in given):
        raise PathUnreadable(field, f"{head}最多 {MAX_ADDRESS} 个字符，请核对。")
    return given if len(given) == count else (given or [""]) * count


def _path(platform: str, network_zone: str, protocol: str, source: str, url: str, sub_url: str) -> PathValues:
    path = PathValues(platform, network_zone, protocol, url, sub_url=sub_url, history_source=source)
    if protocol == Protocol.EXTERNAL:
        return path
    if protocol == Protocol.GB28181:
        if sub_url:
            raise PathUnreadable("sub_url", "GB/T 28181 接入的子码流由平台协商，子码流地址请留空。")
        return _national_path(replace(path, main_url=""), url)
    for field, address in (("main_url", url), ("sub_url", sub_url)):
        if address and not _is_rtsp(address):
            head = BY_FIELD[field].head
            raise PathUnreadable(field, f"RTSP {head}应以 rtsp:// 开头并含主机地址，请核对。")
    return path


def _national_path(path: PathValues, url: str) -> PathValues:
    if not url:
        return path
    found = re.fullmatch(r"(\d{20})/(\d{20})", url, re.ASCII)
    if not found:
        raise PathUnreadable("main_url", "GB/T 28181 接入请填写“设备编码/通道编码”，各 20 位数字，或留空。")
    return replace(path, gb_device_id=found[1], gb_channel_id=found[2])


def _is_rtsp(url: str) -> bool:
    if _PLAIN_RTSP.fullmatch(url):
        return True
    try:
        parts = urlsplit(url)
        return parts.scheme in {"rtsp", "rtsps"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
