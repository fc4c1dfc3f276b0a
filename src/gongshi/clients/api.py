"""接入方 over JSON, and how a client names itself to the interface."""

from datetime import date, datetime

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from ninja.pagination import paginate
from ninja.security import HttpBasicAuth

from gongshi.clients import actions, queries
from gongshi.clients.models import ApiClient
from gongshi.clients.rules import Permission
from gongshi.identity.queries import people
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Invalid

router = Router(tags=["接入方"])


class ClientAuth(HttpBasicAuth):
    """Tells the description of the interface of this way in; `clients/middleware.py` has already decided."""

    def authenticate(self, request: HttpRequest, username: str, password: str) -> object | None:
        return request.user if request.user.is_authenticated else None


class ClientOut(Schema):
    id: int
    client_id: str
    name: str
    purpose: str
    department: str = Field(alias="department.name")
    responsible: str = Field(alias="responsible.account")
    scopes: list[str]
    networks: list[str]
    per_minute: int
    expires_on: date
    state: str
    state_reason: str
    secret_made_at: datetime
    old_secret_until: datetime | None
    locked_until: datetime | None


class IssuedOut(Schema):
    """The secret is told here and never again."""

    client: ClientOut
    secret: str


class ClientIn(Schema):
    """`responsible` is an account; `networks` are CIDR; `expires_on` is the last day."""

    name: str
    purpose: str
    responsible: str
    scopes: list[str]
    networks: list[str]
    per_minute: int
    expires_on: date


class Rotation(Schema):
    overlap_hours: int


class Reason(Schema):
    reason: str


@router.get("", response=list[ClientOut])
@paginate
def list_clients(request: HttpRequest, state: str = "") -> QuerySet[ApiClient]:
    """接入方, for security administrators and the auditor."""
    person = signed_in(request)
    authorise(person, Permission.ReadClients)
    clients = queries.clients_visible_to(person)
    return clients.filter(state=state) if state else clients


@router.post("", response={201: IssuedOut})
def register_client(request: HttpRequest, body: ClientIn) -> Status[actions.Issued]:
    """登记接入方; the answer holds the secret."""
    authorise(request.user, Permission.ManageClients)
    return Status(201, actions.register_client(actor=signed_in(request), terms=_terms(body)))


@router.get("/{int:client_pk}", response=ClientOut)
def show_client(request: HttpRequest, client_pk: int) -> ApiClient:
    """One client."""
    return _client(request, client_pk)


@router.put("/{int:client_pk}", response=ClientOut)
def edit_client(request: HttpRequest, client_pk: int, body: ClientIn) -> ApiClient:
    """修改接入方."""
    client = _client(request, client_pk)
    authorise(request.user, Permission.ManageClients, client)
    actions.edit_client(actor=signed_in(request), client=client, terms=_terms(body))
    return _client(request, client_pk)


@router.post("/{int:client_pk}/secret", response=IssuedOut)
def rotate_secret(request: HttpRequest, client_pk: int, body: Rotation) -> actions.Issued:
    """更换密钥; the answer holds the new one, the old one is good for `overlap_hours` more."""
    client = _client(request, client_pk)
    return actions.rotate_secret(actor=signed_in(request), client=client, overlap_hours=body.overlap_hours)


@router.post("/{int:client_pk}/suspension", response=ClientOut)
def suspend_client(request: HttpRequest, client_pk: int, body: Reason) -> ApiClient:
    """暂停接入方."""
    actions.suspend_client(actor=signed_in(request), client=_client(request, client_pk), reason=body.reason)
    return _client(request, client_pk)


@router.post("/{int:client_pk}/resumption", response=ClientOut)
def resume_client(request: HttpRequest, client_pk: int) -> ApiClient:
    """恢复接入方."""
    actions.resume_client(actor=signed_in(request), client=_client(request, client_pk))
    return _client(request, client_pk)


@router.post("/{int:client_pk}/ending", response=ClientOut)
def end_client(request: HttpRequest, client_pk: int, body: Reason) -> ApiClient:
    """终止接入方, for ever."""
    actions.end_client(actor=signed_in(request), client=_client(request, client_pk), reason=body.reason)
    return _client(request, client_pk)


def _client(request: HttpRequest, pk: int) -> ApiClient:
    person = signed_in(request)
    authorise(person, Permission.ReadClients)
    return queries.one_of(queries.clients_visible_to(person), pk)


def _terms(body: ClientIn) -> actions.Terms:
    responsible = people().filter(account=body.responsible).first()
    if responsible is None:
        raise Invalid("没有这个账号，请核对责任人。", field="responsible")
    return actions.Terms(**body.dict(exclude={"responsible"}), responsible=responsible)
