"""Pages of items, demands and the review centre."""

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Case, Count, IntegerField, Prefetch, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gongshi.atlas.models import PointList
from gongshi.atlas.queries import point_lists_visible_to
from gongshi.demand import actions, diagram, forms, queries, sections
from gongshi.demand.checks import DemandContent
from gongshi.demand.duties import second_duty
from gongshi.demand.filters import DemandFilter, ItemFilter, LaneFilter, LineFilter
from gongshi.demand.holders import BallHolders
from gongshi.demand.models import (
    Act,
    BusinessCategory,
    BusinessItem,
    Demand,
    DemandLine,
    DemandState,
    DemandType,
    Lane,
    LaneAct,
    LaneState,
)
from gongshi.demand.rules import Permission
from gongshi.demand.tables import (
    CategoryTable,
    ConfirmationTable,
    DemandTable,
    ItemTable,
    LineTable,
    MonitorTable,
    ReviewTable,
)
from gongshi.grants.models import Way
from gongshi.grants.queries import grants_visible_to
from gongshi.identity.forms import ReasonForm
from gongshi.identity.models import Person
from gongshi.identity.queries import colleagues
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import may
from gongshi.kernel.errors import Invalid
from gongshi.kernel.lists import ListPage, PageAction
from gongshi.kernel.pages import ActionFormView

# A page shows so many lines of each kind; all of them are a list of their own.
SHOWN = 100
SHOWN_GRANTS = 20
SHOWN_EARLIER = 5


class CategoryList(ListPage):
    title = "业务分类"
    sub = "业务事项的归类"
    back_label = "业务事项库"
    permission = Permission.ReadItems
    table_class = CategoryTable
    empty_icon = "category"
    empty_title = "还没有业务分类"
    empty_text = "先新增业务分类，再新增业务事项。"

    def back_url(self) -> str:
        return reverse("demand:items")

    def get_queryset(self) -> QuerySet[BusinessCategory]:
        return queries.categories_visible_to(signed_in(self.request)).annotate(item_count=Count("items"))

    def page_actions(self) -> Iterable[PageAction]:
        if may(signed_in(self.request), Permission.KeepItems):
            yield PageAction("新增业务分类", reverse("demand:create_category"), "plus", "primary")


class ItemList(ListPage):
    title = "业务事项库"
    sub = "本部门依法履职、需要视频的事项"
    permission = Permission.ReadItems
    table_class = ItemTable
    filterset_class = ItemFilter
    empty_icon = "briefcase"
    empty_title = "还没有业务事项"
    empty_text = "业务事项说明本部门为什么需要视频。由数据专员先新增业务分类，再新增业务事项。"

    def get_queryset(self) -> QuerySet[BusinessItem]:
        return queries.items_visible_to(signed_in(self.request))

    def page_actions(self) -> Iterable[PageAction]:
        yield PageAction("业务分类", reverse("demand:categories"), "category")
        if may(signed_in(self.request), Permission.KeepItems):
            yield PageAction("新增业务事项", reverse("demand:create_item"), "plus", "primary")


class CreateCategory(ActionFormView):
    title = "新增业务分类"
    back_label = "业务分类"
    permission = Permission.KeepItems
    form_class = forms.CategoryForm

    def back_url(self) -> str:
        return reverse("demand:categories")

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        category = actions.create_category(actor=signed_in(self.request), **cleaned)
        return f"已新增业务分类“{category.name}”。", self.back_url()


class CreateItem(ActionFormView):
    title = "新增业务事项"
    back_label = "业务事项库"
    permission = Permission.KeepItems
    form_class = forms.ItemForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"person": signed_in(self.request)}

    def back_url(self) -> str:
        return reverse("demand:items")

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        item = actions.create_item(actor=signed_in(self.request), **cleaned)
        return f"已新增业务事项 {item.code}“{item.name}”。", self.back_url()


