"""After everything happened once: no camera address, ticket, password or phone where it does not belong."""

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from gongshi.audit.models import AuditEvent
from gongshi.catalogue.actions import decide_submission, submit_import
from gongshi.catalogue.models import AccessPath
from gongshi.catalogue.queries import archive_of
from gongshi.grants.actions import revoke_grant
from gongshi.identity.roles import Role
from tests.catalogue.books import row, xlsx
from tests.demand.making import City
from tests.factories import PASSWORD, make_person
from tests.test_every_address import ROUTES, filled, real
from tests.viewing.making import make_node, open_look, play_message, report_message, tell

pytestmark = pytest.mark.django_db
# A test's fixture, by the name under which it is asked for.
__all__ = ["real"]

STREAM_ADDRESS = re.compile(r"rtsps?://|admin:secret|demo:secret")


@pytest.fixture
def ticket() -> str:
    """Everything happens once; gives the ticket that was used."""
    city = City()
    specialist = make_person(Role.DATA_SPECIALIST, department=city.water)
    for name in ("水库一号", "水库二号"):
        cells = row(city.water, 设备名称=name, 运维联系方式="0578-2000000") | {
            "视频编号": "33110200001329999999"
        }
        submission = submit_import(
            actor=specialist, department=city.water, title="", file=xlsx([cells]), file_name="点位.xlsx"
        )
        decide_submission(actor=city.administrator, submission=submission, verdict="approve")
    grant = city.accepted().lines.latest("pk").grant
    make_node()
    look = open_look(city.viewer, grant.camera)
    assert tell("on_play", play_message(look))["code"] == 0
    revoke_grant(actor=city.administrator, grant=grant, reason="用途不符")
    tell("on_flow_report", report_message(look))
    tell("on_play", play_message(look))
    Client().post("/account/login/", {"login": city.viewer.account, "password": PASSWORD})
    Client().post("/account/login/", {"login": city.viewer.account, "password": "wrong-secret"})
    return look.ticket


def rows() -> list[tuple[str, str]]:
    """Every row of every table, as the database holds it."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT to_jsonb(each)::text FROM "{table}" each')
            found += [(table, text) for (text,) in cursor.fetchall()]
    return found


def test_nothing_secret_is_readable_in_the_database(ticket: str) -> None:
    tables = {table for table, _ in rows()}
    assert {"audit_auditevent", "procrastinate_jobs", "catalogue_change", "viewing_playsession"} <= tables
    for table, text in rows():
        for secret in (ticket, PASSWORD, "wrong-secret", "secret-of-the-node", "13800000000", "0578-2091234"):
            assert secret not in text, (table, text)
        assert not STREAM_ADDRESS.search(text), (table, text)


def test_jobs_are_told_numbers_only(ticket: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs")
        arguments = [json.loads(args) if isinstance(args, str) else args for (args,) in cursor.fetchall()]
    assert arguments
    assert all(isinstance(value, int) for args in arguments for value in args.values())


def test_events_tell_no_network_field(ticket: str) -> None:
    for event in AuditEvent.objects.all():
        text = json.dumps([event.before, event.after, event.reason, event.object_label], ensure_ascii=False)
        assert not re.search(r"10\.1\.2\.|255\.255|ip_address\":|gateway\":", text), text


KNOW_THE_NETWORK = {Role.BUREAU_ADMINISTRATOR, Role.OPERATOR}


def test_no_page_tells_the_network_of_a_camera_to_who_may_not_know(real: dict[str, str]) -> None:
    path: Any = AccessPath.objects.select_related("camera").latest("pk")
    hidden = (path.camera.ip_address, path.main_url, "10.33.255.254")
    for role in set(Role) - KNOW_THE_NETWORK:
        person, client = make_person(role), Client()
        client.force_login(person)
        for route in ROUTES:
            address = f"/{filled(route, real)}"
            for query in ({}, {"_export": "csv"}):
                body = client.get(address, query).content.decode("utf-8", "replace")
                assert not any(secret in body for secret in hidden), (person.role_names, address)


def test_who_may_know_the_network_is_told_it_and_never_the_stream(real: dict[str, str]) -> None:
    path: Any = AccessPath.objects.select_related("camera__source_department").latest("pk")
    for role in KNOW_THE_NETWORK:
        person = make_person(role)
        fields = {field.label: field.value for field in archive_of(person, path.camera)}
        assert fields["IP地址"] == path.camera.ip_address
        client = Client()
        client.force_login(person)
        for route in ROUTES:
            body = client.get(f"/{filled(route, real)}").content.decode("utf-8", "replace")
            assert not STREAM_ADDRESS.search(body), route
