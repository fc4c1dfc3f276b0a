"""Whether this installation lives (`/healthz`) and can work (`/readyz`), for supervisors and balancers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from gongshi.kernel import clock
from gongshi.viewing.models import MediaNode
from gongshi.viewing.nodes import is_alive

# Workers beat every 10 s; timers are due every 10 s.
WORKER_SILENCE: Final = timedelta(seconds=30)
TIMER_DELAY: Final = timedelta(seconds=60)


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200: this process serves. Asks nothing else, so that a broken database does not restart it."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 or 503, `ok` or `failing` for each part: `{"database": "ok", "worker": "ok", "media": "ok"}`."""
    states = {name: "ok" if _passes(check) else "failing" for name, check in CHECKS.items()}
    return JsonResponse(states, status=200 if set(states.values()) == {"ok"} else 503)


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _worker_works() -> bool:
    """A worker beats, and no timer has been waiting for it."""
    now = clock.now()
    waiting = ProcrastinateJob.objects.filter(queue_name="timers", status="todo", attempts=0)
    overdue = waiting.filter(
        procrastinateevent__type="deferred", procrastinateevent__at__lt=now - TIMER_DELAY
    )
    beating = ProcrastinateWorker.objects.filter(last_heartbeat__gt=now - WORKER_SILENCE)
    return beating.exists() and not overdue.exists()


def _media_node_lives() -> bool:
    """One node in use has let us hear from it; its hooks reach us, then."""
    now = clock.now()
    return any(is_alive(node, now) for node in MediaNode.objects.filter(is_active=True))


def _passes(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except DatabaseError:
        return False


CHECKS: Final = {"database": _database_answers, "worker": _worker_works, "media": _media_node_lives}