class DemandFormPage(ActionFormView):
    """A demand on one page: save it as a draft, or submit it."""

    template_name = "demand/demand_form.html"
    permission = Permission.DraftDemand
    form_class = forms.DemandForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"person": signed_in(self.request)}

    def back_url(self) -> str:
        return reverse("demand:demands")

    @abstractmethod
    def save(self, person: Person, content: DemandContent) -> Demand:
        """The draft as it is now kept."""

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        person = signed_in(self.request)
        content: DemandContent = {**cleaned, "way": cleaned["way"] or None}  # type: ignore[typeddict-item]
        # What cannot be submitted is not saved either: the form still holds it.
        with transaction.atomic():
            demand = self.save(person, content)
            if "submit" in self.request.POST:
                demand = actions.submit_demand(actor=person, demand=demand)
        done = "已保存为草稿" if demand.state == DemandState.DRAFT else "已提交"
        return f"需求 {demand.number} {done}。", demand.get_absolute_url()


class CreateDemand(DemandFormPage):
    title = "需求申请"

    def get_initial(self) -> dict[str, Any]:
        chosen = self.request.GET.get("list", "")
        lists = point_lists_visible_to(signed_in(self.request))
        return {"point_list": lists.filter(pk=chosen).first()} if chosen.isdecimal() else {}

    def save(self, person: Person, content: DemandContent) -> Demand:
        return actions.draft_demand(actor=person, **content)


