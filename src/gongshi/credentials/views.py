"""修改密码 and 签署承诺书 for everybody; 锁定的账号, 重置密码 and the versions of the 承诺书."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from gongshi.credentials import queries, steps
from gongshi.credentials.filters import AcceptanceFilter, LockFilter
from gongshi.credentials.forms import (
    ChangePasswordForm,
    PublishUndertakingForm,
    ReasonForm,
    SignUndertakingForm,
)
from gongshi.credentials.lockout import lift_lock
from gongshi.credentials.models import Guard, UndertakingAcceptance, UndertakingVersion
from gongshi.credentials.passwords import change_password, needs_new_password, reset_password
from gongshi.credentials.rules import Permission
from gongshi.credentials.second_factor_queries import person_by_account
from gongshi.credentials.tables import AcceptanceTable, LiftableLockTable, LockTable, UndertakingTable
from gongshi.credentials.undertaking import publish_undertaking, sign_undertaking, version_in_force
from gongshi.identity.models import Person
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import may
from gongshi.kernel.lists import ListPage, PageAction
from gongshi.kernel.pages import ActionFormView


@method_decorator(sensitive_post_parameters("old", "new", "again"), name="dispatch")
class ChangePassword(ActionFormView):
    title = "修改密码"
    verb = "修改密码"
    permission = Permission.ChangeOwnPassword
    form_class = ChangePasswordForm
    template_name = "credentials/change_password.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        person = signed_in(self.request)
        context = super().get_context_data(**context, is_due=needs_new_password(person), owner=person)
        # Who has to change it has nowhere to go back to.
        return context | ({"back_url": ""} if context["is_due"] else {})

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        person = signed_in(self.request)
        change_password(actor=person, old=cleaned["old"], new=cleaned["new"])
        # Under a new key this session goes on; all others end by it.
        update_session_auth_hash(self.request, person)
        steps.look_again(self.request)
        return "密码已修改，其他登录已结束。", steps.next_page(self.request)


class SignUndertaking(ActionFormView):
    title = "承诺书"
    verb = "签署承诺书"
    permission = Permission.AcceptUndertaking
    form_class = SignUndertakingForm
    template_name = "credentials/sign_undertaking.html"

    @cached_property
    def version(self) -> UndertakingVersion:
        return version_in_force()

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.version.number}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        accepted = self.version.acceptances.filter(person=signed_in(self.request)).first()
        return super().get_context_data(**context, version=self.version, accepted=accepted)

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        actor = signed_in(self.request)
        sign_undertaking(actor=actor, version=cleaned["version"], name=cleaned["name"])
        steps.look_again(self.request)
        return "承诺书已签署。", steps.next_page(self.request)


class LockList(ListPage):
    title = "锁定的账号"
    sub = "连续登录失败后暂停登录的账号和网络地址"
    permission = Permission.ReadLocks
    filterset_class = LockFilter
    empty_icon = "lock-open"
    empty_title = "没有锁定的账号"
    empty_text = "连续登录失败的账号会出现在这里，到时自动解除。"

    @property
    def table_class(self) -> type[LockTable]:
        return LiftableLockTable if may(self.request.user, Permission.LiftLock) else LockTable

    def get_queryset(self) -> QuerySet[Guard]:
        return queries.locks()


class LiftLock(ActionFormView):
    title = "解除锁定"
    verb = "解除锁定"
    back_label = "锁定的账号"
    permission = Permission.LiftLock
    form_class = ReasonForm

    @cached_property
    def guard(self) -> Guard:
        return queries.lock_of(self.kwargs["pk"])

    def back_url(self) -> str:
        return reverse("credentials:locks")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"sub": str(self.guard)}

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        lift_lock(actor=signed_in(self.request), guard=self.guard, reason=cleaned["reason"])
        return f"已解除 {self.guard} 的锁定。", self.back_url()


class ResetPassword(ActionFormView):
    """The new password is shown on the answer itself: a message would be kept in the database."""

    title = "重置密码"
    verb = "重置密码"
    back_label = "账号"
    permission = Permission.ResetPassword
    form_class = ReasonForm

    def thing(self) -> Person | None:
        return self.person if may(self.request.user, self.permission) else None

    @cached_property
    def person(self) -> Person:
        return person_by_account(self.kwargs["account"])

    def back_url(self) -> str:
        return reverse("identity:people")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"sub": f"{self.person}，账号 {self.person.account}"}

    def perform(self, cleaned: dict[str, Any]) -> HttpResponse:
        actor = signed_in(self.request)
        password = reset_password(actor=actor, person=self.person, reason=cleaned["reason"])
        given = {"person": self.person, "password": password}
        return render(self.request, "credentials/new_password.html", given)


class UndertakingList(ListPage):
    title = "承诺书"
    sub = "各版本；每人须签署生效的版本"
    permission = Permission.ReadUndertakings
    table_class = UndertakingTable

    def get_queryset(self) -> QuerySet[UndertakingVersion]:
        return queries.versions()

    def page_actions(self) -> Iterable[PageAction]:
        yield PageAction("签署情况", reverse("credentials:acceptances"), "list-details")
        if may(self.request.user, Permission.PublishUndertaking):
            yield PageAction("发布新版本", reverse("credentials:publish_undertaking"), "plus", "primary")


class PublishUndertaking(ActionFormView):
    title = "发布承诺书新版本"
    verb = "发布"
    back_label = "承诺书"
    permission = Permission.PublishUndertaking
    form_class = PublishUndertakingForm

    def back_url(self) -> str:
        return reverse("credentials:undertakings")

    def get_initial(self) -> dict[str, Any]:
        return {"text": version_in_force().text}

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        version = publish_undertaking(actor=signed_in(self.request), **cleaned)
        return f"已发布{version}，{version.in_force_on} 起生效。", self.back_url()


class AcceptanceList(ListPage):
    title = "承诺书签署情况"
    permission = Permission.ReadAcceptances
    table_class = AcceptanceTable
    filterset_class = AcceptanceFilter

    def get_queryset(self) -> QuerySet[UndertakingAcceptance]:
        return queries.acceptances(signed_in(self.request))
