"""What a client may be allowed to call. An operation that stands in no scope is closed to all clients.

Never: pictures (a machine does not watch), people, and anything that changes something.
"""

import re
from typing import Final

from django.db import models

PREFIX: Final = "api/v1"


class Scope(models.TextChoices):
    CATALOGUE = "catalogue:read", "读取目录"
    MAP = "atlas:read", "读取点位地图和点位需求清单"
    DEMANDS = "demands:read", "读取业务事项和需求"
    WORK_ORDERS = "work_orders:read", "读取实施工单"
    GRANTS = "grants:read", "读取授权"
    REGISTER = "register:read", "读取信息调用登记"
    DEPARTMENTS = "departments:read", "读取部门"


Operation = tuple[str, str]

# Method and path, as the interface's own description names them.
OPERATIONS: Final[dict[Scope, frozenset[Operation]]] = {
    Scope.CATALOGUE: frozenset({("GET", "/catalogue/cameras"), ("GET", "/catalogue/cameras/{camera_id}")}),
    Scope.MAP: frozenset(
        {
            ("GET", "/atlas/borders"),
            ("GET", "/atlas/cameras/{camera_id}"),
            ("GET", "/atlas/facets"),
            ("GET", "/atlas/lists"),
            ("GET", "/atlas/lists/{list_id}"),
            ("GET", "/atlas/rows"),
            ("GET", "/atlas/setup"),
            ("GET", "/atlas/viewport"),
        }
    ),
    Scope.DEMANDS: frozenset(
        {
            ("GET", "/categories"),
            ("GET", "/demands"),
            ("GET", "/demands/{demand_id}"),
            ("GET", "/items"),
        }
    ),
    Scope.WORK_ORDERS: frozenset({("GET", "/work-orders"), ("GET", "/work-orders/{order_id}")}),
    Scope.GRANTS: frozenset({("GET", "/grants"), ("GET", "/grants/{grant_id}")}),
    Scope.REGISTER: frozenset({("GET", "/audit/register")}),
    Scope.DEPARTMENTS: frozenset({("GET", "/people/departments")}),
}

PLACEHOLDER: Final = re.compile(r"<(?:\w+:)?(\w+)>")


def operation_of(method: str, route: str) -> Operation:
    """A route of the resolver, `api/v1/grants/<int:grant_id>`, as an operation of the interface."""
    return method, PLACEHOLDER.sub(r"{\1}", route).removeprefix(PREFIX)


def allows(scopes: list[str], operation: Operation) -> bool:
    """Whether one of these scopes holds the operation."""
    return any(operation in OPERATIONS[Scope(scope)] for scope in scopes)
