"""账号: the list, one person, and what is done to an account directly."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from gongshi.audit.queries import events_of
from gongshi.identity import queries
from gongshi.identity.actions import (
    create_person,
    edit_person,
    lock_person,
    reveal_phone,
    unlock_person,
)
from gongshi.identity.filters import PersonFilter
from gongshi.identity.forms import FirstAccountForm, PersonEditForm, ReasonForm
from gongshi.identity.initial_password import initial_password
from gongshi.identity.models import Person, PersonState
from gongshi.identity.proposal_actions import Opened
from gongshi.identity.roles import Role
from gongshi.identity.rules import Permission, permission_to_propose
from gongshi.identity.signed_in import signed_in
from gongshi.identity.tables import STATE_TONES, PersonTable
from gongshi.kernel.authority import authorise, may
from gongshi.kernel.lists import ListPage, PageAction
from gongshi.kernel.pages import ActionFormView

# Of all events of a person those about the account; log-ins are in the audit log.
ABOUT_ACCOUNT = Q(action__startswith="identity:person:") | Q(action__startswith="identity:account:")


class PersonList(ListPage):
    title = "账号"
    sub = "一人一号，专人专用"
    permission = Permission.ReadPeople
    table_class = PersonTable
    filterset_class = PersonFilter

    def get_queryset(self) -> QuerySet[Person]:
        return queries.people_visible_to(signed_in(self.request))

    def page_actions(self) -> Iterable[PageAction]:
        person = signed_in(self.request)
        if may(person, Permission.ReadProposals):
            yield PageAction("账号申请", reverse("identity:proposals"), "file-text")
        if may(person, Permission.ManagePeople):
            yield PageAction("新建首个数据专员", reverse("identity:create_person"), "plus")


@require_safe
def show_person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: facts, rights, departments, and how the account came to be what it is."""
    actor = signed_in(request)
    authorise(actor, Permission.ReadPeople)
    person = get_object_or_404(queries.people_visible_to(actor), pk=pk)
    subject = Q(object_type=Person._meta.label_lower, object_id=str(pk))
    return render(
        request,
        "identity/person.html",
        {
            "subject": person,
            "tone": STATE_TONES[person.state],
            "stays": person.stays.select_related("department"),
            "proposals": queries.proposals_visible_to(actor).filter(person=person)[:20],
            "events": events_of(subject & ABOUT_ACCOUNT),
            "may_edit": not person.retired_at and may(actor, Permission.EditPerson, person),
            "may_unmask": bool(person.phone) and may(actor, Permission.UnmaskPhone, person),
            "may_manage": may(actor, Permission.ManagePeople, person),
            "may_propose": not person.retired_at
            and may(actor, permission_to_propose(person.roles), person.department),
            "is_active": person.state == PersonState.ACTIVE,
            "is_locked": person.state == PersonState.LOCKED,
        },
    )


def show_passwords(request: HttpRequest, opened: list[Opened]) -> HttpResponse:
    """The answer to the act that opened these accounts; the passwords are shown nowhere else."""
    return render(request, "identity/initial_passwords.html", {"opened": opened})


class CreatePerson(ActionFormView):
    title = "新建首个数据专员"
    sub = "部门的其他账号由其数据专员申请"
    back_label = "账号"
    verb = "建立账号"
    permission = Permission.ManagePeople
    form_class = FirstAccountForm

    def back_url(self) -> str:
        return reverse("identity:people")

    def perform(self, cleaned: dict[str, Any]) -> HttpResponse:
        password = initial_password()
        roles = [Role.DATA_SPECIALIST]
        person = create_person(actor=signed_in(self.request), password=password, roles=roles, **cleaned)
        return show_passwords(self.request, [Opened(person, password)])


class PersonFormView(ActionFormView):
    """What is done to one account."""

    @cached_property
    def subject(self) -> Person:
        return get_object_or_404(queries.people_visible_to(signed_in(self.request)), pk=self.kwargs["pk"])

    def thing(self) -> object:
        return self.subject

    @property
    def sub(self) -> str:  # type: ignore[override]
        return f"{self.subject.name} {self.subject.account}"

    @property
    def back_label(self) -> str:  # type: ignore[override]
        return self.subject.name

    def back_url(self) -> str:
        return self.subject.get_absolute_url()


class EditPerson(PersonFormView):
    title = "修改人员信息"
    permission = Permission.EditPerson
    form_class = PersonEditForm

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.subject.name, "title": self.subject.title}

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        person = edit_person(actor=signed_in(self.request), person=self.subject, **cleaned)
        return f"已保存 {person.name} 的信息。", self.back_url()


class LockPerson(PersonFormView):
    title = "锁定账号"
    verb = "锁定账号"
    permission = Permission.ManagePeople
    form_class = ReasonForm

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        lock_person(actor=signed_in(self.request), person=self.subject, **cleaned)
        return f"账号 {self.subject.account} 已锁定，其登录和正在播放的画面随即结束。", self.back_url()


class UnlockPerson(PersonFormView):
    title = "解锁账号"
    verb = "解锁账号"
    permission = Permission.ManagePeople
    form_class = ReasonForm

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        unlock_person(actor=signed_in(self.request), person=self.subject, **cleaned)
        return f"账号 {self.subject.account} 已解锁。", self.back_url()


class RevealPhone(PersonFormView):
    """The answer to the post shows the number; it is on no page that can be opened again."""

    title = "查看联系电话"
    verb = "查看"
    permission = Permission.UnmaskPhone
    form_class = ReasonForm

    def perform(self, cleaned: dict[str, Any]) -> HttpResponse:
        phone = reveal_phone(actor=signed_in(self.request), person=self.subject, **cleaned)
        return render(self.request, "identity/phone.html", {"subject": self.subject, "phone": phone})
