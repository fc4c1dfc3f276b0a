"""账号复核: which departments are asked, and the answers account by account."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from gongshi.identity import queries
from gongshi.identity.filters import ReviewFilter
from gongshi.identity.forms import ConfirmForm
from gongshi.identity.models import AccountReview, ReviewLine, ReviewVerdict
from gongshi.identity.review_actions import confirm_accounts
from gongshi.identity.rules import Permission
from gongshi.identity.signed_in import signed_in
from gongshi.identity.tables import VERDICT_TONES, ReviewTable
from gongshi.kernel import clock
from gongshi.kernel.authority import may
from gongshi.kernel.lists import ListPage
from gongshi.kernel.pages import ActionFormView


class ReviewList(ListPage):
    title = "账号复核"
    sub = "各部门定期确认账号是否仍需使用"
    permission = Permission.ReadReviews
    table_class = ReviewTable
    filterset_class = ReviewFilter
    empty_icon = "user-check"
    empty_title = "还没有账号复核"
    empty_text = "系统每半年为每个部门发起一次复核。"

    def get_queryset(self) -> QuerySet[AccountReview]:
        return queries.reviews_visible_to(signed_in(self.request))


class ReviewPage(ActionFormView):
    """One department's accounts: those still needed are confirmed, for the others something is proposed."""

    template_name = "identity/review.html"
    verb = "确认继续使用"
    back_label = "账号复核"
    permission = Permission.ReadReviews
    form_class = ConfirmForm

    @cached_property
    def review(self) -> AccountReview:
        visible = queries.reviews_visible_to(signed_in(self.request))
        return get_object_or_404(visible, pk=self.kwargs["pk"])

    @cached_property
    def lines(self) -> list[ReviewLine]:
        lines = self.review.lines.select_related("person__department", "decided_by__department")
        return list(lines.prefetch_related("person__role_assignments"))

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"账号复核 {self.review.department.name}"

    @property
    def sub(self) -> str:  # type: ignore[override]
        return f"{self.review.begun_on:%Y-%m-%d} 发起，截止 {self.review.due_on:%Y-%m-%d}"

    def thing(self) -> AccountReview:
        return self.review

    def back_url(self) -> str:
        return reverse("identity:reviews")

    def answerable(self) -> list[ReviewLine]:
        """What this person may confirm: not his own account."""
        actor = signed_in(self.request)
        return [
            line for line in self.lines if line.verdict == ReviewVerdict.OPEN and line.person_id != actor.pk
        ]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"lines": self.answerable()}

    def perform(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        keys = [int(key) for key in cleaned["people"]]
        confirm_accounts(actor=signed_in(self.request), review=self.review, people=keys)
        return f"已确认 {len(keys)} 个账号继续使用。", self.request.path

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        actor = signed_in(self.request)
        return super().get_context_data(
            **context,
            review=self.review,
            overdue=not self.review.finished_at and self.review.due_on < clock.today(),
            rows=[(line, VERDICT_TONES[ReviewVerdict(line.verdict)]) for line in self.lines],
            may_confirm=bool(self.answerable())
            and not self.review.finished_at
            and may(actor, Permission.ConfirmAccounts, self.review.department),
        )
