"""视频资源目录: the catalogue, handing in (编目提交) and review (编目审核)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from gongshi.catalogue import queries
from gongshi.catalogue.actions import decide_submission
from gongshi.catalogue.clearance import SHORT, is_cleared
from gongshi.catalogue.completeness_queries import score_shown
from gongshi.catalogue.export_actions import FORMS, take_out_cameras
from gongshi.catalogue.exporting import template
from gongshi.catalogue.filters import CameraFilter, ChangeFilter, SubmissionFilter
from gongshi.catalogue.forms import DecideForm
from gongshi.catalogue.models import UNITS, Camera, Change, Submission, SubmissionState
from gongshi.catalogue.proposals import differences
from gongshi.catalogue.rules import Permission
from gongshi.catalogue.tables import LISTED, STATE_TONES, CameraTable, ChangeTable, SubmissionTable
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise, may
from gongshi.kernel.exporting import CONTENT_TYPES
from gongshi.kernel.filters import conditions_of
from gongshi.kernel.keyed_rows import KeyedPages, KeyedRows
from gongshi.kernel.lists import EXPORT_BUTTONS, PAGE_SIZE, ExportButton, ListPage, PageAction
from gongshi.kernel.pages import ActionFormView

# The page of a camera shows the latest; its history has them all.
VERSIONS_SHOWN = 5


class CameraList(ListPage):
    title = "视频资源目录"
    sub = "已发布的视频点位"
    permission = Permission.ReadCatalogue
    table_class = CameraTable
    filterset_class = CameraFilter
    table_pagination = {"per_page": PAGE_SIZE, "paginator_class": KeyedPages}
    counts_on = True
    exports = (*EXPORT_BUTTONS, ExportButton("geojson", "导出 GeoJSON", "map"))
    empty_icon = "device-cctv"
    empty_title = "目录里还没有点位"
    empty_text = "各部门在“编目提交”上传点位，经大数据局审核后发布在这里。"

    def get_queryset(self) -> QuerySet[Camera]:
        publication = self.request.GET.get("publication", "")
        cameras = queries.listed_cameras(signed_in(self.request), publication)
        return cameras.select_related("owner", "source_department").only(*LISTED)

    def get_table_data(self) -> KeyedRows:
        return KeyedRows(super().get_table_data().data, whole=self.get_queryset())

    def page_actions(self) -> Iterable[PageAction]:
        if may(signed_in(self.request), Permission.CompileFor):
            yield PageAction("新增点位", reverse("catalogue:new_camera"), "plus")
            given = self.request.GET.urlencode()
            choose = reverse("catalogue:choose")
            yield PageAction("批量编目", f"{choose}?{given}" if given else choose, "list-check")
            yield PageAction("编目提交", reverse("catalogue:submit"), "upload", "primary")

    def render_to_response(  # type: ignore[override]
        self, context: dict[str, Any], **options: Any
    ) -> HttpResponseBase:
        """The export has the import's own columns, so that it can be edited and handed in again (§5.1c)."""
        form = self.request.GET.get("_export")
        if form not in FORMS:
            return super().render_to_response(context, **options)
        return take_out_cameras(
            actor=signed_in(self.request),
            cameras=context["table"].data.data,
            conditions=conditions_of(context["filter"]),
            form=form,
        )


@require_safe
def show_camera(request: HttpRequest, code: str) -> HttpResponse:
    """一机一档 with its paths and how it came to be."""
    person = signed_in(request)
    authorise(person, Permission.ReadCatalogue)
    camera = get_object_or_404(
        queries.cameras_known_to(person).select_related(*UNITS).prefetch_related("paths"), code=code
    )
    reads_network = may(person, Permission.ReadNetworkFields, camera)
    names = DepartmentNames.load()
    history = [
        (change, "；".join(str(each) for each in differences(change, names, with_network=reads_network)))
        for change in queries.published_changes_of(camera)[:VERSIONS_SHOWN]
    ]
    groups: dict[str, list[queries.ArchiveField]] = {}
    for field in queries.archive_of(person, camera):
        groups.setdefault(field.group, []).append(field)
    return render(
        request,
        "catalogue/camera.html",
        {
            "camera": camera,
            "groups": groups,
            "reads_network": reads_network,
            "history": history,
            "score": score_shown(person, camera),
            "barred": "" if is_cleared(person, camera) else SHORT,
            "may_compile": may(person, Permission.CompileFor, camera.source_department),
        },
    )


