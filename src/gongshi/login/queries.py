"""Reads of logins and networks."""

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest

from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.identity.models import Person
from gongshi.login.models import AllowedNetwork, LoginSession, LoginSessionQuerySet, SessionEnding
from gongshi.login.store import digest
from gongshi.login.words import why_ended

# Under which name an anonymous session remembers which login it was.
FORMER_LOGIN = "former_login"


def live_sessions() -> LoginSessionQuerySet:
    """Who is in now, for the security administrator."""
    return (
        LoginSession.objects.live()
        .select_related("person__department")
        .prefetch_related("person__role_assignments")
    )


def sessions_of(person: Person) -> LoginSessionQuerySet:
    """A person's own logins, past and present."""
    return LoginSession.objects.filter(person=person)


def failed_logins_of(person: Person) -> QuerySet[AuditEvent]:
    """What went wrong at the door with this person's account."""
    return AuditEvent.objects.filter(
        object_type=Person._meta.label_lower,
        object_id=str(person.pk),
        action__in=[AuditAction.LoginFailed, AuditAction.LoginOutside],
    )


def why_login_ended(request: HttpRequest) -> str:
    """The sentence for a browser whose login ended; empty for strangers."""
    former = former_login(request)
    return why_ended(former) if former else ""


def allowed_networks() -> QuerySet[AllowedNetwork]:
    return AllowedNetwork.objects.select_related("person__department")


def former_login(request: HttpRequest) -> LoginSession | None:
    """The login that this browser had, and that somebody or something else ended; None for all others."""
    ended = LoginSession.objects.filter(ended_at__isnull=False).exclude(ending=SessionEnding.SIGNED_OUT)
    ended = ended.select_related("successor")
    if known := request.session.get(FORMER_LOGIN):
        return ended.filter(pk=known).first()
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return ended.filter(key_hash=digest(key)).first() if key else None
