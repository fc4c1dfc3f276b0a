"""系统管理: departments and accounts."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from gongshi.identity import queries
from gongshi.identity.actions import create_department, create_person
from gongshi.identity.filters import DepartmentFilter, PersonFilter
from gongshi.identity.forms import DepartmentForm, PersonForm
from gongshi.identity.models import Department, Person
from gongshi.identity.rules import Permission
from gongshi.identity.signed_in import signed_in
from gongshi.identity.tables import DepartmentTable, PersonTable
from gongshi.kernel.authority import may
from gongshi.kernel.lists import ListPage, PageAction
from gongshi.kernel.pages import ActionFormView


class DepartmentList(ListPage):
    title = "部门"
    sub = "需求部门、数源部门和社会单位"
    permission = Permission.ReadPeople
    table_class = DepartmentTable
    filterset_class = DepartmentFilter

    def get_queryset(self) -> QuerySet[Department]:
        return queries.departments()

    def page_actions(self) -> Iterable[PageAction]:
        if may(self.request.user, Permission.ManageDepartments):
            yield PageAction("新增部门", reverse("identity:create_department"), "plus", "primary")


class CreateDepartment(ActionFormView):
    title = "新增部门"
    verb = "新增部门"
    back_label = "部门"
    permission = Permission.ManageDepartments
    form_class = DepartmentForm

    def back_url(self) -> str:
        return reverse("identity:departments")

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        department = create_department(actor=signed_in(self.request), **cleaned)
        return f"已新增部门 {department.name}。", self.back_url()


class PersonList(ListPage):
    title = "账号"
    sub = "一人一号，专人专用"
    permission = Permission.ReadPeople
    table_class = PersonTable
    filterset_class = PersonFilter

    def get_queryset(self) -> QuerySet[Person]:
        return queries.people()

    def page_actions(self) -> Iterable[PageAction]:
        if may(signed_in(self.request), Permission.ManagePeople):
            yield PageAction("新建账号", reverse("identity:create_person"), "plus", "primary")


class CreatePerson(ActionFormView):
    title = "新建账号"
    sub = "一人一号，专人专用"
    back_label = "账号"
    verb = "建立账号"
    permission = Permission.ManagePeople
    form_class = PersonForm

    def back_url(self) -> str:
        return reverse("identity:people")

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        person = create_person(actor=signed_in(self.request), **cleaned)
        return f"已为 {person.name} 建立账号 {person.account}。", self.back_url()
