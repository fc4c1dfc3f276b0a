"""The departments, people and business of the demonstration. Every person, phone and firm here is made up."""

from dataclasses import dataclass
from typing import Literal

from gongshi.demo.accounts import NEWCOMER

DepartmentKind = Literal["bureau", "government", "institution", "enterprise", "social"]
DepartmentLevel = Literal["city", "county"]
Role = Literal[
    "data_specialist",
    "source_reviewer",
    "bureau_administrator",
    "operator",
    "viewer",
    "department_head",
    "system_administrator",
    "security_administrator",
    "audit_administrator",
]
Clearance = Literal["L1", "L2", "L3", "L4"]


@dataclass(frozen=True)
class Department:
    """A department or unit. `supervisor_code` is the department that leads its points (§5.1)."""

    code: str
    name: str
    short_name: str
    region: str
    level: DepartmentLevel
    kind: DepartmentKind
    supervisor_code: str | None = None


@dataclass(frozen=True)
class Person:
    account: str
    name: str
    department_code: str
    roles: tuple[Role, ...]
    phone: str
    clearance: Clearance
    title: str


@dataclass(frozen=True)
class BusinessCategory:
    """业务分类 of a department (§6.1)."""

    code: str
    name: str
    department_code: str


@dataclass(frozen=True)
class BusinessItem:
    """业务事项 (§6.1): what a department does by law, and therefore may ask video for."""

    code: str
    name: str
    category_code: str
    section: str
    contact: str
    legal_basis: str
    business_system: str


def _city(
    mark: str,
    name: str,
    short_name: str,
    kind: DepartmentKind = "government",
    *,
    supervised_by: str | None = None,
) -> Department:
    return Department(
        f"331100-{mark}",
        name,
        short_name,
        "331100",
        "city",
        kind,
        supervised_by and f"331100-{supervised_by}",
    )


def _county(
    region: str, mark: str, name: str, short_name: str, *, supervised_by: str | None = None
) -> Department:
    return Department(f"{region}-{mark}", name, short_name, region, "county", "government", supervised_by)


BUREAU_CODE = "331100-DSJ"
OPERATIONS_CODE = "331100-YW"

DEPARTMENTS: tuple[Department, ...] = (
    _city("DSJ", "丽水市大数据发展管理局", "市大数据局", "bureau"),
    _city("GA", "丽水市公安局", "市公安局"),
    _city("JT", "丽水市交通运输局", "市交通局"),
    _city("SL", "丽水市水利局", "市水利局"),
    _city("JY", "丽水市教育局", "市教育局"),
    _city("YJ", "丽水市应急管理局", "市应急局"),
    _city("ZF", "丽水市综合行政执法局", "市执法局"),
    _city("WL", "丽水市文化和广电旅游体育局", "市文广旅体局"),
    _city("ST", "丽水市生态环境局", "市生态环境局"),
    _city("ZG", "丽水市自然资源和规划局", "市资规局"),
    _city("WJ", "丽水市卫生健康委员会", "市卫健委"),
    _city("JS", "丽水市建设局", "市建设局"),
    _city("LY", "丽水市林业局", "市林业局"),
    _city("SJ", "丽水市市场监督管理局", "市市场监管局"),
    # A branch of the city's police: its points are decided there.
    _county("331102", "GA", "丽水市公安局莲都区分局", "莲都公安分局", supervised_by="331100-GA"),
    _county("331121", "GA", "青田县公安局", "青田县公安局"),
    _county("331181", "GA", "龙泉市公安局", "龙泉市公安局"),
    # Has a data specialist but no source reviewer: its confirmations fall to the bureau.
    _county("331181", "SL", "龙泉市水利局", "龙泉市水利局"),
    _county("331121", "JT", "青田县交通运输局", "青田县交通局"),
    _county("331122", "WL", "缙云县文化和广电旅游体育局", "缙云县文广旅体局"),
    _county("331102", "BH", "莲都区碧湖镇人民政府", "碧湖镇政府"),
    _city("LSZX", "丽水中学", "丽水中学", "institution", supervised_by="JY"),
    _city("ZXYY", "丽水市中心医院", "市中心医院", "institution", supervised_by="WJ"),
    _city("WY", "丽水秀山演示物业服务有限公司", "秀山物业", "enterprise", supervised_by="JS"),
    _city("SY", "丽水瓯江演示商业管理有限公司", "瓯江商管", "enterprise", supervised_by="SJ"),
    _city("MSG", "丽水处州演示民俗博物馆", "处州民俗馆", "social", supervised_by="WL"),
    _city("YW", "丽水市大数据发展管理公司", "市大数据公司", "enterprise", supervised_by="DSJ"),
    _city("ZW", "丽水括苍演示智能运维有限公司", "括苍运维", "enterprise", supervised_by="DSJ"),
)


def _people(
    department_code: str,
    clearance: Clearance,
    *rows: tuple[str, str, tuple[Role, ...], str],
) -> list[tuple[str, Clearance, str, str, tuple[Role, ...], str]]:
    """The people of one department; a row is account, name, roles, title."""
    return [(department_code, clearance, *row) for row in rows]


