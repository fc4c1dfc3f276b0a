"""质量考核: inspections of the cameras, plans, and how a run goes on."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST, require_safe

from gongshi.audit.queries import events_of
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise, may
from gongshi.kernel.keyed_rows import KeyedPages, KeyedRows
from gongshi.kernel.lists import ListPage, PageAction
from gongshi.kernel.pages import ActionFormView
from gongshi.quality import actions, plan_actions, queries
from gongshi.quality.codes import RunState
from gongshi.quality.diagnosis.faults import BY_CODE, LABELS, PICTURE_FAULTS
from gongshi.quality.filters import InspectionFilter, PlanFilter, RunFilter
from gongshi.quality.forms import InspectionForm, PlanForm, as_typed
from gongshi.quality.models import Inspection, InspectionPlan, InspectionRun
from gongshi.quality.rules import Permission
from gongshi.quality.tables import InspectionTable, PlanTable, RunTable
from gongshi.quality.tones import OUTCOME_TONES, RUN_TONES


class InspectionList(ListPage):
    title = "质量考核"
    sub = "视频质量检测记录"
    permission = Permission.ReadInspections
    table_class = InspectionTable
    filterset_class = InspectionFilter
    table_pagination = ListPage.table_pagination | {"paginator_class": KeyedPages}
    empty_icon = "activity"
    empty_title = "还没有检测记录"
    empty_text = "大数据局的检测计划按时检测本部门的点位，结果会列在这里。"

    def get_queryset(self) -> QuerySet[Inspection]:
        return queries.inspections_visible_to(signed_in(self.request))

    def get_table_data(self) -> KeyedRows:
        return KeyedRows(super().get_table_data().data, whole=self.get_queryset())

    def page_actions(self) -> Iterable[PageAction]:
        if may(signed_in(self.request), Permission.ReadPlans):
            yield PageAction("检测批次", reverse("quality:runs"), "history")
            yield PageAction("检测计划", reverse("quality:plans"), "calendar")
        if may(signed_in(self.request), Permission.Inspect):
            yield PageAction("检测点位", reverse("quality:new_inspection"), "player-play", "primary")


@require_safe
def show_inspection(request: HttpRequest, pk: int) -> HttpResponse:
    """One inspection: every number with its threshold, and what the stream was like."""
    person = signed_in(request)
    authorise(person, Permission.ReadInspections)
    inspection = queries.inspection_of(person, pk)
    verdicts = [
        (fault, *inspection.numbers[fault.code], fault.code in inspection.faults)
        for fault in PICTURE_FAULTS
        if fault.code in inspection.numbers
    ]
    context = {
        "inspection": inspection,
        "tone": OUTCOME_TONES[inspection.outcome],
        "faults": "、".join(LABELS.get(code, code) for code in inspection.faults),
        "verdicts": verdicts,
        "may_see": may(person, Permission.SeeThumbnail, inspection),
        "may_inspect": may(person, Permission.Inspect, inspection.camera),
    }
    return render(request, "quality/inspection.html", context)


@require_safe
def show_thumbnail(request: HttpRequest, pk: int) -> HttpResponse:
    """The small picture; each look is registered."""
    person = signed_in(request)
    authorise(person, Permission.ReadInspections)
    picture = actions.see_thumbnail(actor=person, inspection=queries.inspection_of(person, pk))
    return HttpResponse(picture, content_type="image/jpeg")


@require_POST
def inspect(request: HttpRequest, code: str) -> HttpResponse:
    """立即检测 one camera."""
    person = signed_in(request)
    authorise(person, Permission.Inspect)
    run = actions.inspect_camera(actor=person, camera=queries.camera_to_inspect(person, code=code))
    messages.success(request, "已开始检测，完成后结果显示在本页。")
    return redirect(run)


class NewInspection(ActionFormView):
    title = "检测点位"
    sub = "立即检测一个点位的视频质量"
    verb = "开始检测"
    back_label = "质量考核"
    permission = Permission.Inspect
    form_class = InspectionForm

    def back_url(self) -> str:
        return reverse("quality:inspections")

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        person = signed_in(self.request)
        camera = queries.camera_to_inspect(person, code=cleaned["code"])
        run = actions.inspect_camera(actor=person, camera=camera)
        return "已开始检测，完成后结果显示在本页。", run.get_absolute_url()


class PlanList(ListPage):
    title = "检测计划"
    sub = "检测哪些点位、多久一次、在什么时段"
    back_label = "质量考核"
    permission = Permission.ReadPlans
    table_class = PlanTable
    filterset_class = PlanFilter
    empty_icon = "calendar"
    empty_title = "还没有检测计划"
    empty_text = "大数据局数据管理员新建计划后，系统按时检测点位的视频质量。"

    def back_url(self) -> str:
        return reverse("quality:inspections")

    def get_queryset(self) -> QuerySet[InspectionPlan]:
        return queries.plans_visible_to(signed_in(self.request))

    def page_actions(self) -> Iterable[PageAction]:
        if may(signed_in(self.request), Permission.KeepPlans):
            yield PageAction("新建计划", reverse("quality:new_plan"), "plus", "primary")


@require_safe
def show_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan with its latest runs."""
    person = signed_in(request)
    authorise(person, Permission.ReadPlans)
    plan = queries.plan_of(person, pk)
    context = {
        "plan": plan,
        "points": queries.cameras_of(plan).count(),
        "runs": [(run, RUN_TONES[run.state]) for run in plan.runs.select_related("asked_by")[:10]],
        "events": events_of(Q(object_type=InspectionPlan._meta.label_lower, object_id=str(plan.pk))),
        "may_keep": may(person, Permission.KeepPlans, plan),
        "may_begin": plan.is_active and may(person, Permission.Inspect, plan),
    }
    return render(request, "quality/plan.html", context)


