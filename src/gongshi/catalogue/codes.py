"""Code tables of the camera archive: §5.1 and the national 一机一档 (GB/T 28181-2022, GA/T 1400)."""

from django.db import models


class SharingLevel(models.TextChoices):
    """共享级别 (§5.1)."""

    UNCONDITIONAL = "unconditional", "无条件共享"
    RESTRICTED = "restricted", "受限共享"
    NONE = "none", "非共享"


class OpeningLevel(models.TextChoices):
    """开放级别 (§5.1)."""

    UNCONDITIONAL = "unconditional", "无条件开放"
    RESTRICTED = "restricted", "受限开放"
    FORBIDDEN = "forbidden", "禁止开放"


class PointClass(models.TextChoices):
    """§3.2 to §3.4."""

    CLASS_1 = "1", "一类点"
    CLASS_2 = "2", "二类点"
    CLASS_3 = "3", "三类点"


class DeviceType(models.TextChoices):
    """摄像机类型."""

    DOME = "1", "球机"
    HALF_DOME = "2", "半球"
    FIXED = "3", "固定枪机"
    REMOTE = "4", "遥控枪机"
    CHECKPOINT = "5", "卡口枪机"
    OTHER = "99", "其他"


class FunctionType(models.TextChoices):
    """摄像机功能类型."""

    VEHICLE = "1", "车辆卡口"
    PERSON = "2", "人员卡口"
    MICRO = "3", "微卡口"
    FEATURE = "4", "特征摄像机"
    ORDINARY = "5", "普通监控"
    WATCHTOWER = "6", "高空瞭望摄像机"
    OTHER = "99", "其他"


class PositionType(models.TextChoices):
    """摄像机位置类型."""

    PROVINCE_CHECKPOINT = "1", "省际检查站"
    GOVERNMENT = "2", "党政机关"
    STATION = "3", "车站码头"
    SQUARE = "4", "中心广场"
    STADIUM = "5", "体育场馆"
    COMMERCE = "6", "商业中心"
    RELIGION = "7", "宗教场所"
    SCHOOL = "8", "校园周边"
    DISORDER = "9", "治安复杂区域"
    TRAFFIC = "10", "交通干线"
    HOSPITAL = "11", "医院周边"
    BANK = "12", "金融机构周边"
    HAZARD = "13", "危险物品场所周边"
    MUSEUM = "14", "博物馆展览馆"
    WATER = "15", "重点水域、航道"
    CITY_CHECKPOINT = "96", "市际公安检查站"
    FOREIGN = "97", "涉外场所"
    BORDER = "98", "边境沿线"
    SCENIC = "99", "旅游景区"


class SupplyLight(models.TextChoices):
    """补光属性."""

    NONE = "1", "无补光"
    INFRARED = "2", "红外补光"
    WHITE = "3", "白光补光"
    LASER = "4", "激光补光"
    OTHER = "9", "其他"


class Encoding(models.TextChoices):
    """摄像机编码格式."""

    MPEG4 = "1", "MPEG-4"
    H264 = "2", "H.264"
    SVAC = "3", "SVAC"
    H265 = "4", "H.265"


class Resolution(models.TextChoices):
    """分辨率."""

    QCIF = "1", "QCIF"
    CIF = "2", "CIF"
    FOUR_CIF = "3", "4CIF"
    D1 = "4", "D1"
    P720 = "5", "720P"
    P1080 = "6", "1080P"
    FROM_4K = "7", "4K及以上"


class Direction(models.TextChoices):
    """监视方位: where the optical axis points to."""

    EAST = "1", "东"
    WEST = "2", "西"
    SOUTH = "3", "南"
    NORTH = "4", "北"
    SOUTH_EAST = "5", "东南"
    NORTH_EAST = "6", "东北"
    SOUTH_WEST = "7", "西南"
    NORTH_WEST = "8", "西北"
    ALL_ROUND = "9", "全向"


class Networking(models.TextChoices):
    """联网属性."""

    JOINED = "0", "已联网"
    NOT_JOINED = "1", "未联网"


class UseState(models.TextChoices):
    """设备状态 of the national archive: what became of the device, not whether it answers (DeviceStatus)."""

    IN_USE = "1", "在用"
    REPAIR = "2", "维修"
    REMOVED = "3", "拆除"


class Industry(models.TextChoices):
    """所属部门/行业."""

    POLICE = "1", "公安机关"
    ENVIRONMENT = "2", "环保部门"
    HERITAGE = "3", "文博部门"
    HEALTH = "4", "医疗部门"
    TOURISM = "5", "旅游管理"
    MEDIA = "6", "新闻广电"
    FOOD_AND_DRUGS = "7", "食品医药监督管理部门"
    EDUCATION = "8", "教育管理部门"
    PROSECUTION = "9", "检察院"
    COURT = "10", "法院"
    FINANCE = "11", "金融部门"
    TRAFFIC = "12", "交通部门"
    HOUSING = "13", "住房和城乡建设部门"
    WATER = "14", "水利部门"
    FORESTRY = "15", "林业部门"
    SAFETY = "16", "安全生产监督部门"
    CITY_MANAGEMENT = "17", "市政市容委"
    LAND = "18", "国土局"


class UpdateCycle(models.TextChoices):
    """更新周期 of the entry in the catalogue of government information resources."""

    REAL_TIME = "real_time", "实时"
    DAILY = "daily", "每日"
    WEEKLY = "weekly", "每周"
    MONTHLY = "monthly", "每月"
    QUARTERLY = "quarterly", "每季度"
    YEARLY = "yearly", "每年"
    IRREGULAR = "irregular", "不定期"


class Transmission(models.TextChoices):
    """传输方式."""

    FIBRE = "fibre", "光纤"
    MOBILE = "mobile", "4G/5G"
    BRIDGE = "bridge", "无线网桥"
    LINE = "line", "专线"


class SecurityLevel(models.TextChoices):
    """DB33/T 2351: L1 不敏感 to L4 敏感."""

    L1 = "L1", "L1 不敏感"
    L2 = "L2", "L2 低敏感"
    L3 = "L3", "L3 较敏感"
    L4 = "L4", "L4 敏感"


class DeviceStatus(models.TextChoices):
    """设备状态: whether the device answers (§6.2); what became of it is `UseState`."""

    ONLINE = "online", "在线"
    OFFLINE = "offline", "离线"
    REPAIR = "repair", "维修"
    UNKNOWN = "unknown", "未知"


class Publication(models.TextChoices):
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤回"


class Platform(models.TextChoices):
    """Where a stream can be had (App. B)."""

    SHARING = "sharing", "共享总平台"
    BUREAU = "bureau", "市大数据局汇聚平台"
    BIG_DATA = "big_data", "视频大数据应用平台"


class NetworkZone(models.TextChoices):
    GOVERNMENT = "government", "政务外网"
    VISION = "vision", "视联网"
    LINE = "line", "视频专线"
    POLICE = "police", "公安视频网"


class Protocol(models.TextChoices):
    RTSP = "rtsp", "RTSP"
    GB28181 = "gb28181", "GB/T 28181"
    EXTERNAL = "external", "外部平台"


class HistorySource(models.TextChoices):
    NONE = "none", "无"
    RECORDER = "recorder", "前端录像机"
    OWN = "own", "本平台录像"