class EditDemand(DemandFormPage):
    title = "修改需求草稿"

    def thing(self) -> Demand:
        return queries.one_of(queries.demands_visible_to(signed_in(self.request)), self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        demand = self.thing()
        said = {name: getattr(demand, name) for name in self.form_class.base_fields if name != "viewers"}
        # Once it was submitted the number is told for a reason only.
        phone = demand.phone if may(signed_in(self.request), Permission.EditDraft, demand) else ""
        return said | {"viewers": demand.viewers.all(), "phone": phone}

    def save(self, person: Person, content: DemandContent) -> Demand:
        return actions.edit_draft(actor=person, demand=self.thing(), **content)


@require_safe
def forecast(request: HttpRequest) -> HttpResponse:
    """Who would decide about the chosen list, and what the chosen way reaches (a part of the form)."""
    lists = point_lists_visible_to(signed_in(request))
    chosen = request.GET.get("point_list", "")
    point_list = lists.filter(pk=chosen).first() if chosen.isdecimal() else None
    structured = request.GET.get("type") == DemandType.STRUCTURED
    way = None if structured else request.GET.get("way", Way.ACCOUNT)
    if way is not None and way not in Way.values:
        raise Invalid("没有这种共享方式，请从列表中选择。", field="way")
    named = [] if structured else request.GET.getlist("viewers")
    viewers = [each for each in colleagues(signed_in(request)) if str(each.pk) in named] if named else []
    context = {
        "point_list": point_list,
        "forecast": queries.forecast_of(point_list, way, viewers)
        if isinstance(point_list, PointList)
        else None,
    }
    return render(request, "demand/_forecast.html", context)


class DemandList(ListPage):
    title = "需求响应结果"
    sub = "每项需求办到哪一步、由谁办理"
    permission = Permission.ReadDemand
    table_class = DemandTable
    filterset_class = DemandFilter
    empty_icon = "file-text"
    empty_title = "还没有需求"
    empty_text = "在“点位一张图”上选好点位、生成清单，即可发起需求。"

    def get_queryset(self) -> QuerySet[Demand]:
        return queries.with_lanes(queries.demands_visible_to(signed_in(self.request)))

    def page_actions(self) -> Iterable[PageAction]:
        if may(signed_in(self.request), Permission.DraftDemand):
            yield PageAction("需求申请", reverse("demand:create"), "plus", "primary")


class Monitor(ListPage):
    title = "事项工作流程"
    sub = "供需流程监控：每个数源部门的办理进展"
    permission = Permission.ReadDemand
    table_class = MonitorTable
    filterset_class = LaneFilter
    empty_icon = "route"
    empty_title = "没有流转中的需求"
    empty_text = "需求提交后，每个数源部门的办理进展会出现在这里。"

    def get_queryset(self) -> QuerySet[Lane]:
        acts = Prefetch("acts", LaneAct.objects.select_related("person__department"))
        lanes = queries.lanes_monitored_by(signed_in(self.request))
        return lanes.prefetch_related(acts).order_by("-demand_id", "id")


class LineList(ListPage):
    title = "需求点位"
    back_label = "返回需求"
    permission = Permission.ReadDemand
    table_class = LineTable
    filterset_class = LineFilter

    def get_queryset(self) -> QuerySet[DemandLine]:
        demands = queries.demands_visible_to(signed_in(self.request))
        demand = queries.one_of(demands, self.kwargs["pk"])
        self.sub = str(demand)
        return queries.lines_of(demand)

    def back_url(self) -> str:
        return reverse("demand:demand", args=[self.kwargs["pk"]])


@require_safe
def demand_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One page tells all: summary, who holds the ball, the flow, lines, events, work orders and grants."""
    person = signed_in(request)
    demand = queries.one_of(queries.demands_visible_to(person), pk)
    rows = diagram.rows(list(queries.lanes_of(demand)), BallHolders.load())
    grants = grants_visible_to(person).filter(basis_number=demand.number)
    context = {
        "demand": demand,
        "viewers": demand.viewers.all(),
        "rows": rows,
        "waiting": [row for row in rows if row.holder],
        "has_terms": any(row.lane.due_at for row in rows if row.holder),
        "tasks": list(_tasks(person, rows)),
        "lines": queries.lines_of(demand)[:SHOWN],
        "line_count": demand.lines.count(),
        "shown": SHOWN,
        "thread": queries.thread_of(demand),
        "grants": grants[:SHOWN_GRANTS],
        "grant_count": grants.count(),
        "sections": sections.rendered(request, person, demand),
        "may_edit": may(person, Permission.EditDraft, demand),
        "may_withdraw": demand.state == DemandState.IN_PROGRESS
        and may(person, Permission.WithdrawDemand, demand),
    }
    return render(request, "demand/demand.html", context)


def _tasks(person: Person, rows: list[diagram.LaneRow]) -> Iterable[PageAction]:
    """What this person may do now about the lanes of a demand."""
    for row in rows:
        lane = row.lane
        if lane.state == LaneState.CONFIRMING and may(person, Permission.ConfirmLane, lane):
            url = reverse("demand:confirm_lane", args=[lane.pk])
            yield PageAction(f"数源确认：{lane.decider}", url, "checkbox", "primary")
        if lane.state == LaneState.REVIEWING and may(person, Permission.ReviewLane, lane):
            url = reverse("demand:review_lane", args=[lane.pk])
            yield PageAction(f"审核：{lane.decider}", url, "gavel", "primary")


class DemandAction(ActionFormView):
    """What is done to one demand."""

    back_label = "返回需求"

    def thing(self) -> Demand:
        demand = queries.one_of(queries.demands_visible_to(signed_in(self.request)), self.kwargs["pk"])
        self.sub = str(demand)
        return demand

    def back_url(self) -> str:
        return reverse("demand:demand", args=[self.kwargs["pk"]])


class RevealPhone(DemandAction):
    """The answer to the post shows the number; it is on no page that can be opened again."""

    title = "查看联系电话"
    verb = "查看"
    permission = Permission.UnmaskPhone
    form_class = ReasonForm

    def perform(self, cleaned: dict[str, Any]) -> HttpResponse:
        demand = self.thing()
        phone = actions.reveal_demand_phone(actor=signed_in(self.request), demand=demand, **cleaned)
        return render(self.request, "demand/phone.html", {"demand": demand, "phone": phone})


class WithdrawDemand(DemandAction):
    title = "撤回需求"
    verb = "撤回需求"
    permission = Permission.WithdrawDemand
    form_class = forms.WithdrawalForm

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        demand = actions.withdraw_demand(actor=signed_in(self.request), demand=self.thing(), **cleaned)
        return f"需求 {demand.number} 已撤回。", self.back_url()


def _waiting_first(lanes: QuerySet[Lane], state: LaneState) -> QuerySet[Lane]:
    """What waits for a decision stands first, what has waited longest on top."""
    waits = Case(When(state=state, then=0), default=1, output_field=IntegerField())
    return lanes.order_by(waits, "entered_at", "id")


class ConfirmationList(ListPage):
    title = "数源确认"
    sub = "其他部门申请本部门点位的需求"
    permission = Permission.ConfirmLane
    table_class = ConfirmationTable
    filterset_class = LaneFilter
    empty_icon = "checkbox"
    empty_title = "没有需要确认的需求"
    empty_text = "其他部门申请本部门受限或非共享的点位时，会出现在这里。"

    def get_queryset(self) -> QuerySet[Lane]:
        lanes = queries.lanes_confirmed_by(signed_in(self.request))
        return _waiting_first(lanes, LaneState.CONFIRMING)


class ReviewList(ListPage):
    title = "大数据局审核"
    sub = "数源同意后，由大数据局审核"
    permission = Permission.ReviewLane
    table_class = ReviewTable
    filterset_class = LaneFilter
    empty_icon = "gavel"
    empty_title = "没有需要审核的需求"
    empty_text = "数源同意或系统自动判定同意后，会出现在这里。"

    def get_queryset(self) -> QuerySet[Lane]:
        lanes = queries.lanes_reviewed_by(signed_in(self.request))
        return _waiting_first(lanes, LaneState.REVIEWING)


class LaneDecision(ActionFormView):
    """A lane with all that the decision needs."""

    deciding_state: LaneState
    duty: Act

    @abstractmethod
    def lanes(self) -> QuerySet[Lane]:
        """The lanes that this person decides here."""

    def thing(self) -> Lane:
        return queries.one_of(self.lanes(), self.kwargs["pk"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        lane = self.thing()
        demand = lane.demand
        earlier = queries.earlier_demands(demand)
        in_time = lane.state == self.deciding_state
        held = second_duty(lane, self.duty, signed_in(self.request)) if in_time else ""
        return super().get_context_data(**context) | {
            "lane": lane,
            "demand": demand,
            "viewers": demand.viewers.all(),
            "in_time": in_time,
            "held": held,
            "waits": in_time and not held,
            "rows": diagram.rows(list(queries.lanes_of(demand).filter(pk=lane.pk)), BallHolders.load()),
            "earlier": earlier[:SHOWN_EARLIER],
            "earlier_count": earlier.count(),
        }


class ConfirmLane(LaneDecision):
    title = "数源确认"
    template_name = "demand/confirm_lane.html"
    permission = Permission.ConfirmLane
    form_class = forms.ConfirmationForm
    deciding_state = LaneState.CONFIRMING
    duty = Act.CONFIRMED

    def lanes(self) -> QuerySet[Lane]:
        return queries.lanes_confirmed_by(signed_in(self.request))

    def back_url(self) -> str:
        return reverse("demand:confirmations")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"lines": list(queries.lines_of(self.thing()))}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"reasons": forms.REFUSAL_REASONS}

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        lane = actions.confirm_lane(actor=signed_in(self.request), lane=self.thing(), **cleaned)
        return f"需求 {lane.demand.number} 已确认，当前为“{lane.get_state_display()}”。", self.back_url()


class ReviewLane(LaneDecision):
    title = "大数据局审核"
    template_name = "demand/review_lane.html"
    permission = Permission.ReviewLane
    form_class = forms.ReviewForm
    deciding_state = LaneState.REVIEWING
    duty = Act.REVIEWED

    def lanes(self) -> QuerySet[Lane]:
        return queries.lanes_reviewed_by(signed_in(self.request))

    def back_url(self) -> str:
        return reverse("demand:reviews")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        lines = queries.lines_of(self.thing())
        return super().get_context_data(**context) | {
            "reasons": forms.REJECTION_REASONS,
            "lines": lines[:SHOWN],
            "line_count": lines.count(),
            "shown": SHOWN,
        }

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        lane = actions.review_lane(
            actor=signed_in(self.request),
            lane=self.thing(),
            approve=cleaned["decision"] == "approve",
            reason=cleaned["reason"],
        )
        outcome = "审核通过，已派发工单" if lane.state == LaneState.DELIVERING else "审核不通过"
        return f"需求 {lane.demand.number}（{lane.decider}）{outcome}。", self.back_url()
