"""工作台: my to-dos, my demands in motion, my notices."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gongshi.identity.signed_in import signed_in
from gongshi.notices.queries import notices_of
from gongshi.oversight import queries


def workbench(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    context = {
        "todos": queries.todos(person),
        "demands": queries.demands_in_motion(person),
        "notices": notices_of(person)[:8],
    }
    return render(request, "oversight/workbench.html", context)
