"""Whether a call of a client is let in: secret, network, state, rate and scope, in this order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Final

from django.db import connection, transaction

from gongshi.alerts.actions import raise_alert
from gongshi.alerts.kinds import AlertKind
from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.clients import scopes
from gongshi.clients.client_secrets import fits
from gongshi.clients.models import ApiClient, CallCount, ClientState, FailedCallCount
from gongshi.clients.policy import FAILURES, LOCK_MINUTES
from gongshi.clients.queries import can_answer_for
from gongshi.kernel import clock
from gongshi.kernel.client_address import parsed
from gongshi.kernel.errors import Forbidden, GongshiError


class NotAdmitted(GongshiError):  # noqa: N818 - reads as a sentence where it is raised
    """Who calls did not prove who he is."""

    status = 401
    code = "client_not_admitted"


class TooManyCalls(GongshiError):  # noqa: N818
    """The client has used up its minute; `retry_after` is in seconds."""

    status = 429
    code = "too_many_calls"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TooManyFailures(TooManyCalls):
    """So many calls of this address proved nothing that they are not even recorded any more this minute."""


@dataclass(frozen=True)
class Call:
    """What somebody wants who names himself a client. `operation` is None for an address that is none."""

    client_id: str
    secret: str
    address: str | None
    operation: scopes.Operation | None


# One sentence for an unknown client and a wrong secret.
UNPROVEN: Final = "接入标识或密钥不正确，请核对；如已更换密钥，请向安全管理员索取。"

# Of one address: more than somebody who mistyped, less than what would fill the record.
FAILED_CALLS_A_MINUTE: Final = 30
FAILED_CALLS_KEPT: Final = timedelta(hours=1)
COUNT: Final = """
    INSERT INTO {counts} AS counts ({key}, minute, calls) VALUES (%s, %s, 1)
    ON CONFLICT ({key}) DO UPDATE SET
        calls = CASE WHEN counts.minute = EXCLUDED.minute THEN counts.calls + 1 ELSE 1 END,
        minute = EXCLUDED.minute
    RETURNING calls
"""

Stopped = Callable[[ApiClient, datetime], bool]
# Why a client that has proved who it is is not let in.
STOPPED: Final[tuple[tuple[Stopped, str, str], ...]] = (
    (
        lambda client, now: client.locked_until is not None and now < client.locked_until,
        "client_locked",
        "密钥连续错误，接入方已临时锁定，请稍后再试或联系安全管理员。",
    ),
    (
        lambda client, _: client.state != ClientState.ACTIVE,
        "client_stopped",
        "接入方已暂停或终止，请联系安全管理员。",
    ),
    (
        lambda client, _: client.expires_on < clock.today(),
        "client_expired",
        "接入方已过有效期，请联系安全管理员。",
    ),
    (
        lambda client, _: not can_answer_for(client.responsible, client.department_id),
        "client_without_responsible",
        "接入方的责任人已不能负责，请联系安全管理员更换责任人。",
    ),
)


def find_client(client_id: str) -> ApiClient | None:
    """The client that a call names."""
    found = ApiClient.objects.select_related("department", "responsible__department")
    return found.prefetch_related("responsible__role_assignments").filter(client_id=client_id).first()


def admit(client: ApiClient | None, call: Call) -> ApiClient:
    """Let pass or raise NotAdmitted, Forbidden, TooManyCalls, TooManyFailures. Counts failures and calls."""
    now = clock.now()
    if client is None or not fits(client, call.secret, now):
        raise _unproven(client, call, now)
    if not is_from_its_network(client, call.address):
        note_foreign_address(client=client, address=call.address)
        raise Forbidden("来源地址不在接入方登记的网段内，请联系安全管理员。", code="client_address")
    for stopped, code, sentence in STOPPED:
        if stopped(client, now):
            raise Forbidden(sentence, code=code)
    if client.failures:
        ApiClient.objects.filter(pk=client.pk).update(failures=0)
    _count(client, now)
    if call.operation is None or not scopes.allows(client.scopes, call.operation):
        raise Forbidden("该操作不在接入方的授权范围内，请联系安全管理员。", code="out_of_scope")
    return client


def is_from_its_network(client: ApiClient, address: str | None) -> bool:
    known = parsed(address or "")
    return known is not None and any(known in ip_network(network) for network in client.networks)


@transaction.atomic
def note_failure(*, client_id: int, address: str | None) -> None:
    """A wrong secret from the client's own network; so many of them lock it for a while and raise an alert.

    Those from elsewhere could not succeed and count nothing: else everybody could lock out a client.
    """
    client = ApiClient.objects.select_for_update().get(pk=client_id)
    client.failures += 1
    if client.failures >= FAILURES.value():
        failures, minutes = client.failures, LOCK_MINUTES.value()
        client.failures, client.locked_until = 0, clock.now() + timedelta(minutes=minutes)
        sentence = f"接入方 {client} 的密钥连续错误 {failures} 次，已锁定 {minutes} 分钟。"
        record(AuditAction.ClientLocked, actor=None, thing=client, reason=sentence)
        raise_alert(AlertKind.ClientLocked, person=client.responsible, sentence=sentence, address=address)
    client.save(update_fields=["failures", "locked_until"])


@transaction.atomic
def note_foreign_address(*, client: ApiClient, address: str | None) -> None:
    """The right secret from a network that is not the client's: it may have been stolen."""
    sentence = f"接入方 {client} 的密钥在登记网段以外使用，请核实密钥是否泄露。"
    raise_alert(AlertKind.ClientAddressForeign, person=client.responsible, sentence=sentence, address=address)


def _unproven(client: ApiClient | None, call: Call, now: datetime) -> NotAdmitted:
    """Counts a call that did not prove who it is. Raises TooManyFailures beyond what an address may."""
    _count_failed_call(call.address, now)
    if client is not None and is_from_its_network(client, call.address):
        note_failure(client_id=client.pk, address=call.address)
    return NotAdmitted(UNPROVEN)


def _count_failed_call(address: str | None, now: datetime) -> None:
    calls = _counted(FailedCallCount, _customer(address), now)
    if calls == 1:
        FailedCallCount.objects.filter(minute__lt=now - FAILED_CALLS_KEPT).delete()
    if calls > FAILED_CALLS_A_MINUTE:
        raise TooManyFailures(
            "该网络地址的接入标识或密钥连续错误，请核对后于下一分钟再试。", retry_after=_rest_of_minute(now)
        )


def _customer(address: str | None) -> str:
    known = parsed(address or "")
    if known is None:
        return ""
    return str(ip_network((known, 64), strict=False)) if known.version == 6 else str(known)


def _count(client: ApiClient, now: datetime) -> None:
    """Raises TooManyCalls."""
    if _counted(CallCount, client.pk, now) > client.per_minute:
        raise TooManyCalls(
            f"每分钟最多调用 {client.per_minute} 次，请稍后再试。", retry_after=_rest_of_minute(now)
        )


def _counted(counter: type[CallCount | FailedCallCount], key: int | str, now: datetime) -> int:
    """How many calls this is in the minute. One statement, so limits hold across threads and processes."""
    names = {"counts": counter._meta.db_table, "key": counter._meta.pk.column}
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(**names), [key, now.replace(second=0, microsecond=0)])
        (calls,) = cursor.fetchone()
    return int(calls)


def _rest_of_minute(now: datetime) -> int:
    return max(1, 60 - now.second)
