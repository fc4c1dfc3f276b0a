"""The four columns that say how a camera is reached. One row may name several platforms, parted by “、”."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from gongshi.catalogue.codes import Protocol
from gongshi.catalogue.columns import BY_FIELD
from gongshi.catalogue.models import AccessPath
from gongshi.identity.department_names import DepartmentNames
from gongshi.kernel.problems import Unreadable

SEPARATOR = "、"
MAX_ADDRESS = 300


@dataclass(frozen=True)
class PathValues:
    """A path as a row proposes it. Empty addresses mean: as they are."""

    platform: str
    network_zone: str
    protocol: str
    main_url: str = ""
    gb_device_id: str = ""
    gb_channel_id: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """A camera has one path of each platform and protocol."""
        return self.platform, self.protocol

    @property
    def addresses(self) -> dict[str, str]:
        """The addresses that are given."""
        given = asdict(self)
        return {name: given[name] for name in ("main_url", "gb_device_id", "gb_channel_id") if given[name]}


class PathUnreadable(Unreadable):
    """`field` tells which of the four columns is at fault."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def read_paths(texts: dict[str, str], names: DepartmentNames) -> list[PathValues]:
    """The paths that a row proposes, from its four texts by field. Raises PathUnreadable.

    The other three columns hold one value for all platforms, or one for each; addresses are parted by blanks.
    """
    platforms = _labels("platform", texts, names)
    if not platforms:
        for field in ("network_zone", "protocol", "main_url"):
            if texts[field]:
                raise PathUnreadable("platform", f"填写了{BY_FIELD[field].head}，还须填写接入平台。")
        return []
    count = len(platforms)
    zones = _one_each("network_zone", _labels("network_zone", texts, names), count)
    protocols = _one_each("protocol", _labels("protocol", texts, names), count)
    urls = texts["main_url"].split()
    if urls and len(urls) != count:
        if len(urls) > 1:
            raise PathUnreadable(
                "main_url", f"接入平台有 {count} 个，取流地址有 {len(urls)} 个，请逐个对应，用空格分开。"
            )
        urls *= count
    urls = urls or [""] * count
    paths = [_path(*values) for values in zip(platforms, zones, protocols, urls, strict=True)]
    if len({path.key for path in paths}) < count:
        raise PathUnreadable("platform", "同一平台、同一协议只能有一条接入路径，请删除重复的。")
    return paths


def show_paths(paths: Iterable[AccessPath | PathValues], names: DepartmentNames) -> dict[str, str]:
    """The four columns by field, with empty addresses: those never leave the server."""
    ordered = sorted(paths, key=lambda path: (path.platform, path.protocol))
    shown = {
        field: SEPARATOR.join(BY_FIELD[field].cell.show(getattr(path, field), names) for path in ordered)
        for field in ("platform", "network_zone", "protocol")
    }
    return shown | {"main_url": ""}


def _labels(field: str, texts: dict[str, str], names: DepartmentNames) -> list[str]:
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


def _path(platform: str, network_zone: str, protocol: str, url: str) -> PathValues:
    if len(url) > MAX_ADDRESS:
        raise PathUnreadable("main_url", f"取流地址最多 {MAX_ADDRESS} 个字符，请核对。")
    if not url or protocol == Protocol.EXTERNAL:
        return PathValues(platform, network_zone, protocol, url)
    if protocol == Protocol.GB28181:
        found = re.fullmatch(r"(\d{20})/(\d{20})", url, re.ASCII)
        if not found:
            raise PathUnreadable(
                "main_url", "GB/T 28181 接入请填写“设备编码/通道编码”，各 20 位数字，或留空。"
            )
        return PathValues(platform, network_zone, protocol, "", found[1], found[2])
    if not _is_rtsp(url):
        raise PathUnreadable("main_url", "RTSP 取流地址应以 rtsp:// 开头并含主机地址，请核对。")
    return PathValues(platform, network_zone, protocol, url)


def _is_rtsp(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"rtsp", "rtsps"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
