"""What is asked for a client."""

from typing import Any

from django import forms

from gongshi.clients.actions import LONGEST_OVERLAP_HOURS, MOST_PER_MINUTE, REASON_LENGTH
from gongshi.clients.models import ApiClient
from gongshi.clients.scopes import Scope
from gongshi.identity.models import Person
from gongshi.identity.roles import BUSINESS_ROLES


class ClientForm(forms.Form):
    name = forms.CharField(label="接入方名称", max_length=64)
    responsible = forms.ModelChoiceField(
        Person.objects.none(),
        label="责任人",
        empty_label="请选择",
        help_text="接入方能读到的，不超过责任人能看到的；责任人调动或停用后自动暂停。",
    )
    purpose = forms.CharField(
        label="用途", max_length=300, widget=forms.Textarea(attrs={"rows": 2, "wide": True})
    )
    scopes = forms.MultipleChoiceField(
        label="授权范围", choices=Scope.choices, widget=forms.CheckboxSelectMultiple(attrs={"wide": True})
    )
    networks = forms.CharField(
        label="允许的网段",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="每行一个，例如 10.33.0.0/16，或单个地址。",
    )
    per_minute = forms.IntegerField(
        label="每分钟调用上限", min_value=1, max_value=MOST_PER_MINUTE, initial=60
    )
    expires_on = forms.DateField(label="有效期至", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        answerable = Person.objects.filter(
            is_active=True, role_assignments__role__in=sorted(BUSINESS_ROLES)
        ).select_related("department")
        self.fields["responsible"].queryset = answerable.distinct()  # type: ignore[attr-defined]

    def clean_networks(self) -> list[str]:
        return str(self.cleaned_data["networks"]).split()


class RotationForm(forms.Form):
    overlap_hours = forms.IntegerField(
        label="旧密钥继续有效（小时）",
        min_value=0,
        max_value=LONGEST_OVERLAP_HOURS,
        initial=1,
        help_text="密钥已泄露时填 0，旧密钥立即失效。",
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="理由", max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 2, "wide": True})
    )


def as_typed(client: ApiClient) -> dict[str, Any]:
    """The terms of a client as its form shows them."""
    return {
        "name": client.name,
        "responsible": client.responsible_id,
        "purpose": client.purpose,
        "scopes": client.scopes,
        "networks": "\n".join(client.networks),
        "per_minute": client.per_minute,
        "expires_on": client.expires_on,
    }
