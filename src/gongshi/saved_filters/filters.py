"""What saved filters can be filtered by."""

from typing import Any

import django_filters

from gongshi.identity.models import Person
from gongshi.saved_filters.models import SavedFilter
from gongshi.saved_filters.queries import lists_open_to


class SavedFilterFilter(django_filters.FilterSet):
    name = django_filters.CharFilter(lookup_expr="icontains", label="名称")
    list_name = django_filters.ChoiceFilter(choices=(), label="列表")

    class Meta:
        model = SavedFilter
        fields = ("name", "list_name")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        person = getattr(self.request, "user", None)
        if isinstance(person, Person):
            self.filters["list_name"].extra["choices"] = list(lists_open_to(person).items())
