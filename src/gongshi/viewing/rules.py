"""Who may watch, and who keeps the media nodes. Which camera one may watch is said by the grant alone."""

from enum import StrEnum

import rules

from gongshi.identity.models import Person
from gongshi.identity.rules import has_business_role, is_system_administrator
from gongshi.viewing.models import PlaySession


class Permission(StrEnum):
    CloseSession = "viewing:session:close"
    ManageNodes = "viewing:node:manage"
    Watch = "viewing:session:open"


@rules.predicate
def is_own_session(person: Person, session: PlaySession | None) -> bool:
    return session is not None and session.person_id == person.pk


rules.add_perm(Permission.Watch, has_business_role)
# Whoever lost his roles may still stop what he is watching.
rules.add_perm(Permission.CloseSession, is_own_session)
rules.add_perm(Permission.ManageNodes, is_system_administrator)
