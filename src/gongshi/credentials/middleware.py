"""Leads who signed in through the steps that he is missing, whatever page he asks for."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect

from gongshi.credentials.steps import ALWAYS_OPEN, missing_step, remember_next
from gongshi.identity.models import Person


class StepsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], *_: Any
    ) -> HttpResponseBase | None:
        """None lets pass. Views for strangers are for everybody."""
        if not getattr(view, "login_required", True) or not isinstance(request.user, Person):
            return None
        # Steps are those of a login; a machine names itself anew in every request.
        if SESSION_KEY not in request.session:
            return None
        step = missing_step(request, request.user)
        wanted = request.resolver_match.view_name if request.resolver_match else ""
        if step is None or wanted in step.open or wanted in ALWAYS_OPEN:
            return None
        if request.path.startswith("/api/"):
            content = {"code": "step_missing", "message": step.sentence, "field": step.name}
            return JsonResponse({"error": content}, status=403)
        if request.method == "GET" and request.path != "/":
            remember_next(request)
        return redirect(step.page)
