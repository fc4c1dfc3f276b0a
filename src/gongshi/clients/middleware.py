"""Programs that name themselves by HTTP Basic: let in without a session, recorded before answered."""

import base64
import logging
from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve

from gongshi.audit.origin import current_origin
from gongshi.clients.admission import Call, NotAdmitted, TooManyCalls, TooManyFailures, admit, find_client
from gongshi.clients.calls import record_call
from gongshi.clients.scopes import PREFIX, Operation, operation_of
from gongshi.kernel.errors import GongshiError

log = logging.getLogger(__name__)


class ClientMiddleware:
    """Stands before sessions: a call by Basic has none, whatever cookies come with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic" or not request.path_info.startswith(f"/{PREFIX}/"):
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        try:
            return self._answer(request, *_credentials(encoded))
        except DatabaseError:
            # Fail closed: what cannot be recorded is not answered.
            log.exception("a call of a client was not recorded")
            content = {
                "code": "unavailable",
                "message": "系统暂时无法登记本次调用，请稍后再试。",
                "field": None,
            }
            return JsonResponse({"error": content}, status=503)

    def _answer(self, request: HttpRequest, client_id: str, secret: str) -> HttpResponse:
        client, refusal = find_client(client_id), ""
        method = request.method or ""
        try:
            operation = _operation(method, request.path_info)
            admitted = admit(client, Call(client_id, secret, current_origin().address, operation))
        except TooManyFailures as error:
            # Whoever floods us with names and secrets does not fill the record with them.
            return _refused(error)
        except GongshiError as error:
            response, refusal = _refused(error), error.message
        else:
            # Where Django looks for the person of a request before it asks the session.
            request._cached_user = admitted.responsible  # type: ignore[attr-defined]
            response = self.get_response(request)
        record_call(
            client=client,
            claimed=client_id,
            method=method,
            path=request.path,
            status=response.status_code,
            refusal=refusal,
        )
        return response


def _credentials(encoded: str) -> tuple[str, str]:
    """Name and secret; empty for what nobody can read."""
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    # PostgreSQL takes no NUL; no client has one in its name.
    return name.replace("\0", ""), secret


def _operation(method: str, path: str) -> Operation | None:
    try:
        return operation_of(method, resolve(path).route)
    except Resolver404:
        return None


def _refused(error: GongshiError) -> HttpResponse:
    content = {"code": error.code, "message": error.message, "field": error.field}
    response = JsonResponse({"error": content}, status=error.status)
    if isinstance(error, NotAdmitted):
        response.headers["WWW-Authenticate"] = 'Basic realm="gongshi", charset="UTF-8"'
    if isinstance(error, TooManyCalls):
        response.headers["Retry-After"] = str(error.retry_after)
    return response
