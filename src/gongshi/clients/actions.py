"""Registering a client and every change to it. What it calls is in `admission.py` and `calls.py`."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from ipaddress import ip_network
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction

from gongshi.audit.actions import Entry, record, record_many
from gongshi.audit.kinds import AuditAction
from gongshi.clients.client_secrets import digest, new_secret
from gongshi.clients.models import ApiClient, ClientState
from gongshi.clients.policy import LONGEST_DAYS
from gongshi.clients.queries import can_answer_for, running_clients_of
from gongshi.clients.rules import Permission
from gongshi.clients.scopes import Scope
from gongshi.identity.models import Department, Person
from gongshi.identity.queries import holders
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Invalid
from gongshi.notices.actions import notify

LONGEST_OVERLAP_HOURS: Final = 24
MOST_PER_MINUTE: Final = 6000
REASON_LENGTH: Final = 300


@dataclass(frozen=True)
class Terms:
    """What is laid down for a client. `networks` are CIDR, `expires_on` is the last day."""

    name: str
    purpose: str
    responsible: Person
    scopes: Iterable[str]
    networks: Iterable[str]
    per_minute: int
    expires_on: date


@dataclass(frozen=True)
class Issued:
    """A client and its secret, which exists nowhere else in plain."""

    client: ApiClient
    secret: str


@transaction.atomic
def register_client(*, actor: Person, terms: Terms) -> Issued:
    """接入登记: a client of the responsible person's department, who is told. Raises Invalid."""
    authorise(actor, Permission.ManageClients)
    secret = new_secret()
    client = ApiClient(
        client_id=f"gs-{secrets.token_hex(6)}", secret_hash=digest(secret), secret_made_at=clock.now()
    )
    _lay_down(client, terms)
    client.save(force_insert=True)
    record(AuditAction.ClientRegistered, actor=actor, thing=client, after=_shown(client))
    _tell_responsible(client, "已登记")
    return Issued(client, secret)


