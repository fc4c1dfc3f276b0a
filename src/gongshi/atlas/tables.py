"""Point lists, and the points of one list."""

import django_tables2 as tables

from gongshi.atlas.models import PointList
from gongshi.catalogue.models import Camera
from gongshi.kernel.lists import CODE, NUMBER, WRAP, ListTable, StatusColumn, TimeColumn

SHARING_TONES = {"unconditional": "green", "restricted": "orange", "none": "red"}
STATUS_TONES = {"online": "green", "offline": "red", "repair": "orange"}
PUBLICATION_TONES = {"published": "green", "withdrawn": "red"}


class PointListTable(ListTable):
    name = tables.Column(linkify=True)
    point_count = tables.Column("点位数", attrs=NUMBER)
    withdrawn_count = tables.Column("已撤回", attrs=NUMBER)
    created_by = tables.Column(accessor="created_by__name")
    created_at = TimeColumn()

    class Meta(ListTable.Meta):
        model = PointList
        fields = ("name", "point_count", "withdrawn_count", "created_by", "created_at")


class ListedPointTable(ListTable):
    """The columns carry no network field: who reads a list need not be allowed to."""

    code = tables.Column(attrs=CODE)
    name = tables.Column(attrs=WRAP)
    address = tables.Column(attrs=WRAP)
    source_department = tables.Column("数源部门", accessor="source_department__name", attrs=WRAP)
    owner = tables.Column(accessor="owner__name", attrs=WRAP)
    sharing_level = StatusColumn(SHARING_TONES)
    status = StatusColumn(STATUS_TONES)
    publication = StatusColumn(PUBLICATION_TONES)

    class Meta(ListTable.Meta):
        model = Camera
        fields = (
            "code",
            "name",
            "device_type",
            "point_class",
            "region",
            "address",
            "longitude",
            "latitude",
            "source_department",
            "owner",
            "sharing_level",
            "sharing_condition",
            "status",
            "publication",
        )
        off = ("device_type", "point_class", "region", "longitude", "latitude", "owner", "sharing_condition")
