"""校验规则: what points are checked by, and the departments' own schemes of codes."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gongshi.catalogue.checks import CHECKS
from gongshi.catalogue.queries import code_schemes, departments_with_scheme_kept_by
from gongshi.catalogue.rules import Permission
from gongshi.catalogue.scheme_actions import LONGEST_EXPLANATION, set_code_scheme
from gongshi.catalogue.schemes import LONGEST_PATTERN
from gongshi.identity.models import Department, Person
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise, may
from gongshi.kernel.pages import ActionFormView


@require_safe
def show_checks(request: HttpRequest) -> HttpResponse:
    """The table of rules, and the schemes."""
    person = signed_in(request)
    authorise(person, Permission.ReadChecks)
    context = {
        "checks": CHECKS,
        "schemes": code_schemes(),
        "keeps_schemes": may(person, Permission.KeepCodeScheme),
        "compiles": may(person, Permission.CompileFor),
    }
    return render(request, "catalogue/checks.html", context)


class SchemeForm(forms.Form):
    department = forms.ModelChoiceField(Department.objects.none(), label="部门", empty_label=None)
    pattern = forms.CharField(
        label="编号规则",
        max_length=LONGEST_PATTERN,
        required=False,
        help_text="# 表示数字，@ 表示大写字母，其余照写，如 GA-######；留空表示取消该部门的规则。",
    )
    explanation = forms.CharField(label="说明", max_length=LONGEST_EXPLANATION, required=False)

    def __init__(self, *arguments: Any, person: Person, **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["department"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        field.queryset = departments_with_scheme_kept_by(person)


class SetScheme(ActionFormView):
    title = "自编编号规则"
    sub = "新增点位的视频编号不用 20 位国标编码时，须符合数源部门的规则；已在目录中的编号不受影响"
    permission = Permission.KeepCodeScheme
    form_class = SchemeForm
    back_label = "校验规则"

    def back_url(self) -> str:
        return reverse("catalogue:checks")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"person": signed_in(self.request)}

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        scheme = set_code_scheme(actor=signed_in(self.request), **cleaned)
        done = f"已设置 {scheme.pattern}" if scheme else "已取消"
        return f"{cleaned['department'].name}的自编编号规则{done}。", self.back_url()
