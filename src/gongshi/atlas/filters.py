"""What the lists of points can be filtered by (§6.2)."""

import django_filters

from gongshi.atlas.models import PointList
from gongshi.catalogue.models import Camera


class PointListFilter(django_filters.FilterSet):
    name = django_filters.CharFilter(lookup_expr="icontains", label="清单名称")
    created_by = django_filters.CharFilter(
        field_name="created_by__name", lookup_expr="icontains", label="创建人"
    )

    class Meta:
        model = PointList
        fields = ("name", "created_by")


class ListedPointFilter(django_filters.FilterSet):
    name = django_filters.CharFilter(lookup_expr="icontains", label="设备名称")

    class Meta:
        model = Camera
        fields = ("name", "sharing_level", "status")
