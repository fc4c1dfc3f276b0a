"""部门: the list, the tree, one department, and what the system administrator does with them."""

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
from gongshi.identity.department_actions import (
    appoint_head,
    create_department,
    edit_department,
    import_departments,
    merge_departments,
)
from gongshi.identity.filters import DepartmentFilter
from gongshi.identity.forms import (
    DepartmentForm,
    DepartmentRowForm,
    HeadForm,
    ImportDepartmentsForm,
    MergerForm,
)
from gongshi.identity.models import Department
from gongshi.identity.rules import Permission
from gongshi.identity.signed_in import signed_in
from gongshi.identity.tables import DepartmentTable
from gongshi.identity.workbook_page import WorkbookPage, download
from gongshi.kernel.authority import authorise, may
from gongshi.kernel.form_rows import form_template
from gongshi.kernel.lists import ListPage, PageAction
from gongshi.kernel.pages import ActionFormView

NOTES = (
    "1. 按部门编码新增或更新：编码已有的部门按本行修改，没有的新增；编码建立后不变。",
    "2. 上级部门、主管部门填全称或编码，可以是本文件中的部门，先后不限。",
    "3. 任何一行有误，整个文件都不导入；可先勾选“只检查”。",
)
PEOPLE_SHOWN = 200


class DepartmentList(ListPage):
    title = "部门"
    sub = "需求部门、数源部门和社会单位"
    permission = Permission.ReadPeople
    table_class = DepartmentTable
    filterset_class = DepartmentFilter

    def get_queryset(self) -> QuerySet[Department]:
        found = queries.every_department()
        return found if self.request.GET.get("merged") else found.filter(is_active=True)

    def page_actions(self) -> Iterable[PageAction]:
        yield PageAction("部门树", reverse("identity:department_tree"), "git-branch")
        if may(self.request.user, Permission.ManageDepartments):
            yield PageAction("导入部门", reverse("identity:import_departments"), "file-import")
            yield PageAction("新增部门", reverse("identity:create_department"), "plus", "primary")


@require_safe
def show_tree(request: HttpRequest) -> HttpResponse:
    """All departments in use, each under the one it belongs to."""
    authorise(signed_in(request), Permission.ReadPeople)
    found = list(queries.every_department().filter(is_active=True))
    rows = [(_branch(depth), department) for depth, department in queries.in_tree_order(found)]
    return render(request, "identity/department_tree.html", {"rows": rows})


def _branch(depth: int) -> str:
    return "　" * (depth - 1) + "└ " if depth else ""


@require_safe
def show_department(request: HttpRequest, pk: int) -> HttpResponse:
    """One department with its people, what it was called, and what became part of it."""
    person = signed_in(request)
    authorise(person, Permission.ReadPeople)
    department = get_object_or_404(queries.every_department(), pk=pk)
    people = queries.people_visible_to(person).filter(department=department, retired_at=None)
    return render(
        request,
        "identity/department.html",
        {
            "department": department,
            "people": people[:PEOPLE_SHOWN],
            "earlier_names": department.earlier_names.all(),
            "merged": department.merged.all(),
            "children": department.children.filter(is_active=True),
            "supervised": department.supervised.filter(is_active=True),
            "events": events_of(Q(object_type=Department._meta.label_lower, object_id=str(pk))),
            "may_manage": department.is_active and may(person, Permission.ManageDepartments),
        },
    )


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
        return f"已新增部门 {department.name}。", department.get_absolute_url()


class DepartmentFormView(ActionFormView):
    """What is done to one department."""

    permission = Permission.ManageDepartments

    @cached_property
    def department(self) -> Department:
        return get_object_or_404(Department, pk=self.kwargs["pk"])

    def thing(self) -> Department:
        return self.department

    @property
    def sub(self) -> str:  # type: ignore[override]
        return self.department.name

    @property
    def back_label(self) -> str:  # type: ignore[override]
        return self.department.name

    def back_url(self) -> str:
        return self.department.get_absolute_url()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"department": self.department}


class EditDepartment(DepartmentFormView):
    title = "修改部门"
    form_class = DepartmentForm

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        department = edit_department(actor=signed_in(self.request), department=self.department, **cleaned)
        return f"已保存 {department.name}。", department.get_absolute_url()


class AppointHead(DepartmentFormView):
    title = "任命部门负责人"
    verb = "任命"
    form_class = HeadForm

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        appoint_head(actor=signed_in(self.request), department=self.department, head=cleaned["head"])
        return f"已任命 {cleaned['head'].name} 为部门负责人。", self.back_url()


class MergeDepartment(DepartmentFormView):
    title = "合并部门"
    verb = "合并"
    template_name = "identity/merge.html"
    form_class = MergerForm

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        merge_departments(actor=signed_in(self.request), department=self.department, **cleaned)
        into = cleaned["into"]
        return f"{self.department.name} 已并入 {into.name}。", into.get_absolute_url()


class ImportDepartments(WorkbookPage):
    title = "导入部门"
    verb = "检查并导入"
    back_label = "部门"
    permission = Permission.ManageDepartments
    form_class = ImportDepartmentsForm

    def back_url(self) -> str:
        return reverse("identity:departments")

    def template_url(self) -> str:
        return reverse("identity:department_template")

    def take(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        file = cleaned.pop("file")
        done = import_departments(actor=signed_in(self.request), file=file, file_name=file.name, **cleaned)
        counts = f"新增 {done.created} 个部门，更新 {done.edited} 个"
        if cleaned["only_check"]:
            return f"检查通过：将{counts}，没有导入任何内容。", self.request.path
        return f"已导入：{counts}。", self.back_url()


@require_safe
def department_template(request: HttpRequest) -> HttpResponse:
    authorise(signed_in(request), Permission.ManageDepartments)
    return download(form_template(DepartmentRowForm(), "部门", NOTES), "部门模板")
