"""What decides how the migrated database looks: one digest of all of it."""

import ast
import hashlib
import os
import site
import sys
from collections.abc import Iterator
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "gongshi"
# The server's roles and rights, the list of rooms, and how a mould is made.
ALWAYS = (
    PACKAGE / "config" / "settings.py",
    PACKAGE / "config" / "postgres.py",
    PACKAGE / "config" / "postgres_home.py",
    Path(__file__).with_name("mould.py"),
)
# These say where a session finds its things, not how its database looks.
PLACES = frozenset({"GONGSHI_VAR", "GONGSHI_CHROMIUM", "GONGSHI_TEST_DATABASE_URL"})


def schema_digest() -> str:
    """Sixteen hex digits: migrations, what they import, installed versions, settings, and the month."""
    digest = hashlib.sha256()
    for path in sorted(_sources()):
        digest.update(f"{path}\0".encode() + path.read_bytes() + b"\0")
    for said in (sys.version, *_versions(), *_settings(), _month()):
        digest.update(f"{said}\0".encode())
    return digest.hexdigest()[:16]


def _sources() -> set[Path]:
    """The migrations with all files beside them, and every module of ours that they lead to."""
    found = {*ALWAYS, *PACKAGE.rglob("*.sql")}
    found |= {path for path in PACKAGE.glob("*/migrations/**/*") if path.suffix not in {"", ".pyc"}}
    waiting = [path for path in found if path.suffix == ".py" and path.parent.name == "migrations"]
    while waiting:
        for path in {*_imported_by(waiting.pop())} - found:
            found.add(path)
            waiting.append(path)
    return found


def _imported_by(path: Path) -> Iterator[Path]:
    """Files of our modules that this one names in its imports, wherever in it they stand."""
    text = path.read_text("utf-8")
    for node in ast.walk(ast.parse(text)) if "gongshi" in text else ():
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        yield from (file for name in names if name.startswith("gongshi.") for file in _file_of(name))


def _file_of(module: str) -> Iterator[Path]:
    """None where the name is of a thing in a module."""
    place = PACKAGE.joinpath(*module.split(".")[1:])
    yield from (file for file in (place.with_suffix(".py"), place / "__init__.py") if file.exists())


def _versions() -> list[str]:
    """The name of a distribution's folder has its version."""
    django = find_spec("django")
    folders = {*site.getsitepackages(), *([str(Path(django.origin).parents[1])] if django else [])}
    return sorted(path.name for folder in folders for path in Path(folder).glob("*.dist-info"))


def _settings() -> list[str]:
    return sorted(
        f"{name}={value}"
        for name, value in os.environ.items()
        if name.startswith("GONGSHI_") and name not in PLACES
    )


def _month() -> str:
    """The record has a partition for each month from the first migration on."""
    return f"{datetime.now(ZoneInfo('Asia/Shanghai')):%Y-%m}"
