"""What kinds of points a city has: who builds them, what they look like, how far they are shared."""

from dataclasses import dataclass
from typing import Literal

PointClass = Literal[1, 2, 3]
Spread = Literal["seat", "town", "valley", "wild"]


@dataclass(frozen=True, eq=False)  # there is one object per kind: identity is equality
class SiteKind:
    """One kind of point.

    `spot` names its place; the words in braces are lists of `places.County`, `town` and `street` of a town.
    `owner` is the mark in a department's code: the county's department when there is one, else the city's.
    `industry` and `network` are digits 9–10 and 14 of the code (GB/T 28181 annex E).
    `devices` and `sharing` (unconditional, restricted, none) are weights.
    """

    weight: int
    point_class: PointClass
    owner: str
    industry: str
    network: str
    spread: Spread
    spot: str
    devices: dict[str, int]
    function: str
    position: str
    sharing: tuple[int, int, int]
    condition: str
    ground: str
    only_town: str | None = None


POLICE_CONDITION = "限履行法定职责使用，仅可实时查看，不得录制和转发，使用人员须实名授权"
POLICE_GROUND = "服务侦查办案，提供后可能危及案件办理，依据《公共安全视频图像信息系统管理条例》不予共享"
GUARD_GROUND = "涉及安全防范重要部位，提供后可能影响公共安全，依据数据分类分级结果不予共享"
SCHOOL_CONDITION = "限校园及周边安全事务使用，未成年人影像不得外传，上下学时段以外的历史影像须另行说明事由"
SCHOOL_GROUND = "涉及未成年人集中活动区域，依据《中华人民共和国未成年人保护法》不予共享"
TRAFFIC_CONDITION = "限公路运行监测、应急处置和交通安全管理使用，历史影像限近7日"
WATER_CONDITION = "限防汛防台、水资源和河湖管理使用"
WATER_GROUND = "涉及水利工程重要部位安全防护，不予共享"
SCENIC_CONDITION = "限客流疏导、安全管理使用，重大活动期间由数源部门统一调度"
ENVIRONMENT_CONDITION = "限生态环境监管和突发环境事件处置使用"
ENVIRONMENT_GROUND = "涉及在办环境违法案件取证，结案前不予共享"
LAND_CONDITION = "限地质灾害监测预警和人员转移避让使用"
LAND_GROUND = "涉及矿产资源储量监管，依据数据分类分级结果不予共享"
HOSPITAL_CONDITION = "限医疗秩序和突发公共卫生事件处置使用，不得用于识别就诊人员"
HOSPITAL_GROUND = "涉及患者隐私区域，依据《中华人民共和国个人信息保护法》不予共享"
BUILDING_CONDITION = "限工程质量安全监管和城市运行管理使用"
BUILDING_GROUND = "涉及市政关键设施安全防护，不予共享"
FOREST_CONDITION = "限森林防火和野生动植物保护使用"
FOREST_GROUND = "涉及珍稀物种栖息地位置，依据《中华人民共和国野生动物保护法》不予共享"
HAZARD_CONDITION = "限安全生产监管和事故救援使用，调用须报应急指挥中心备案"
HAZARD_GROUND = "涉及危险物品存放部位安全防护，不予共享"
CITY_CONDITION = "限城市管理和综合行政执法使用"
TOWN_CONDITION = "限基层治理和网格服务使用，须经镇综合信息指挥室确认"
ESTATE_CONDITION = "限公共安全事务使用，须告知业主委员会并由主管部门确认"
ESTATE_GROUND = "涉及业主居住隐私，未取得共有人同意，不予共享"
SHOP_CONDITION = "限治安防范、消防安全事务使用，营业期间不得用于客流商业分析"
SHOP_GROUND = "涉及经营单位商业秘密，不予共享"
MUSEUM_CONDITION = "限文物安全和消防安全事务使用"
MUSEUM_GROUND = "涉及文物库房安全防护，依据《中华人民共和国文物保护法》不予共享"

STREET = {"固定枪机": 5, "球机": 4, "遥控枪机": 1}
CHECKPOINT = {"卡口枪机": 1}
OPEN_GROUND = {"球机": 7, "遥控枪机": 2, "固定枪机": 1}
GATE = {"固定枪机": 6, "半球": 2, "球机": 2}
INDOORS = {"半球": 7, "固定枪机": 3}

POLICE, TRADE, EXTRANET, LEASED = "0", "2", "6", "8"  # networks: police video, of one trade, 政务外网, 专线

