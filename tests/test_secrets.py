"""After everything happened once: no camera address, ticket, password or phone where it does not belong."""

import json
import logging
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from gongshi.audit.models import AuditEvent
from gongshi.catalogue.actions import decide_submission, submit_import
from gongshi.catalogue.models import AccessPath
from gongshi.catalogue.queries import archive_of
from gongshi.clients.actions import rotate_secret
from gongshi.credentials.passwords import reset_password
from gongshi.grants.actions import revoke_grant
from gongshi.identity.roles import Role
from tests.catalogue.books import row, xlsx
from tests.clients.making import call, make_client
from tests.credentials.factors import with_second_factor
from tests.demand.making import City
from tests.factories import PASSWORD, make_person
from tests.viewing.making import make_node, open_look, play_message, report_message, tell

pytestmark = pytest.mark.django_db

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


@pytest.fixture
def secrets(ticket: str, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Whatever is told once or never – of looks, passwords, second factors, clients – used and guessed."""
    # As an installation logs.
    caplog.set_level(logging.INFO)
    security, person = make_person(Role.SECURITY_ADMINISTRATOR), make_person(Role.VIEWER)
    app = with_second_factor(person)
    log_in = {"login": person.account, "password": PASSWORD}
    browser = Client()
    browser.post("/account/login/", log_in)
    browser.post("/account/code/", {"code": app.recovery_codes[0]})
    browser.post(
        "/account/password/", {"old": PASSWORD, "new": "Oujiang-2026-bridge", "again": "no-match-2026"}
    )
    given = reset_password(actor=security, person=person, reason="忘记密码")
    client = make_client(actor=security)
    rotated = rotate_secret(actor=security, client=client.client, overlap_hours=1)
    for secret in (client.secret, rotated.secret, "wrong-client-secret"):
        call(client, secret=secret)
    typed = ["wrong-secret", "wrong-client-secret", "Oujiang-2026-bridge", "no-match-2026"]
    return [ticket, PASSWORD, given, app.secret, *app.recovery_codes, client.secret, rotated.secret, *typed]


def rows() -> list[tuple[str, str]]:
    """Every row of every table, as the database holds it."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT to_jsonb(each)::text FROM "{table}" each')
            found += [(table, text) for (text,) in cursor.fetchall()]
    return found


def test_nothing_secret_is_readable_in_the_database(secrets: list[str]) -> None:
    tables = {table for table, _ in rows()}
    assert {"audit_auditevent", "procrastinate_jobs", "catalogue_change", "viewing_playsession"} <= tables
    assert {"mfa_authenticator", "clients_apiclient", "credentials_guard"} <= tables
    for table, text in rows():
        for secret in (*secrets, "secret-of-the-node", "13800000000", "0578-2091234"):
            assert secret not in text, (table, text)
        assert not STREAM_ADDRESS.search(text), (table, text)


def test_nothing_secret_is_written_into_the_log(secrets: list[str], caplog: pytest.LogCaptureFixture) -> None:
    logged = "\n".join(record.getMessage() for record in caplog.get_records("setup"))
    assert "/api/v1/catalogue/cameras" in logged
    assert [secret for secret in secrets if secret in logged] == []


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


def test_who_may_know_the_network_is_told_it(ticket: str) -> None:
    """That no page or operation tells it to others, nor a stream to anybody, is tried in `tests/matrix`."""
    path: Any = AccessPath.objects.select_related("camera__source_department").latest("pk")
    for role in KNOW_THE_NETWORK:
        fields = {field.label: field.value for field in archive_of(make_person(role), path.camera)}
        assert fields["IP地址"] == path.camera.ip_address