@require_safe
def download_template(request: HttpRequest) -> HttpResponse:
    authorise(signed_in(request), Permission.CompileFor)
    response = HttpResponse(template(), content_type=CONTENT_TYPES["xlsx"])
    response.headers["Content-Disposition"] = (
        "attachment; filename*=UTF-8''" + "%E7%BC%96%E7%9B%AE%E6%A8%A1%E6%9D%BF.xlsx"
    )
    return response


def _title_of_submissions(request: HttpRequest) -> str:
    """The bureau reviews them; whoever compiles sees what became of his own."""
    return "编目审核" if may(signed_in(request), Permission.ReviewSubmissions) else "编目批次"


class SubmissionList(ListPage):
    sub = "提交的点位由大数据局审核，通过后发布"
    permission = Permission.ReadSubmission
    table_class = SubmissionTable
    filterset_class = SubmissionFilter
    empty_icon = "clipboard-check"
    empty_title = "还没有编目批次"
    empty_text = "在“编目提交”上传点位文件后，批次会列在这里。"

    @property
    def title(self) -> str:  # type: ignore[override]
        return _title_of_submissions(self.request)

    def get_queryset(self) -> QuerySet[Submission]:
        return queries.with_counts(queries.submissions_visible_to(signed_in(self.request)))


class SubmissionPage(ListPage):
    """One submission: its facts, what is doubtful, the decision, and every change before and after."""

    template_name = "catalogue/submission.html"
    permission = Permission.ReadSubmission
    table_class = ChangeTable
    filterset_class = ChangeFilter

    def dispatch(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponseBase:
        visible = queries.submissions_visible_to(signed_in(request))
        self.submission = get_object_or_404(visible, pk=options["pk"])
        return super().dispatch(request, *arguments, **options)

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"编目 {self.submission.number}"

    @property
    def sub(self) -> str:  # type: ignore[override]
        return self.submission.title

    @property
    def back_label(self) -> str:  # type: ignore[override]
        return _title_of_submissions(self.request)

    def back_url(self) -> str:
        return reverse("catalogue:submissions")

    def get_queryset(self) -> QuerySet[Change]:
        return self.submission.changes.all()

    @property
    def is_own_draft(self) -> bool:
        is_own = self.submission.compiled_by_id == signed_in(self.request).pk
        return is_own and self.submission.state == SubmissionState.DRAFT

    def page_actions(self) -> Iterable[PageAction]:
        if self.is_own_draft:
            yield PageAction("新增点位", reverse("catalogue:new_camera"), "plus")
            yield PageAction(
                "提交审核", reverse("catalogue:hand_in", args=[self.submission.pk]), "send", "primary"
            )

    def get_table_kwargs(self) -> dict[str, Any]:
        return super().get_table_kwargs() | {
            "names": DepartmentNames.load(),
            "is_own_draft": self.is_own_draft,
        }

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            **context,
            submission=self.submission,
            tone=STATE_TONES[self.submission.state],
            progress=queries.progress_of(self.submission),
            form=DecideForm(submission=self.submission) if self._may_decide() else None,
            without_reviewer=[]
            if self.submission.is_publishing
            else queries.sources_without_reviewer(self.submission),
        )

    def render_to_response(  # type: ignore[override]
        self, context: dict[str, Any], **options: Any
    ) -> HttpResponseBase:
        """A page that watches is told to load itself anew when all is published."""
        if self.request.headers.get("HX-Target") == "progress" and not self.submission.is_publishing:
            return HttpResponseClientRefresh()
        return super().render_to_response(context, **options)

    def _may_decide(self) -> bool:
        person = signed_in(self.request)
        return (
            may(person, Permission.ReviewSubmissions, self.submission)
            and self.submission.state == SubmissionState.SUBMITTED
            and self.submission.compiled_by_id != person.pk
        )


class DecideSubmission(ActionFormView):
    title = "编目审核"
    verb = "提交审核结论"
    permission = Permission.ReviewSubmissions
    form_class = DecideForm
    back_label = "返回编目批次"

    def thing(self) -> Submission:
        visible = queries.submissions_visible_to(signed_in(self.request))
        return get_object_or_404(visible, pk=self.kwargs["pk"])

    def back_url(self) -> str:
        return reverse("catalogue:submission", args=[self.kwargs["pk"]])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submission": self.thing()}

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        submission = decide_submission(actor=signed_in(self.request), submission=self.thing(), **cleaned)
        sentence = f"编目 {submission.number} 已审核"
        if submission.is_publishing:
            return f"{sentence}，正在发布；可离开本页，发布完成后会有消息提醒。", self.back_url()
        return f"{sentence}。", self.back_url()
