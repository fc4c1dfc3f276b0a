"""What stands between a request and its view: signing in, what browsers keep, and the page of an error."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from gongshi.kernel.errors import Forbidden, GongshiError, NotFound, expected

# What the page of an expected error is called, and its picture.
HEADINGS: dict[type[GongshiError], tuple[str, str]] = {
    Forbidden: ("没有权限", "ban"),
    NotFound: ("没有找到", "search"),
}


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Nothing is open to strangers unless a view says so; programs get an answer they can read."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        if request.path.startswith("/api/"):
            content = {"code": "not_signed_in", "message": "请先登录。", "field": None}
            return JsonResponse({"error": content}, status=401)
        return super().handle_no_permission(request, view_func)


class NotKeptMiddleware:
    """Browsers keep no page: after signing out the back button shows nothing (等保 level 3, 剩余信息保护)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class BodyLimitMiddleware:
    """Refuses a body that is too large before any of it is read, a stranger's too: files go to the disk."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.headers.get("Content-Length", "")
        most = settings.LARGE_BODIES.get(request.path, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        if length.isdecimal() and int(length) > most:
            sentence = f"提交的内容超过 {most // 1024**2} MB，请分批提交。"
            return JsonResponse(
                {"error": {"code": "too_large", "message": sentence, "field": None}}, status=413
            )
        return self.get_response(request)


class ErrorPageMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, raised: Exception) -> HttpResponse | None:
        """A button that could not do its work says so on the page it stands on; anything else gets a page."""
        error = expected(raised)
        if error is None:
            return None
        came_from = request.headers.get("Referer", "")
        if request.method == "POST" and url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
            messages.error(request, error.message)
            return redirect(came_from)
        heading, icon = HEADINGS.get(type(error), ("无法完成此操作", "alert-circle"))
        context = {"error": error, "heading": heading, "icon": icon}
        return render(request, "kernel/error.html", context, status=error.status)
