"""The way back in when no security administrator can sign in any more."""

import pytest
from typer.testing import CliRunner

from gongshi.audit.models import AuditEvent
from gongshi.credentials import lockout
from gongshi.credentials.commands import app
from gongshi.credentials.models import Guard
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from tests.factories import PASSWORD, make_person

pytestmark = pytest.mark.django_db

WHY = ("--reason", "唯一的安全管理员被锁定")


@pytest.fixture
def security() -> Person:
    return make_person(Role.SECURITY_ADMINISTRATOR)


def test_who_runs_the_installation_lifts_a_lock(security: Person) -> None:
    for _ in range(5):
        lockout.guarded(security.account, "密码", lambda: False)
    assert CliRunner().invoke(app, ["unlock", security.account, *WHY]).exit_code == 0
    assert Guard.objects.get(person=security).locked_until is None
    assert AuditEvent.objects.get(action="credentials:lock:lifted").reason == WHY[1]


def test_an_account_that_is_not_locked_is_told_in_a_sentence(security: Person) -> None:
    answer = CliRunner().invoke(app, ["unlock", security.account, *WHY])
    assert answer.exit_code == 1
    assert "没有被锁定" in answer.output
    assert not AuditEvent.objects.filter(action="credentials:lock:lifted").exists()


def test_a_password_is_reset_and_told_once(security: Person) -> None:
    answer = CliRunner().invoke(app, ["reset", security.account, *WHY])
    password = answer.output.strip().rpartition("：")[2]
    assert Person.objects.get(pk=security.pk).check_password(password)
    assert AuditEvent.objects.get(action="credentials:password:reset").reason == WHY[1]


@pytest.mark.parametrize("reason", ["", " "])
def test_neither_goes_without_a_reason(security: Person, reason: str) -> None:
    assert CliRunner().invoke(app, ["reset", security.account, "--reason", reason]).exit_code == 1
    assert Person.objects.get(pk=security.pk).check_password(PASSWORD)
