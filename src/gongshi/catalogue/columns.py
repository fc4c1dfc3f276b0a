"""The columns of the catalogue (§5.1b), declared once for import, export, template, pages and errors."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from django.db.models import Field

from gongshi.catalogue.cells import Address, Cell, Code, Day, Degrees, Label, Mask, Text, Unit, Value, Whole
from gongshi.catalogue.codes import (
    DeviceStatus,
    DeviceType,
    FunctionType,
    NetworkZone,
    OpeningLevel,
    Platform,
    PointClass,
    PositionType,
    Protocol,
    SecurityLevel,
    SharingLevel,
    Transmission,
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

    @property
    def is_network(self) -> bool:
        """Whether only owner, source, bureau and operators may read it."""
        return self.group is Group.NETWORK

    @property
    def is_of_path(self) -> bool:
        return self.group is Group.PATHS

    @property
    def when_empty(self) -> Value:
        """The value of an empty cell: the model's default, else nothing."""
        field = cast("Field[Any, Any]", Camera._meta.get_field(self.field))
        if field.has_default():
            return str(field.get_default())
        return None if field.null else ""


def _must(head: str, field: str, cell: Cell, group: Group) -> Column:
    return Column(head, field, cell, group, is_required=True)


COLUMNS: tuple[Column, ...] = (
    _must("视频编号", "code", Code(), Group.BASICS),
    _must("设备名称", "name", Text(128), Group.BASICS),
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
    _must("运维单位", "maintainer_id", Unit(), Group.UNITS),
    Column("运维联系方式", "maintainer_contact", Text(64), Group.UNITS),
    Column("IP地址", "ip_address", Address(), Group.NETWORK),
    Column("VLAN", "vlan", Whole(1, 4094), Group.NETWORK),
    Column("网关", "gateway", Address(), Group.NETWORK),
    Column("子网掩码", "netmask", Mask(), Group.NETWORK),
    _must("传输方式", "transmission", Label.of(Transmission.choices), Group.DEVICE),
    _must("共享级别", "sharing_level", Label.of(SharingLevel.choices), Group.SHARING),
    Column("共享条件", "sharing_condition", Text(300), Group.SHARING),
    Column("不予共享依据", "no_sharing_ground", Text(300), Group.SHARING),
    _must("开放级别", "opening_level", Label.of(OpeningLevel.choices), Group.SHARING),
    Column("安全级别", "security_level", Label.of(SecurityLevel.choices), Group.SHARING),
    Column("功能类型", "function_type", Label.of(FunctionType.choices), Group.DEVICE),
    Column("位置类型", "position_type", Label.of(PositionType.choices), Group.DEVICE),
    Column("厂商", "manufacturer", Text(64), Group.DEVICE),
    Column("型号", "model", Text(64), Group.DEVICE),
    Column("安装时间", "installed_on", Day(), Group.DEVICE),
    Column("录像保存天数", "retention_days", Whole(0, 3650), Group.DEVICE),
    Column("设备状态", "status", Label.of(DeviceStatus.choices), Group.DEVICE),
    Column("接入平台", "platform", Label.of(Platform.choices), Group.PATHS),
    Column("网络区域", "network_zone", Label.of(NetworkZone.choices), Group.PATHS),
    Column("接入协议", "protocol", Label.of(Protocol.choices), Group.PATHS),
    Column("取流地址", "main_url", Text(300), Group.PATHS),
    Column("备注", "remarks", Text(300), Group.BASICS),
)
CAMERA_COLUMNS = tuple(column for column in COLUMNS if not column.is_of_path)
BY_FIELD = {column.field: column for column in COLUMNS}
HEADS = tuple(column.head for column in COLUMNS)
# Not part of the catalogue, but people mark secret points in it: such rows are refused.
SECRECY_HEAD = "是否涉密"
