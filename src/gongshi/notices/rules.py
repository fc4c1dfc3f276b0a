"""Everybody reads his own notices, nobody another's."""

from enum import StrEnum

import rules


class Permission(StrEnum):
    ReadOwn = "notices:notice:read_own"


rules.add_perm(Permission.ReadOwn, rules.always_allow)
