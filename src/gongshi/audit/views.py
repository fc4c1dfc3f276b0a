"""安全审计: log, seals and bundles for the auditor, the register for whom it concerns."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe
from django_filters import FilterSet

from gongshi.audit import queries
from gongshi.audit.auditing import (
    ask_bundle,
    ask_verification,
    confirm_bundle,
    download_bundle,
    take_out,
)
from gongshi.audit.changes import changes_of
from gongshi.audit.exporting import TITLE, Heading, register_workbook
from gongshi.audit.filters import AccessRecordFilter, AuditEventFilter, BundleFilter, SealFilter
from gongshi.audit.forms import BundleForm, ConfirmationForm, VerificationForm
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AccessRecord, AuditEvent, Bundle, Seal
from gongshi.audit.rules import Permission, Reader, reads_whole_register
from gongshi.audit.sealing import seal_of
from gongshi.audit.stored import is_as_written
from gongshi.audit.tables import AccessRecordTable, AuditEventTable, BundleTable, SealTable
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Invalid
from gongshi.kernel.exporting import CONTENT_TYPES
from gongshi.kernel.filters import conditions_of
from gongshi.kernel.lists import EXPORT_LIMIT, PAGE_SIZE, CountedPages, ListPage, PageAction
from gongshi.kernel.pages import ActionFormView


def reader(request: HttpRequest) -> Reader:
    """Who asks, as the scoped queries of this room know him; `authorise` has let him pass."""
    return cast(Reader, request.user)


class RecordList(ListPage):
    """A list of the record: millions of rows, and whoever exports it leaves an event."""

    table_pagination = {"per_page": PAGE_SIZE, "paginator_class": CountedPages}
    taking_out: AuditAction

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        form = self.request.GET.get("_export")
        if form in CONTENT_TYPES:
            self.note_export(context["filter"], form)
        return super().render_to_response(context, **options)

    def note_export(self, chosen: Any, form: str) -> None:
        model = self.table_class.Meta.model
        take_out(
            actor=self.request.user,
            action=self.taking_out,
            model=model,
            conditions=conditions_of(chosen),
            form=form,
        )


class AuditEventList(RecordList):
    title = "审计日志"
    sub = "只增不改"
    permission = Permission.ReadEvents
    table_class = AuditEventTable
    filterset_class = AuditEventFilter
    taking_out = AuditAction.EventsTakenOut

    def get_queryset(self) -> QuerySet[AuditEvent]:
        return queries.events()


@require_safe
def show_event(request: HttpRequest, event_id: int) -> HttpResponse:
    """One event with everything it says."""
    authorise(request.user, Permission.ReadEvents)
    event = queries.event_of(event_id)
    context = {
        "event": event,
        "changes": changes_of(event),
        "is_as_written": is_as_written(event),
        "seal": seal_of(event),
    }
    return render(request, "audit/event.html", context)


class AccessRecordList(RecordList):
    title = "信息调用登记"
    sub = "事由、内容、单位、姓名"
    permission = Permission.ReadRegister
    table_class = AccessRecordTable
    filterset_class = AccessRecordFilter
    taking_out = AuditAction.RegisterTakenOut
    empty_title = "还没有人查看过视频"
    empty_text = "每一次查看在出图之前就会登记在这里。"

    def get_queryset(self) -> QuerySet[AccessRecord]:
        return queries.register(reader(self.request))

    def page_actions(self) -> list[PageAction]:
        chosen = self.request.GET.urlencode()
        return [PageAction("导出登记表", f"{reverse('audit:register_sheet')}?{chosen}", "file-spreadsheet")]


@require_safe
def register_sheet(request: HttpRequest) -> HttpResponse:
    """The looks that the list shows with the same filters, in the layout of the paper form."""
    authorise(request.user, Permission.ReadRegister)
    chosen = AccessRecordFilter(request.GET, queries.register(reader(request)))
    if not chosen.is_valid():
        raise Invalid("筛选条件有误，请返回列表更正后再导出。")
    return sheet_of(reader(request), chosen)


def sheet_of(who: Reader, chosen: FilterSet) -> HttpResponse:
    """The looks of valid filters as a workbook, told before it is made. Raises Invalid for too many."""
    records = chosen.qs[: EXPORT_LIMIT + 1]
    if len(records) > EXPORT_LIMIT:
        raise Invalid(f"一次最多导出 {EXPORT_LIMIT} 条，请先缩小筛选范围。")
    conditions = conditions_of(chosen)
    take_out(
        actor=who,
        action=AuditAction.RegisterTakenOut,
        model=AccessRecord,
        conditions=conditions,
        form="sheet",
    )
    heading = Heading(
        unit="全市" if reads_whole_register(who) else who.department.name,
        period=_period(chosen.form.data, records),
        conditions=conditions,
        exported_by=str(who),
    )
    response = HttpResponse(register_workbook(records, heading), content_type=CONTENT_TYPES["xlsx"])
    name = content_disposition_header(as_attachment=True, filename=f"{TITLE}-{clock.today():%Y%m%d}.xlsx")
    response.headers["Content-Disposition"] = name or "attachment"
    return response


def _period(given: Any, records: QuerySet[AccessRecord]) -> str:
    """The days that were asked for; where an end was left open, that of the looks themselves."""
    looks = list(records)
    first = given.get("opened_at_after") or (clock.local_text(looks[-1].opened_at)[:10] if looks else "—")
    last = given.get("opened_at_before") or (clock.local_text(looks[0].opened_at)[:10] if looks else "—")
    return f"{first} 至 {last}"


class SealList(ListPage):
    title = "封条与校验"
    sub = "每分钟封存一次，逐条校验"
    template_name = "audit/seals.html"
    permission = Permission.ReadSeals
    table_class = SealTable
    filterset_class = SealFilter
    table_pagination = {"per_page": PAGE_SIZE, "paginator_class": CountedPages}
    empty_icon = "shield-lock"
    empty_title = "还没有封条"
    empty_text = "后台任务每分钟封存一次新的记录。"

    def get_queryset(self) -> QuerySet[Seal]:
        return queries.seals()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"state": queries.sealing_state()}

    def page_actions(self) -> list[PageAction]:
        return [PageAction("校验", reverse("audit:ask_verification"), "shield-check", "primary")]


class AskVerification(ActionFormView):
    title = "校验审计记录"
    sub = "重新计算每一条记录、每一个封条"
    verb = "开始校验"
    back_label = "封条与校验"
    permission = Permission.CheckRecord
    form_class = VerificationForm

    def back_url(self) -> str:
        return reverse("audit:seals")

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        asked = ask_verification(actor=self.request.user, **cleaned)
        return "已开始校验，结果会显示在本页。", reverse("audit:verification", args=[asked.pk])


@require_safe
def show_verification(request: HttpRequest, verification_id: int) -> HttpResponse:
    """How a verification goes, and what it found."""
    authorise(request.user, Permission.ReadSeals)
    return render(
        request, "audit/verification.html", {"verification": queries.verification_of(verification_id)}
    )


class BundleList(ListPage):
    title = "审计归档"
    sub = "导出、离线保存，到期后方可清理"
    permission = Permission.ExportRecord
    table_class = BundleTable
    filterset_class = BundleFilter
    empty_icon = "folder"
    empty_title = "还没有归档"
    empty_text = "按月导出的文件可用 tools/verify_bundle.py 离线校验。"

    def get_queryset(self) -> QuerySet[Bundle]:
        return queries.bundles()

    def page_actions(self) -> list[PageAction]:
        return [PageAction("导出归档", reverse("audit:ask_bundle"), "download", "primary")]


class AskBundle(ActionFormView):
    title = "导出归档"
    sub = "审计日志、信息调用登记及其封条，按月"
    verb = "开始导出"
    back_label = "审计归档"
    permission = Permission.ExportRecord
    form_class = BundleForm

    def back_url(self) -> str:
        return reverse("audit:bundles")

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        bundle = ask_bundle(actor=self.request.user, **cleaned)
        return "已开始生成归档文件，完成后可在本页下载。", reverse("audit:bundle", args=[bundle.pk])


class BundlePage(ActionFormView):
    """One bundle: its file, and the auditor's word that he keeps it."""

    title = "归档文件"
    template_name = "audit/bundle.html"
    verb = "确认已妥善保存"
    back_label = "审计归档"
    permission = Permission.ExportRecord
    form_class = ConfirmationForm

    def thing(self) -> Bundle:
        authorise(self.request.user, self.permission)
        return queries.bundle_of(self.kwargs["bundle_id"])

    def back_url(self) -> str:
        return reverse("audit:bundles")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"bundle": self.thing()}

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        bundle = confirm_bundle(actor=self.request.user, bundle=self.thing(), **cleaned)
        return "已确认保存，服务器上的副本已删除。", reverse("audit:bundle", args=[bundle.pk])


@require_safe
def download(request: HttpRequest, bundle_id: int) -> FileResponse:
    """The file of a bundle."""
    authorise(request.user, Permission.ExportRecord)
    bundle = queries.bundle_of(bundle_id)
    path = download_bundle(actor=request.user, bundle=bundle)
    name = f"共视审计归档-{bundle.from_month}-{bundle.until_month}.zip"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)
