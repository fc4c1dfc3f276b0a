"""The filing sheet as a workbook (Order 799 Art. 14): the unit, the numbers, every point."""

from collections.abc import Iterator
from typing import Final

from gongshi.catalogue.filing_models import Filing
from gongshi.catalogue.filing_queries import (
    STATE_LABELS,
    Summary,
    points_of,
    state_of,
    with_states,
    withdrawn_since,
)
from gongshi.identity.models import Department
from gongshi.kernel.sheet_stream import Cell

TITLE: Final = "公共安全视频图像信息系统备案表"
HEADS: Final = (
    "序号",
    "视频编号",
    "设备名称",
    "系统建设位置",
    "经度",
    "纬度",
    "采集设备类型",
    "视频图像信息存储期限（天）",
    "与上次备案相比",
)
POINTS_AT_ONCE: Final = 2_000


def sheet_rows(department: Department, filing: Filing | None, summary: Summary) -> Iterator[list[Cell]]:
    """Heading, summary and points, then those withdrawn since the last filing; read as they are sent."""
    yield [TITLE]
    yield ["单位名称", department.name]
    yield ["单位编码", department.code]
    yield ["行政区域", department.get_region_display()]
    yield ["采集设备数量", summary.points]
    yield ["采集设备类型", "、".join(f"{kind} {count} 个" for kind, count in summary.kinds)]
    yield ["视频图像信息存储期限", days_in_words(summary)]
    yield ["上次备案", f"{filing.filed_on} {filing.receipt_number}" if filing else "未备案"]
    yield []
    yield list(HEADS)
    points = with_states(points_of(department), filing).order_by("code")
    number = 0
    for number, camera in enumerate(points.iterator(chunk_size=POINTS_AT_ONCE), start=1):
        yield [
            number,
            camera.code,
            camera.name,
            camera.address,
            camera.longitude,
            camera.latitude,
            camera.get_device_type_display(),
            camera.retention_days,
            STATE_LABELS[state_of(camera)],
        ]
    for gone in withdrawn_since(department, filing).iterator(chunk_size=POINTS_AT_ONCE):
        number += 1
        kind = gone.get_device_type_display()
        where: list[Cell] = [gone.code, gone.name, gone.address, gone.longitude, gone.latitude, kind]
        yield [number, *where, gone.retention_days, "已撤回"]


def days_in_words(summary: Summary) -> str:
    """30 天, 30 至 90 天; and how many points do not say."""
    if summary.fewest_days is None:
        return "未填写"
    low, high = summary.fewest_days, summary.most_days
    days = f"{low} 天" if low == high else f"{low} 至 {high} 天"
    return f"{days}（{summary.without_days} 个点位未填写）" if summary.without_days else days
