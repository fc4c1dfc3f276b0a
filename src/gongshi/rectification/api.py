"""整改 over JSON: the same steps as on the pages."""

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Router, Schema, Status
from ninja.pagination import paginate

from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Invalid
from gongshi.rectification import actions, queries
from gongshi.rectification.filters import OrderFilter
from gongshi.rectification.models import Addressee, Order
from gongshi.rectification.rules import Permission

router = Router(tags=["整改"])


class AddresseeOut(Schema):
    department: str
    capacities: list[str]
    answer: str
    answered_at: datetime | None

    @staticmethod
    def resolve_department(addressee: Addressee) -> str:
        return addressee.department.name


class OrderOut(Schema):
    """`faults` are codes, `urging` how far it was urged: 0 not at all … 4 the bureau was told."""

    number: str
    camera: str
    source_department: str
    faults: list[str]
    description: str
    addressees: list[AddresseeOut]
    opened_at: datetime
    due_on: date
    is_overdue: bool
    state: str
    urging: int
    mended_at: datetime | None
    proved_at: datetime | None
    closed_at: datetime | None
    conclusion: str

    @staticmethod
    def resolve_camera(order: Order) -> str:
        return order.camera.code

    @staticmethod
    def resolve_source_department(order: Order) -> str:
        return order.source_department.name


class OpeningIn(Schema):
    """`camera` is a 视频编号, `faults` are codes."""

    camera: str
    description: str
    faults: list[str] = []


class AnswerIn(Schema):
    answer: str
    is_mended: bool = False


class ClosingIn(Schema):
    conclusion: str


@router.get("", response=list[OrderOut])
@paginate
def list_orders(request: HttpRequest) -> QuerySet[Order]:
    """整改单, latest first. Filters as on the page: q, state, overdue, addressee, fault …"""
    person = signed_in(request)
    authorise(person, Permission.ReadOrders)
    found = OrderFilter(request.GET, queryset=queries.orders_visible_to(person))
    if not found.is_valid():
        field, messages = next(iter(found.errors.items()))
        raise Invalid(f"筛选条件 {field} 有误：{messages[0]}", field=field)
    return found.qs


@router.post("", response={201: OrderOut})
def open_order(request: HttpRequest, wanted: OpeningIn) -> Status[Any]:
    """发起整改, by the bureau."""
    person = signed_in(request)
    authorise(person, Permission.Open)
    order = actions.open_order(
        actor=person,
        camera=queries.camera_of(person, wanted.camera),
        description=wanted.description,
        faults=wanted.faults,
    )
    return Status(201, _order(request, order.number))


@router.get("/{number}", response=OrderOut)
def show_order(request: HttpRequest, number: str) -> Order:
    """One order."""
    return _order(request, number)


@router.post("/{number}/answer", response=OrderOut)
def answer(request: HttpRequest, number: str, wanted: AnswerIn) -> Order:
    """答复, by the data specialist of who is to mend the point."""
    actions.answer_order(actor=signed_in(request), order=_order(request, number), **wanted.dict())
    return _order(request, number)


@router.post("/{number}/closing", response=OrderOut)
def close(request: HttpRequest, number: str, wanted: ClosingIn) -> Order:
    """销号, by the bureau."""
    actions.close_order(actor=signed_in(request), order=_order(request, number), **wanted.dict())
    return _order(request, number)


def _order(request: HttpRequest, number: str) -> Order:
    person = signed_in(request)
    authorise(person, Permission.ReadOrders)
    return queries.one_of(queries.orders_visible_to(person), number)
