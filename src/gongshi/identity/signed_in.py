"""The person behind a request, as actions want him."""

from django.http import HttpRequest

from gongshi.identity.models import Person
from gongshi.kernel.errors import Forbidden


def signed_in(request: HttpRequest) -> Person:
    """Raises Forbidden for nobody; the portal lets nobody come so far."""
    if not isinstance(request.user, Person):
        raise Forbidden("请先登录。")
    return request.user
