"""Synthetic cameras with every field of the catalogue (§5.1), for demonstration, tests and benchmarks.

Deterministic: the same seed gives the same cameras, and a longer run begins with the shorter one.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count as numbers
from itertools import islice
from random import Random
from typing import NamedTuple, TypeVar

from gongshi.demo.city import BUREAU_CODE, DEPARTMENTS, OPERATIONS_CODE, PERSONS, Department
from gongshi.demo.gazetteer import Gazetteer, Place
from gongshi.demo.network_plan import NetworkPlan
from gongshi.demo.places import COUNTIES, County
from gongshi.demo.site_kinds import SITE_KINDS, PointClass, SiteKind, Spread

REMARKS = "合成演示数据，非真实点位"

Choice = TypeVar("Choice")


@dataclass(frozen=True, slots=True)
class SyntheticCamera:
    """One point; units by full name, words as in the catalogue, position in WGS-84 degrees."""

    code: str
    name: str
    common_name: str
    resource_code: str
    update_cycle: str
    device_type: str
    point_class: PointClass
    region: str
    address: str
    longitude: float
    latitude: float
    owner: str
    source_department: str
    builder: str
    manager: str
    manager_contact: str
    maintainer: str
    maintainer_contact: str
    police_station: str
    industries: str
    ip_address: str
    mac_address: str
    vlan: int
    gateway: str
    netmask: str
    transmission: str
    sharing_level: str
    sharing_condition: str
    no_sharing_ground: str
    opening_level: str
    security_level: str
    function_type: str
    position_type: str
    manufacturer: str
    model: str
    encoding: str
    resolution: str
    supply_light: str
    direction: str
    networking: str
    installed_on: date
    retention_days: int
    use_state: str
    status: str
    platform: str
    network_zone: str
    protocol: str
    history_source: str
    remarks: str


def synthetic_cameras(count: int = 2000, seed: int = 1) -> Iterator[SyntheticCamera]:
    """The first `count` cameras of the seed, at most 999,999 (the code's serial has six digits)."""
    if not 0 <= count <= 999_999:
        raise ValueError(f"count must be 0 to 999999, not {count}")
    survey = _Survey(Random(seed))  # noqa: S311 - reproducible demonstration data, no secret
    return (survey.camera(serial) for serial in islice(numbers(1), count))


REGION_NAMES = {county.code: county.name for county in COUNTIES}
POINT_CLASS_WORDS: dict[PointClass, str] = {1: "一类点", 2: "二类点", 3: "三类点"}

COLUMNS: tuple[str, ...] = (
    "视频编号", "设备名称", "点位俗称", "编目编码", "更新周期", "设备类型", "点位分类",
    "行政区域", "地址", "经度", "纬度",
    "所属单位", "数源部门", "建设单位", "管理单位", "管理单位联系方式", "运维单位", "运维联系方式",
    "所属辖区公安机关", "所属部门/行业",
    "IP地址", "IPv6地址", "MAC地址", "VLAN", "网关", "子网掩码", "传输方式",
    "共享级别", "共享条件", "不予共享依据", "开放级别", "安全级别", "功能类型", "位置类型",
    "厂商", "型号", "编码格式", "分辨率", "补光属性", "监视方位", "联网属性",
    "安装时间", "录像保存天数", "使用状态", "设备状态",
    "接入平台", "网络区域", "接入协议", "取流地址", "子码流地址", "录像来源", "备注",
)  # fmt: skip


def as_row(camera: SyntheticCamera, stream_urls: Mapping[str, str] | None = None) -> dict[str, str]:
    """The camera as a row of the import workbook, heads in the order of `COLUMNS`.

    A camera whose code is in `stream_urls` gets that RTSP address, and RTSP as its protocol.
    """
    stream_url = (stream_urls or {}).get(camera.code, "")
    values = (
        camera.code,
        camera.name,
        camera.common_name,
        camera.resource_code,
        camera.update_cycle,
        camera.device_type,
        POINT_CLASS_WORDS[camera.point_class],
        REGION_NAMES[camera.region],
        camera.address,
        f"{camera.longitude:.6f}",
        f"{camera.latitude:.6f}",
        camera.owner,
        camera.source_department,
        camera.builder,
        camera.manager,
        camera.manager_contact,
        camera.maintainer,
        camera.maintainer_contact,
        camera.police_station,
        camera.industries,
        camera.ip_address,
        "",
        camera.mac_address,
        str(camera.vlan),
        camera.gateway,
        camera.netmask,
        camera.transmission,
        camera.sharing_level,
        camera.sharing_condition,
        camera.no_sharing_ground,
        camera.opening_level,
        camera.security_level,
        camera.function_type,
        camera.position_type,
        camera.manufacturer,
        camera.model,
        camera.encoding,
        camera.resolution,
        camera.supply_light,
        camera.direction,
        camera.networking,
        camera.installed_on.isoformat(),
        str(camera.retention_days),
        camera.use_state,
        camera.status,
        camera.platform,
        camera.network_zone,
        "RTSP" if stream_url else camera.protocol,
        stream_url,
        "",
        camera.history_source,
        camera.remarks,
    )
    return dict(zip(COLUMNS, values, strict=True))


SHARING_LEVELS = ("无条件共享", "受限共享", "非共享")
# By sharing level, value → weight.
OPENING_LEVELS: dict[str, dict[str, int]] = {
    "无条件共享": {"无条件开放": 35, "受限开放": 65},
    "受限共享": {"受限开放": 40, "禁止开放": 60},
    "非共享": {"禁止开放": 100},
}
SECURITY_LEVELS: dict[str, dict[str, int]] = {
    "无条件共享": {"L1": 60, "L2": 40},
    "受限共享": {"L2": 60, "L3": 40},
    "非共享": {"L3": 40, "L4": 60},
}
TRANSMISSIONS: dict[Spread, dict[str, int]] = {
    "seat": {"光纤": 80, "专线": 15, "4G/5G": 5},
    "town": {"光纤": 65, "专线": 15, "4G/5G": 15, "无线网桥": 5},
    "valley": {"光纤": 55, "专线": 15, "4G/5G": 20, "无线网桥": 10},
    "wild": {"光纤": 25, "4G/5G": 45, "无线网桥": 30},
}
# Platform, network zone, protocol (App. B): what the 总平台 has, ways 1 and 2 reach; the 汇聚平台, way 3.
PATHS: dict[tuple[str, str, str], int] = {
    ("共享总平台", "政务外网", "GB/T 28181"): 55,
    ("共享总平台", "视联网", "外部平台"): 10,
    ("市大数据局汇聚平台", "视频专线", "GB/T 28181"): 30,
    ("视频大数据应用平台", "政务外网", "GB/T 28181"): 5,
}
STATUSES = {"在线": 93, "离线": 7}
RETENTION_DAYS: dict[PointClass, dict[int, int]] = {
    1: {30: 40, 60: 20, 90: 40},
    2: {30: 70, 60: 15, 90: 15},
    3: {30: 85, 60: 10, 90: 5},
}
MANUFACTURERS = {"演示瓯光": "OG", "演示括苍": "KC", "演示青瓷": "QC", "演示云和": "YH"}
MODEL_SERIES = {"球机": "P4", "半球": "D2", "固定枪机": "B4", "遥控枪机": "R4", "卡口枪机": "K9"}
NAME_ENDINGS = {"固定枪机": "枪机"}  # what people call the device in a point's name, if not its type
BEARINGS = ("东向", "南向", "西向", "北向", "东南向", "西北向")
# The longer word first: “东南向” has “南向” in it.
DIRECTIONS = {
    "东南向": "东南",
    "西北向": "西北",
    "东向": "东",
    "南向": "南",
    "西向": "西",
    "北向": "北",
}
SUPPLY_LIGHTS = {
    "球机": "红外补光",
    "半球": "红外补光",
    "固定枪机": "红外补光",
    "遥控枪机": "激光补光",
    "卡口枪机": "白光补光",
}
FIRST_INSTALLATION, INSTALLATION_DAYS = date(2016, 3, 1), 3770  # until June 2026
H265_SINCE, FULL_HD_SINCE, FROM_4K_SINCE = date(2019, 1, 1), date(2017, 6, 1), date(2022, 1, 1)
# By the mark of who owns the points.
INDUSTRIES = {
    "GA": "公安机关",
    "JT": "交通部门",
    "SL": "水利部门",
    "JY": "教育管理部门",
    "YJ": "安全生产监督部门",
    "ZF": "市政市容委",
    "WL": "旅游管理",
    "ST": "环保部门",
    "ZG": "国土局",
    "WJ": "医疗部门",
    "JS": "住房和城乡建设部门",
    "LY": "林业部门",
    "SJ": "食品医药监督管理部门",
    "LSZX": "教育管理部门",
    "ZXYY": "医疗部门",
    "WY": "住房和城乡建设部门",
    "MSG": "文博部门/旅游管理",
    "BH": "公安机关/市政市容委",
}
IPC_SINCE = date(2018, 1, 1)  # older points hang on an encoder: code type 131 instead of 132

_DEPARTMENTS_BY_CODE = {department.code: department for department in DEPARTMENTS}
_DEPARTMENTS_BY_NAME = {department.name: department for department in DEPARTMENTS}
_REVIEWED = {person.department_code for person in PERSONS if "source_reviewer" in person.roles}
_BUREAU = _DEPARTMENTS_BY_CODE[BUREAU_CODE]
_OPERATIONS = _DEPARTMENTS_BY_CODE[OPERATIONS_CODE]
_MAINTENANCE_FIRM = _DEPARTMENTS_BY_CODE["331100-ZW"]
_DUTY_PHONES = {department.name: f"138000002{index:02d}" for index, department in enumerate(DEPARTMENTS)} | {
    _OPERATIONS.name: next(person.phone for person in PERSONS if person.account == "yunwei")
}


def _weighted(random: Random, weights: Mapping[Choice, int | float]) -> Choice:
    return random.choices(list(weights), list(weights.values()))[0]


class _Units(NamedTuple):
    owner: Department
    source: Department
    builder: Department
    maintainer: Department


def _department(mark: str, county: County) -> Department:
    """The county's own department of this trade, else the city's."""
    return _DEPARTMENTS_BY_CODE.get(f"{county.code}-{mark}") or _DEPARTMENTS_BY_CODE[f"331100-{mark}"]


def _kinds(county: County) -> dict[SiteKind, int]:
    """What there is in this county, with weights."""
    towns = {town.name for town in county.all_towns}
    return {kind: kind.weight for kind in SITE_KINDS if kind.only_town is None or kind.only_town in towns}


class _Survey:
    """Walks through the city and writes down one camera after the other."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._gazetteer = Gazetteer(random)
        self._network_plan = NetworkPlan()
        self._names: Counter[str] = Counter()
        self._counties = {county: county.share for county in COUNTIES}
        self._kinds = {county: _kinds(county) for county in COUNTIES}

    def camera(self, serial: int) -> SyntheticCamera:
        random = self._random
        county = _weighted(random, self._counties)
        kind = _weighted(random, self._kinds[county])
        place = self._gazetteer.place(county, kind)
        units = self._units(place, kind)
        network = self._network_plan.join(county, units.owner)
        device_type = _weighted(random, kind.devices)
        sharing_level = _weighted(random, dict(zip(SHARING_LEVELS, kind.sharing, strict=True)))
        if sharing_level == "受限共享" and units.source.code not in _REVIEWED:
            # Nobody there could decide about them.
            sharing_level = "无条件共享"
        manufacturer = random.choice(list(MANUFACTURERS))
        installed_on = FIRST_INSTALLATION + timedelta(days=random.randrange(INSTALLATION_DAYS))
        platform, network_zone, protocol = _weighted(random, PATHS)
        name = self._name(place, device_type)
        return SyntheticCamera(
            code=_code(place, kind, installed_on, serial),
            name=name,
            common_name=place.spot,
            resource_code=f"LS-SPDW-{serial:06d}",
            update_cycle="实时",
            device_type=device_type,
            point_class=kind.point_class,
            region=county.code,
            address=_address(place),
            longitude=place.position[0],
            latitude=place.position[1],
            owner=units.owner.name,
            source_department=units.source.name,
            builder=units.builder.name,
            manager=units.owner.name,
            manager_contact=_DUTY_PHONES[units.owner.name],
            maintainer=units.maintainer.name,
            maintainer_contact=_DUTY_PHONES[units.maintainer.name],
            police_station=_police(county),
            industries=INDUSTRIES.get(units.owner.code.partition("-")[2], "市政市容委"),
            ip_address=str(network.address),
            mac_address="-".join(("02-00-5E", *(f"{serial:06X}"[at : at + 2] for at in (0, 2, 4)))),
            vlan=network.vlan,
            gateway=str(network.gateway),
            netmask=str(network.netmask),
            transmission=_weighted(random, TRANSMISSIONS[kind.spread]),
            sharing_level=sharing_level,
            sharing_condition=kind.condition if sharing_level == "受限共享" else "",
            no_sharing_ground=kind.ground if sharing_level == "非共享" else "",
            opening_level=_weighted(random, OPENING_LEVELS[sharing_level]),
            security_level=_weighted(random, SECURITY_LEVELS[sharing_level]),
            function_type=kind.function,
            position_type=kind.position,
            manufacturer=manufacturer,
            model=f"{MANUFACTURERS[manufacturer]}-{MODEL_SERIES[device_type]}{random.choice((20, 40, 80))}",
            encoding="H.265" if installed_on >= H265_SINCE else "H.264",
            resolution=_resolution(installed_on),
            supply_light=SUPPLY_LIGHTS[device_type],
            direction=next(to for bearing, to in DIRECTIONS.items() if bearing in name),
            networking="已联网",
            installed_on=installed_on,
            retention_days=_weighted(random, RETENTION_DAYS[kind.point_class]),
            use_state="在用",
            status=_weighted(random, STATUSES),
            platform=platform,
            network_zone=network_zone,
            protocol=protocol,
            history_source="前端录像机" if kind.point_class < 3 else "无",
            remarks=REMARKS,
        )

    def _units(self, place: Place, kind: SiteKind) -> _Units:
        # A site that is itself a unit ("丽水中学") owns its points.
        owner = _DEPARTMENTS_BY_NAME.get(place.site) or _department(kind.owner, place.county)
        source = _DEPARTMENTS_BY_CODE[owner.supervisor_code or owner.code]
        if kind.point_class == 3:
            maintainers, builders = {owner: 60, _MAINTENANCE_FIRM: 40}, {owner: 100}
        else:
            maintainers, builders = {_OPERATIONS: 70, _MAINTENANCE_FIRM: 30}, {owner: 85, _BUREAU: 15}
        return _Units(owner, source, _weighted(self._random, builders), _weighted(self._random, maintainers))

    def _name(self, place: Place, device_type: str) -> str:
        bearing = self._random.choice(BEARINGS)
        name = f"{place.county.name}{place.spot}{bearing}{NAME_ENDINGS.get(device_type, device_type)}"
        self._names[name] += 1
        return name if self._names[name] == 1 else f"{name}{self._names[name]:02d}"


def _code(place: Place, kind: SiteKind, installed_on: date, serial: int) -> str:
    """20 digits (GB/T 28181 annex E): region and town 8, industry 2, type 3, network 1, serial 6."""
    town = place.county.all_towns.index(place.town) + 1
    device = "132" if installed_on >= IPC_SINCE else "131"
    return f"{place.county.code}{town:02d}{kind.industry}{device}{kind.network}{serial:06d}"


def _police(county: County) -> str:
    """Who polices the county."""
    return "丽水市公安局莲都区分局" if county.code == "331102" else f"{county.name}公安局"


def _resolution(installed_on: date) -> str:
    if installed_on >= FROM_4K_SINCE:
        return "4K及以上"
    return "1080P" if installed_on >= FULL_HD_SINCE else "720P"


def _address(place: Place) -> str:
    town = "" if place.town.name in place.spot else place.town.name
    return f"浙江省丽水市{place.county.name}{town}{place.spot}"
