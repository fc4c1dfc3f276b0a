"""`gongshi import cameras`."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gongshi.catalogue.commands import app
from gongshi.catalogue.models import Camera, Submission
from gongshi.identity.models import Department, Person
from tests.catalogue.books import row, xlsx
from tests.catalogue.conftest import State

pytestmark = pytest.mark.django_db


def run(file: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["cameras", str(file), *options])


@pytest.fixture
def file(tmp_path: Path, police: Department) -> Path:
    path = tmp_path / "点位.xlsx"
    path.write_bytes(xlsx([row(police), row(police)]).getvalue())
    return path


def test_it_hands_in(file: Path, specialist: Person, police: Department) -> None:
    result = run(file, "--department", police.code, "--account", specialist.account)
    assert result.exit_code == 0, result.output
    assert (
        f"编目 {Submission.objects.get().number}：新增 2 个，修改 0 个，等待大数据局审核。" in result.output
    )
    assert not Camera.objects.exists()


def test_it_publishes_when_a_reviewer_is_named(
    file: Path, specialist: Person, police: Department, reviewer: Person
) -> None:
    options = ("--department", police.code, "--account", specialist.account, "--approve-by", reviewer.account)
    result = run(file, *options)
    assert "已审核发布" in result.output
    assert Camera.objects.count() == 2


def test_problems_are_printed_and_nothing_is_changed(
    tmp_path: Path, specialist: Person, police: Department, state: Callable[[], State]
) -> None:
    path = tmp_path / "bad.xlsx"
    path.write_bytes(xlsx([row(police, VLAN="0")]).getvalue())
    before = state()
    result = run(path, "--department", police.code, "--account", specialist.account)
    assert result.exit_code == 1
    assert "第 2 行“VLAN”：“0”应为 1 到 4094 之间的整数。" in result.output
    assert state() == before


def test_without_a_reviewer_who_may_nothing_is_handed_in_either(
    file: Path, specialist: Person, police: Department, state: Callable[[], State]
) -> None:
    before = state()
    options = (
        "--department",
        police.code,
        "--account",
        specialist.account,
        "--approve-by",
        specialist.account,
    )
    result = run(file, *options)
    assert (result.exit_code, state()) == (1, before)


@pytest.mark.parametrize(
    ("department", "account", "name", "sentence"),
    [
        ("none", "", "", "没有编码为 none 的部门"),
        ("", "none", "", "没有账号 none"),
        ("", "", "none.xlsx", "无法读取"),
    ],
)
def test_what_is_not_there_is_told(
    file: Path,
    specialist: Person,
    police: Department,
    department: str,
    account: str,
    name: str,
    sentence: str,
) -> None:
    path = file.parent / name if name else file
    options = ("--department", department or police.code, "--account", account or specialist.account)
    result = run(path, *options)
    assert result.exit_code == 1
    assert sentence in result.output
