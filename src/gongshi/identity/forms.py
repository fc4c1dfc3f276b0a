"""What is asked for a new account."""

from django import forms

from gongshi.identity.models import REGION_CHOICES, Department, DepartmentKind
from gongshi.identity.regions import Level
from gongshi.identity.roles import Role


class PersonForm(forms.Form):
    account = forms.CharField(label="账号", max_length=32, help_text="小写字母、数字和连字符，以字母开头。")
    name = forms.CharField(label="姓名", max_length=64)
    department = forms.ModelChoiceField(
        Department.objects.filter(is_active=True), label="部门", empty_label="请选择"
    )
    title = forms.CharField(label="职务", max_length=64, required=False)
    phone = forms.CharField(label="联系电话", max_length=32, required=False)
    clearance = forms.ChoiceField(
        label="密级权限", choices=[(level, level) for level in ("L1", "L2", "L3", "L4")], initial="L2"
    )
    roles = forms.MultipleChoiceField(
        label="角色", choices=Role.choices, widget=forms.CheckboxSelectMultiple(attrs={"wide": True})
    )
    password = forms.CharField(
        label="初始密码",
        widget=forms.PasswordInput,
        help_text="至少 10 位，不能是常用密码，不能与账号或姓名相近。",
    )


class DepartmentForm(forms.Form):
    code = forms.CharField(label="部门编码", max_length=32, help_text="例如 331100-JT，全市唯一。")
    name = forms.CharField(label="部门名称", max_length=128)
    short_name = forms.CharField(label="简称", max_length=32)
    region = forms.ChoiceField(label="行政区域", choices=REGION_CHOICES)
    level = forms.ChoiceField(label="层级", choices=[(level.value, level.label) for level in Level])
    kind = forms.ChoiceField(label="类别", choices=DepartmentKind.choices, initial=DepartmentKind.GOVERNMENT)
    supervisor = forms.ModelChoiceField(
        Department.objects.filter(is_active=True),
        label="主管部门",
        required=False,
        empty_label="无",
        help_text="企业和社会单位须指定。",
    )
