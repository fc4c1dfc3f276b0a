"""Workbooks as people hand them in, made in memory."""

import csv
import io
from itertools import count
from typing import Any

import xlsxwriter

from gongshi.catalogue.columns import HEADS
from gongshi.identity.models import Department

_serial = count(1)


def row(department: Department, **cells: Any) -> dict[str, Any]:
    """A good row whose five units are one department; `cells` replaces some, by head."""
    number = next(_serial)
    units = ("所属单位", "数源部门", "建设单位", "管理单位", "运维单位")
    return (
        dict.fromkeys(HEADS, "")
        | dict.fromkeys(units, department.name)
        | {
            "视频编号": f"33110200001320{number:06d}",
            "设备名称": f"莲都区中山街{number}号枪机",
            "设备类型": "固定枪机",
            "点位分类": "二类点",
            "行政区域": "莲都区",
            "地址": f"浙江省丽水市莲都区中山街{number}号",
            "经度": "119.9229",
            "纬度": "28.4676",
            "运维联系方式": "13800000000",
            "IP地址": f"10.1.2.{number % 200 + 2}",
            "VLAN": "33",
            "网关": "10.1.2.1",
            "子网掩码": "255.255.255.0",
            "传输方式": "光纤",
            "共享级别": "无条件共享",
            "开放级别": "受限开放",
            "安全级别": "L2 低敏感",
            "功能类型": "普通监控",
            "位置类型": "治安复杂区域",
            "厂商": "演示瓯光",
            "联网属性": "已联网",
            "所属辖区公安机关": "丽水市公安局莲都区分局",
            "管理单位联系方式": "0578-2990000",
            "录像保存天数": "30",
            "安装时间": "2024-03-01",
            "使用状态": "在用",
            "设备状态": "在线",
            "接入平台": "共享总平台",
            "网络区域": "政务外网",
            "接入协议": "RTSP",
            "取流地址": f"rtsp://admin:secret@10.1.2.{number % 200 + 2}/main",
        }
        | cells
    )


def xlsx(rows: list[dict[str, Any]], *, heads: tuple[str, ...] = HEADS, sheet: str = "点位") -> io.BytesIO:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_urls": False})
    book.add_worksheet("说明").write(0, 0, "填写说明")
    page = book.add_worksheet(sheet)
    page.write_row(0, 0, heads)
    for number, cells in enumerate(rows, start=1):
        page.write_row(number, 0, [cells.get(head, "") for head in heads])
    book.close()
    file.seek(0)
    return file


def csv_file(rows: list[dict[str, Any]], *, encoding: str = "utf-8-sig") -> io.BytesIO:
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADS)
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(text.getvalue().encode(encoding))
