"""Orders of rectification while others are at the same points: nobody waits for each other for ever."""

import time
from datetime import date
from threading import Event

import pytest
from django.db import connection, transaction

from gongshi.audit.models import AuditEvent
from gongshi.catalogue.models import Camera
from gongshi.identity.models import Person
from gongshi.kernel import clock
from gongshi.kernel.errors import Conflict
from gongshi.quality.carrying_out import keep
from gongshi.quality.codes import Outcome
from gongshi.quality.models import Inspection, InspectionRun, RunPoint
from gongshi.rectification.actions import answer_order, close_order, open_order
from gongshi.rectification.codes import OrderState
from gongshi.rectification.models import Order
from gongshi.rectification.urging import urge
from tests.at_once import at_once, refusals_at_once
from tests.factories import make_camera
from tests.quality.making import faulty
from tests.rectification.orders import inspected

pytestmark = pytest.mark.django_db(transaction=True)


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


def test_a_worker_that_opens_orders_and_the_bureau_that_opens_one_both_get_through(bureau: Person) -> None:
    cameras = {camera.pk: camera for camera in (make_camera(), make_camera())}
    first, last = sorted(cameras)
    for camera in cameras.values():
        inspected(camera, Outcome.FAULTY)
        inspected(camera, Outcome.FAULTY)
    run = InspectionRun.objects.create(at_once=2, window_s=6, begun_at=clock.now(), total=2)
    RunPoint.objects.bulk_create(RunPoint(run=run, camera=camera) for camera in cameras.values())
    is_held = Event()
    connection.close()

    def office() -> None:
        with transaction.atomic():
            Camera.objects.select_for_update(no_key=True).get(pk=last)
            is_held.set()
            waited_until = time.monotonic() + 10
            while not somebody_waits_for_a_lock() and time.monotonic() < waited_until:
                time.sleep(0.02)
            open_order(actor=bureau, camera=cameras[last], description="画面发黑")

    def worker() -> None:
        is_held.wait()
        keep(run, cameras, [faulty(camera, "black") for camera in cameras.values()])

    assert at_once(office, worker) == [None, None]
    assert Inspection.objects.filter(run=run).count() == 2
    by_hand, by_rule = Order.objects.get(camera=last), Order.objects.get(camera=first)
    assert (by_hand.opened_by, by_rule.opened_by) == (bureau, None)


def test_an_order_is_not_answered_and_closed_in_the_same_moment(
    order: Order, source: Person, bureau: Person
) -> None:
    connection.close()
    refused = refusals_at_once(
        lambda: close_order(actor=bureau, order=order, conclusion="无需整改"),
        lambda: answer_order(actor=source, order=order, answer="已更换电源", is_mended=True),
    )
    assert refused in ([], [Conflict])
    order.refresh_from_db()
    assert order.state == OrderState.CLOSED
    assert order.addressees.exclude(answered_at=None).exists() is (refused == [])


def test_of_two_who_urge_one_does(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2026, 3, 18))
    Order.objects.update(due_on="2026-01-05")
    connection.close()
    assert sorted(at_once(urge, urge)) == [0, 1]
    assert AuditEvent.objects.filter(action="rectification:order:urged").count() == 1
