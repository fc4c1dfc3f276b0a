"""Whoever has the right password, but comes from where he may not, is told so and goes no further."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from gongshi.audit.origin import current_origin
from gongshi.credentials.login import PortalAccountAdapter
from gongshi.identity.models import Person
from gongshi.login.actions import refuse_outside
from gongshi.login.networks import is_allowed
from gongshi.login.words import OUTSIDE


class NetworkCheckingAdapter(PortalAccountAdapter):
    def pre_login(self, request: HttpRequest, user: Person, **options: Any) -> HttpResponseBase | None:
        """Before the second factor; single sign-on comes this way, too."""
        refusal: HttpResponseBase | None = super().pre_login(request, user, **options)
        if refusal is not None or is_allowed(user, current_origin().address):
            return refusal
        refuse_outside(person=user)
        messages.error(request, OUTSIDE)
        return redirect("account_login")
