"""The 承诺书 of §10a: everybody accepts the wording in force before anything else is open to him."""

from datetime import date
from importlib.resources import files
from typing import Any, Final

from django.db import transaction

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.audit.origin import current_origin
from gongshi.credentials.models import UndertakingAcceptance, UndertakingVersion
from gongshi.credentials.rules import Permission
from gongshi.identity.models import Person
from gongshi.kernel import clock
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Conflict, Invalid

LONGEST: Final = 5000
FIRST_IN_FORCE: Final = date(2026, 1, 1)


def ensure_first_version(**_: Any) -> None:
    """The wording that comes with the package, in an installation that has none (after every migration)."""
    text = files("gongshi.credentials").joinpath("data/undertaking.txt").read_text("utf-8").strip()
    first = {"text": text, "in_force_on": FIRST_IN_FORCE, "published_at": clock.now()}
    UndertakingVersion.objects.get_or_create(number=1, defaults=first)


def version_in_force() -> UndertakingVersion:
    """The wording that holds today; the first one comes with the installation."""
    return UndertakingVersion.objects.filter(in_force_on__lte=clock.today()).latest("number")


def needs_undertaking(person: Person) -> bool:
    """Whether this person has still to accept the wording that holds today."""
    return not version_in_force().acceptances.filter(person=person).exists()


@transaction.atomic
def accept_undertaking(*, actor: Person) -> None:
    """Accept the wording in force for oneself. Accepting it again changes nothing."""
    authorise(actor, Permission.AcceptUndertaking)
    version = version_in_force()
    acceptance, is_new = UndertakingAcceptance.objects.get_or_create(
        person=actor,
        version=version,
        defaults={
            "accepted_at": clock.now(),
            "address": current_origin().address,
            "department_name": actor.department_name,
        },
    )
    if is_new:
        record(
            AuditAction.UndertakingAccepted, actor=actor, thing=acceptance, after={"version": version.number}
        )


def sign_undertaking(*, actor: Person, version: int, name: str) -> None:
    """Accept by typing one's own name under the wording that one has read.

    Raises Invalid for another name, Conflict when another version has come in force meanwhile.
    """
    if name.strip() != actor.name:
        raise Invalid("请填写您本人的姓名，与账号登记的姓名一致。", field="name")
    if version != version_in_force().number:
        raise Conflict("承诺书已有新版本生效，请重新阅读后再签署。")
    accept_undertaking(actor=actor)


@transaction.atomic
def publish_undertaking(*, actor: Person, text: str, in_force_on: date) -> UndertakingVersion:
    """Add a version, which everybody accepts at the first log-in from its day on.

    From tomorrow at the earliest: who is signed in is asked again when a new day begins.
    """
    authorise(actor, Permission.PublishUndertaking)
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise Invalid(f"请填写承诺书内容，不超过 {LONGEST} 个字。", field="text")
    if in_force_on <= clock.today():
        raise Invalid("生效日期须晚于今天，以便各部门提前知悉。请重新选择。", field="in_force_on")
    last = UndertakingVersion.objects.select_for_update().latest("number")
    if in_force_on <= last.in_force_on:
        raise Invalid(f"生效日期须晚于上一版的生效日期 {last.in_force_on}。", field="in_force_on")
    version = UndertakingVersion.objects.create(
        number=last.number + 1, text=text, in_force_on=in_force_on, publisher=actor, published_at=clock.now()
    )
    record(
        AuditAction.UndertakingPublished,
        actor=actor,
        thing=version,
        after={"number": version.number, "in_force_on": in_force_on, "text": text},
    )
    return version
