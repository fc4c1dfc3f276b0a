"""A workbook with a fault is refused with a sentence that names row and column, and nothing is changed."""

import contextlib
import io
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from gongshi.catalogue.actions import submit_import
from gongshi.catalogue.columns import HEADS
from gongshi.identity.models import Department, Person
from gongshi.kernel.problems import WorkbookRefused
from gongshi.kernel.workbook import MAX_ROWS, read_workbook
from tests.catalogue.books import csv_file, row, xlsx
from tests.catalogue.conftest import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def refused(
    specialist: Person, police: Department, state: Callable[[], State]
) -> Callable[..., WorkbookRefused]:
    """Hands a file in, sees it refused and everything as before, and gives the refusal."""

    def hand_in(file: io.BytesIO, file_name: str = "点位.xlsx") -> WorkbookRefused:
        before = state()
        with pytest.raises(WorkbookRefused) as caught:
            submit_import(actor=specialist, department=police, title="", file=file, file_name=file_name)
        assert state() == before
        return caught.value

    return hand_in


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"网关": "10.1.3.1"}, "“网关”：10.1.3.1 不在 10.1.2.0/24 网段内，请核对网关或子网掩码。"),
        ({"IP地址": "10.1.2.256"}, "“IP地址”：“10.1.2.256”不是有效的 IP 地址"),
        ({"IP地址": "127.0.0.1", "网关": "", "子网掩码": ""}, "“IP地址”：127.0.0.1 是环回、组播或空地址"),
        ({"IP地址": "fe80::1%eth0"}, "“IP地址”：“fe80::1%eth0”不是有效的 IP 地址"),
        ({"IP地址": ""}, "“IP地址”：填写了网关，还须填写 IP 地址。"),
        ({"子网掩码": ""}, "“子网掩码”：填写了网关，还须填写子网掩码。"),
        ({"子网掩码": "255.0.255.0"}, "“子网掩码”：“255.0.255.0”不是有效的子网掩码"),
        ({"VLAN": "4095"}, "“VLAN”：“4095”应为 1 到 4094 之间的整数。"),
        ({"VLAN": "三"}, "“VLAN”：“三”应为 1 到 4094 之间的整数。"),
        (
            {"经度": "28.4676", "纬度": "119.9229"},
            "“经度”：(28.4676, 119.9229) 不在丽水市范围内，经度和纬度可能填反了",
        ),
        ({"行政区域": "青田县"}, "“经度”：(119.9229, 28.4676) 在莲都区，与行政区域“青田县”不符"),
        ({"经度": "120.1551", "纬度": "30.2741"}, "“经度”：(120.1551, 30.2741) 不在丽水市范围内"),
        ({"经度": "东经119度"}, "“经度”：“东经119度”不是数字"),
        ({"经度": "nan"}, "“经度”：“nan”不是数字"),
        ({"视频编号": "3311020000132000001"}, "“视频编号”：国标编码应为 20 位数字，现为 19 位"),
        ({"视频编号": "GA 莲都"}, "“视频编号”：GA莲都 不是有效编号"),
        ({"视频编号": "3.31102E+19"}, "“视频编号”：编号被表格软件存成了数字，后几位已丢失"),
        ({"设备名称": ""}, "“设备名称”：不能为空，请填写。"),
        ({"设备名称": "枪" * 129}, "“设备名称”：最多 128 个字，现有 129 个，请缩短。"),
        ({"设备名称": "枪机\x01"}, "“设备名称”：含有不可显示的控制字符"),
        (
            {"设备类型": "圆机"},
            "“设备类型”：“圆机”不在可选范围内，请填写：球机、半球、固定枪机、遥控枪机、卡口枪机、其他。",
        ),
        ({"建设单位": "丽水市公安"}, "“建设单位”：没有名为“丽水市公安”的在用部门，可填写：丽水市公安局。"),
        ({"共享级别": "受限共享"}, "“共享条件”：受限共享的点位须写明共享条件，请填写。"),
        ({"共享级别": "非共享"}, "“不予共享依据”：非共享的点位须写明不予共享的法律法规依据，请填写。"),
        ({"安装时间": "2024-02-30"}, "“安装时间”：“2024-02-30”不是有效日期"),
        ({"安装时间": "2999-01-01"}, "“安装时间”：2999-01-01 早于 1980 年或晚于今天"),
        ({"设备名称": "涉密机房枪机"}, "“设备名称”：涉密点位不得录入本平台"),
        ({"备注": "本点位为涉密点位"}, "“备注”：涉密点位不得录入本平台"),
        ({"取流地址": "http://10.1.2.3/"}, "“取流地址”：RTSP 取流地址应以 rtsp:// 开头"),
        ({"取流地址": "rtsp://[::1/"}, "“取流地址”：RTSP 取流地址应以 rtsp:// 开头"),
        ({"接入平台": ""}, "“接入平台”：填写了网络区域，还须填写接入平台。"),
        ({"接入协议": ""}, "“接入协议”：接入平台有 1 个，这里有 0 个"),
        ({"接入平台": "共享总平台、共享总平台"}, "“接入平台”：同一平台、同一协议只能有一条接入路径"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(
    refused: Callable[..., WorkbookRefused], police: Department, cells: dict[str, Any], sentence: str
) -> None:
    file = csv_file([row(police), row(police, **cells)])
    refusal = refused(file, "点位.csv")
    assert [f"第 3 行{sentence}" in str(problem) for problem in refusal.problems] == [True], refusal.problems


def test_a_duplicate_code_names_both_rows(
    refused: Callable[..., WorkbookRefused], police: Department
) -> None:
    twice = row(police)
    refusal = refused(xlsx([twice, row(police), twice]))
    assert str(refusal.problems[0]) == (
        f"第 4 行“视频编号”：{twice['视频编号']} 与第 2 行重复，请删除或更正其中一行。"
    )


def test_every_problem_is_told_at_once(refused: Callable[..., WorkbookRefused], police: Department) -> None:
    refusal = refused(xlsx([row(police, VLAN="0", 网关="10.9.9.9"), row(police), row(police, 使用状态="坏")]))
    assert [(problem.row, problem.column) for problem in refusal.problems] == [
        (2, "VLAN"),
        (2, "网关"),
        (4, "使用状态"),
    ]
    assert refusal.count == 3
    assert "共 3 处问题，没有导入任何内容" in refusal.message


def test_a_row_marked_secret_is_refused(refused: Callable[..., WorkbookRefused], police: Department) -> None:
    refusal = refused(xlsx([row(police, 是否涉密="是")], heads=(*HEADS, "是否涉密")))
    assert str(refusal.problems[0]).startswith("第 2 行“是否涉密”：涉密点位不得录入本平台")


def test_a_source_department_of_others_is_refused(
    refused: Callable[..., WorkbookRefused], police: Department
) -> None:
    from tests.factories import make_department

    refusal = refused(xlsx([row(police, 数源部门=make_department("丽水市水利局").name)]))
    assert "第 2 行“数源部门”：您不能为“丽水市水利局”编目，本批次的数源部门可填写：丽水市公安局。" in str(
        refusal
    )


def test_a_missing_column_is_named(refused: Callable[..., WorkbookRefused], police: Department) -> None:
    heads = tuple(head for head in HEADS if head not in {"设备名称", "纬度", "网关"})
    assert "工作表“点位”缺少列：设备名称、纬度。" in refused(xlsx([row(police)], heads=heads)).message


def test_a_workbook_without_the_sheet_names_the_columns(refused: Callable[..., WorkbookRefused]) -> None:
    refusal = refused(xlsx([{"姓名": "张三"}], heads=("姓名", "电话")))
    assert "没有找到数据表，各工作表都缺少列：视频编号、设备名称" in refusal.message


def test_a_column_that_stands_twice_is_refused(
    refused: Callable[..., WorkbookRefused], police: Department
) -> None:
    assert "第 1 行“网关”：这一列出现了两次" in refused(xlsx([row(police)], heads=(*HEADS, "网关"))).message


def test_no_rows_is_told(refused: Callable[..., WorkbookRefused]) -> None:
    assert "表头下面没有数据行" in refused(xlsx([])).message
    assert "表头下面没有数据行" in refused(csv_file([]), "点位.csv").message


def test_too_many_rows_are_told(refused: Callable[..., WorkbookRefused], police: Department) -> None:
    refusal = refused(csv_file([row(police)] * (MAX_ROWS + 1)), "点位.csv")
    assert "一次最多导入 10000 行，本文件有 10001 行，请分批提交。" in refusal.message


def test_a_far_cell_does_not_fill_the_memory(
    refused: Callable[..., WorkbookRefused], police: Department
) -> None:
    good = xlsx([row(police)])
    far = io.BytesIO()
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(far, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename.endswith("sheet2.xml"):
                cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                content = content.replace(b"</sheetData>", cell)
            target.writestr(part.filename, content)
    assert "工作表边缘有多余的内容" in refused(io.BytesIO(far.getvalue())).message


def unpacked_bytes(content: bytes) -> int:
    """The most memory that reading takes, of what Python counts."""
    tracemalloc.start()
    with contextlib.suppress(WorkbookRefused):
        read_workbook(content, "点位.xlsx", HEADS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_a_part_that_lies_about_its_size_does_not_fill_the_memory(police: Department) -> None:
    good = xlsx([row(police)])
    with zipfile.ZipFile(good) as source:
        names = source.namelist()
        honest = source.read("xl/worksheets/sheet2.xml")
    deflated = zlib.compressobj(9, zlib.DEFLATED, -15)
    blanks = deflated.compress(honest) + deflated.compress(b" " * 300_000_000) + deflated.flush()
    lying = io.BytesIO()
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(lying, "w") as target:
        for name in names:
            if name != "xl/worksheets/sheet2.xml":
                target.writestr(name, source.read(name))
        target.writestr("xl/worksheets/sheet2.xml", blanks)
        part = target.getinfo("xl/worksheets/sheet2.xml")
        part.compress_type, part.file_size, part.CRC = zipfile.ZIP_DEFLATED, len(honest), zlib.crc32(honest)
    assert unpacked_bytes(lying.getvalue()) < 50_000_000


def test_a_long_text_in_many_cells_does_not_fill_the_memory(refused: Callable[..., WorkbookRefused]) -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet("点位")
    sheet.write_row(0, 0, HEADS)
    for number in range(1, 1000):
        sheet.write_row(number, 0, ["字" * 10_000] * 30)
    book.close()
    assert len(file.getvalue()) < 100_000
    assert unpacked_bytes(file.getvalue()) < 50_000_000
    assert "多次重复" in refused(io.BytesIO(file.getvalue())).message


BILLION_LAUGHS = """<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY f SYSTEM "file:///etc/hostname">]>"""


@pytest.mark.parametrize("entity", ["&c;", "&f;"])
def test_entities_of_a_workbook_are_not_followed(
    refused: Callable[..., WorkbookRefused], police: Department, entity: str
) -> None:
    good, evil = xlsx([row(police, 设备名称="名称在此")]), io.BytesIO()
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(evil, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            text = source.read(part).decode()
            if part.filename.endswith("sharedStrings.xml"):
                text = BILLION_LAUGHS + text.partition("?>")[2].replace("名称在此", entity)
            target.writestr(part.filename, text)
    message = refused(io.BytesIO(evil.getvalue())).message
    assert "哈" not in message and Path("/etc/hostname").read_text().strip() not in message


@pytest.mark.parametrize(
    ("content", "file_name", "sentence"),
    [
        (b"", "点位.xlsx", "文件是空的"),
        (b"PK\x03\x04 no archive", "点位.xlsx", "文件已损坏"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "点位.xls", "不支持 .xls 格式"),
        (b"old", "点位.xls", "不支持 .xls 格式"),
        (b"text", "点位.xlsx", "文件已损坏"),
        (b"%PDF-1.7", "点位.pdf", "只支持 .xlsx 和 .csv 文件"),
        (b"\xff\xff\xff\xff", "点位.csv", "编码无法识别"),
        (b"a" * (10 * 1024 * 1024 + 1), "点位.csv", "文件超过 10 MB"),
        (b'"' + b"x" * 200_000, "点位.csv", "CSV 文件格式有误"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused(
    refused: Callable[..., WorkbookRefused], content: bytes, file_name: str, sentence: str
) -> None:
    assert sentence in refused(io.BytesIO(content), file_name).message


def test_a_truncated_workbook_is_refused(refused: Callable[..., WorkbookRefused], police: Department) -> None:
    whole = xlsx([row(police)]).getvalue()
    assert "文件已损坏" in refused(io.BytesIO(whole[: len(whole) // 2])).message
