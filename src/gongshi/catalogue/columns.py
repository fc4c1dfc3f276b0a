"""The columns of the catalogue (§5.1b), declared once for import, export, template, pages and errors."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, cast

from django.db.models import Field

from gongshi.catalogue.cells import (
    Address,
    Address6,
    Cell,
    Code,
    Day,
    Degrees,
    Label,
    Labels,
    Mac,
    Mask,
    Text,
    Unit,
    Value,
    Whole,
)
from gongshi.catalogue.codes import (
    DeviceStatus,
    DeviceType,
    Direction,
    Encoding,
    FunctionType,
    HistorySource,
    Industry,
    Networking,
    NetworkZone,
    OpeningLevel,
    Platform,
    PointClass,
    PositionType,
    Protocol,
    Resolution,
    SecurityLevel,
    SharingLevel,
    SupplyLight,
    Transmission,
    UpdateCycle,
    UseState,
)
from gongshi.catalogue.models import Camera
from gongshi.identity.models import REGION_CHOICES


class Group(StrEnum):
    """The sections of a camera's archive."""

    BASICS = "基本信息"
    UNITS = "单位"
    NETWORK = "网络"
    SHARING = "共享与开放"
    DEVICE = "设备"
    PATHS = "接入路径"


@dataclass(frozen=True)
class Column:
    """`field` is the attribute of `Camera` or, in the group of paths, of `AccessPath`."""

    head: str
    field: str
    cell: Cell
    group: Group
    is_required: bool = False
    # What inspections find: it is shown and exported, and left alone by whoever compiles.
    is_measured: bool = False

    @property
    def is_network(self) -> bool:
        """Whether only owner, source, bureau and operators may read it."""
        return self.group is Group.NETWORK

    @property
    def is_of_path(self) -> bool:
        return self.group is Group.PATHS

    @property
    def takes_several(self) -> bool:
        """Whether several of its choices may stand in one cell."""
        return self.is_of_path or isinstance(self.cell, Labels)

    @property
    def hint(self) -> str:
        return MEASURED_HINT if self.is_measured else self.cell.hint

    @cached_property
    def when_empty(self) -> Value:
        """The value of an empty cell: the model's default, else nothing."""
        field = cast("Field[Any, Any]", Camera._meta.get_field(self.field))
        if field.has_default():
            return str(field.get_default())
        return None if field.null else ""


MEASURED_HINT = "只读：由质量检测得出，导入时忽略；维修、拆除请填在“使用状态”"


def _must(head: str, field: str, cell: Cell, group: Group) -> Column:
    return Column(head, field, cell, group, is_required=True)


