"""编目完整性: the ranking of departments, and the table of weights."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from gongshi.catalogue.completeness_actions import MOST, set_score_weight
from gongshi.catalogue.completeness_queries import LOW, places, ranking_visible_to
from gongshi.catalogue.completeness_weights import CLASSES, DEFAULTS, Weight, table_in_force
from gongshi.catalogue.rules import Permission
from gongshi.identity.models import Department
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise, may
from gongshi.kernel.errors import NotFound
from gongshi.kernel.lists import CODE, NUMBER, WRAP, ListPage, ListTable, PageAction
from gongshi.kernel.pages import ActionFormView

TITLE = "编目完整性"


class RankingFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="数源部门")

    class Meta:
        model = Department
        fields = ("q", "region")


class MeanColumn(tables.Column):  # type: ignore[misc]
    """A mean of scores, to a tenth."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, attrs=NUMBER, **options)

    def render(self, value: float) -> str:
        return f"{value:.1f}"

    def value(self, value: float | None) -> float | None:
        return None if value is None else round(float(value), 1)


class RankingTable(ListTable):
    place = tables.Column("名次", empty_values=(), orderable=False, attrs=NUMBER)
    code = tables.Column(attrs=CODE)
    name = tables.Column("数源部门", attrs=WRAP)
    points = tables.Column("点位", attrs=NUMBER)
    completeness = MeanColumn("完整性")
    validity = MeanColumn("合规性")
    low = tables.Column(f"低于 {LOW} 分的点位", attrs=NUMBER)

    class Meta(ListTable.Meta):
        model = Department
        fields = ("place", "code", "name", "region", "points", "completeness", "validity", "low")
        off = ("code",)

    def __init__(self, *arguments: Any, places: dict[int, int], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.places = places

    def render_place(self, record: Department) -> str:
        return str(self.places.get(record.pk, "—"))

    def value_place(self, record: Department) -> int | None:
        return self.places.get(record.pk)

    def render_name(self, record: Department, value: str) -> SafeString:
        url = reverse("catalogue:cameras")
        return format_html(
            '<a href="{}?source_department={}&amp;sort=completeness">{}</a>', url, record.pk, value
        )

    def value_name(self, value: str) -> str:
        return value


class Ranking(ListPage):
    title = TITLE
    sub = "各数源部门已发布点位的平均分（0 至 100），名次按全市计"
    permission = Permission.ReadScores
    table_class = RankingTable
    filterset_class = RankingFilter
    empty_icon = "clipboard-list"
    empty_title = "还没有已发布的点位"
    empty_text = "点位发布后，按数源部门列在这里。"

    def get_queryset(self) -> QuerySet[Department]:
        return ranking_visible_to(signed_in(self.request))

    def get_table_kwargs(self) -> dict[str, Any]:
        return super().get_table_kwargs() | {"places": places()}

    def page_actions(self) -> Iterable[PageAction]:
        yield PageAction("权重", reverse("catalogue:score_weights"), "settings")


@require_safe
def list_weights(request: HttpRequest) -> HttpResponse:
    """What each field counts and each failed rule costs."""
    person = signed_in(request)
    authorise(person, Permission.ReadScores)
    kinds = groupby(table_in_force(), lambda weight: weight.kind)
    context = {
        "title": "完整性权重",
        "kinds": [(kind, list(weights)) for kind, weights in kinds],
        "may_set": may(person, Permission.KeepScoreWeights),
    }
    return render(request, "catalogue/score_weights.html", context)


class WeightForm(forms.Form):
    class_1 = forms.IntegerField(label="一类点", min_value=0, max_value=MOST)
    class_2 = forms.IntegerField(label="二类点", min_value=0, max_value=MOST)
    class_3 = forms.IntegerField(label="三类点", min_value=0, max_value=MOST, help_text="0 表示不计。")


class SetWeight(ActionFormView):
    verb = "修改权重"
    back_label = "完整性权重"
    permission = Permission.KeepScoreWeights
    form_class = WeightForm
    sub = "字段填写后得分、校验规则不符时扣分；修改后各点位的分数由后台重新计算"

    @property
    def weight(self) -> Weight:
        return weight_of(self.kwargs["key"])

    @property
    def title(self) -> str:  # type: ignore[override]
        return self.weight.label

    def back_url(self) -> str:
        return reverse("catalogue:score_weights")

    def get_initial(self) -> dict[str, Any]:
        by_class = zip(CLASSES, self.weight.by_class, strict=True)
        return {f"class_{point_class}": number for point_class, number in by_class}

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        numbers = (cleaned["class_1"], cleaned["class_2"], cleaned["class_3"])
        weight = self.weight
        set_score_weight(actor=signed_in(self.request), key=weight.key, by_class=numbers)
        return f"“{weight.label}”的权重已修改，分数将在几分钟内重新计算。", self.back_url()


def weight_of(key: str) -> Weight:
    """A line of the table. Raises NotFound."""
    if key not in DEFAULTS:
        raise NotFound("完整性权重表中没有这一项。")
    return next(weight for weight in table_in_force() if weight.key == key)
