"""What is asked for ending a login, and for a network."""

from django import forms

from gongshi.identity.models import Person
from gongshi.identity.roles import Role


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2, "wide": True})
    )


class EndingForm(ReasonForm):
    reason = forms.CharField(
        label="结束理由",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "wide": True}),
        help_text="该人员将在登录页看到此理由；本次登录打开的视频随即停止。",
    )


class NetworkForm(forms.Form):
    network = forms.CharField(
        label="网络", max_length=43, help_text="网段如 10.33.0.0/16，单个地址如 10.33.1.9；也可填写 IPv6。"
    )
    role = forms.ChoiceField(
        label="角色",
        choices=[("", "不按角色"), *Role.choices],
        required=False,
        help_text="持有该角色的人员只能从名单内的网络登录。",
    )
    person = forms.ModelChoiceField(
        Person.objects.filter(is_active=True).select_related("department"),
        label="账号",
        required=False,
        empty_label="不按账号",
        to_field_name="account",
        help_text="账号的名单优先于角色的名单。角色和账号只选一项。",
    )
    note = forms.CharField(label="说明", max_length=100, required=False)
