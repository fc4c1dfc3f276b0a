"""Which entry of the navigation a page stands under."""

import pytest

from gongshi.identity.models import DepartmentKind
from gongshi.identity.roles import Role
from tests.factories import browser_of, make_department, make_person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/", "工作台"),
        ("/demands/", "需求响应结果"),
        ("/demands/999/", "需求响应结果"),
        ("/demands/reviews/", "大数据局审核"),
        ("/items/categories/", "业务事项库"),
        ("/catalogue/submissions/", "编目审核"),
        ("/notices/", None),
    ],
)
def test_a_page_marks_the_entry_above_it(path: str, label: str | None) -> None:
    bureau = make_department(kind=DepartmentKind.BUREAU)
    page = browser_of(make_person(Role.BUREAU_ADMINISTRATOR, department=bureau)).get(path)
    entries = [entry for _, entries in page.context["navigation"]["groups"] for entry in entries]
    assert [entry.label for entry in entries if entry.active] == ([label] if label else [])


@pytest.mark.parametrize(
    ("path", "label"),
    [("submit/", "编目提交"), ("imports/", "编目提交"), ("bulk/", "批量编目"), ("compile/", "目录")],
)
def test_imports_stand_under_handing_in(path: str, label: str) -> None:
    page = browser_of(make_person(Role.DATA_SPECIALIST)).get(f"/catalogue/{path}")
    entries = [entry for _, entries in page.context["navigation"]["groups"] for entry in entries]
    assert [entry.label for entry in entries if entry.active] == [label]


def test_a_compiler_finds_his_submissions_under_their_own_name() -> None:
    page = browser_of(make_person(Role.DATA_SPECIALIST)).get("/catalogue/submissions/").content.decode()
    assert "编目批次" in page and "编目审核" not in page
