"""登录 over JSON."""

from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema, Status
from ninja.pagination import paginate

from gongshi.audit.models import AuditEvent
from gongshi.identity.models import Person
from gongshi.identity.signed_in import signed_in
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Invalid
from gongshi.login import actions, queries, watching
from gongshi.login.models import AllowedNetwork, LoginSession
from gongshi.login.rules import Permission

router = Router(tags=["登录"])


class CurrentOut(Schema):
    """`seconds_left`: until the login ends by itself if nobody does anything."""

    seconds_left: int


class OwnLoginOut(Schema):
    began_at: datetime
    last_seen_at: datetime
    address: str | None
    program: str
    ended_at: datetime | None
    ending: str
    reason: str


class LoginOut(Schema):
    id: int
    account: str = Field(alias="person.account")
    name: str = Field(alias="person.name")
    department: str = Field(alias="person.department.name")
    began_at: datetime
    last_seen_at: datetime
    address: str | None
    program: str


class FailedLoginOut(Schema):
    at: datetime
    action: str
    address: str | None
    user_agent: str


class ReasonIn(Schema):
    reason: str


class NetworkOut(Schema):
    id: int
    network: str
    account: str | None = Field(None, alias="person.account")
    role: str
    note: str


class NetworkIn(Schema):
    """Either an account or a role."""

    network: str
    account: str = ""
    role: str = ""
    note: str = ""


@router.get("/current", response=CurrentOut, url_name="session_current")
def current(request: HttpRequest) -> CurrentOut:
    """How long this login goes on. With the header Gongshi-Background asking does not count as use."""
    signed_in(request)
    login = watching.login_of(request)
    return CurrentOut(seconds_left=login.seconds_left(clock.now()) if login else 0)


@router.get("/mine", response=list[OwnLoginOut])
@paginate
def own_logins(request: HttpRequest) -> QuerySet[LoginSession]:
    """我的登录."""
    return queries.sessions_of(signed_in(request))


@router.get("/mine/failed", response=list[FailedLoginOut])
@paginate
def failed_logins(request: HttpRequest) -> QuerySet[AuditEvent]:
    """失败的登录 of the own account."""
    return queries.failed_logins_of(signed_in(request))


@router.get("", response=list[LoginOut])
@paginate
def live_logins(request: HttpRequest) -> QuerySet[LoginSession]:
    """在线登录, for the security administrator."""
    authorise(signed_in(request), Permission.ReadLogins)
    return queries.live_sessions()


@router.post("/{int:session_id}/end", response={204: None})
def end_login(request: HttpRequest, session_id: int, body: ReasonIn) -> Status[None]:
    """结束登录, by the security administrator."""
    actor = signed_in(request)
    authorise(actor, Permission.EndLogin)
    session = get_object_or_404(queries.live_sessions(), pk=session_id)
    actions.end_session(actor=actor, session=session, reason=body.reason)
    return Status(204, None)


@router.get("/networks", response=list[NetworkOut])
@paginate
def networks(request: HttpRequest) -> QuerySet[AllowedNetwork]:
    """登录网络, for the security administrator."""
    authorise(signed_in(request), Permission.KeepNetworks)
    return queries.allowed_networks()


@router.post("/networks", response={201: NetworkOut})
def allow_network(request: HttpRequest, body: NetworkIn) -> Status[AllowedNetwork]:
    """增加登录网络 of an account or a role; logins from elsewhere end."""
    actor = signed_in(request)
    authorise(actor, Permission.KeepNetworks)
    person = Person.objects.filter(account=body.account, is_active=True).first() if body.account else None
    if body.account and person is None:
        raise Invalid("没有这个在用账号，请核对。", field="account")
    allowed = actions.allow_network(
        actor=actor, network=body.network, person=person, role=body.role, note=body.note
    )
    return Status(201, allowed)


@router.post("/networks/{int:network_id}/withdraw", response={204: None})
def withdraw_network(request: HttpRequest, network_id: int, body: ReasonIn) -> Status[None]:
    """删除登录网络."""
    actor = signed_in(request)
    authorise(actor, Permission.KeepNetworks)
    allowed = get_object_or_404(queries.allowed_networks(), pk=network_id)
    actions.withdraw_network(actor=actor, allowed=allowed, reason=body.reason)
    return Status(204, None)