# Where a department mostly asks, its bare account is the data specialist ("jiaotong"); where it mostly
# answers, the source reviewer ("gongan"). Nobody holds two roles that meet on one lane.
_ROWS = (
    _people(
        "331100-DSJ",
        "L4",
        ("dashuju", "程千里", ("bureau_administrator",), "数据资源科科长"),
        ("dashuju-yanshou", "顾南明", ("bureau_administrator",), "数据资源科副科长"),
        ("dashuju-zhuanyuan", "舒云卷", ("data_specialist",), "数据资源科科员"),
        ("dashuju-fuzeren", "岳峙渊", ("department_head",), "局长"),
        ("xitong", "石守拙", ("system_administrator",), "信息中心工程师"),
        ("anquan", "安如山", ("security_administrator",), "网络安全科科长"),
        ("shenji", "明察之", ("audit_administrator",), "机关纪委审计专员"),
    ),
    _people(
        "331100-YW",
        "L3",
        ("yunwei", "路长河", ("operator",), "视频运维组组长"),
        ("yunwei2", "江晚晴", ("operator",), "视频运维工程师"),
        ("yunwei-fuzeren", "金满堂", ("department_head",), "总经理"),
    ),
    _people(
        "331100-JT",
        "L3",
        ("jiaotong", "柳溪桥", ("data_specialist",), "科技信息处数据专员"),
        ("jiaotong-kan", "陆行舟", ("viewer",), "公路运行监测科监测员"),
        ("jiaotong-kan2", "车如流", ("viewer",), "公路运行监测科值班长"),
        ("jiaotong-shenhe", "尤远路", ("source_reviewer",), "科技信息处处长"),
        ("jiaotong-fuzeren", "乔致远", ("department_head",), "局长"),
    ),
    _people(
        "331100-GA",
        "L4",
        ("gongan", "雷鸣远", ("source_reviewer",), "科技信息化支队副支队长"),
        ("gongan-zhuanyuan", "武陵春", ("data_specialist",), "科技信息化支队民警"),
        ("gongan-kan", "卫长风", ("viewer",), "指挥中心民警"),
        ("gongan-fuzeren", "郑正气", ("department_head",), "分管副局长"),
    ),
    _people(
        "331100-SL",
        "L3",
        ("shuili", "凌清浅", ("source_reviewer",), "水旱灾害防御处处长"),
        ("shuili-zhuanyuan", "苏堤晓", ("data_specialist",), "数字水利中心科员"),
        ("shuili-kan", "沈听潮", ("viewer",), "水旱灾害防御处值班员"),
        ("shuili-fuzeren", "江万里", ("department_head",), "局长"),
    ),
    _people(
        "331100-JY",
        "L3",
        ("jiaoyu", "文以载", ("source_reviewer",), "学校安全处处长"),
        ("jiaoyu-zhuanyuan", "李成蹊", ("data_specialist",), "教育技术中心科员"),
        ("jiaoyu-fuzeren", "孔思齐", ("department_head",), "局长"),
    ),
    _people(
        "331100-YJ",
        "L3",
        ("yingji", "凌霄", ("data_specialist",), "应急指挥中心数据专员"),
        ("yingji-kan", "易平安", ("viewer",), "应急指挥中心值班员"),
        ("yingji-shenhe", "关山度", ("source_reviewer",), "应急指挥中心主任"),
    ),
    _people(
        "331100-ZF",
        "L3",
        ("zhifa", "甘棠荫", ("data_specialist",), "智慧城管科数据专员"),
        ("zhifa-kan", "荀四方", ("viewer",), "指挥中心坐席"),
        ("zhifa-shenhe", "公孙平", ("source_reviewer",), "智慧城管科科长"),
    ),
    _people(
        "331100-WL",
        "L2",
        ("wenlv", "游青山", ("source_reviewer",), "资源开发处处长"),
        ("wenlv-zhuanyuan", "花映溪", ("data_specialist",), "数字文旅中心科员"),
    ),
    _people("331100-ST", "L2", ("shengtai", "毕如洗", ("source_reviewer",), "生态环境监测处处长")),
    _people("331100-ZG", "L2", ("zigui", "田万亩", ("source_reviewer",), "地质灾害防治处处长")),
    _people("331100-WJ", "L3", ("weijian", "邢林春", ("source_reviewer",), "信息化处处长")),
    _people("331100-JS", "L2", ("jianshe", "梁栋材", ("source_reviewer",), "房产与物业管理处处长")),
    _people("331100-LY", "L2", ("linye", "林深处", ("source_reviewer",), "森林防火处处长")),
    _people("331100-SJ", "L2", ("shijian", "成知衡", ("source_reviewer",), "信用监管处处长")),
    _people("331102-GA", "L3", ("liandu-gongan", "连叶田", ("data_specialist",), "科信大队民警")),
    _people("331121-GA", "L3", ("qingtian-gongan", "石印之", ("source_reviewer",), "科信大队大队长")),
    _people("331181-GA", "L3", ("longquan-gongan", "简如虹", ("source_reviewer",), "科信大队大队长")),
    _people("331181-SL", "L2", ("longquan-shuili", "奚山远", ("data_specialist",), "水利管理中心科员")),
    _people("331121-JT", "L2", ("qingtian-jiaotong", "杜千帆", ("source_reviewer",), "公路科科长")),
    _people("331122-WL", "L2", ("jinyun-wenlv", "云生岫", ("source_reviewer",), "旅游发展科科长")),
    _people(
        "331102-BH",
        "L2",
        ("bihu", "颜溪柳", ("source_reviewer",), "综合信息指挥室主任"),
        ("bihu-kan", "何田田", ("viewer",), "综合信息指挥室网格员"),
    ),
    # Signs in for the first time: nothing is set up for him.
    _people("331100-YW", "L3", (NEWCOMER, "米初来", ("operator",), "运维工程师（新入职）")),
)