# weight, class, owner, industry, network, spread, spot,
# devices, function, position, sharing, condition, ground
SITE_KINDS: tuple[SiteKind, ...] = (
    # 一类点 (§3.2): public places, by the police.
    SiteKind(
        22, 1, "GA", "00", POLICE, "seat", "{road}与{other_road}路口",
        STREET, "普通监控", "治安复杂区域", (35, 53, 12), POLICE_CONDITION, POLICE_GROUND,
    ),
    SiteKind(
        6, 1, "GA", "00", POLICE, "town", "{town}{street}与{other_street}路口",
        STREET, "普通监控", "治安复杂区域", (35, 55, 10), POLICE_CONDITION, POLICE_GROUND,
    ),
    SiteKind(
        5, 1, "GA", "05", POLICE, "valley", "{highway}{town}段K{km}+{metre}",
        CHECKPOINT, "车辆卡口", "交通干线", (10, 65, 25), POLICE_CONDITION, POLICE_GROUND,
    ),
    SiteKind(
        4, 1, "GA", "01", POLICE, "town", "{town}{village}村口",
        GATE, "普通监控", "治安复杂区域", (45, 50, 5), POLICE_CONDITION, POLICE_GROUND,
    ),
    SiteKind(
        3, 1, "GA", "00", POLICE, "seat", "{school}周边",
        STREET, "人员卡口", "校园周边", (20, 60, 20), POLICE_CONDITION, POLICE_GROUND,
    ),
    # 二类点 (§3.3): the departments' trades.
    SiteKind(
        9, 2, "JT", "04", TRADE, "valley", "{highway}{town}段K{km}+{metre}",
        OPEN_GROUND, "普通监控", "交通干线", (65, 32, 3), TRAFFIC_CONDITION, GUARD_GROUND,
    ),
    SiteKind(
        3, 2, "JT", "06", EXTRANET, "town", "{town}客运站进站口",
        GATE, "普通监控", "车站码头", (50, 45, 5), TRAFFIC_CONDITION, GUARD_GROUND,
    ),
    SiteKind(
        6, 2, "SL", "40", TRADE, "valley", "{river}{town}段{bank}",
        OPEN_GROUND, "普通监控", "重点水域、航道", (75, 23, 2), WATER_CONDITION, WATER_GROUND,
    ),
    SiteKind(
        4, 2, "SL", "40", TRADE, "wild", "{reservoir}{dam}",
        OPEN_GROUND, "普通监控", "重点水域、航道", (50, 40, 10), WATER_CONDITION, WATER_GROUND,
    ),
    SiteKind(
        6, 2, "JY", "11", EXTRANET, "seat", "{school}{gate}",
        GATE, "人员卡口", "校园周边", (8, 77, 15), SCHOOL_CONDITION, SCHOOL_GROUND,
    ),
    SiteKind(
        6, 2, "WL", "08", EXTRANET, "wild", "{sight}{sight_part}",
        OPEN_GROUND, "普通监控", "旅游景区", (80, 18, 2), SCENIC_CONDITION, GUARD_GROUND,
    ),
    SiteKind(
        3, 2, "LY", "40", TRADE, "wild", "{town}{village}森林防火瞭望点",
        OPEN_GROUND, "高空瞭望摄像机", "旅游景区", (70, 25, 5), FOREST_CONDITION, FOREST_GROUND,
    ),
    SiteKind(
        4, 2, "ZF", "08", EXTRANET, "seat", "{road}市容巡查点",
        OPEN_GROUND, "普通监控", "商业中心", (65, 33, 2), CITY_CONDITION, GUARD_GROUND,
    ),
    SiteKind(
        2, 2, "ZF", "09", EXTRANET, "town", "{town}垃圾中转站",
        GATE, "车辆卡口", "商业中心", (75, 25, 0), CITY_CONDITION, GUARD_GROUND,
    ),
    SiteKind(
        2, 2, "ST", "09", EXTRANET, "valley", "{river}{town}水质断面",
        OPEN_GROUND, "普通监控", "重点水域、航道", (60, 35, 5), ENVIRONMENT_CONDITION, ENVIRONMENT_GROUND,
    ),
    SiteKind(
        2, 2, "ZG", "07", EXTRANET, "wild", "{town}{village}地质灾害隐患点",
        OPEN_GROUND, "高空瞭望摄像机", "危险物品场所周边", (70, 27, 3), LAND_CONDITION, LAND_GROUND,
    ),
    SiteKind(
        3, 2, "WJ", "02", EXTRANET, "seat", "{hospital}{hospital_part}",
        INDOORS, "人员卡口", "医院周边", (15, 65, 20), HOSPITAL_CONDITION, HOSPITAL_GROUND,
    ),
    SiteKind(
        2, 2, "JS", "08", EXTRANET, "seat", "{road}下穿通道",
        OPEN_GROUND, "普通监控", "交通干线", (65, 32, 3), BUILDING_CONDITION, BUILDING_GROUND,
    ),
    SiteKind(
        2, 2, "YJ", "02", EXTRANET, "town", "{town}加油站",
        GATE, "普通监控", "危险物品场所周边", (20, 60, 20), HAZARD_CONDITION, HAZARD_GROUND,
    ),
    SiteKind(
        2, 2, "SJ", "08", EXTRANET, "town", "{town}农贸市场",
        INDOORS, "人员卡口", "商业中心", (60, 38, 2), SHOP_CONDITION, SHOP_GROUND,
    ),
    SiteKind(
        3, 2, "BH", "01", EXTRANET, "town", "{town}{street}便民服务点",
        GATE, "普通监控", "党政机关", (60, 38, 2), TOWN_CONDITION, GUARD_GROUND, only_town="碧湖镇",
    ),
    # 三类点 (§3.4): social units, led by the department that supervises them.
    SiteKind(
        8, 3, "WY", "01", LEASED, "seat", "{estate}{gate}",
        GATE, "普通监控", "治安复杂区域", (20, 60, 20), ESTATE_CONDITION, ESTATE_GROUND,
    ),
    SiteKind(
        4, 3, "SY", "02", LEASED, "seat", "{road}商业综合体{shop_part}",
        INDOORS, "人员卡口", "商业中心", (25, 55, 20), SHOP_CONDITION, SHOP_GROUND,
    ),
    SiteKind(
        1, 3, "MSG", "02", LEASED, "seat", "民俗博物馆{sight_part}",
        INDOORS, "普通监控", "博物馆展览馆", (30, 50, 20), MUSEUM_CONDITION, MUSEUM_GROUND,
    ),
)  # fmt: skip
