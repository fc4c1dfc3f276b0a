"""The rules of one row: what its values say of each other (§5.1b). They are declared in `checks.py`."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address, ip_network
from socket import inet_aton

from gongshi.catalogue.cells import parsed_address
from gongshi.catalogue.codes import PointClass, Protocol, SharingLevel
from gongshi.catalogue.columns import BY_FIELD, REQUIRED_BY_CLASS
from gongshi.catalogue.gcj02 import to_wgs84
from gongshi.catalogue.paths import host_of
from gongshi.catalogue.reading import CLASSIFIED_REFUSED, Proposal, missing_heads
from gongshi.catalogue.schemes import Scheme
from gongshi.identity.borders import county_of, lies_in
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.regions import CITY, REGIONS

LEGAL_RETENTION_DAYS = 30
CAMERA_TYPES = {"131": "摄像机", "132": "网络摄像机"}
# GB/T 28181 annex E: industries that are defined, and the network's digit that is reserved.
INDUSTRIES = {f"{number:02d}" for number in (*range(15), *range(40, 56))}
RESERVED_NETWORK = "9"


@dataclass(frozen=True)
class Finding:
    """What a rule found in a row: `field` of the column at fault, `code` of the rule in `checks.py`."""

    field: str
    code: str
    message: str


@dataclass(frozen=True)
class Around:
    """What a row is checked against: departments, and their own schemes of codes by their key."""

    names: DepartmentNames
    schemes: dict[int, Scheme] = field(default_factory=dict)


Rule = Callable[[Proposal, Around], Iterator[Finding]]


def no_classified_points(proposal: Proposal, around: Around) -> Iterator[Finding]:
    """涉密 points are refused at the door; 非涉密 and the like are no such word."""
    for name in ("name", "remarks", "address", "common_name"):
        text = str(proposal.values.get(name, ""))
        if "涉密" in text and "涉密" in re.sub(r"[非不未无]涉密", "", text):
            yield Finding(name, "classified", CLASSIFIED_REFUSED)


def code_is_built_right(proposal: Proposal, around: Around) -> Iterator[Finding]:
    """20 digits: centre 8, industry 2, type 3, network 1, serial 6; or the department's own scheme."""
    code = str(proposal.values.get("code", ""))
    if len(code) != 20 or not code.isdigit():
        yield from _own_code(code, proposal, around)
        return
    industry, kind, network = code[8:10], code[10:13], code[13]
    if kind not in CAMERA_TYPES:
        known = "或 ".join(f"{number} {name}" for number, name in CAMERA_TYPES.items())
        text = f"编号的第 11 至 13 位 {kind} 不是摄像机类型，应为 {known}，请核对。"
        yield Finding("code", "code_type", text)
    if industry not in INDUSTRIES or network == RESERVED_NETWORK:
        what = f"行业编码（第 9、10 位）{industry}" if industry not in INDUSTRIES else "网络标识（第 14 位）9"
        yield Finding("code", "code_reserved", f"编号的{what} 在国标中没有定义，请核对。")
    region = str(proposal.values.get("region", ""))
    if region not in {"", CITY} and code[:6] not in {region, CITY}:
        text = f"编号的前六位 {code[:6]} 与行政区域代码 {region} 不同，请核对。"
        yield Finding("code", "code_of_other_region", text)


def _own_code(code: str, proposal: Proposal, around: Around) -> Iterator[Finding]:
    source = proposal.values.get("source_department_id")
    scheme = around.schemes.get(source) if isinstance(source, int) else None
    if code and scheme and not scheme.fits(code):
        name = around.names.name_of(int(source or 0))
        text = f"{code} 不符合{name}的自编编号规则 {scheme.text}（{scheme.in_words}），请核对。"
        yield Finding("code", "code_scheme", text)


def position_in_region(proposal: Proposal, around: Around) -> Iterator[Finding]:
    """WGS-84 inside the county; else a hint at what may have happened to the numbers."""
    region, lon, lat = (proposal.values.get(name) for name in ("region", "longitude", "latitude"))
    if not isinstance(region, str) or not isinstance(lon, float) or not isinstance(lat, float):
        return
    if lies_in(region, lon, lat):
        return
    county, name = county_of(lon, lat), REGIONS[region].name
    if lies_in(CITY, lat, lon):
        text = f"({lon}, {lat}) 不在丽水市范围内，经度和纬度可能填反了，请核对。"
        yield Finding("longitude", "swapped", text)
    elif lies_in(region, *to_wgs84(lon, lat)):
        text = (
            f"({lon}, {lat}) 不在行政区域“{name}”内，按 GCJ-02 换算后在其中，"
            "可能是地图坐标，请转换为 WGS-84 坐标后填写。"
        )
        yield Finding("longitude", "gcj02", text)
    else:
        where = f"在{REGIONS[county].name}" if county else "不在丽水市范围内"
        text = f"({lon}, {lat}) {where}，与行政区域“{name}”不符，请核对经纬度或行政区域。"
        yield Finding("longitude", "outside", text)


