"""The list of cameras: words, orders and pages, and what it costs the database."""

import random
from typing import Any

import pytest
from django.test import Client, RequestFactory

from gongshi.catalogue.filters import CameraFilter
from gongshi.catalogue.models import Camera
from gongshi.catalogue.tables import CameraTable
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import keyed_rows, lists
from gongshi.kernel.keyed_rows import KeyedRows
from tests.factories import browser_of, make_camera, make_department, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer() -> Person:
    return make_person(Role.VIEWER)


@pytest.fixture
def browser(viewer: Person) -> Client:
    return browser_of(viewer)


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
    def test_pages_follow_each_other(self, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
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

    def test_more_than_are_counted_are_counted_afterwards(
        self, browser: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in (lists, keyed_rows):
            monkeypatch.setattr(module, "COUNTED", 2)
        department = make_department()
        for number in range(5):
            make_camera(department, status="offline" if number else "online")
        shown = browser.get("/catalogue/", {"status": "offline"}).content.decode()
        assert 'hx-get="?status=offline&amp;_count=1" hx-trigger="load">2+</b>' in shown
        assert browser.get("/catalogue/?status=offline&_count=1").content == b"4"
        assert browser.get("/catalogue/?status=nonsense&_count=1").content == b"0"
        assert (
            browser_of(make_person(Role.AUDIT_ADMINISTRATOR)).get("/catalogue/?_count=1").status_code == 403
        )

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


# Session, login, person, roles, notices; departments for two filters, saved filters; keys, page and rows.
QUERIES = 10


class TestMillions:
    """With limits so low that a handful of points is as many as a million, every way is gone."""

    @pytest.fixture
    def cameras(self, monkeypatch: pytest.MonkeyPatch) -> list[Camera]:
        for name, value in {"COUNTED": 2, "LOOKED_THROUGH": 3, "FOR_EACH_ROW": 1, "MOST_VALUES": 4}.items():
            monkeypatch.setattr(keyed_rows, name, value)
        drawn = random.Random(7)  # noqa: S311 - the same points each time
        departments = [make_department() for _ in range(3)]
        return [
            make_camera(
                drawn.choice(departments),
                code=f"{region}{number:03}",
                name=drawn.choice(["公园东门", "公园北门", "路口"]),
                address=drawn.choice(["水阁街1号", "丽阳街2号"]),
                region=region,
                status=drawn.choice(["online", "online", "offline", "repair"]),
                security_level=drawn.choice(["L1", "L2"]),
                completeness=drawn.choice([None, 60, 80]),
            )
            for number in range(24)
            for region in [drawn.choice(["331100", "331102", "331181"])]
        ]

    @pytest.mark.parametrize(
        "asked",
        [
            {},
            {"region": "331181"},
            {"status": "offline"},
            {"q": "公园"},
            {"address": "水阁", "status": "online"},
            {"region": "331102", "q": "园"},
        ],
        ids=str,
    )
    def test_every_filter_in_every_order_gives_what_plain_sorting_gives(
        self, asked: dict[str, str], cameras: list[Camera], viewer: Person
    ) -> None:
        request = RequestFactory().get("/catalogue/", asked)
        request.user = viewer
        whole = Camera.objects.filter(publication="published")
        found = CameraFilter(request.GET, queryset=whole, request=request).qs
        for name, column in CameraTable.base_columns.items():
            if column.orderable is False:
                continue
            for order in (column.order_by or (name,), [f"-{each}" for each in column.order_by or (name,)]):
                rows = KeyedRows(found.order_by(*order), whole=whole)
                assert rows.find() == min(found.count(), 3)
                expected = [camera.code for camera in found.order_by(*order)]
                for start, stop in ((0, 2), (2, 4), (0, len(expected) or 1)):
                    assert [row.code for row in rows[start:stop]] == expected[start:stop], (order, start)
