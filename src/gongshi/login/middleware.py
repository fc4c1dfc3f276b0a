"""Ends logins in time, and tells people whose login has ended why."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme

from gongshi.kernel.middleware import SignInRequiredMiddleware
from gongshi.login import watching
from gongshi.login.models import LoginSession
from gongshi.login.queries import FORMER_LOGIN, former_login
from gongshi.login.words import why_ended


class InterruptedSessionMiddleware(SessionMiddleware):
    """A login may end while its request is still served, by another login: that is no bad request."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except SessionInterrupted:
            answer = HttpResponse(status=401) if is_for_programs(request) else redirect_to_login("/")
            # The key of a session that is no more opens nothing; by it the next page knows what to tell.
            answer.set_cookie(
                settings.SESSION_COOKIE_NAME,
                request.session.session_key or "",
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite=settings.SESSION_COOKIE_SAMESITE,
            )
            return answer


class LoginWatchMiddleware:
    """Looks at each request before anybody asks whose it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        watching.watch(request)
        return self.get_response(request)


class LoginRequiredMiddleware(SignInRequiredMiddleware):
    """Tells whoever was in why he no longer is; strangers learn only that they must sign in."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        former = former_login(request)
        if former is None:
            return super().handle_no_permission(request, view_func)
        # Django takes the old cookie away; every window of this browser is to learn why.
        request.session[FORMER_LOGIN] = former.pk
        if is_for_programs(request):
            return session_ended(former)
        return redirect_to_login(way_back(request))


def session_ended(former: LoginSession) -> JsonResponse:
    content = {"code": "session_ended", "message": why_ended(former), "field": None}
    return JsonResponse({"error": content}, status=401)


def is_for_programs(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def way_back(request: HttpRequest) -> str:
    """The page to which signing in again leads: this one, or that on which the form stood."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, request.is_secure()):
        return "/"
    page = urlsplit(came_from)
    return f"{page.path}?{page.query}" if page.query else page.path
