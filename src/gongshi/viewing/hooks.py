"""`POST /media-hooks/<event>`: where media nodes ask and tell, each with its code and the hook password."""

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from gongshi.viewing import news
from gongshi.viewing.models import MediaNode
from gongshi.wire import hooks
from gongshi.wire.hooks import Hook, HookMessage, HookReply


class Answer(NamedTuple):
    """What an event carries, and who answers it."""

    message: type[HookMessage]
    give: Callable[[MediaNode, Any], HookReply]


ANSWERS: Final = {
    Hook.PLAY: Answer(hooks.OnPlay, news.play_asked),
    Hook.FLOW_REPORT: Answer(hooks.OnFlowReport, news.flow_reported),
    Hook.STREAM_CHANGED: Answer(hooks.OnStreamChanged, news.stream_changed),
    Hook.STREAM_NOT_FOUND: Answer(hooks.OnStreamNotFound, news.stream_not_found),
    Hook.STREAM_NONE_READER: Answer(hooks.OnStreamNoneReader, news.stream_unwatched),
    Hook.SERVER_STARTED: Answer(hooks.OnServerStarted, news.server_started),
    Hook.SERVER_KEEPALIVE: Answer(hooks.OnServerKeepalive, news.server_lives),
}


# A machine without cookies calls: no log-in, and nothing that could be forged by another site.
@csrf_exempt
@login_not_required
@require_POST
def receive(request: HttpRequest, event: str) -> HttpResponse:
    """Answer one event. Anything but 200 is a refusal to the node; nothing of the message is ever logged."""
    node = _calling_node(request)
    if node is None:
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="media-hooks"'})
    if event not in ANSWERS:
        return HttpResponse(status=404)
    if request.content_type != "application/json":
        return HttpResponse(status=415)
    answer = ANSWERS[Hook(event)]
    try:
        message = answer.message.model_validate(json.loads(request.body))
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    return JsonResponse(answer.give(node, message).to_wire())


def _calling_node(request: HttpRequest) -> MediaNode | None:
    """The node that Basic authentication names; None: unknown, out of use, or the wrong password."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        code, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None
    expected = settings.ENVIRONMENT.hook_secret
    if scheme.lower() != "basic" or not hmac.compare_digest(password.encode(), expected.encode()):
        return None
    return MediaNode.objects.filter(code=code, is_active=True).first()
