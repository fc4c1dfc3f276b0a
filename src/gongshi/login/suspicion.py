"""What looks as if an account was lent or stolen, told to the security administrator (§10a 不得转借)."""

from datetime import timedelta
from typing import Final

from gongshi.alerts.actions import raise_alert
from gongshi.alerts.kinds import AlertKind
from gongshi.identity.models import Person
from gongshi.kernel import clock
from gongshi.login.models import LoginSession, LoginSessionQuerySet
from gongshi.login.networks import neighbourhood
from gongshi.login.policy import ADDRESSES_AN_HOUR, IDLE_MINUTES

HABIT: Final = timedelta(days=90)
HOUR: Final = timedelta(hours=1)
# So many logins must be known before a network can be called unusual.
KNOWN_LOGINS: Final = 3


def look_at(session: LoginSession, former: LoginSession | None) -> None:
    """Look at a login that begins, with the one of this person that still lives. Within its transaction."""
    if former is not None:
        _look_at_both(session, former)
    if session.address is None:
        return
    earlier = LoginSession.objects.filter(person=session.person, address__isnull=False)
    _look_for_habit(session, session.address, earlier.of_last(HABIT))
    _look_for_haste(session, session.address, earlier.of_last(HOUR))


def look_at_move(session: LoginSession, address: str) -> None:
    """Look at a login that goes on from another address; within its neighbourhood that is everyday."""
    if session.address is None or neighbourhood(session.address) == neighbourhood(address):
        return
    raise_alert(
        AlertKind.LoginAddressChanged,
        person=session.person,
        sentence=f"{session.person.name} 登录期间地址由 {session.address} 变为 {address}。",
        address=address,
    )


def report_outside(person: Person, address: str | None) -> None:
    """Somebody who knows the password, or has the session, comes from where this person may not."""
    raise_alert(
        AlertKind.LoginFromForbiddenNetwork,
        person=person,
        sentence=f"有人持 {person.name} 的正确密码或登录，从不允许的网络 {address or '（地址不明）'} 访问。",
        address=address,
    )


def _look_at_both(session: LoginSession, former: LoginSession) -> None:
    in_use = former.last_seen_at > clock.now() - timedelta(minutes=IDLE_MINUTES.value())
    elsewhere = (former.address, former.program) != (session.address, session.program)
    if in_use and elsewhere:
        raise_alert(
            AlertKind.SimultaneousLogin,
            person=session.person,
            sentence=(
                f"{session.person.name} 的账号在 {_place(former)} 使用期间，又在 {_place(session)} 登录，"
                "原登录已结束。"
            ),
            address=session.address,
        )


def _look_for_habit(session: LoginSession, address: str, earlier: LoginSessionQuerySet) -> None:
    addresses = list(earlier.values_list("address", flat=True))
    usual = {neighbourhood(each) for each in addresses if each}
    if len(addresses) >= KNOWN_LOGINS and neighbourhood(address) not in usual:
        raise_alert(
            AlertKind.LoginFromUnusualNetwork,
            person=session.person,
            sentence=f"{session.person.name} 从 90 天内未使用过的网络 {neighbourhood(address)} 登录。",
            address=address,
        )


def _look_for_haste(session: LoginSession, address: str, earlier: LoginSessionQuerySet) -> None:
    addresses = {*earlier.values_list("address", flat=True), address}
    if len(addresses) >= ADDRESSES_AN_HOUR.value():
        raise_alert(
            AlertKind.ManyAddresses,
            person=session.person,
            sentence=f"{session.person.name} 的账号一小时内在 {len(addresses)} 个地址登录。",
            address=address,
        )


def _place(session: LoginSession) -> str:
    return f"{session.address or '地址不明处'}（{session.program or '未知客户端'}）"
