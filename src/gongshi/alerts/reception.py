"""What this room hears from the people's: who may no longer handle alerts leaves his to others."""

from typing import Any

from gongshi.alerts.actions import release_alerts_of
from gongshi.identity.models import Person
from gongshi.identity.signals import rights_ended


def release_with_rights(person: Person, **_: Any) -> None:
    release_alerts_of(person=person)


def connect() -> None:
    rights_ended.connect(release_with_rights, dispatch_uid="alerts.release_with_rights")
