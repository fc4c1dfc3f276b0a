"""What is asked about a saved filter."""

from django import forms

from gongshi.saved_filters.models import CONDITIONS_LENGTH, NAME_LENGTH


class ChangeFilterForm(forms.Form):
    name = forms.CharField(label="名称", max_length=NAME_LENGTH)
    is_shared = forms.BooleanField(label="与本部门共享", required=False)


class SaveFilterForm(ChangeFilterForm):
    """`list_name` and `conditions` come from the list's page, as does `path`, to which it leads back."""

    overwrite = forms.BooleanField(label="覆盖我的同名筛选", required=False)
    list_name = forms.CharField(widget=forms.HiddenInput, max_length=100)
    path = forms.CharField(widget=forms.HiddenInput, required=False, max_length=500)
    # What the action says of them stands above the form.
    conditions = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2 * CONDITIONS_LENGTH)
