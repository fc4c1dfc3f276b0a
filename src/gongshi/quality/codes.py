"""Code tables of the inspections (§5.2)."""

from django.db import models


class Outcome(models.TextChoices):
    """What an inspection found of a camera. `UNTESTED` counts in no rate: we could not look."""

    INTACT = "intact", "正常"
    FAULTY = "faulty", "有异常"
    OFFLINE = "offline", "离线"
    UNTESTED = "untested", "未检测"


# What stands for a camera that sends pictures.
ONLINE = (Outcome.INTACT, Outcome.FAULTY)


class Trouble(models.TextChoices):
    """Why there are no pictures to look at."""

    UNREACHABLE = "unreachable", "连接不上"
    REFUSED = "refused", "设备拒绝访问（账号、密码或取流地址）"
    SILENT = "silent", "已连接但没有视频数据"
    UNREADABLE = "unreadable", "视频数据无法解码"
    NO_PATH = "no_path", "没有可检测的接入路径"
    OTHER_ZONE = "other_zone", "所在网络区域不可达"
    OTHER_CODEC = "other_codec", "编码格式不支持检测"
    OWN_NETWORK = "own_network", "同批点位全部连接不上，疑为检测节点网络故障"


# Troubles of ours, not of the camera.
NOT_TESTED = (Trouble.NO_PATH, Trouble.OTHER_ZONE, Trouble.OTHER_CODEC, Trouble.OWN_NETWORK)


class RunState(models.TextChoices):
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
