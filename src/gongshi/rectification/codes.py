"""Code tables of rectification (§5.2)."""

from django.db import models


class OrderState(models.TextChoices):
    """A mended point is inspected again; when that fails the order is open again."""

    OPEN = "open", "待整改"
    MENDED = "mended", "待复检"
    PROVED = "proved", "复检合格"
    CLOSED = "closed", "已销号"


# Whose turn it is with those at fault: the term runs.
UNMENDED = (OrderState.OPEN,)


class Capacity(models.TextChoices):
    """As what a department answers for a point; those three are responsible for its quality."""

    BUILDER = "builder", "建设单位"
    MANAGER = "manager", "管理单位"
    MAINTAINER = "maintainer", "运维单位"


class Urging(models.IntegerChoices):
    """How far an order has been urged, each once."""

    NONE = 0, "未催办"
    REMINDED = 1, "到期提醒"
    OVERDUE = 2, "逾期催办"
    ESCALATED = 3, "已报部门负责人"
    REPORTED = 4, "已报大数据局"
