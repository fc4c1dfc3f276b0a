"""The list of cameras: words, orders and pages, and what it costs the database."""

from typing import Any

import pytest
from django.test import Client

from gongshi.catalogue.models import Camera
from gongshi.catalogue.tables import CameraTable
from gongshi.identity.roles import Role
from gongshi.kernel import lists
from tests.factories import browser_of, make_camera, make_department, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    return browser_of(make_person(Role.VIEWER))


def codes(browser: Client, **asked: str) -> list[str]:
    """The codes on the page, in their order."""
    answer = browser.get("/catalogue/", asked)
    assert answer.status_code == 200
    return [row.record.code for row in answer.context["table"].paginated_rows]


class TestWords:
    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("公园", ["A1", "A2"]),
            ("园", ["A1", "A2", "A3"]),
            ("园东门", ["A1"]),
            ("b座", ["A2"]),
            ("B座", ["A2"]),
            ("园公", []),
            ("门东", []),
            ("%", []),
            ("A", ["A1", "A2", "A3", "A4"]),
            ("0012", ["33110200001320000012"]),
            ("331102", ["33110200001320000012"]),
        ],
    )
    def test_a_name_is_found_by_any_part_and_a_code_by_a_long_one(
        self, asked: str, found: list[str], browser: Client
    ) -> None:
        department = make_department()
        named = {"A1": "南明湖公园东门", "A2": "公园B座", "A3": "花园路口", "A4": "水库大坝"}
        for code, name in named.items():
            make_camera(department, code=code, name=name)
        make_camera(department, code="33110200001320000012", name="卡口")
        assert codes(browser, q=asked) == found

    def test_an_address_is_found_by_two_letters(self, browser: Client) -> None:
        department = make_department()
        make_camera(department, code="A1", address="青田县水阁街道3号")
        make_camera(department, code="A2", address="青田县鹤城街道3号")
        assert codes(browser, address="水阁") == ["A1"]
        assert codes(browser, address="青田", q="A2") == ["A2"]
        assert codes(browser, address="不存在") == []


class TestOrder:
    def test_every_column_sorts_with_codes_within_equal_ones(self, browser: Client) -> None:
        department = make_department()
        for code, status in (("A3", "online"), ("A1", "online"), ("A2", "offline")):
            make_camera(department, code=code, status=status)
        assert codes(browser, sort="status") == ["A2", "A1", "A3"]
        assert codes(browser, sort="-status") == ["A3", "A1", "A2"]

    @pytest.mark.parametrize(
        "name", [name for name, column in CameraTable.base_columns.items() if column.orderable is not False]
    )
    def test_each_order_is_that_of_an_index(self, name: str) -> None:
        order = [str(each) for each in CameraTable.base_columns[name].order_by or (name,)]
        fields = [field.attname for field in (Camera._meta.get_field(each) for each in order)]
        indexes = [index.fields for index in Camera._meta.indexes]
        indexed = [[Camera._meta.get_field(field).attname for field in index] for index in indexes]
        assert fields == ["code"] or fields in indexed

    def test_a_department_keeps_its_cameras_together(self, browser: Client) -> None:
        first, second = make_department(), make_department()
        for code, department in (("A1", second), ("A2", first), ("A3", second)):
            make_camera(department, code=code)
        assert codes(browser, sort="owner") == ["A2", "A1", "A3"]


class TestPages:
    @pytest.mark.parametrize("few", [0, 1000])
    def test_pages_follow_each_other_whether_keys_are_few_or_many(
        self, few: int, browser: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lists, "FEW", few)
        monkeypatch.setattr(lists, "PAGE_SIZE", 2)
        department = make_department()
        for number in (3, 1, 5, 2, 4):
            make_camera(department, code=f"A{number}", name="路口")
        pages = [codes(browser, sort="-name", page=str(page), q="路口", per_page="2") for page in (1, 2, 3)]
        assert pages == [["A5", "A4"], ["A3", "A2"], ["A1"]]

    def test_the_count_is_right(self, browser: Client) -> None:
        for _ in range(3):
            make_camera()
        assert "共 <b>3</b> 条" in browser.get("/catalogue/").content.decode()
        assert "没有符合条件的记录" in browser.get("/catalogue/", {"q": "不存在"}).content.decode()

    def test_what_it_asks_the_database_does_not_grow(
        self, browser: Client, django_assert_num_queries: Any
    ) -> None:
        make_camera()
        browser.get("/catalogue/")
        with django_assert_num_queries(QUERIES):
            browser.get("/catalogue/")
        for _ in range(12):
            make_camera()
        for asked in ({}, {"sort": "-owner"}, {"q": "中山"}, {"address": "莲都", "status": "online"}):
            with django_assert_num_queries(QUERIES):
                browser.get("/catalogue/", asked)


# Session, person, roles, notices; the departments of two filters; of the list the count, keys and rows.
QUERIES = 10
