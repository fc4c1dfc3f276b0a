"""Beginning and ending logins, and keeping the networks from which people may log in."""

from collections.abc import Iterable

from django.contrib.sessions.models import Session
from django.db import transaction

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.audit.origin import current_origin
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Invalid
from gongshi.login import networks, queries, suspicion
from gongshi.login.models import AllowedNetwork, LoginSession, SessionEnding
from gongshi.login.programs import program_of
from gongshi.login.rules import Permission
from gongshi.login.signals import session_ended
from gongshi.login.store import stored_key

REASON_LENGTHS = range(2, 301)


@transaction.atomic
def begin_session(*, person: Person, key_hash: str) -> LoginSession:
    """Note a login, and end the one before it: one account, one session (§10a 专人专用).

    Of logins at the very same moment the last one lives. What looks as if the account was lent raises alerts.
    """
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    origin, now = current_origin(), clock.now()
    former = LoginSession.objects.live().filter(person=person).first()
    if former is not None and former.key_hash == key_hash:
        return former
    session = LoginSession(
        person=person,
        key_hash=key_hash,
        began_at=now,
        last_seen_at=now,
        address=origin.address,
        program=program_of(origin.user_agent),
    )
    suspicion.look_at(session, former)
    if former is not None:
        _end(former, SessionEnding.SUPERSEDED, actor=None)
    session.save()
    if former is not None:
        LoginSession.objects.filter(pk=former.pk).update(successor=session)
    return session


@transaction.atomic
def end_sessions(*, person: Person, why: SessionEnding, actor: Person | None, reason: str = "") -> int:
    """End whatever login of this person lives; gives how many. Asks nobody: whoever calls it has asked."""
    return sum(
        _end(session, why, actor, reason) for session in LoginSession.objects.live().filter(person=person)
    )


@transaction.atomic
def end_session(*, actor: Person, session: LoginSession, reason: str) -> None:
    """End somebody's login, by the security administrator. Raises Invalid, or Conflict when it has ended."""
    authorise(actor, Permission.EndLogin, session)
    reason = _reason(reason)
    if not _end(session, SessionEnding.BY_ADMINISTRATOR, actor, reason):
        raise Conflict("该登录已经结束，请刷新列表。")


@transaction.atomic
def end_itself(*, session: LoginSession, why: SessionEnding) -> bool:
    """End a login because of its own time or place; False when it had ended."""
    return _end(session, why, actor=None)


@transaction.atomic
def change_address(*, session: LoginSession, address: str) -> bool:
    """Note that a login goes on from another address; False when it must not, and has ended."""
    if not networks.is_allowed(session.person, address):
        suspicion.report_outside(session.person, address)
        _end(session, SessionEnding.NETWORK, actor=None)
        return False
    suspicion.look_at_move(session, address)
    record(
        AuditAction.LoginAddressChanged,
        actor=session.person,
        thing=session,
        before={"address": session.address},
        after={"address": address},
    )
    LoginSession.objects.live().filter(pk=session.pk).update(address=address)
    return True


@transaction.atomic
def refuse_outside(*, person: Person) -> None:
    """Note that somebody with the right password came from where he may not."""
    address = current_origin().address
    record(
        AuditAction.LoginOutside,
        actor=None,
        thing=person,
        reason="不在允许的网络",
        after={"address": address},
        succeeded=False,
    )
    suspicion.report_outside(person, address)


@transaction.atomic
def allow_network(
    *, actor: Person, network: str, person: Person | None = None, role: str = "", note: str = ""
) -> AllowedNetwork:
    """Let an account or a role log in from a network, and from no other that is not named as well.

    Logins that are now outside end. Raises Invalid for a wrong network, or one that shuts the actor out.
    """
    authorise(actor, Permission.KeepNetworks)
    if (person is None) == (not role):
        raise Invalid("请在账号和角色中选择一项。", field="person")
    if role and role not in Role.values:
        raise Invalid("没有这个角色，请重新选择。", field="role")
    allowed = AllowedNetwork(
        network=networks.network_from(network), person=person, role=role, note=note.strip()
    )
    if AllowedNetwork.objects.filter(network=allowed.network, person=person, role=role).exists():
        raise Conflict("该网络已在名单中，无须重复增加。", field="network")
    allowed.save()
    record(AuditAction.NetworkAllowed, actor=actor, thing=allowed, reason=allowed.note)
    _end_outside(actor, _concerned(allowed))
    return allowed


@transaction.atomic
def withdraw_network(*, actor: Person, allowed: AllowedNetwork, reason: str) -> None:
    """Take a network off the list; logins that are now outside end. Raises as `allow_network` does."""
    authorise(actor, Permission.KeepNetworks)
    reason = _reason(reason)
    allowed = AllowedNetwork.objects.select_for_update(of=("self",)).get(pk=allowed.pk)
    concerned = _concerned(allowed)
    record(AuditAction.NetworkWithdrawn, actor=actor, thing=allowed, reason=reason)
    allowed.delete()
    _end_outside(actor, concerned)


def _concerned(allowed: AllowedNetwork) -> list[LoginSession]:
    """The live logins to which a rule applies."""
    live = queries.live_sessions()
    if allowed.person_id is not None:
        return list(live.filter(person=allowed.person_id))
    return list(live.filter(person__role_assignments__role=allowed.role))


def _end_outside(actor: Person, sessions: Iterable[LoginSession]) -> None:
    for session in sessions:
        if networks.is_allowed(session.person, session.address):
            continue
        if session.person == actor:
            raise Invalid(
                f"这样设置后您将无法从当前地址 {session.address} 登录，请先加入您所在的网络。",
                field="network",
            )
        _end(session, SessionEnding.NETWORK, actor)


def _reason(reason: str) -> str:
    reason = reason.strip()
    if len(reason) not in REASON_LENGTHS:
        raise Invalid("请填写理由（2 至 300 字），理由将记入审计日志。", field="reason")
    return reason


def _end(session: LoginSession, why: SessionEnding, actor: Person | None, reason: str = "") -> bool:
    """Once only: its row, Django's session, and what was opened with it; False when it had ended."""
    sessions = LoginSession.objects.select_for_update(of=("self",)).select_related("person__department")
    session = sessions.get(pk=session.pk)
    if session.ended_at is not None:
        return False
    session.ended_at, session.ending, session.reason = clock.now(), why, reason[:300]
    session.save(update_fields=["ended_at", "ending", "reason"])
    Session.objects.filter(session_key=stored_key(session.key_hash)).delete()
    # His own signing out is an event already.
    if why != SessionEnding.SIGNED_OUT:
        record(
            AuditAction.LoginEnded,
            actor=actor,
            thing=session,
            reason=reason or why.label,
            after={"why": why.value},
        )
    session_ended.send(sender=LoginSession, session=session)
    return True
