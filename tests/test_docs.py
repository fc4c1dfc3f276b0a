"""The documents name only tests and files that exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "README.zh-CN.md", "CONTRIBUTING.md")),
    *sorted((ROOT / "benchmarks").glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
PACKAGE = ROOT / "src" / "gongshi"
# Where a path may begin: rooms are named without `src/gongshi/`, and what each room has without the room.
STARTS = (ROOT, PACKAGE, *(room for room in PACKAGE.iterdir() if room.is_dir()))
# Made by installing or running, so they may be missing.
GENERATED = (".venv/", "frontend/node_modules/", "var/", "postgres/")

TEST = re.compile(r"(tests/[\w/]+\.py)::([\w:]+)")
QUOTED = re.compile(r"`([\w.-]+/(?:[\w./-]*(?:/|\.\w+))?)`")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


@cache
def names_in(path: Path) -> frozenset[str]:
    """`name` and `Class::name` of the functions in a file."""
    body = ast.parse(path.read_text()).body
    classes = [node for node in body if isinstance(node, ast.ClassDef)]
    methods = {f"{one.name}::{name}" for one in classes for name in _functions(one.body)}
    return frozenset(methods | set(_functions(body)))


def _functions(body: list[ast.stmt]) -> list[str]:
    return [node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
class TestDocument:
    def test_every_test_that_is_named_exists(self, document: Path) -> None:
        named = TEST.findall(document.read_text())
        missing = [f"{file}::{name}" for file, name in named if not _is_test(ROOT / file, name)]
        assert missing == []

    def test_every_path_that_is_named_exists(self, document: Path) -> None:
        named = [path for path in QUOTED.findall(document.read_text()) if not path.startswith(GENERATED)]
        assert [path for path in named if not any((start / path).exists() for start in STARTS)] == []

    def test_every_link_leads_somewhere(self, document: Path) -> None:
        links = [link for link in LINK.findall(document.read_text()) if "://" not in link]
        assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_clause_of_the_coverage_says_what_proves_it_or_what_is_still_to_come() -> None:
    rows = [line.split("|")[1:-1] for line in _coverage().splitlines() if line.startswith("| ")]
    clauses = [row for row in rows if row[0].strip() != "clause"]
    assert len(clauses) > 30
    assert [row[0] for row in clauses if not TEST.search(row[3]) and not row[4].strip()] == []


def _coverage() -> str:
    return (ROOT / "docs" / "standard-coverage.md").read_text()


def _is_test(path: Path, name: str) -> bool:
    return path.exists() and name in names_in(path)
