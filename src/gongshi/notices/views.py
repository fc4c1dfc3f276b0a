"""消息: what happened that concerns me. Looking at the list marks it as read."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from gongshi.identity.signed_in import signed_in
from gongshi.kernel.lists import ListPage
from gongshi.notices import queries
from gongshi.notices.actions import mark_read
from gongshi.notices.models import Notice
from gongshi.notices.rules import Permission
from gongshi.notices.tables import NoticeTable


class NoticeList(ListPage):
    title = "消息"
    permission = Permission.ReadOwn
    table_class = NoticeTable
    template_name = "notices/list.html"
    empty_icon = "bell"
    empty_title = "没有消息"
    empty_text = "需要您办理或知悉的事项会出现在这里。"

    def get_queryset(self) -> QuerySet[Notice]:
        return queries.notices_of(signed_in(self.request))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context, mark_read_url=reverse("notices:mark_read"))


@require_POST
def mark_all_read(request: HttpRequest) -> HttpResponse:
    mark_read(person=signed_in(request))
    return redirect("notices:list")
