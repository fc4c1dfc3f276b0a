"""二次验证: the code at the login, the own second factor, and the list for the security administrator."""

from typing import Any
from urllib.parse import quote

from allauth.account.internal.decorators import login_stage_required
from allauth.mfa.stages import AuthenticateStage
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe
from django.views.generic import FormView

from gongshi.credentials import one_time_codes, proposals, steps
from gongshi.credentials.rules import Permission
from gongshi.credentials.second_factor import (
    needs_second_factor,
    recovery_codes_left,
    remove_second_factor,
    renew_recovery_codes,
    reset_second_factor,
    second_factor_of,
    set_second_factor,
)
from gongshi.credentials.second_factor_filters import SecondFactorFilter
from gongshi.credentials.second_factor_forms import (
    LoginCodeForm,
    OwnPasswordForm,
    ResetReasonForm,
    SetSecondFactorForm,
)
from gongshi.credentials.second_factor_queries import people_with_factors, person_by_account
from gongshi.credentials.second_factor_tables import SecondFactorTable
from gongshi.identity.models import Person
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise
from gongshi.kernel.lists import ListPage
from gongshi.kernel.pages import ActionFormView


@method_decorator(
    login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login"), name="dispatch"
)
class LoginCode(FormView):  # type: ignore[type-arg]
    """Between the password and the portal, for whoever holds a second factor."""

    template_name = "credentials/login_code.html"
    form_class = LoginCodeForm

    def post(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponse:
        if "back" in request.POST:
            return self._stage.abort()  # type: ignore[no-any-return]
        return super().post(request, *arguments, **options)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self._stage.login.user}

    def form_valid(self, form: Any) -> HttpResponse:
        form.save()
        return self._stage.exit()  # type: ignore[no-any-return]

    @property
    def _stage(self) -> Any:
        return self.request._login_stage  # type: ignore[attr-defined]


@require_safe
def own_second_factor(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    authorise(person, Permission.KeepOwnSecondFactor)
    context = {
        "factor": second_factor_of(person),
        "codes_left": recovery_codes_left(person),
        "is_needed": needs_second_factor(person),
    }
    return render(request, "credentials/second_factor.html", context)


@method_decorator(sensitive_post_parameters("code", "password"), name="dispatch")
class OwnFactorForm(ActionFormView):
    """A change of the own second factor, and the page it begins on."""

    permission = Permission.KeepOwnSecondFactor
    form_class = OwnPasswordForm
    back_label = "二次验证"

    def back_url(self) -> str:
        return reverse("credentials:second_factor")


def recovery_codes_page(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """The codes are in this answer and nowhere else, the file to be downloaded too."""
    text = "\r\n".join([f"共视恢复码 {signed_in(request).account}（每个只能用一次）", *codes, ""])
    context = {
        "codes": codes,
        "file": f"data:text/plain;charset=utf-8,{quote(text)}",
        "next_page": steps.next_page(request),
    }
    return render(request, "credentials/recovery_codes.html", context)


class SetSecondFactor(OwnFactorForm):
    template_name = "credentials/set_second_factor.html"
    title = "设置二次验证"
    verb = "启用"
    form_class = SetSecondFactorForm

    def perform(self, cleaned: dict[str, Any]) -> HttpResponse:
        secret = proposals.proposed(self.request.session)
        codes = set_second_factor(actor=signed_in(self.request), secret=secret, **cleaned)
        proposals.forget(self.request.session)
        steps.look_again(self.request)
        return recovery_codes_page(self.request, codes)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        secret = proposals.propose(self.request.session)
        uri = one_time_codes.enrolment_uri(secret, signed_in(self.request).account)
        picture = one_time_codes.picture(uri)
        is_due = steps.lacks_second_factor(signed_in(self.request))
        return super().get_context_data(**context, secret=secret, picture=picture, is_due=is_due)


class RenewRecoveryCodes(OwnFactorForm):
    title = "重新生成恢复码"
    sub = "原有恢复码随即失效"
    verb = "重新生成"

    def perform(self, cleaned: dict[str, Any]) -> HttpResponse:
        codes = renew_recovery_codes(actor=signed_in(self.request), **cleaned)
        return recovery_codes_page(self.request, codes)


class RemoveSecondFactor(OwnFactorForm):
    title = "停用二次验证"
    sub = "停用后，登录只需密码"
    verb = "停用"

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        remove_second_factor(actor=signed_in(self.request), **cleaned)
        return "已停用二次验证。", self.back_url()


class SecondFactorList(ListPage):
    title = "二次验证"
    sub = "谁启用了，谁必须启用"
    permission = Permission.ReadSecondFactors
    table_class = SecondFactorTable
    filterset_class = SecondFactorFilter

    def get_queryset(self) -> QuerySet[Person]:
        return people_with_factors()


class ResetSecondFactor(ActionFormView):
    title = "重置二次验证"
    verb = "重置"
    back_label = "二次验证"
    permission = Permission.ResetSecondFactor
    form_class = ResetReasonForm

    @property
    def sub(self) -> str:  # type: ignore[override]
        return f"{self.thing().name}（{self.thing().account}）重置后须重新设置，当前登录随即结束"

    def thing(self) -> Person:
        authorise(self.request.user, Permission.ReadSecondFactors)
        return person_by_account(self.kwargs["account"])

    def back_url(self) -> str:
        return reverse("credentials:second_factors")

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        person = self.thing()
        reset_second_factor(actor=signed_in(self.request), person=person, **cleaned)
        return f"已重置{person.name}的二次验证，下次登录时须重新设置。", self.back_url()
