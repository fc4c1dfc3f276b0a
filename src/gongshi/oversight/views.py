"""工作台: my to-dos, what is in motion, my notices."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongshi.demand.rules import Permission
from gongshi.identity.rules import is_bureau_administrator
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import may
from gongshi.notices.queries import notices_of
from gongshi.oversight import queries

SHOWN_NOTICES = 8


@require_safe
def workbench(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    in_motion, in_motion_count = queries.in_motion(person)
    context = {
        "todos": queries.todos(person),
        "reads_demands": may(person, Permission.ReadItems),
        "may_ask": may(person, Permission.DraftDemand),
        "whole_city": is_bureau_administrator(person),
        "in_motion": in_motion,
        "in_motion_count": in_motion_count,
        "notices": notices_of(person)[:SHOWN_NOTICES],
    }
    return render(request, "oversight/workbench.html", context)
