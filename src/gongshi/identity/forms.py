"""What is asked for departments, accounts and what becomes of them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from gongshi.identity.models import (
    CLEARANCE_CHOICES,
    REGION_CHOICES,
    AccountProposal,
    Department,
    DepartmentKind,
    Person,
    ReviewLine,
)
from gongshi.identity.queries import departments, departments_kept_by
from gongshi.identity.reasons import REASON_LENGTH
from gongshi.identity.regions import Level
from gongshi.identity.roles import BUSINESS_ROLES, SEPARATED_ADMINISTRATORS, Role
from gongshi.identity.rules import is_data_specialist

APPROVE, REFUSE = "approve", "refuse"


def _reason(label: str, *, required: bool = True, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=REASON_LENGTH,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3, "wide": True}),
    )


def role_choices(roles: frozenset[Role]) -> list[tuple[str, str]]:
    return [(role.value, role.label) for role in Role if role in roles]


class PersonRowForm(forms.Form):
    """A new account; also a row of the workbook of accounts."""

    account = forms.CharField(
        label="账号", max_length=32, help_text="小写字母、数字和连字符，以字母开头，例如姓名拼音。"
    )
    name = forms.CharField(label="姓名", max_length=64)
    title = forms.CharField(label="职务", max_length=64, required=False)
    phone = forms.CharField(label="联系电话", max_length=32, required=False, help_text="加密保存，遮蔽显示。")
    clearance = forms.ChoiceField(label="密级权限", choices=CLEARANCE_CHOICES, initial="L2")
    roles = forms.MultipleChoiceField(
        label="角色",
        choices=role_choices(BUSINESS_ROLES),
        widget=forms.CheckboxSelectMultiple(attrs={"wide": True}),
    )


class FirstAccountForm(PersonRowForm):
    """The first data specialist of a department."""

    department = forms.ModelChoiceField(Department.objects.none(), label="部门", empty_label="请选择")
    field_order = ("department",)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _choose_from(self, "department", departments())
        del self.fields["roles"]


class ProposeAccountForm(PersonRowForm):
    """`person` proposes: a specialist business roles for departments he keeps, others administrators."""

    department = forms.ModelChoiceField(Department.objects.none(), label="部门", empty_label=None)
    reason = _reason("申请理由")
    field_order = ("department",)

    def __init__(self, *arguments: Any, person: Person, **options: Any) -> None:
        super().__init__(*arguments, **options)
        keeps = is_data_specialist(person)
        _choose_from(self, "department", departments_kept_by(person) if keeps else departments())
        roles = self.fields["roles"]
        assert isinstance(roles, forms.MultipleChoiceField)  # noqa: S101 - tells the type checker
        roles.choices = role_choices(BUSINESS_ROLES if keeps else SEPARATED_ADMINISTRATORS)
        self.initial.setdefault("department", person.department_id)


class ImportAccountsForm(forms.Form):
    department = forms.ModelChoiceField(Department.objects.none(), label="部门", empty_label=None)
    reason = _reason("申请理由")
    file = forms.FileField(
        label="账号文件",
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv", "wide": True}),
        help_text=".xlsx 或 .csv，按模板填写，最多 200 行。任何一行有误，整个文件都不导入。",
    )
    only_check = forms.BooleanField(label="只检查，不提交", required=False)

    def __init__(self, *arguments: Any, person: Person, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _choose_from(self, "department", departments_kept_by(person))
        self.initial.setdefault("department", person.department_id)


class RightsForm(forms.Form):
    """Other rights for `subject`: business roles, or the other administrations for an administrator."""

    roles = forms.MultipleChoiceField(
        label="角色",
        choices=(),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"wide": True}),
        help_text="调整后的全部角色；不选即收回全部角色。",
    )
    clearance = forms.ChoiceField(label="密级权限", choices=CLEARANCE_CHOICES)
    reason = _reason("申请理由")

    def __init__(self, *arguments: Any, subject: Person, **options: Any) -> None:
        super().__init__(*arguments, **options)
        separated = bool(SEPARATED_ADMINISTRATORS & subject.roles)
        roles = self.fields["roles"]
        assert isinstance(roles, forms.MultipleChoiceField)  # noqa: S101 - tells the type checker
        roles.choices = role_choices(SEPARATED_ADMINISTRATORS if separated else BUSINESS_ROLES)
        self.initial.setdefault("roles", sorted(subject.roles))
        self.initial.setdefault("clearance", subject.clearance)


class MoveForm(forms.Form):
    to_department = forms.ModelChoiceField(Department.objects.none(), label="调往部门", empty_label="请选择")
    reason = _reason("申请理由")

    def __init__(self, *arguments: Any, subject: Person, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _choose_from(self, "to_department", departments().exclude(pk=subject.department_id))


class ReasonForm(forms.Form):
    reason = _reason("理由")


class PersonEditForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=64)
    title = forms.CharField(label="职务", max_length=64, required=False)
    phone = forms.CharField(
        label="新联系电话", max_length=32, required=False, help_text="不填则不变。加密保存，遮蔽显示。"
    )

    def clean_phone(self) -> str | None:
        """None leaves the number as it is."""
        return self.cleaned_data["phone"] or None


class DepartmentRowForm(forms.Form):
    """A row of the workbook of departments; those above are named."""

    code = forms.CharField(
        label="部门编码", max_length=32, help_text="例如 331100-JT，全市唯一，建立后不变。"
    )
    name = forms.CharField(label="部门名称", max_length=128)
    short_name = forms.CharField(label="简称", max_length=32)
    region = forms.ChoiceField(label="行政区域", choices=REGION_CHOICES)
    level = forms.ChoiceField(label="层级", choices=[(level.value, level.label) for level in Level])
    kind = forms.ChoiceField(label="类别", choices=DepartmentKind.choices, initial=DepartmentKind.GOVERNMENT)
    parent = forms.CharField(
        label="上级部门", required=False, help_text="在用部门的全称或编码，可以是本文件中的部门。"
    )
    supervisor = forms.CharField(
        label="主管部门", required=False, help_text="在用部门的全称或编码；企业和社会单位须填写。"
    )


class DepartmentForm(DepartmentRowForm):
    """A department on its page; those above are chosen. Without a code where there is one already."""

    parent = forms.ModelChoiceField(  # type: ignore[assignment]
        Department.objects.none(), label="上级部门", required=False, empty_label="无"
    )
    supervisor = forms.ModelChoiceField(  # type: ignore[assignment]
        Department.objects.none(),
        label="主管部门",
        required=False,
        empty_label="无",
        help_text="企业和社会单位须指定。",
    )

    def __init__(self, *arguments: Any, department: Department | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for above in ("parent", "supervisor"):
            _choose_from(self, above, departments().exclude(pk=department.pk if department else 0))
        if department is not None:
            del self.fields["code"]
            for name in self.fields:
                self.initial.setdefault(name, getattr(department, name))


class HeadForm(forms.Form):
    head = forms.ModelChoiceField(Person.objects.none(), label="部门负责人", empty_label="请选择")

    def __init__(self, *arguments: Any, department: Department, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _choose_from(self, "head", department.people.filter(is_active=True).select_related("department"))
        self.initial.setdefault("head", department.head_id)


class MergerForm(forms.Form):
    into = forms.ModelChoiceField(Department.objects.none(), label="并入部门", empty_label="请选择")
    reason = _reason("合并依据")

    def __init__(self, *arguments: Any, department: Department, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _choose_from(self, "into", departments().exclude(pk=department.pk))


class ImportDepartmentsForm(forms.Form):
    file = forms.FileField(
        label="部门文件",
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv", "wide": True}),
        help_text=".xlsx 或 .csv，按模板填写。任何一行有误，整个文件都不导入。",
    )
    only_check = forms.BooleanField(label="只检查，不导入", required=False)


def _choose_from(form: forms.Form, name: str, things: QuerySet[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
    field.queryset = things


class DecideForm(forms.Form):
    """The decision on what waits under one number; all of it is chosen to begin with."""

    proposals = forms.MultipleChoiceField(
        label="审批的申请", choices=(), widget=forms.CheckboxSelectMultiple(attrs={"wide": True})
    )
    verdict = forms.ChoiceField(
        label="结论",
        choices=[(APPROVE, "通过"), (REFUSE, "不通过")],
        initial=APPROVE,
        widget=forms.RadioSelect,
    )
    reason = _reason("审批意见", required=False, help_text="不通过须写明理由。")

    def __init__(self, *arguments: Any, proposals: Sequence[AccountProposal], **options: Any) -> None:
        super().__init__(*arguments, **options)
        _tick_all(self, "proposals", [(str(each.pk), f"{each.name} {each.account}") for each in proposals])


class WithdrawForm(forms.Form):
    """Asks for nothing."""


class ConfirmForm(forms.Form):
    """The accounts of a review that are still needed."""

    people = forms.MultipleChoiceField(
        label="仍需使用的账号", choices=(), widget=forms.CheckboxSelectMultiple(attrs={"wide": True})
    )

    def __init__(self, *arguments: Any, lines: Sequence[ReviewLine], **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["people"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - tells the type checker
        # None is ticked: each is to be looked at.
        field.choices = [
            (
                str(line.person_id),
                f"{line.person.name} {line.person.account}（{line.person.role_names or '无角色'}）",
            )
            for line in lines
        ]


def _tick_all(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - tells the type checker
    field.choices = choices
    form.initial.setdefault(name, [value for value, _ in choices])
