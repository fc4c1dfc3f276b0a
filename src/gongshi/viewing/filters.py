"""What looks and nodes can be filtered by."""

import django_filters

from gongshi.kernel.filters import DaySpan
from gongshi.viewing.models import MediaNode, PlaySession


class PlaySessionFilter(django_filters.FilterSet):
    issued_at = DaySpan(label="日期")
    camera_name = django_filters.CharFilter("camera__name", lookup_expr="icontains", label="设备名称")
    reason = django_filters.CharFilter(lookup_expr="icontains", label="事由")

    class Meta:
        model = PlaySession
        fields = ("issued_at", "camera_name", "reason", "state")


class MediaNodeFilter(django_filters.FilterSet):
    class Meta:
        model = MediaNode
        fields = ("network_zone",)
