"""When the migrated database of the tests is made anew, and when the one that is there will do."""

from pathlib import Path

import pytest

from tests import schema_sources
from tests.schema_sources import schema_digest

FILES = {
    "room/migrations/0001_initial.py": "import gongshi.room.kinds",
    "room/kinds.py": "from gongshi.room import letters",
    "room/letters.py": "LETTERS = 'abc'",
    "room/views.py": "from gongshi.room import kinds",
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(schema_sources, "PACKAGE", tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["room/migrations/0001_initial.py", "room/kinds.py", "room/letters.py"])
def test_a_migration_and_what_it_leads_to_make_another_database(package: Path, name: str) -> None:
    before = schema_digest()
    (package / name).write_text(f"{FILES[name]}\n# changed")
    assert schema_digest() != before


def test_a_new_migration_makes_another_database(package: Path) -> None:
    before = schema_digest()
    (package / "room/migrations/0002_more.py").write_text("")
    assert schema_digest() != before


def test_what_no_migration_leads_to_makes_none(package: Path) -> None:
    before = schema_digest()
    (package / "room/views.py").write_text("changed = True")
    assert schema_digest() == before


def test_a_setting_makes_another_database_and_a_place_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    before = schema_digest()
    monkeypatch.setenv("GONGSHI_VAR", "/elsewhere")
    assert schema_digest() == before
    monkeypatch.setenv("GONGSHI_RECORD_HASH", "sm3")
    assert schema_digest() != before
