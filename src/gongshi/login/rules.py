"""Who may see and end logins, and keep the networks. Everybody sees his own logins."""

from enum import StrEnum

import rules

from gongshi.identity.models import Person
from gongshi.identity.rules import is_security_administrator


class Permission(StrEnum):
    ReadOwnLogins = "login:session:read_own"
    ReadLogins = "login:session:read"
    EndLogin = "login:session:end"
    KeepNetworks = "login:network:keep"


@rules.predicate
def is_a_person(person: Person) -> bool:
    """Whoever is signed in."""
    return isinstance(person, Person)


rules.add_perm(Permission.ReadOwnLogins, is_a_person)
rules.add_perm(Permission.ReadLogins, is_security_administrator)
rules.add_perm(Permission.EndLogin, is_security_administrator)
rules.add_perm(Permission.KeepNetworks, is_security_administrator)
