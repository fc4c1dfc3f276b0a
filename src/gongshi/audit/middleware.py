"""Remembers where each request comes from, for the audit events it causes."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from gongshi.audit.origin import Origin, acting_from


class RequestOriginMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        origin = Origin(
            address=request.META.get("REMOTE_ADDR") or None,
            user_agent=request.headers.get("User-Agent", "")[:300],
        )
        with acting_from(origin):
            return self.get_response(request)
