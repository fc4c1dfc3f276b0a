"""Who may watch, and who keeps the media nodes. Which camera one may watch is said by the grant alone."""

from enum import StrEnum

import rules

from gongshi.identity.rules import has_business_role, is_system_administrator


class Permission(StrEnum):
    ManageNodes = "viewing:node:manage"
    Watch = "viewing:session:open"


rules.add_perm(Permission.Watch, has_business_role)
rules.add_perm(Permission.ManageNodes, is_system_administrator)
