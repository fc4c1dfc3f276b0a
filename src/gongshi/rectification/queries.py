"""Reads of rectification orders, scoped to who asks."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongshi.catalogue.models import Camera
from gongshi.catalogue.queries import cameras_visible_to
from gongshi.identity.models import Department, Person
from gongshi.identity.queries import holders
from gongshi.identity.roles import Role
from gongshi.identity.rules import is_bureau_administrator, is_data_specialist, is_operator
from gongshi.kernel.authority import may
from gongshi.kernel.errors import NotFound
from gongshi.quality.codes import Outcome
from gongshi.quality.models import Inspection
from gongshi.rectification.codes import UNMENDED, OrderState
from gongshi.rectification.models import Addressee, Order
from gongshi.rectification.rules import Permission


def orders_visible_to(person: Person) -> QuerySet[Order]:
    """All for bureau and operators; else those of points that the department has, supervises or mends."""
    if not may(person, Permission.ReadOrders):
        return Order.objects.none()
    orders = Order.objects.select_related(
        "camera", "source_department", "opened_by__department", "closed_by__department"
    ).prefetch_related("addressees__department", "addressees__answered_by")
    if is_bureau_administrator(person) or is_operator(person):
        return orders
    mine = person.department_id
    # By subqueries: an OR across joined tables makes the database look at every pair of their rows.
    owned = Camera.objects.filter(owner=mine).values("pk")
    return orders.filter(Q(source_department=mine) | Q(camera__in=owned) | Q(pk__in=_addressed_to(person)))


def orders_to_answer(person: Person) -> QuerySet[Order]:
    """What waits for this person's answer."""
    if not is_data_specialist(person):
        return Order.objects.none()
    return orders_visible_to(person).filter(state__in=UNMENDED, pk__in=_addressed_to(person))


def orders_to_prove(person: Person) -> QuerySet[Order]:
    """Said to be mended, but the inspection that was to prove it could not look: the bureau sees to it."""
    could_not_look = Inspection.objects.filter(
        camera=OuterRef("camera"), at__gt=OuterRef("mended_at"), outcome=Outcome.UNTESTED
    )
    if not may(person, Permission.Close):
        return Order.objects.none()
    return orders_visible_to(person).filter(Exists(could_not_look), state=OrderState.MENDED)


def _addressed_to(person: Person) -> QuerySet[Addressee, Any]:
    """The orders that the person's department is to mend, or a unit that it supervises."""
    mine = person.department_id
    units = Department.objects.filter(Q(pk=mine) | Q(supervisor=mine)).values("pk")
    return Addressee.objects.filter(department__in=units).values("order")


def camera_of(person: Person, code: str) -> Camera:
    """Raises NotFound, also for what the person may not see."""
    camera = cameras_visible_to(person).filter(code=code).first()
    if camera is None:
        raise NotFound("没有这个视频点位，或尚未发布。请从视频资源目录进入。")
    return camera


def one_of(orders: QuerySet[Order], number: str) -> Order:
    """One order of a scoped query. Raises NotFound, also for what the person may not know of."""
    order = orders.filter(number=number).first()
    if order is None:
        raise NotFound("没有找到该整改单，或它不在您可查看的范围。请从整改列表进入。")
    return order


def answering_for(person: Person, order: Order) -> list[Addressee]:
    """The addressees of an order for whom this person may answer."""
    return [
        each
        for each in order.addressees.all()
        if person.department_id in {each.department_id, each.department.supervisor_id}
    ]


def those_who_answer(order: Order) -> QuerySet[Person]:
    """The data specialists of the addressees, or of those that supervise them."""
    units = {
        unit
        for each in order.addressees.all()
        for unit in (each.department_id, each.department.supervisor_id)
        if unit is not None
    }
    return holders(Role.DATA_SPECIALIST).filter(department__in=units)


def heads_of_addressees(order: Order) -> list[Person]:
    """The heads of the departments that are to mend the point, and of those that supervise them."""
    departments = [each.department for each in order.addressees.all()]
    departments += [each.supervisor for each in departments if each.supervisor]
    return [each.head for each in departments if each.head and each.head.is_active]
