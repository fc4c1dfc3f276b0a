"""Who holds a second factor, for those who keep accounts."""

from allauth.mfa.models import Authenticator
from django.db.models import OuterRef, QuerySet, Subquery

from gongshi.identity import queries
from gongshi.identity.models import Person
from gongshi.kernel.errors import NotFound


def people_with_factors() -> QuerySet[Person]:
    """The accounts in use; `factor_since` and `factor_used_at` are empty where there is no second factor."""
    factor = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    return queries.people().annotate(
        factor_since=Subquery(factor.values("created_at")),
        factor_used_at=Subquery(factor.values("last_used_at")),
    )


def person_by_account(account: str) -> Person:
    """Raises NotFound."""
    person = people_with_factors().filter(account=account).first()
    if person is None:
        raise NotFound("没有这个账号，请从“二次验证”列表中选择。")
    return person