@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """立即执行 a plan."""
    person = signed_in(request)
    authorise(person, Permission.ReadPlans)
    run = actions.begin_plan(actor=person, plan=queries.plan_of(person, pk))
    messages.success(request, f"已开始检测 {run.total} 个点位。")
    return redirect(run)


class NewPlan(ActionFormView):
    title = "新建检测计划"
    back_label = "检测计划"
    permission = Permission.KeepPlans
    form_class = PlanForm

    def back_url(self) -> str:
        return reverse("quality:plans")

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        terms = plan_actions.PlanTerms(**cleaned)
        plan = plan_actions.create_plan(actor=signed_in(self.request), terms=terms)
        return f"检测计划“{plan.name}”已建立。", plan.get_absolute_url()


class EditPlan(ActionFormView):
    title = "修改检测计划"
    back_label = "检测计划"
    permission = Permission.KeepPlans
    form_class = PlanForm

    @cached_property
    def plan(self) -> InspectionPlan:
        person = signed_in(self.request)
        authorise(person, Permission.ReadPlans)
        return queries.plan_of(person, self.kwargs["pk"])

    def thing(self) -> InspectionPlan:
        return self.plan

    def back_url(self) -> str:
        return self.plan.get_absolute_url()

    def get_initial(self) -> dict[str, Any]:
        return as_typed(self.plan)

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        terms = plan_actions.PlanTerms(**cleaned)
        plan_actions.edit_plan(actor=signed_in(self.request), plan=self.plan, terms=terms)
        return "检测计划已修改，下一次检测按新计划进行。", self.back_url()


class RunList(ListPage):
    title = "检测批次"
    back_label = "质量考核"
    permission = Permission.ReadPlans
    table_class = RunTable
    filterset_class = RunFilter
    empty_icon = "history"
    empty_title = "还没有检测批次"

    def back_url(self) -> str:
        return reverse("quality:inspections")

    def get_queryset(self) -> QuerySet[InspectionRun]:
        return queries.runs_visible_to(signed_in(self.request))


@require_safe
def show_run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a run is, and what it has found; the page asks again by itself while it goes on."""
    person = signed_in(request)
    authorise(person, Permission.ReadPlans)
    run = queries.run_of(person, pk)
    context = {
        "run": run,
        "tone": RUN_TONES[run.state],
        "is_running": run.state == RunState.RUNNING,
        "outcomes": _outcomes(run),
        "faults": _faults(run),
    }
    return render(request, "quality/run.html", context)


def _outcomes(run: InspectionRun) -> list[tuple[str, str, str, int]]:
    """Value, word, tone and how many."""
    counts = dict(run.inspections.order_by().values_list("outcome").annotate(Count("pk")))
    field = Inspection._meta.get_field("outcome")
    return [
        (value, str(label), OUTCOME_TONES[value], counts.get(value, 0)) for value, label in field.flatchoices
    ]


def _faults(run: InspectionRun) -> list[tuple[str, str, int]]:
    """Code, word and how many of each fault that was found."""
    counts = queries.fault_counts(run)
    return [(code, BY_CODE[code].label, counts[code]) for code in BY_CODE if counts.get(code)]
