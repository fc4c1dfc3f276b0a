"""Own logins for everybody; who is in, and from where people may come, for the security administrator."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from gongshi.audit.models import AuditEvent
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.lists import ListPage, PageAction
from gongshi.kernel.pages import ActionFormView
from gongshi.login import queries
from gongshi.login.actions import allow_network, end_session, withdraw_network
from gongshi.login.filters import AllowedNetworkFilter, LiveLoginFilter, OwnLoginFilter
from gongshi.login.forms import EndingForm, NetworkForm, ReasonForm
from gongshi.login.models import AllowedNetwork, LoginSession
from gongshi.login.rules import Permission
from gongshi.login.tables import AllowedNetworkTable, FailedLoginTable, LiveLoginTable, OwnLoginTable


class OwnLogins(ListPage):
    title = "我的登录"
    sub = "如有不是您本人的登录，请立即联系安全管理员"
    permission = Permission.ReadOwnLogins
    table_class = OwnLoginTable
    filterset_class = OwnLoginFilter
    empty_icon = "login"

    def get_queryset(self) -> QuerySet[LoginSession]:
        return queries.sessions_of(signed_in(self.request))

    def page_actions(self) -> Iterable[PageAction]:
        yield PageAction("失败的登录", reverse("login:failed"), "alert-circle")


class FailedLogins(ListPage):
    title = "失败的登录"
    sub = "有人用您的账号登录，但没有成功"
    back_label = "我的登录"
    permission = Permission.ReadOwnLogins
    table_class = FailedLoginTable
    empty_icon = "login"
    empty_title = "没有失败的登录"

    def back_url(self) -> str:
        return reverse("login:mine")

    def get_queryset(self) -> QuerySet[AuditEvent]:
        return queries.failed_logins_of(signed_in(self.request))


class LiveLogins(ListPage):
    title = "在线登录"
    sub = "一个账号同一时间只有一次登录"
    permission = Permission.ReadLogins
    table_class = LiveLoginTable
    filterset_class = LiveLoginFilter

    def get_queryset(self) -> QuerySet[LoginSession]:
        return queries.live_sessions()

    def page_actions(self) -> Iterable[PageAction]:
        yield PageAction("登录网络", reverse("login:networks"), "network")


class EndLogin(ActionFormView):
    verb = "结束登录"
    back_label = "在线登录"
    permission = Permission.EndLogin
    form_class = EndingForm

    @cached_property
    def session(self) -> LoginSession:
        return get_object_or_404(queries.live_sessions(), pk=self.kwargs["pk"])

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"结束 {self.session.person.name} 的登录"

    @property
    def sub(self) -> str:  # type: ignore[override]
        return f"{self.session.address or '地址不明'} {self.session.program}"

    def back_url(self) -> str:
        return reverse("login:live")

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        end_session(actor=signed_in(self.request), session=self.session, reason=cleaned["reason"])
        return f"已结束 {self.session.person.name} 的登录。", self.back_url()


class AllowedNetworks(ListPage):
    title = "登录网络"
    sub = "没有名单的账号和角色可从任何网络登录"
    back_label = "在线登录"
    permission = Permission.KeepNetworks
    table_class = AllowedNetworkTable
    filterset_class = AllowedNetworkFilter
    empty_icon = "network"
    empty_title = "没有限制登录网络"
    empty_text = "增加名单后，相应的角色或账号只能从名单内的网络登录。"

    def back_url(self) -> str:
        return reverse("login:live")

    def get_queryset(self) -> QuerySet[AllowedNetwork]:
        return queries.allowed_networks()

    def page_actions(self) -> Iterable[PageAction]:
        yield PageAction("增加网络", reverse("login:allow_network"), "plus", "primary")


class AllowNetwork(ActionFormView):
    title = "增加登录网络"
    sub = "名单以外的当前登录随即结束"
    verb = "增加"
    back_label = "登录网络"
    permission = Permission.KeepNetworks
    form_class = NetworkForm

    def back_url(self) -> str:
        return reverse("login:networks")

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        allowed = allow_network(actor=signed_in(self.request), **cleaned)
        return f"已增加登录网络 {allowed.network}。", self.back_url()


class WithdrawNetwork(ActionFormView):
    title = "删除登录网络"
    verb = "删除"
    back_label = "登录网络"
    permission = Permission.KeepNetworks
    form_class = ReasonForm

    @cached_property
    def allowed(self) -> AllowedNetwork:
        return get_object_or_404(queries.allowed_networks(), pk=self.kwargs["pk"])

    @property
    def sub(self) -> str:  # type: ignore[override]
        return str(self.allowed)

    def back_url(self) -> str:
        return reverse("login:networks")

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        network = self.allowed.network
        withdraw_network(actor=signed_in(self.request), allowed=self.allowed, reason=cleaned["reason"])
        return f"已删除登录网络 {network}。", self.back_url()