@transaction.atomic
def edit_client(*, actor: Person, client: ApiClient, terms: Terms) -> ApiClient:
    """Lay down other terms. Raises Invalid, and Conflict for a client that has ended."""
    authorise(actor, Permission.ManageClients, client)
    client = _locked(client)
    _require_not_ended(client)
    before = _shown(client)
    _lay_down(client, terms)
    client.save()
    after = _shown(client)
    changed = [name for name in after if after[name] != before[name]]
    record(
        AuditAction.ClientEdited,
        actor=actor,
        thing=client,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    if "responsible" in changed:
        _tell_responsible(client, "已改由您负责")
    return client


@transaction.atomic
def rotate_secret(*, actor: Person, client: ApiClient, overlap_hours: int) -> Issued:
    """Give a new secret; the old one is good for some hours more (0 to 24), so that nothing stops."""
    authorise(actor, Permission.ManageClients, client)
    if not 0 <= overlap_hours <= LONGEST_OVERLAP_HOURS:
        raise Invalid(f"旧密钥最多再用 {LONGEST_OVERLAP_HOURS} 小时，请重新填写。", field="overlap_hours")
    client = _locked(client)
    _require_not_ended(client)
    secret, now = new_secret(), clock.now()
    client.old_secret_hash, client.old_secret_until = client.secret_hash, now + timedelta(hours=overlap_hours)
    client.secret_hash, client.secret_made_at = digest(secret), now
    client.save(update_fields=["secret_hash", "secret_made_at", "old_secret_hash", "old_secret_until"])
    record(AuditAction.ClientSecretRotated, actor=actor, thing=client, after={"overlap_hours": overlap_hours})
    _tell_responsible(client, "已更换密钥")
    return Issued(client, secret)


@transaction.atomic
def suspend_client(*, actor: Person, client: ApiClient, reason: str) -> ApiClient:
    """Let it call nothing until it is resumed."""
    authorise(actor, Permission.ManageClients, client)
    client = _locked(client)
    if client.state != ClientState.ACTIVE:
        raise Conflict(f"接入方当前为“{client.get_state_display()}”，不能暂停。请刷新页面查看最新状态。")
    _set_state(client, ClientState.SUSPENDED, AuditAction.ClientSuspended, actor, _reason(reason))
    return client


@transaction.atomic
def resume_client(*, actor: Person, client: ApiClient) -> ApiClient:
    """Let it call again, if the person responsible can still answer for it. Raises Conflict."""
    authorise(actor, Permission.ManageClients, client)
    client = _locked(client)
    if client.state != ClientState.SUSPENDED:
        raise Conflict(f"接入方当前为“{client.get_state_display()}”，不能恢复。请刷新页面查看最新状态。")
    if not can_answer_for(client.responsible, client.department_id):
        raise Conflict(f"责任人 {client.responsible.name} 已不能负责该接入方，请先修改责任人。")
    client.failures, client.locked_until = 0, None
    client.save(update_fields=["failures", "locked_until"])
    _set_state(client, ClientState.ACTIVE, AuditAction.ClientResumed, actor, "")
    return client


@transaction.atomic
def end_client(*, actor: Person, client: ApiClient, reason: str) -> ApiClient:
    """End it for ever; the row stays."""
    authorise(actor, Permission.ManageClients, client)
    client = _locked(client)
    _require_not_ended(client)
    _set_state(client, ClientState.ENDED, AuditAction.ClientEnded, actor, _reason(reason))
    return client


@transaction.atomic
def suspend_clients_of(*, person: Person) -> int:
    """Stop the clients for which this person can no longer answer, and tell the security administrators."""
    stopped = 0
    for client in running_clients_of(person).select_for_update().order_by("pk"):
        if can_answer_for(person, client.department_id):
            continue
        reason = f"责任人 {person.name} 的账号、部门或角色已变更，不能再负责。"
        _set_state(client, ClientState.SUSPENDED, AuditAction.ClientSuspended, None, reason)
        notify(
            holders(Role.SECURITY_ADMINISTRATOR),
            f"接入方 {client.name} 已自动暂停，请指定新的责任人或终止。",
            client.get_absolute_url(),
        )
        stopped += 1
    return stopped


@transaction.atomic
def take_over_clients(*, actor: Person | None, department: Department, into: Department, reason: str) -> int:
    """The clients of a department go on with the one that it became part of; gives how many.

    The people responsible move with it. Those that have ended stay under the old name.
    """
    lasting = ApiClient.objects.filter(department=department).exclude(state=ClientState.ENDED)
    clients = list(lasting.select_for_update().order_by("pk"))
    ApiClient.objects.filter(pk__in=[client.pk for client in clients]).update(department=into)
    before, after = {"department": department.name}, {"department": into.name}
    record_many(
        AuditAction.ClientTakenOver,
        actor=actor,
        entries=[Entry(client, before=before, after=after, reason=reason) for client in clients],
    )
    return len(clients)


def _lay_down(client: ApiClient, terms: Terms) -> None:
    client.name, client.purpose = terms.name.strip(), terms.purpose.strip()
    client.responsible, client.department = terms.responsible, terms.responsible.department
    client.scopes = sorted(set(terms.scopes))
    client.networks = [_network(each) for each in terms.networks]
    client.per_minute, client.expires_on = terms.per_minute, terms.expires_on
    _check_terms(client)
    try:
        client.full_clean(validate_unique=False)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid("；".join(messages), field=field) from None


def _check_terms(client: ApiClient) -> None:
    if not can_answer_for(client.responsible, client.department_id):
        raise Invalid("责任人须为在用账号并担任业务角色，请重新选择。", field="responsible")
    if not client.scopes or not set(client.scopes) <= set(Scope.values):
        raise Invalid("请至少选择一项授权范围。", field="scopes")
    if not client.networks:
        raise Invalid("请至少填写一个允许的网段。", field="networks")
    if not 1 <= client.per_minute <= MOST_PER_MINUTE:
        raise Invalid(f"每分钟调用上限须为 1 至 {MOST_PER_MINUTE} 次。", field="per_minute")
    longest = LONGEST_DAYS.value()
    if not clock.today() <= client.expires_on <= clock.today() + timedelta(days=longest):
        raise Invalid(f"有效期须从今天起，最长 {longest} 天，请重新选择。", field="expires_on")


def _network(text: str) -> str:
    try:
        network = ip_network(text.strip())
    except ValueError:
        raise Invalid(
            f"“{text}”不是网段，请填写 10.33.0.0/16 这样的网段（主机位为零），或单个地址。", field="networks"
        ) from None
    if network.prefixlen == 0:
        raise Invalid("不能允许全部地址，请填写接入方所在的网段。", field="networks")
    return str(network)


def _shown(client: ApiClient) -> dict[str, Any]:
    return {
        "name": client.name,
        "purpose": client.purpose,
        "responsible": client.responsible.account,
        "department": client.department.name,
        "scopes": client.scopes,
        "networks": client.networks,
        "per_minute": client.per_minute,
        "expires_on": client.expires_on,
    }


def _set_state(
    client: ApiClient, state: ClientState, action: AuditAction, actor: Person | None, reason: str
) -> None:
    before = str(client.state)
    client.state, client.state_reason = state, reason
    client.save(update_fields=["state", "state_reason"])
    after = {"state": state.value}
    record(action, actor=actor, thing=client, before={"state": before}, after=after, reason=reason)


def _tell_responsible(client: ApiClient, what: str) -> None:
    text = f"接入方 {client.name}（{client.client_id}）{what}，您是责任人。如有疑问请联系安全管理员。"
    notify([client.responsible], text)


def _locked(client: ApiClient) -> ApiClient:
    return ApiClient.objects.select_for_update().get(pk=client.pk)


def _require_not_ended(client: ApiClient) -> None:
    if client.state == ClientState.ENDED:
        raise Conflict("该接入方已终止，不能再修改。如需使用，请重新登记。")


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Invalid("请填写理由。", field="reason")
    if len(reason) > REASON_LENGTH:
        raise Invalid(f"理由不能超过 {REASON_LENGTH} 个字，请精简后再提交。", field="reason")
    return reason
