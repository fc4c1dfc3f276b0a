"""Changing the key of encrypted fields: while people work, after a kill, until nothing needs the old one."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt as decrypt_factor
from allauth.mfa.utils import encrypt as encrypt_factor
from django.db import connection
from pytest_django import Settings

from gongshi.audit.models import AuditEvent
from gongshi.catalogue.models import AccessPath
from gongshi.config import field_keys
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel.encryption import EncryptedTextField
from gongshi.kernel.key_ring import add_key, key_ring
from gongshi.kernel.reencryption import keys_in_use, places
from tests.factories import make_camera, make_department, make_person

PEOPLE = 60
KILLED_IN_THE_MIDDLE = """
import os, signal
import django
django.setup()
from gongshi.config import field_keys
from gongshi.kernel import reencryption

reencryption.BATCH = 10
row_anew, done = reencryption._row_anew, []

def row_or_death(*arguments):
    done.append(row_anew(*arguments))
    if len(done) == 35:
        os.kill(os.getpid(), signal.SIGKILL)
    return done[-1]

reencryption._row_anew = row_or_death
field_keys.rotate()
"""


@pytest.fixture
def key_file(settings: Settings, tmp_path: Path) -> Path:
    """An installation of its own, as to keys."""
    settings.FIELD_KEY_FILE = tmp_path / "field-keys.json"
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"var": tmp_path})
    (tmp_path / "secrets.json").write_text(json.dumps({"field_key": settings.FIELD_KEY.hex()}))
    return settings.FIELD_KEY_FILE


@pytest.fixture
def secrets_of_all_kinds(key_file: Path) -> None:
    department = make_department()
    fields = {"name": "某人", "department": department, "phone": "13812345678"}
    Person.objects.bulk_create(Person(account=f"someone-{number}", **fields) for number in range(PEOPLE))
    make_camera(department)
    person = Person.objects.get(account="someone-0")
    data = {"secret": encrypt_factor("JBSWY3DP"), "last_step": 0}
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data=data)


def everything_is_readable() -> bool:
    phones = set(Person.objects.values_list("phone", flat=True))
    factor = decrypt_factor(Authenticator.objects.get().data["secret"])
    address = AccessPath.objects.get().main_url
    return (phones, factor, address[:7]) == ({"13812345678"}, "JBSWY3DP", "rtsp://")


def rotate_and_die(settings: Settings) -> subprocess.CompletedProcess[str]:
    """Another process rotates, and is killed after some rows, within a batch."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    own = {
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "gongshi.config.settings",
        "GONGSHI_VAR": str(settings.FIELD_KEY_FILE.parent),
        "GONGSHI_FIELD_KEY": settings.FIELD_KEY.hex(),
    }
    return subprocess.run(
        [sys.executable, "-c", KILLED_IN_THE_MIDDLE],
        env=os.environ | own,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.django_db(transaction=True)
def test_a_rotation_that_was_killed_goes_on_and_the_portal_works_all_the_time(
    secrets_of_all_kinds: None, settings: Settings, key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    killed = rotate_and_die(settings)
    assert killed.returncode == -9, killed.stderr
    # What was committed before the kill is new, the rest old; this process heard of the new key by itself.
    used = keys_in_use()
    assert used["1"] == 30
    assert used["0"] > 30
    assert everything_is_readable()
    person = Person.objects.get(account="someone-59")
    person.save()
    assert keys_in_use()["1"] == 31
    with pytest.raises(SystemExit):
        # The key of the installation still reads most of it.
        field_keys.retire()
    assert key_ring().keys.keys() == {"0", "1"}

    field_keys.rotate()
    assert "上次轮换没有完成" in capsys.readouterr().out
    assert keys_in_use().keys() == {"1"}
    assert everything_is_readable()

    field_keys.retire()
    assert key_ring().keys.keys() == {"1"}
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert everything_is_readable()
    kept = json.loads((key_file.parent / "secrets.json").read_text())
    assert kept["field_key"] != settings.FIELD_KEY.hex()
    assert [event.object_label for event in AuditEvent.objects.filter(action__startswith="kernel:")] == [
        "字段加密密钥 0",
        "字段加密密钥 1",
    ]


@pytest.mark.django_db
class TestRotation:
    def test_the_cipher_of_everything_changes_with_the_setting(
        self, secrets_of_all_kinds: None, settings: Settings
    ) -> None:
        settings.FIELD_CIPHER = "sm4"
        field_keys.rotate()
        heads = {stored[:9] for place in places() for stored in stored_in(place) if not place.holds_json}
        assert heads == {"v2:1:sm4:"}
        assert everything_is_readable()

    def test_what_nobody_can_read_is_named_and_left_alone(
        self, secrets_of_all_kinds: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        person = Person.objects.get(account="someone-7")
        spoil = "v2:0:aes:" + "A" * 60
        with connection.cursor() as cursor:
            cursor.execute("UPDATE identity_person SET phone = %s WHERE id = %s", [spoil, person.pk])
        with pytest.raises(SystemExit):
            field_keys.rotate()
        assert f"identity_person.phone {person.pk}" in capsys.readouterr().err
        assert keys_in_use() == {"0": 1, "1": PEOPLE + 1}

    def test_keys_are_listed_with_what_they_hold(
        self, secrets_of_all_kinds: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        field_keys.show()
        assert f"加密 {PEOPLE + 2} 项，当前使用" in capsys.readouterr().out

    def test_there_is_nothing_to_retire_before_the_first_rotation(
        self, key_file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit):
            field_keys.retire()
        assert "还没有轮换过" in capsys.readouterr().err
        assert not key_file.exists()


@pytest.mark.django_db
def test_a_phone_that_is_put_into_another_column_is_noticed(key_file: Path) -> None:
    person, camera = make_person(Role.VIEWER), make_camera()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalogue_accesspath SET main_url = (SELECT phone FROM identity_person WHERE id = %s)",
            [person.pk],
        )
    with pytest.raises(ValueError, match="moved"):
        AccessPath.objects.get(camera=camera)


def test_every_encrypted_field_is_found() -> None:
    from django.apps import apps

    declared = {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
    }
    assert declared | {"mfa_authenticator.data"} == {place.name for place in places()}


def test_two_new_keys_have_two_names(key_file: Path) -> None:
    assert (add_key().name, add_key().name) == ("1", "2")
    assert list(key_ring().keys) == ["0", "1", "2"]


def stored_in(place: object) -> list[str]:
    return list(place.stored().values_list("stored", flat=True))  # type: ignore[attr-defined]
