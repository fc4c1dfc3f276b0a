"""Remembers where each request comes from, for the audit events it causes; refusals are such events."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from gongshi.audit.origin import Origin, acting_from
from gongshi.audit.refusals import write_refusals
from gongshi.kernel.client_address import client_address


class RequestOriginMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        origin = Origin(
            address=client_address(request),
            user_agent=request.headers.get("User-Agent", "")[:300],
        )
        with acting_from(origin):
            response = self.get_response(request)
            write_refusals(f"{request.method} {request.path}")
            return response
