"""接入方: the list, one client, and what the security administrator lays down for it."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_GET, require_POST

from gongshi.audit.queries import events_of
from gongshi.clients import actions, queries
from gongshi.clients.filters import ClientFilter
from gongshi.clients.forms import ClientForm, ReasonForm, RotationForm, as_typed
from gongshi.clients.models import ApiClient, ClientState
from gongshi.clients.rules import Permission
from gongshi.clients.tables import STATE_TONES, ClientTable
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise, may
from gongshi.kernel.lists import ListPage, PageAction
from gongshi.kernel.pages import ActionFormView

# The changes of a client, without its calls: those are in the record only.
STEPS = Q(action__startswith="clients:client:") & ~Q(action="clients:client:called")


class ClientList(ListPage):
    title = "接入方"
    sub = "通过接口读取数据的其他平台"
    permission = Permission.ReadClients
    table_class = ClientTable
    filterset_class = ClientFilter
    empty_icon = "link"
    empty_title = "还没有接入方"
    empty_text = "其他平台需要通过接口读取数据时，由安全管理员在这里登记。"

    def get_queryset(self) -> QuerySet[ApiClient]:
        return queries.clients_visible_to(signed_in(self.request))

    def page_actions(self) -> Iterable[PageAction]:
        if may(self.request.user, Permission.ManageClients):
            yield PageAction("登记接入方", reverse("clients:register"), "plus", "primary")


@require_GET
def client_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One client with the history of its terms."""
    client = _client(request, pk)
    manages = may(request.user, Permission.ManageClients)
    context = {
        "client": client,
        "tone": STATE_TONES[client.state],
        "events": events_of(STEPS & Q(object_type=ApiClient._meta.label_lower, object_id=str(client.pk))),
        "may_change": manages and client.state != ClientState.ENDED,
        "may_suspend": manages and client.state == ClientState.ACTIVE,
        "may_resume": manages and client.state == ClientState.SUSPENDED,
    }
    return render(request, "clients/client.html", context)


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """恢复接入方."""
    client = actions.resume_client(actor=signed_in(request), client=_client(request, pk))
    messages.success(request, f"接入方 {client.name} 已恢复。")
    return redirect(client)


class RegisterClient(ActionFormView):
    title = "登记接入方"
    verb = "登记"
    back_label = "接入方"
    permission = Permission.ManageClients
    form_class = ClientForm

    def back_url(self) -> str:
        return reverse("clients:clients")

    def perform(self, cleaned: dict[str, Any]) -> HttpResponse:
        terms = actions.Terms(**cleaned)
        return _shown_once(self.request, actions.register_client(actor=signed_in(self.request), terms=terms))


class _OfClient(ActionFormView):
    """A form about one client."""

    back_label = "接入方"
    permission = Permission.ManageClients

    @cached_property
    def client(self) -> ApiClient:
        return _client(self.request, self.kwargs["pk"])

    def thing(self) -> ApiClient:
        return self.client

    @property
    def sub(self) -> str:  # type: ignore[override]
        return str(self.client)

    def back_url(self) -> str:
        return self.client.get_absolute_url()


class EditClient(_OfClient):
    title = "修改接入方"
    form_class = ClientForm

    def get_initial(self) -> dict[str, Any]:
        return as_typed(self.client)

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        terms = actions.Terms(**cleaned)
        actions.edit_client(actor=signed_in(self.request), client=self.client, terms=terms)
        return "接入方已修改，立即生效。", self.back_url()


class RotateSecret(_OfClient):
    title = "更换密钥"
    verb = "更换密钥"
    form_class = RotationForm

    def perform(self, cleaned: dict[str, Any]) -> HttpResponse:
        actor = signed_in(self.request)
        return _shown_once(self.request, actions.rotate_secret(actor=actor, client=self.client, **cleaned))


class SuspendClient(_OfClient):
    title = "暂停接入方"
    verb = "暂停"
    form_class = ReasonForm

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        actions.suspend_client(actor=signed_in(self.request), client=self.client, **cleaned)
        return "接入方已暂停，立即生效。", self.back_url()


class EndClient(_OfClient):
    title = "终止接入方"
    verb = "终止"
    form_class = ReasonForm

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        actions.end_client(actor=signed_in(self.request), client=self.client, **cleaned)
        return "接入方已终止，不可恢复。", self.back_url()


def _shown_once(request: HttpRequest, issued: actions.Issued) -> HttpResponse:
    """The secret goes into the answer itself and is kept nowhere."""
    return render(request, "clients/secret.html", {"client": issued.client, "secret": issued.secret})


def _client(request: HttpRequest, pk: int) -> ApiClient:
    person = signed_in(request)
    authorise(person, Permission.ReadClients)
    return queries.one_of(queries.clients_visible_to(person), pk)
