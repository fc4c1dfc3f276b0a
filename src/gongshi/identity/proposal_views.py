"""账号申请: what specialists ask for accounts, and how the security administrator decides."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from gongshi.identity import queries
from gongshi.identity.filters import ProposalFilter
from gongshi.identity.forms import (
    APPROVE,
    DecideForm,
    ImportAccountsForm,
    MoveForm,
    PersonRowForm,
    ProposeAccountForm,
    ReasonForm,
    RightsForm,
    WithdrawForm,
)
from gongshi.identity.models import AccountProposal, Person, ProposalKind, ProposalState
from gongshi.identity.proposal_actions import (
    approve_proposals,
    import_accounts,
    propose_account,
    propose_change,
    refuse_proposals,
    withdraw_proposals,
)
from gongshi.identity.rules import Permission, permission_to_propose
from gongshi.identity.signed_in import signed_in
from gongshi.identity.tables import PROPOSAL_TONES, ProposalTable
from gongshi.identity.views import PersonFormView, show_passwords
from gongshi.identity.workbook_page import WorkbookPage, download
from gongshi.kernel.authority import authorise, may
from gongshi.kernel.form_rows import form_template
from gongshi.kernel.lists import ListPage, PageAction
from gongshi.kernel.pages import ActionFormView

NOTES = (
    "1. 一行一个账号，全部属于上传时选择的部门；角色可填多个，用“、”分开。",
    "2. 任何一行有误，整个文件都不提交；可先勾选“只检查”。",
    "3. 提交后由安全管理员审批；初始密码在审批通过时生成，由安全管理员交给本人，首次登录须修改。",
)


class ProposalList(ListPage):
    title = "账号申请"
    sub = "数据专员提出，安全管理员审批"
    permission = Permission.ReadProposals
    table_class = ProposalTable
    filterset_class = ProposalFilter
    empty_icon = "file-text"
    empty_title = "还没有账号申请"
    empty_text = "新建账号、调整权限、调动、锁定和注销都在这里提出和审批。"

    def get_queryset(self) -> QuerySet[AccountProposal]:
        return queries.proposals_visible_to(signed_in(self.request))

    def page_actions(self) -> Iterable[PageAction]:
        person = signed_in(self.request)
        if may(person, Permission.ProposeAccounts):
            yield PageAction("导入账号", reverse("identity:import_accounts"), "file-import")
        if may(person, Permission.ProposeAccounts) or may(person, Permission.ProposeAdministrators):
            yield PageAction("申请账号", reverse("identity:propose_account"), "plus", "primary")


class ProposeAccount(ActionFormView):
    title = "申请账号"
    sub = "由安全管理员审批"
    verb = "提交申请"
    back_label = "账号申请"
    form_class = ProposeAccountForm

    @property
    def permission(self) -> Permission:
        """A specialist asks for accounts of the business, an administrator for another administrator."""
        if may(self.request.user, Permission.ProposeAdministrators):
            return Permission.ProposeAdministrators
        return Permission.ProposeAccounts

    def back_url(self) -> str:
        return reverse("identity:proposals")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"person": signed_in(self.request)}

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        proposal = propose_account(actor=signed_in(self.request), **cleaned)
        return f"已提交申请 {proposal.number}，等待安全管理员审批。", proposal.get_absolute_url()


class ImportAccounts(WorkbookPage):
    title = "导入账号"
    sub = "一个文件为一批申请，由安全管理员审批"
    verb = "检查并提交"
    back_label = "账号申请"
    permission = Permission.ProposeAccounts
    form_class = ImportAccountsForm

    def back_url(self) -> str:
        return reverse("identity:proposals")

    def template_url(self) -> str:
        return reverse("identity:account_template")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"person": signed_in(self.request)}

    def take(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        file = cleaned.pop("file")
        proposals = import_accounts(actor=signed_in(self.request), file=file, file_name=file.name, **cleaned)
        if cleaned["only_check"]:
            return f"检查通过，共 {len(proposals)} 个账号，没有提交任何内容。", self.request.path
        first = proposals[0]
        return (
            f"已提交申请 {first.number}，共 {len(proposals)} 个账号，等待安全管理员审批。",
            first.get_absolute_url(),
        )


@require_safe
def account_template(request: HttpRequest) -> HttpResponse:
    authorise(signed_in(request), Permission.ProposeAccounts)
    return download(form_template(PersonRowForm(), "账号", NOTES), "账号模板")


# What can be asked for somebody who has an account, and what the form for it asks.
CHANGES: dict[ProposalKind, type[Any]] = {
    ProposalKind.RIGHTS: RightsForm,
    ProposalKind.MOVE: MoveForm,
    ProposalKind.LOCK: ReasonForm,
    ProposalKind.RETIRE: ReasonForm,
}


class ProposeChange(PersonFormView):
    verb = "提交申请"
    template_name = "identity/propose_change.html"

    @cached_property
    def kind(self) -> ProposalKind:
        try:
            kind = ProposalKind(self.kwargs["kind"])
        except ValueError:
            raise Http404 from None
        if kind not in CHANGES:
            raise Http404
        return kind

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"申请{self.kind.label}"

    @property
    def permission(self) -> Permission:
        return permission_to_propose(self.subject.roles)

    def thing(self) -> object:
        return self.subject.department

    def get_form_class(self) -> type[Any]:
        return CHANGES[self.kind]

    def get_form_kwargs(self) -> dict[str, Any]:
        asks_more = self.kind in {ProposalKind.RIGHTS, ProposalKind.MOVE}
        return super().get_form_kwargs() | ({"subject": self.subject} if asks_more else {})

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context, kind=self.kind, subject=self.subject)

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        proposal = propose_change(
            actor=signed_in(self.request), person=self.subject, kind=self.kind, **cleaned
        )
        return f"已提交申请 {proposal.number}，等待安全管理员审批。", proposal.get_absolute_url()


class ProposalPage(ActionFormView):
    """What was proposed under one number, and the decision: row by row or all at once."""

    template_name = "identity/proposal.html"
    verb = "提交审批结论"
    back_label = "账号申请"
    permission = Permission.ReadProposals
    form_class = DecideForm

    @cached_property
    def proposals(self) -> list[AccountProposal]:
        return _visible_of_number(signed_in(self.request), self.kwargs["number"])

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"账号申请 {self.proposals[0].number}"

    @property
    def sub(self) -> str:  # type: ignore[override]
        return self.proposals[0].get_kind_display()

    def back_url(self) -> str:
        return reverse("identity:proposals")

    def open_ones(self) -> list[AccountProposal]:
        return [proposal for proposal in self.proposals if proposal.state == ProposalState.OPEN]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"proposals": self.open_ones()}

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str] | HttpResponse:
        actor = signed_in(self.request)
        chosen = [each for each in self.open_ones() if str(each.pk) in cleaned["proposals"]]
        if cleaned["verdict"] == APPROVE:
            opened = approve_proposals(actor=actor, proposals=chosen, reason=cleaned["reason"])
            if opened:
                return show_passwords(self.request, opened)
            return f"已通过 {len(chosen)} 项申请。", self.request.path
        refuse_proposals(actor=actor, proposals=chosen, reason=cleaned["reason"])
        return f"已退回 {len(chosen)} 项申请。", self.request.path

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        person, waiting = signed_in(self.request), self.open_ones()
        return super().get_context_data(
            **context,
            number=self.kwargs["number"],
            rows=[(each, PROPOSAL_TONES[ProposalState(each.state)]) for each in self.proposals],
            first=self.proposals[0],
            may_decide=bool(waiting)
            and all(may(person, Permission.DecideProposals, each) for each in waiting),
            may_withdraw=bool(waiting)
            and all(may(person, Permission.WithdrawProposal, each) for each in waiting),
        )


class WithdrawProposals(ActionFormView):
    """Takes back all of one number that was not decided yet; a post without questions."""

    title = "撤回账号申请"
    verb = "撤回申请"
    permission = Permission.ReadProposals
    form_class = WithdrawForm
    back_label = "账号申请"

    def back_url(self) -> str:
        return reverse("identity:proposal", args=[self.kwargs["number"]])

    @cached_property
    def proposals(self) -> list[AccountProposal]:
        return _visible_of_number(signed_in(self.request), self.kwargs["number"])

    def thing(self) -> AccountProposal:
        return self.proposals[0]

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        waiting = [each for each in self.proposals if each.state == ProposalState.OPEN]
        withdraw_proposals(actor=signed_in(self.request), proposals=waiting)
        return f"申请 {self.kwargs['number']} 已撤回。", self.back_url()


def _visible_of_number(person: Person, number: str) -> list[AccountProposal]:
    """What was proposed under one number; not found for who may not know of it."""
    found = list(queries.proposals_visible_to(person).filter(number=number).order_by("pk"))
    if not found:
        raise Http404
    return found
