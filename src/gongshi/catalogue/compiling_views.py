"""编目 point by point: a form for one camera, and one's own draft."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from gongshi.catalogue import queries
from gongshi.catalogue.draft_actions import draft_point, drop_change, submit_draft
from gongshi.catalogue.forms import FORM_COLUMNS, CameraForm, HandInForm
from gongshi.catalogue.models import UNITS, Camera, Change, Submission, SubmissionState
from gongshi.catalogue.proposals import cells_of
from gongshi.catalogue.rules import Permission
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Department
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.errors import GongshiError
from gongshi.kernel.pages import ActionFormView
from gongshi.kernel.problems import WorkbookRefused


class _CameraPage(ActionFormView):
    """The form for one point; a room's page says whose it is, what is published and what is drafted of it."""

    template_name = "catalogue/compile.html"
    verb = "保存到草稿"
    permission = Permission.CompileFor
    form_class = CameraForm
    camera: Camera | None = None
    change: Change | None = None

    @cached_property
    def names(self) -> DepartmentNames:
        return DepartmentNames.load()

    def get_form_kwargs(self) -> dict[str, Any]:
        code = self.camera.code if self.camera else ""
        return super().get_form_kwargs() | {"names": self.names, "code": code}

    def get_initial(self) -> dict[str, Any]:
        cells = cells_of(self.camera, self.change, self.names)
        ground = self.change.ground if self.change else ""
        return {column.field: cells[column.head] for column in FORM_COLUMNS} | {"ground": ground}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context, change=self.change)

    def show_refusal(self, form: CameraForm, error: GongshiError) -> None:
        if isinstance(error, WorkbookRefused):
            form.refuse(error)
        else:
            super().show_refusal(form, error)

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        cells = {column.head: cleaned[column.field] for column in FORM_COLUMNS}
        change = draft_point(
            actor=signed_in(self.request),
            cells=cells,
            camera=self.camera,
            instead_of=self.change,
            ground=cleaned["ground"],
        )
        url = reverse("catalogue:submission", args=[change.submission_id])
        return f"{change.code} 已保存到草稿 {change.submission.number}，提交后由大数据局审核。", url


class NewCamera(_CameraPage):
    title = "新增点位"
    back_label = "视频资源目录"

    def back_url(self) -> str:
        return reverse("catalogue:cameras")

    def get_initial(self) -> dict[str, Any]:
        own = signed_in(self.request).department.name
        return super().get_initial() | {f"{unit}_id": own for unit in UNITS}


class EditCamera(_CameraPage):
    @property
    def title(self) -> str:  # type: ignore[override]
        return "恢复点位" if self.camera.is_withdrawn else "修改点位"

    @cached_property
    def camera(self) -> Camera:  # type: ignore[override]
        known = queries.cameras_known_to(signed_in(self.request)).prefetch_related("paths")
        return get_object_or_404(known.select_related("source_department"), code=self.kwargs["code"])

    def thing(self) -> Department:
        return self.camera.source_department

    @cached_property
    def change(self) -> Change | None:  # type: ignore[override]
        return queries.own_draft_changes(signed_in(self.request)).filter(code=self.camera.code).first()

    @property
    def back_label(self) -> str:  # type: ignore[override]
        return self.camera.name

    def back_url(self) -> str:
        return reverse("catalogue:camera", args=[self.camera.code])


class EditChange(_CameraPage):
    """A point of one's own draft, taken up again."""

    title = "修改草稿中的点位"

    @cached_property
    def change(self) -> Change:  # type: ignore[override]
        return get_object_or_404(queries.own_draft_changes(signed_in(self.request)), pk=self.kwargs["pk"])

    @cached_property
    def camera(self) -> Camera | None:  # type: ignore[override]
        return self.change.camera

    def thing(self) -> Department:
        return self.change.submission.department

    @property
    def back_label(self) -> str:  # type: ignore[override]
        return f"草稿 {self.change.submission.number}"

    def back_url(self) -> str:
        return reverse("catalogue:submission", args=[self.change.submission_id])


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a point out of one's own draft."""
    change = get_object_or_404(queries.own_draft_changes(signed_in(request)), pk=pk)
    drop_change(actor=signed_in(request), change=change)
    messages.success(request, f"已从草稿移出 {change.code}。")
    return redirect("catalogue:submission", pk=change.submission_id)


class HandIn(ActionFormView):
    title = "提交审核"
    verb = "提交审核"
    permission = Permission.CompileFor
    form_class = HandInForm
    back_label = "返回草稿"

    @cached_property
    def submission(self) -> Submission:
        own = queries.submissions_visible_to(signed_in(self.request)).filter(state=SubmissionState.DRAFT)
        return get_object_or_404(own, pk=self.kwargs["pk"])

    def thing(self) -> Department:
        return self.submission.department

    def back_url(self) -> str:
        return reverse("catalogue:submission", args=[self.kwargs["pk"]])

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        submission = submit_draft(actor=signed_in(self.request), submission=self.submission, **cleaned)
        return f"已提交编目 {submission.number}，等待大数据局审核。", self.back_url()