COLUMNS: tuple[Column, ...] = (
    _must("视频编号", "code", Code(), Group.BASICS),
    _must("设备名称", "name", Text(128), Group.BASICS),
    Column("点位俗称", "common_name", Text(64), Group.BASICS),
    Column("编目编码", "resource_code", Text(64), Group.BASICS),
    Column("更新周期", "update_cycle", Label.of(UpdateCycle.choices), Group.BASICS),
    _must("设备类型", "device_type", Label.of(DeviceType.choices), Group.BASICS),
    _must("点位分类", "point_class", Label.of(PointClass.choices), Group.BASICS),
    _must("行政区域", "region", Label.of(REGION_CHOICES), Group.BASICS),
    _must("地址", "address", Text(200), Group.BASICS),
    _must("经度", "longitude", Degrees("119.9229"), Group.BASICS),
    _must("纬度", "latitude", Degrees("28.4676"), Group.BASICS),
    _must("所属单位", "owner_id", Unit(), Group.UNITS),
    _must("数源部门", "source_department_id", Unit(), Group.UNITS),
    _must("建设单位", "builder_id", Unit(), Group.UNITS),
    _must("管理单位", "manager_id", Unit(), Group.UNITS),
    Column("管理单位联系方式", "manager_contact", Text(64), Group.UNITS),
    _must("运维单位", "maintainer_id", Unit(), Group.UNITS),
    Column("运维联系方式", "maintainer_contact", Text(64), Group.UNITS),
    Column("所属辖区公安机关", "police_station", Text(64), Group.UNITS),
    Column("所属部门/行业", "industries", Labels.of(Industry.choices), Group.UNITS),
    Column("IP地址", "ip_address", Address(), Group.NETWORK),
    Column("IPv6地址", "ipv6_address", Address6(), Group.NETWORK),
    Column("MAC地址", "mac_address", Mac(), Group.NETWORK),
    Column("VLAN", "vlan", Whole(1, 4094), Group.NETWORK),
    Column("网关", "gateway", Address(), Group.NETWORK),
    Column("子网掩码", "netmask", Mask(), Group.NETWORK),
    _must("传输方式", "transmission", Label.of(Transmission.choices), Group.DEVICE),
    _must("共享级别", "sharing_level", Label.of(SharingLevel.choices), Group.SHARING),
    Column("共享条件", "sharing_condition", Text(300), Group.SHARING),
    Column("不予共享依据", "no_sharing_ground", Text(300), Group.SHARING),
    _must("开放级别", "opening_level", Label.of(OpeningLevel.choices), Group.SHARING),
    Column("安全级别", "security_level", Label.of(SecurityLevel.choices), Group.SHARING),
    Column("功能类型", "function_type", Labels.of(FunctionType.choices, 32), Group.DEVICE),
    Column("位置类型", "position_type", Labels.of(PositionType.choices), Group.DEVICE),
    Column("厂商", "manufacturer", Text(64), Group.DEVICE),
    Column("型号", "model", Text(64), Group.DEVICE),
    Column("编码格式", "encoding", Label.of(Encoding.choices), Group.DEVICE),
    Column("分辨率", "resolution", Label.of(Resolution.choices), Group.DEVICE),
    Column("补光属性", "supply_light", Label.of(SupplyLight.choices), Group.DEVICE),
    Column("监视方位", "direction", Label.of(Direction.choices), Group.DEVICE),
    Column("联网属性", "networking", Label.of(Networking.choices), Group.DEVICE),
    Column("安装时间", "installed_on", Day(), Group.DEVICE),
    Column("录像保存天数", "retention_days", Whole(0, 3650), Group.DEVICE),
    Column("使用状态", "use_state", Label.of(UseState.choices), Group.DEVICE),
    Column("设备状态", "status", Label.of(DeviceStatus.choices), Group.DEVICE, is_measured=True),
    Column("接入平台", "platform", Label.of(Platform.choices), Group.PATHS),
    Column("网络区域", "network_zone", Label.of(NetworkZone.choices), Group.PATHS),
    Column("接入协议", "protocol", Label.of(Protocol.choices), Group.PATHS),
    Column("取流地址", "main_url", Text(300), Group.PATHS),
    Column("子码流地址", "sub_url", Text(300), Group.PATHS),
    Column("录像来源", "history_source", Label.of(HistorySource.choices), Group.PATHS),
    Column("备注", "remarks", Text(300), Group.BASICS),
)
CAMERA_COLUMNS = tuple(column for column in COLUMNS if not column.is_of_path)
# What a row of a workbook, or a form, proposes.
COMPILED_COLUMNS = tuple(column for column in CAMERA_COLUMNS if not column.is_measured)
MEASURED = frozenset(column.field for column in COLUMNS if column.is_measured)
# What one point has for itself alone.
INDIVIDUAL = frozenset(
    {
        "code",
        "name",
        "common_name",
        "address",
        "longitude",
        "latitude",
        "ip_address",
        "ipv6_address",
        "mac_address",
    }
)
BY_FIELD = {column.field: column for column in COLUMNS}
HEADS = tuple(column.head for column in COLUMNS)
# Without these columns no new point can be read; any other may be missing from a workbook.
REQUIRED_HEADS = tuple(column.head for column in COLUMNS if column.is_required)
PATH_FIELDS = tuple(column.field for column in COLUMNS if column.is_of_path)
# Not part of the catalogue, but people mark secret points in it: such rows are refused.
SECRECY_HEAD = "是否涉密"

# 国家一机一档: what has to be filled in beside the columns that every point must have, by 点位分类.
_NATIONAL = (
    "manufacturer",
    "position_type",
    "networking",
    "police_station",
    "installed_on",
    "manager_contact",
    "retention_days",
    "use_state",
)
REQUIRED_BY_CLASS: dict[str, tuple[str, ...]] = {
    "1": _NATIONAL,
    "2": _NATIONAL,
    "3": ("position_type", "manager_contact", "retention_days", "use_state"),
}
