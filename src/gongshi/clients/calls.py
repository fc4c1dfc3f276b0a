"""Every call of a client in the record, whether it was let in or not."""

from dataclasses import dataclass

from django.db import transaction

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.clients.models import ApiClient


@dataclass(frozen=True)
class Caller:
    """A client as the record names who acts: with the person who answers for it."""

    client: ApiClient

    @property
    def pk(self) -> int:
        return self.client.responsible_id

    @property
    def account(self) -> str:
        return self.client.client_id

    @property
    def name(self) -> str:
        return f"{self.client.name}（责任人{self.client.responsible.name}）"[:64]

    @property
    def department_name(self) -> str:
        return self.client.department.name

    @property
    def role_names(self) -> str:
        return "接入方"


@transaction.atomic
def record_call(
    *, client: ApiClient | None, claimed: str, method: str, path: str, status: int, refusal: str
) -> None:
    """`claimed` is how an unknown caller named himself; `refusal` the sentence by which he was refused."""
    record(
        AuditAction.ClientCalled,
        actor=Caller(client) if client else None,
        thing=client or ApiClient(),
        label=str(client) if client else f"未知接入方 {claimed[:64]}",
        after={"operation": f"{method} {path[:300]}", "status": status},
        reason=refusal,
        succeeded=status < 400,
    )
