"""Rows written in one statement: they are what `save` would have made of them."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from gongshi.audit.actions import Entry, record_many
from gongshi.audit.kinds import AuditAction
from gongshi.audit.models import AuditEvent
from gongshi.audit.stored import is_as_written
from gongshi.catalogue.models import AccessPath, Camera
from gongshi.kernel.bulk_rows import insert_rows, update_rows
from tests.factories import make_camera

pytestmark = pytest.mark.django_db
AWKWARD = 'Tab\there, line\nthere, \\N, "quoted", 漢字'


def a_copy_of(camera: Camera, **fields: object) -> Camera:
    values = {field.attname: getattr(camera, field.attname) for field in Camera._meta.concrete_fields}
    return Camera(**values | {"id": None} | fields)


def test_each_kind_of_column_is_stored_as_by_save() -> None:
    camera = make_camera(installed_on="2024-03-01", ipv6_address="2001:db8::3", remarks=AWKWARD)
    insert_rows([a_copy_of(camera, code="A-1", vlan=None, remarks=AWKWARD)])
    camera.refresh_from_db()
    stored = Camera.objects.get(code="A-1")
    own = {"id", "code", "vlan"}
    for field in Camera._meta.concrete_fields:
        if field.attname not in own:
            assert getattr(stored, field.attname) == getattr(camera, field.attname), field.attname
    assert (stored.vlan, stored.installed_on) == (None, datetime.date(2024, 3, 1))


def test_what_is_encrypted_stays_encrypted() -> None:
    camera = make_camera(platforms=())
    insert_rows(
        [AccessPath(camera=camera, platform="sharing", protocol="rtsp", main_url="rtsp://a:topsecret@b/")]
    )
    path = camera.paths.get()
    assert path.main_url == "rtsp://a:topsecret@b/"
    path.main_url = "rtsp://a:newsecret@b/"
    update_rows([path], ["main_url"])
    assert camera.paths.get().main_url == "rtsp://a:newsecret@b/"
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(p)::text FROM catalogue_accesspath p")
        assert "secret@" not in cursor.fetchone()[0]


def test_only_the_fields_that_are_named_are_brought_up_to_date() -> None:
    first, second = make_camera(), make_camera()
    for camera in (first, second):
        camera.name, camera.address, camera.vlan = AWKWARD, "不写", None
    update_rows([first, second], ["name", "vlan"])
    stored = Camera.objects.order_by("pk")
    assert [(each.name, each.vlan) for each in stored] == [(AWKWARD, None)] * 2
    assert not stored.filter(address="不写").exists()


def test_one_row_that_the_database_refuses_keeps_all_out() -> None:
    camera = make_camera()
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows([a_copy_of(camera, code="A-1"), a_copy_of(camera, code="A-1")])
    assert Camera.objects.count() == 1
    insert_rows([])
    update_rows([], ["name"])


def test_events_that_are_recorded_together_are_as_good_as_single_ones() -> None:
    camera = make_camera()
    after = {"version": 2, "sure": True, "at": datetime.date(2024, 3, 1), "remarks": AWKWARD, "none": None}
    entries = (Entry(camera, reason=AWKWARD, before={"b": 1.5, "a": []}, after=after) for _ in range(3))
    record_many(AuditAction.CameraPublished, actor=None, entries=entries)
    events = AuditEvent.objects.filter(action="catalogue:camera:published")
    assert events.count() == 3
    for event in events:
        assert is_as_written(event)
        assert event.after == after | {"at": "2024-03-01"}
        assert (event.object_id, event.object_label, event.actor_name) == (
            str(camera.pk),
            str(camera),
            "系统",
        )