def sharing_is_grounded(proposal: Proposal, around: Around) -> Iterator[Finding]:
    """共享条件 of what is restricted, and the ground for not sharing."""
    level = proposal.values.get("sharing_level")
    if level == SharingLevel.RESTRICTED and proposal.values.get("sharing_condition") == "":
        yield Finding("sharing_condition", "missing_condition", "受限共享的点位须写明共享条件，请填写。")
    if level == SharingLevel.NONE and proposal.values.get("no_sharing_ground") == "":
        yield Finding(
            "no_sharing_ground", "missing_ground", "非共享的点位须写明不予共享的法律法规依据，请填写。"
        )


def network_fits(proposal: Proposal, around: Around) -> Iterator[Finding]:
    """Camera and gateway in one subnet, as the mask says."""
    values = proposal.values
    address, gateway, mask = (values.get(name) for name in ("ip_address", "gateway", "netmask"))
    if "ip_address" in values and not address:
        for name in ("gateway", "netmask"):
            if values.get(name):
                text = f"填写了{BY_FIELD[name].head}，还须填写 IP 地址。"
                yield Finding("ip_address", "missing_address", text)
                return
        if not values.get("ipv6_address"):
            yield Finding("ip_address", "incomplete", "未填写 IP 地址，编目信息不完整。")
    if values.get("gateway") and "netmask" in values and not mask:
        yield Finding("netmask", "missing_netmask", "填写了网关，还须填写子网掩码。")
    if not address or not mask or _is_in_its_subnet(str(address), str(mask), str(gateway or "")):
        return
    try:
        network = ip_network(f"{address}/{mask}", strict=False)
    except ValueError:
        yield Finding("netmask", "bad_mask", f"{mask} 不能用作 {address} 的子网掩码，请核对。")
        return
    if not gateway:
        return
    if ip_address(str(gateway)) not in network:
        text = f"{gateway} 不在 {network} 网段内，请核对网关或子网掩码。"
        yield Finding("gateway", "gateway_outside", text)
    elif gateway == address:
        yield Finding("gateway", "gateway_is_device", f"{gateway} 与设备的 IP 地址相同，请核对。")


def _is_in_its_subnet(address: str, mask: str, gateway: str) -> bool:
    """Whether all is well, for IPv4 in its usual form: what nearly all rows have, and soon seen."""
    bits = _bits_of(mask)
    if bits is None or ":" in address or ":" in gateway or gateway == address:
        return False
    return not gateway or (_number(address) ^ _number(gateway)) & bits == 0


@lru_cache(maxsize=256)
def _bits_of(mask: str) -> int | None:
    try:
        return int(ip_network(f"0.0.0.0/{mask}").netmask)
    except ValueError:
        return None


def _number(address: str) -> int:
    return int.from_bytes(inet_aton(address))


def address_is_of_the_camera(proposal: Proposal, around: Around) -> Iterator[Finding]:
    """A recorder may speak for the camera, so the reviewer is asked. The address is not shown."""
    own = {proposal.values.get("ip_address"), proposal.values.get("ipv6_address")} - {None}
    urls = [path.main_url for path in proposal.paths if path.protocol == Protocol.RTSP and path.main_url]
    others = [host for url in urls if (host := host_of(url)) not in own]
    if own and any((found := parsed_address(host)) and str(found) not in own for host in others):
        yield Finding("main_url", "other_host", "取流地址的主机不是本点位的IP地址，请核实。")


def what_the_class_asks_for(proposal: Proposal, around: Around) -> Iterator[Finding]:
    """国家一机一档: the more public a place, the more has to be filled in. One finding for all."""
    point_class = str(proposal.values.get("point_class", ""))
    heads = missing_heads(proposal.values, REQUIRED_BY_CLASS.get(point_class, ()))
    if heads:
        text = f"{PointClass(point_class).label}还应填写：{'、'.join(heads)}。"
        yield Finding("point_class", "missing_of_class", text)


def recording_is_kept_long_enough(proposal: Proposal, around: Around) -> Iterator[Finding]:
    """Order 799: thirty days."""
    days = proposal.values.get("retention_days")
    if isinstance(days, int) and days < LEGAL_RETENTION_DAYS:
        text = f"{days} 天少于法定的 {LEGAL_RETENTION_DAYS} 天，请督促整改。"
        yield Finding("retention_days", "short_retention", text)


ROW_RULES: tuple[Rule, ...] = (
    no_classified_points,
    code_is_built_right,
    position_in_region,
    sharing_is_grounded,
    network_fits,
    address_is_of_the_camera,
    what_the_class_asks_for,
    recording_is_kept_long_enough,
)
