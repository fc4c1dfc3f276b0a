"""实时查看, one's own looks, and the media nodes."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise
from gongshi.kernel.lists import ListPage
from gongshi.viewing import queries
from gongshi.viewing.filters import MediaNodeFilter, PlaySessionFilter
from gongshi.viewing.models import MediaNode, PlaySession
from gongshi.viewing.nodes import nodes_with_load, socket_origins
from gongshi.viewing.rules import Permission
from gongshi.viewing.tables import MediaNodeTable, PlaySessionTable


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The wall of panes; the browser may connect to the media nodes from this page only."""
    authorise(signed_in(request), Permission.Watch)
    response: Any = render(request, "viewing/live.html")
    response._csp_update = {"connect-src": socket_origins(request.get_host())}
    return response  # type: ignore[no-any-return]


class MyLooks(ListPage):
    title = "我的查看记录"
    sub = "每一次查看都登记在信息调用登记中"
    permission = Permission.Watch
    table_class = PlaySessionTable
    filterset_class = PlaySessionFilter
    empty_icon = "history"
    empty_title = "还没有查看过视频"
    empty_text = "在“实时查看”中打开已授权的点位后，记录会出现在这里。"

    def get_queryset(self) -> QuerySet[PlaySession]:
        return queries.sessions_of(signed_in(self.request))


class NodeList(ListPage):
    title = "媒体节点"
    sub = "运行状态和负载"
    permission = Permission.ManageNodes
    table_class = MediaNodeTable
    filterset_class = MediaNodeFilter
    empty_icon = "server"
    empty_title = "还没有媒体节点"
    empty_text = "平台启动时会自动登记本机节点。"

    def get_queryset(self) -> QuerySet[MediaNode]:
        return nodes_with_load()
