"""What the map and the lists of points can be filtered by (§6.2)."""

from dataclasses import dataclass

import django_filters

from gongshi.atlas.index import FACETS
from gongshi.atlas.models import PointList
from gongshi.atlas.queries import owners_on_map
from gongshi.catalogue.models import Camera


@dataclass(frozen=True)
class FacetGroup:
    """One filter of the map with its choices as (value, label)."""

    name: str
    title: str
    choices: list[tuple[str, str]]


def facet_groups() -> list[FacetGroup]:
    """The map's filters by choice, in the order in which they stand at the left."""
    return [_facet_group(name) for name in FACETS]


def _facet_group(name: str) -> FacetGroup:
    field = Camera._meta.get_field(name)
    if name == "owner":
        choices = [(str(owner.pk), owner.name) for owner in owners_on_map()]
    else:
        choices = [(str(value), str(label)) for value, label in field.choices or ()]  # type: ignore[union-attr]
    return FacetGroup(name, str(field.verbose_name), choices)  # type: ignore[union-attr]


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
