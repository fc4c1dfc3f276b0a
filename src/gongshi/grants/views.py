"""授权: which there are, and ending one."""

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from gongshi.audit.queries import events_of
from gongshi.grants import queries
from gongshi.grants.actions import RUNNING, revoke_grant
from gongshi.grants.filters import GrantFilter
from gongshi.grants.forms import RevocationForm
from gongshi.grants.models import Grant
from gongshi.grants.rules import Permission
from gongshi.grants.tables import STATE_TONES, GrantTable
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import may
from gongshi.kernel.lists import ListPage
from gongshi.kernel.pages import ActionFormView


class GrantList(ListPage):
    title = "授权"
    sub = "谁、因何、在何时可以看哪个点位"
    permission = Permission.ReadGrants
    table_class = GrantTable
    filterset_class = GrantFilter
    empty_icon = "key"
    empty_title = "还没有授权"
    empty_text = "需求经审核、实施并验收后，授权会出现在这里。"

    def get_queryset(self) -> QuerySet[Grant]:
        return queries.grants_visible_to(signed_in(self.request))


class GrantPage(ActionFormView):
    """One grant with its history; whoever may revoke it does so at its foot."""

    template_name = "grants/grant.html"
    verb = "撤销授权"
    permission = Permission.ReadGrants
    form_class = RevocationForm
    back_label = "授权"

    @cached_property
    def grant(self) -> Grant:
        grants = queries.grants_visible_to(signed_in(self.request))
        grants = grants.select_related("path", "ended_by__department")
        return get_object_or_404(grants, pk=self.kwargs["pk"])

    def thing(self) -> Grant:
        return self.grant

    def back_url(self) -> str:
        return reverse("grants:grants")

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        revoke_grant(actor=signed_in(self.request), grant=self.grant, reason=cleaned["reason"])
        return f"授权 {self.grant.number} 已撤销，正在播放的画面随即停止。", self.grant.get_absolute_url()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        grant = self.grant
        return super().get_context_data(
            **context,
            grant=grant,
            tone=STATE_TONES.get(grant.state, "gray"),
            viewers=grant.viewers.order_by("account"),
            events=events_of(Q(object_type=Grant._meta.label_lower, object_id=str(grant.pk))),
            may_revoke=grant.state in RUNNING and may(signed_in(self.request), Permission.Revoke, grant),
        )
