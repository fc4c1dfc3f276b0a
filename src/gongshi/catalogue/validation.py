"""The checks of a workbook (§5.1b, §5.1c): each cell, each row, and the rows among each other."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from gongshi.catalogue.cells import Value, parsed_address
from gongshi.catalogue.codes import Protocol, Publication, SharingLevel
from gongshi.catalogue.columns import BY_FIELD, CAMERA_COLUMNS, SECRECY_HEAD, Column
from gongshi.catalogue.paths import PathUnreadable, PathValues, read_paths
from gongshi.identity.borders import county_of, lies_in
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.regions import CITY, REGIONS
from gongshi.kernel.problems import Problem, Severity, Unreadable
from gongshi.kernel.workbook import Row, unprintable

SYNTHETIC_MARK = "合成演示数据"
LEGAL_RETENTION_DAYS = 30
PATH_FIELDS = ("platform", "network_zone", "protocol", "main_url")
CLASSIFIED_REFUSED = "涉密点位不得录入本平台，请删除该行，并按保密规定处理本文件。"

Values = dict[str, Value]


@dataclass
class Proposal:
    """What one row proposes: values by field of `Camera`, without the cells at fault, and its paths."""

    row: int
    values: Values
    paths: list[PathValues] = field(default_factory=list)

    @property
    def code(self) -> str:
        return str(self.values["code"])


@dataclass(frozen=True)
class Finding:
    """What a rule found, before it is known in which row: `field` of the column at fault."""

    field: str
    code: str
    message: str
    severity: Severity = Severity.ERROR


Rule = Callable[[Proposal, DepartmentNames], Iterator[Finding]]


def validate(
    rows: Iterable[Row], names: DepartmentNames, sources: set[int]
) -> tuple[list[Proposal], list[Problem]]:
    """Proposals and problems of all rows, in their order. `sources` are the departments they may name.

    With a problem of severity error nothing of the file may be taken.
    """
    proposals: list[Proposal] = []
    problems: list[Problem] = []
    first_rows: dict[str, int] = {}
    for row in rows:
        proposal, found = _read(row, names)
        found += check(row, proposal, names)
        found += _source_problems(proposal, names, sources)
        found += _duplicate_problems(proposal, first_rows)
        problems += found
        proposals.append(proposal)
    return proposals, problems


def check(row: Row, proposal: Proposal, names: DepartmentNames) -> list[Problem]:
    """What the rules of one row find."""
    return [_problem(row, finding) for rule in RULES for finding in rule(proposal, names)]


def _read(row: Row, names: DepartmentNames) -> tuple[Proposal, list[Problem]]:
    proposal, problems = Proposal(row.number, {}), []
    for column in CAMERA_COLUMNS:
        try:
            proposal.values[column.field] = _read_cell(column, row.cells[column.head], names)
        except Unreadable as error:
            problems.append(Problem(row.number, column.head, str(error), "unreadable"))
    try:
        proposal.paths = read_paths({name: row.cells[BY_FIELD[name].head] for name in PATH_FIELDS}, names)
    except PathUnreadable as error:
        problems.append(Problem(row.number, BY_FIELD[error.field].head, str(error), "unreadable"))
    if row.cells.get(SECRECY_HEAD, "") in {"是", "1", "涉密"}:
        problems.append(Problem(row.number, SECRECY_HEAD, CLASSIFIED_REFUSED, "classified"))
    words = f"{proposal.values.get('name')}{proposal.values.get('remarks')}"
    proposal.values |= {"publication": Publication.PUBLISHED.value, "is_synthetic": SYNTHETIC_MARK in words}
    return proposal, problems


def _read_cell(column: Column, text: str, names: DepartmentNames) -> Value:
    if unprintable(text):
        raise Unreadable("含有不可显示的控制字符，请清除格式后重新填写。")
    if text:
        return column.cell.read(text, names)
    if column.is_required:
        raise Unreadable("不能为空，请填写。")
    return column.when_empty


def _problem(row: Row, finding: Finding) -> Problem:
    return Problem(row.number, BY_FIELD[finding.field].head, finding.message, finding.code, finding.severity)


# Rules of one row


def no_classified_points(proposal: Proposal, names: DepartmentNames) -> Iterator[Finding]:
    """涉密 points are refused at the door; 非涉密 and the like are no such word."""
    for name in ("name", "remarks", "address"):
        text = str(proposal.values.get(name, ""))
        if "涉密" in re.sub(r"[非不未无]涉密", "", text):
            yield Finding(name, "classified", CLASSIFIED_REFUSED)


def position_in_region(proposal: Proposal, names: DepartmentNames) -> Iterator[Finding]:
    region, lon, lat = (proposal.values.get(name) for name in ("region", "longitude", "latitude"))
    if region is None or lon is None or lat is None or lies_in(str(region), float(lon), float(lat)):
        return
    name = REGIONS[str(region)].name
    if lies_in(CITY, float(lat), float(lon)):
        yield Finding(
            "longitude", "swapped", f"({lon}, {lat}) 不在丽水市范围内，经度和纬度可能填反了，请核对。"
        )
        return
    county = county_of(float(lon), float(lat))
    where = f"在{REGIONS[county].name}" if county else "不在丽水市范围内"
    yield Finding(
        "longitude", "outside", f"({lon}, {lat}) {where}，与行政区域“{name}”不符，请核对经纬度或行政区域。"
    )


def sharing_is_grounded(proposal: Proposal, names: DepartmentNames) -> Iterator[Finding]:
    level = proposal.values.get("sharing_level")
    if level == SharingLevel.RESTRICTED and proposal.values.get("sharing_condition") == "":
        yield Finding("sharing_condition", "missing_condition", "受限共享的点位须写明共享条件，请填写。")
    if level == SharingLevel.NONE and proposal.values.get("no_sharing_ground") == "":
        yield Finding(
            "no_sharing_ground", "missing_ground", "非共享的点位须写明不予共享的法律法规依据，请填写。"
        )


def network_fits(proposal: Proposal, names: DepartmentNames) -> Iterator[Finding]:
    values = proposal.values
    address, gateway, mask = (values.get(name) for name in ("ip_address", "gateway", "netmask"))
    if "ip_address" in values and not address:
        for name in ("gateway", "netmask"):
            if values.get(name):
                yield Finding(
                    "ip_address", "missing_address", f"填写了{BY_FIELD[name].head}，还须填写 IP 地址。"
                )
                return
        yield Finding("ip_address", "incomplete", "未填写 IP 地址，编目信息不完整。", Severity.WARNING)
    if values.get("gateway") and "netmask" in values and not mask:
        yield Finding("netmask", "missing_netmask", "填写了网关，还须填写子网掩码。")
    if not address or not mask:
        return
    try:
        network = ip_network(f"{address}/{mask}", strict=False)
    except ValueError:
        yield Finding("netmask", "bad_mask", f"{mask} 不能用作 {address} 的子网掩码，请核对。")
        return
    if not gateway:
        return
    if ip_address(str(gateway)) not in network:
        yield Finding(
            "gateway", "gateway_outside", f"{gateway} 不在 {network} 网段内，请核对网关或子网掩码。"
        )
    elif gateway == address:
        yield Finding("gateway", "gateway_is_device", f"{gateway} 与设备的 IP 地址相同，请核对。")


def address_is_of_the_camera(proposal: Proposal, names: DepartmentNames) -> Iterator[Finding]:
    """A recorder may speak for the camera, so the reviewer is asked. The address is not shown."""
    own = proposal.values.get("ip_address")
    urls = [path.main_url for path in proposal.paths if path.protocol == Protocol.RTSP and path.main_url]
    hosts = [parsed_address(urlsplit(url).hostname or "") for url in urls]
    if own and any(host and str(host) != own for host in hosts):
        text = "取流地址的主机不是本点位的IP地址，请核实。"
        yield Finding("main_url", "other_host", text, Severity.WARNING)


def code_names_region(proposal: Proposal, names: DepartmentNames) -> Iterator[Finding]:
    code, region = str(proposal.values.get("code", "")), str(proposal.values.get("region", ""))
    if len(code) == 20 and code.isdigit() and region not in {"", CITY} and code[:6] not in {region, CITY}:
        text = f"编号的前六位 {code[:6]} 与行政区域代码 {region} 不同，请核对。"
        yield Finding("code", "code_of_other_region", text, Severity.WARNING)


def recording_is_kept_long_enough(proposal: Proposal, names: DepartmentNames) -> Iterator[Finding]:
    days = proposal.values.get("retention_days")
    if isinstance(days, int) and days < LEGAL_RETENTION_DAYS:
        text = f"{days} 天少于法定的 {LEGAL_RETENTION_DAYS} 天，请督促整改。"
        yield Finding("retention_days", "short_retention", text, Severity.WARNING)


RULES: tuple[Rule, ...] = (
    no_classified_points,
    position_in_region,
    sharing_is_grounded,
    network_fits,
    address_is_of_the_camera,
    code_names_region,
    recording_is_kept_long_enough,
)


# Rules that need more than the row


def _source_problems(proposal: Proposal, names: DepartmentNames, sources: set[int]) -> list[Problem]:
    source: Any = proposal.values.get("source_department_id")
    if source is None or source in sources:
        return []
    allowed = "、".join(sorted(names.name_of(key) for key in sources))
    message = f"您不能为“{names.name_of(source)}”编目，本批次的数源部门可填写：{allowed}。"
    return [Problem(proposal.row, BY_FIELD["source_department_id"].head, message, "other_department")]


def _duplicate_problems(proposal: Proposal, first_rows: dict[str, int]) -> list[Problem]:
    code = proposal.values.get("code")
    if code is None:
        return []
    first = first_rows.setdefault(str(code), proposal.row)
    if first == proposal.row:
        return []
    return [
        Problem(
            proposal.row,
            BY_FIELD["code"].head,
            f"{code} 与第 {first} 行重复，请删除或更正其中一行。",
            "duplicate",
        )
    ]
