"""点位一张图 and the 视频点位需求清单 made from it (§6.2)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gongshi.atlas import queries
from gongshi.atlas.basemap import policy
from gongshi.atlas.filters import ListedPointFilter, PointListFilter
from gongshi.atlas.models import PointList
from gongshi.atlas.rules import Permission
from gongshi.atlas.tables import ListedPointTable, PointListTable
from gongshi.catalogue.codes import SharingLevel
from gongshi.catalogue.models import Camera
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise
from gongshi.kernel.lists import ListPage, PageAction


@require_safe
def show_map(request: HttpRequest) -> HttpResponse:
    authorise(signed_in(request), Permission.ReadMap)
    # All of docs/atlas-api.md is below this address.
    api = reverse("api:atlas_setup").removesuffix("setup")
    response: Any = render(request, "atlas/map.html", {"api_url": api})
    # The browser may ask the basemap's hosts from this page only.
    response._csp_update = policy()
    return response  # type: ignore[no-any-return]


class PointListList(ListPage):
    title = "点位需求清单"
    sub = "从一张图选出、可反复用于需求的点位"
    permission = Permission.ReadMap
    table_class = PointListTable
    filterset_class = PointListFilter
    empty_icon = "list-details"
    empty_title = "本部门还没有清单"
    empty_text = "在“点位一张图”上选择点位并提交，即可生成清单。"

    def get_queryset(self) -> QuerySet[PointList]:
        return queries.with_point_count(queries.point_lists_visible_to(signed_in(self.request)))

    def page_actions(self) -> Iterable[PageAction]:
        yield PageAction("去一张图选点", reverse("atlas:map"), "map", "primary")


class PointListPage(ListPage):
    """One list: its totals, its points, and the way to a demand."""

    template_name = "atlas/point_list.html"
    back_label = "点位需求清单"
    permission = Permission.ReadMap
    table_class = ListedPointTable
    filterset_class = ListedPointFilter

    def dispatch(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponseBase:
        lists = queries.point_lists_visible_to(signed_in(self.request))
        self.point_list = get_object_or_404(lists, pk=options["pk"])
        return super().dispatch(request, *arguments, **options)

    @property
    def title(self) -> str:  # type: ignore[override]
        return self.point_list.name

    def get_queryset(self) -> QuerySet[Camera]:
        return queries.points_of(self.point_list)

    def back_url(self) -> str:
        return reverse("atlas:lists")

    def page_actions(self) -> Iterable[PageAction]:
        yield PageAction("发起需求", self.point_list.get_demand_url(), "send", "primary")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        totals = queries.totals_of(self.point_list)
        return super().get_context_data(
            **context,
            point_list=self.point_list,
            levels=SharingLevel.labels,
            totals=_by_department(totals),
            point_count=sum(group["count"] for group in totals),
            withdrawn_count=queries.withdrawn_from(self.point_list),
            needs_review=queries.needing_review(totals),
        )


def _by_department(totals: list[queries.Total]) -> list[tuple[str, list[int]]]:
    """Rows of the table of totals: a department and its counts in the order of the sharing levels."""
    rows: dict[str, dict[str, int]] = {}
    for group in totals:
        row = rows.setdefault(group["department"], dict.fromkeys(SharingLevel.values, 0))
        row[group["sharing_level"]] = group["count"]
    return [(department, list(counts.values())) for department, counts in rows.items()]