PERSONS: tuple[Person, ...] = tuple(
    Person(account, name, department_code, roles, f"1380000{number:04d}", clearance, title)
    for number, (department_code, clearance, account, name, roles, title) in enumerate(
        (row for rows in _ROWS for row in rows), start=1
    )
)

BUSINESS_CATEGORIES: tuple[BusinessCategory, ...] = (
    BusinessCategory("JT-GL", "公路运行管理", "331100-JT"),
    BusinessCategory("JT-YS", "道路运输管理", "331100-JT"),
    BusinessCategory("JT-SY", "水路与港航管理", "331100-JT"),
    BusinessCategory("YJ-FX", "防汛防台", "331100-YJ"),
    BusinessCategory("YJ-JY", "应急救援", "331100-YJ"),
    BusinessCategory("ZF-SR", "市容秩序", "331100-ZF"),
    BusinessCategory("ZF-HW", "环境卫生", "331100-ZF"),
)

BUSINESS_ITEMS: tuple[BusinessItem, ...] = (
    BusinessItem(
        "JT-GL-01",
        "国省道易拥堵路段通行监测",
        "JT-GL",
        "公路运行监测科",
        "车如流",
        "《中华人民共和国公路法》《公路安全保护条例》",
        "公路运行监测平台",
    ),
    BusinessItem(
        "JT-GL-02",
        "桥梁隧道与临水临崖路段安全巡查",
        "JT-GL",
        "公路养护处",
        "路知遥",
        "《公路安全保护条例》",
        "公路养护管理系统",
    ),
    BusinessItem(
        "JT-YS-01",
        "客运站场发班与客流疏导",
        "JT-YS",
        "运输管理处",
        "柯如云",
        "《中华人民共和国道路运输条例》",
        "道路运输综合管理系统",
    ),
    BusinessItem(
        "JT-YS-02",
        "“两客一危”车辆途经路段核查",
        "JT-YS",
        "安全监督处",
        "严守则",
        "《中华人民共和国安全生产法》《中华人民共和国道路运输条例》",
        "重点营运车辆监管系统",
    ),
    BusinessItem(
        "JT-SY-01",
        "瓯江航道与渡口通航安全监测",
        "JT-SY",
        "港航管理中心",
        "范影远",
        "《中华人民共和国内河交通安全管理条例》《浙江省港航管理条例》",
        "港航综合监管系统",
    ),
    BusinessItem(
        "YJ-FX-01",
        "山洪与城市内涝风险点值守",
        "YJ-FX",
        "应急指挥中心",
        "易平安",
        "《中华人民共和国突发事件应对法》《浙江省防汛防台抗旱条例》",
        "应急指挥综合平台",
    ),
    BusinessItem(
        "YJ-FX-02",
        "危险区域人员转移核实",
        "YJ-FX",
        "防汛防台抗旱处",
        "于初霁",
        "《浙江省防汛防台抗旱条例》",
        "应急指挥综合平台",
    ),
    BusinessItem(
        "YJ-JY-01",
        "森林火灾早期发现与扑救指挥",
        "YJ-JY",
        "火灾防治管理处",
        "冯知劲",
        "《森林防火条例》《中华人民共和国突发事件应对法》",
        "应急指挥综合平台",
    ),
    BusinessItem(
        "ZF-SR-01",
        "占道经营与违法停车巡查",
        "ZF-SR",
        "指挥中心",
        "荀四方",
        "《浙江省城市市容和环境卫生管理条例》《浙江省综合行政执法条例》",
        "智慧城管平台",
    ),
    BusinessItem(
        "ZF-SR-02",
        "大型活动周边秩序保障",
        "ZF-SR",
        "市容管理处",
        "饶中静",
        "《大型群众性活动安全管理条例》",
        "智慧城管平台",
    ),
    BusinessItem(
        "ZF-HW-01",
        "渣土运输与抛洒滴漏查处",
        "ZF-HW",
        "环境卫生处",
        "陈不染",
        "《城市建筑垃圾管理规定》",
        "建筑垃圾监管系统",
    ),
)
