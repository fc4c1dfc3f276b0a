"""What changes of parameters can be filtered by."""

import django_filters

from gongshi.kernel.filters import DaySpan
from gongshi.kernel.parameters import PARAMETERS
from gongshi.parameters.models import ParameterChange


def declared() -> list[tuple[str, str]]:
    return [(key, parameter.label) for key, parameter in sorted(PARAMETERS.items())]


class ParameterChangeFilter(django_filters.FilterSet):
    at = DaySpan(label="日期")
    key = django_filters.ChoiceFilter(choices=declared, label="参数")

    class Meta:
        model = ParameterChange
        fields = ("at", "key")
