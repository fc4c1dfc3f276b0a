"""Reads of clients, scoped to who asks."""

from django.db.models import QuerySet

from gongshi.clients.models import ApiClient, ClientState
from gongshi.clients.rules import Permission
from gongshi.identity.models import Person
from gongshi.identity.roles import BUSINESS_ROLES
from gongshi.kernel.authority import may
from gongshi.kernel.errors import NotFound


def clients_visible_to(person: Person) -> QuerySet[ApiClient]:
    """All, for security administrators and the auditor; none for others."""
    if not may(person, Permission.ReadClients):
        return ApiClient.objects.none()
    return ApiClient.objects.select_related("department", "responsible__department", "call_count")


def one_of(clients: QuerySet[ApiClient], pk: int) -> ApiClient:
    """One client of a scoped query. Raises NotFound."""
    client = clients.filter(pk=pk).first()
    if client is None:
        raise NotFound("没有找到该接入方，请从接入方列表进入。")
    return client


def running_clients_of(person: Person) -> QuerySet[ApiClient]:
    """The clients in use for which a person answers."""
    return ApiClient.objects.filter(responsible=person, state=ClientState.ACTIVE)


def can_answer_for(person: Person, department_id: int) -> bool:
    """Whether a person may be, or stay, responsible: active, of this department, in the business."""
    return person.is_active and person.department_id == department_id and bool(BUSINESS_ROLES & person.roles)
