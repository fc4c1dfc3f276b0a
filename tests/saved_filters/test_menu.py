"""Saved filters on the pages of lists, and over the interface."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel.list_pages import list_pages, title_of
from gongshi.saved_filters.actions import save_filter
from gongshi.saved_filters.models import SavedFilter
from tests.factories import browser_of, make_camera, make_person

pytestmark = pytest.mark.django_db
CAMERAS, PAGE, NEW, API = "catalogue:cameras", "/catalogue/", "/saved-filters/new/", "/api/v1/saved-filters"


def save(person: Person, **given: Any) -> SavedFilter:
    wanted = {"list_name": CAMERAS, "name": "离线的", "conditions": "status=offline"} | given
    return save_filter(actor=person, **wanted)


def send(browser: Client, **given: Any) -> Any:
    form = {"list_name": CAMERAS, "path": PAGE, "name": "离线的", "conditions": "status=offline"}
    return browser.post(NEW, form | given)


def page(person: Person, address: str = PAGE) -> str:
    return browser_of(person).get(address).content.decode()


class TestMenu:
    def test_what_a_list_shows_is_saved_and_shown_again(self, viewer: Person) -> None:
        make_camera(name="水库大坝", status="offline")
        make_camera(name="人民路口", status="online")
        browser = browser_of(viewer)
        answer = send(browser, conditions="status=offline&page=3&sort=-name")
        assert answer.headers["Location"] == f"{PAGE}?sort=-name&status=offline"
        shown = browser.get(answer.headers["Location"]).content.decode()
        assert "水库大坝" in shown and "人民路口" not in shown
        assert "已保存筛选“离线的”。" in shown and "离线的</span></button>" in shown

    def test_columns_come_with_it(self, viewer: Person) -> None:
        browser = browser_of(viewer)
        browser.cookies["columns_catalogue_cameras"] = "code.address"
        assert (
            'value="_columns=code.address&amp;status=offline"'
            in browser.get(f"{PAGE}?status=offline").content.decode()
        )
        shown = browser.get(f"{PAGE}?_columns=code.name")
        assert shown.context["table"].columns.names() == ["code", "name"]
        # And go on with the next filter that is chosen.
        assert '<input type="hidden" name="_columns" value="code.name">' in shown.content.decode()

    def test_a_column_that_no_longer_exists_is_left_out(self, viewer: Person) -> None:
        shown = browser_of(viewer).get(f"{PAGE}?_columns=code.colour")
        assert shown.context["table"].columns.names() == ["code"]

    def test_a_refusal_stands_next_to_the_field_and_what_was_typed_stays(self, viewer: Person) -> None:
        save(viewer)
        answer = send(browser_of(viewer), conditions="status=repair")
        assert answer.status_code == 422 and SavedFilter.objects.get().conditions == "status=offline"
        shown = answer.content.decode()
        assert "已有名为“离线的”的筛选" in shown and 'value="status=repair"' in shown
        again = send(browser_of(viewer), conditions="status=repair", overwrite="on")
        assert again.status_code == 302 and SavedFilter.objects.get().conditions == "status=repair"

    def test_a_filter_that_the_list_no_longer_has_breaks_nothing_and_is_told(self, viewer: Person) -> None:
        save(viewer, conditions="colour=red&sort=nonsense&status=offline")
        shown = browser_of(viewer).get(f"{PAGE}?colour=red&sort=nonsense&status=offline")
        assert shown.status_code == 200 and "部分条件已失效" in shown.content.decode()

    def test_a_choice_that_no_longer_exists_shows_its_error(self, viewer: Person) -> None:
        save(viewer, conditions="owner=999999")
        shown = browser_of(viewer).get(f"{PAGE}?owner=999999")
        assert shown.status_code == 200 and shown.context["filter"].form.errors["owner"]

    def test_what_a_colleague_shares_is_in_the_menu_with_his_name(
        self, viewer: Person, colleague: Person
    ) -> None:
        save(colleague, is_shared=True)
        save(colleague, name="只有我")
        shown = page(viewer)
        assert "离线的" in shown and "陈静" in shown and "只有我" not in shown
        assert "离线的" not in page(make_person(Role.VIEWER))
        assert "离线的" not in page(viewer, "/grants/")

    def test_a_page_without_filters_has_no_menu(self, viewer: Person) -> None:
        assert "常用筛选" not in page(viewer, "/notices/")

    def test_saving_leads_back_to_the_page_of_the_one_thing_that_was_listed(self, viewer: Person) -> None:
        history = f"/catalogue/cameras/{make_camera().code}/history/"
        answer = send(browser_of(viewer), list_name="catalogue:history", path=history, conditions="sort=at")
        assert answer.headers["Location"] == f"{history}?sort=at"

    @pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example/", "/grants/", "", "\\"])
    def test_it_leads_nowhere_but_to_the_list(self, path: str, viewer: Person) -> None:
        answer = send(browser_of(viewer), path=path)
        assert answer.headers["Location"] in {f"{PAGE}?status=offline", "/saved-filters/"}

    def test_the_menu_costs_one_query_however_long_it_is(
        self, viewer: Person, django_assert_num_queries: Any
    ) -> None:
        browser = browser_of(viewer)
        browser.get(PAGE)
        with CaptureQueriesContext(connection) as before:
            browser.get(PAGE)
        for number in range(5):
            save(viewer, name=f"第{number}个", is_shared=True)
        with django_assert_num_queries(len(before)):
            shown = browser.get(PAGE).content.decode()
        assert sum("saved_filters_savedfilter" in each["sql"] for each in before.captured_queries) == 1
        assert "第4个" in shown


class TestKeeping:
    def test_all_that_one_knows_are_listed_with_what_one_may_do(
        self, viewer: Person, colleague: Person
    ) -> None:
        own, other = save(viewer), save(colleague, is_shared=True, name="在修")
        save(viewer, name="授权", list_name="grants:grants")
        shown = page(viewer, "/saved-filters/")
        assert f"{PAGE}?status=offline" in shown and "视频资源目录" in shown and "仅本人" in shown
        assert f"/saved-filters/{own.pk}/removal/" in shown
        assert f"/saved-filters/{other.pk}/" not in shown
        assert "在修" in page(viewer, f"/saved-filters/?list_name={CAMERAS}&name=在")

    def test_its_owner_renames_and_removes_it(self, viewer: Person) -> None:
        saved, browser = save(viewer), browser_of(viewer)
        browser.post(f"/saved-filters/{saved.pk}/", {"name": "坏的", "is_shared": "on"})
        saved.refresh_from_db()
        assert (saved.name, saved.department) == ("坏的", viewer.department)
        assert "其他人员也将不能再使用" in browser.get(f"/saved-filters/{saved.pk}/removal/").content.decode()
        browser.post(f"/saved-filters/{saved.pk}/removal/")
        assert not SavedFilter.objects.exists()

    def test_strangers_do_not_find_it_and_colleagues_may_not(self, viewer: Person, colleague: Person) -> None:
        saved = save(viewer, is_shared=True)
        for person, status in ((make_person(Role.DATA_SPECIALIST), 404), (colleague, 403)):
            for part in ("", "removal/"):
                answer = browser_of(person).post(f"/saved-filters/{saved.pk}/{part}", {"name": "我的"})
                assert answer.status_code == status
        saved.refresh_from_db()
        assert saved.name == "离线的"


class TestInterface:
    def test_filters_are_saved_listed_changed_and_removed(self, viewer: Person, client: Client) -> None:
        client.force_login(viewer)
        body = {"list_name": CAMERAS, "name": "离线的", "conditions": "status=offline", "is_shared": True}
        made = client.post(API, body, content_type="application/json")
        assert made.status_code == 201 and made.json()["department"] == viewer.department.name
        listed = client.get(API, {"list_name": CAMERAS}).json()["items"]
        assert [each["conditions"] for each in listed] == ["status=offline"]
        address = f"{API}/{made.json()['id']}"
        changed = client.put(address, json.dumps({"name": "坏的"}), content_type="application/json")
        assert (changed.json()["name"], changed.json()["department"]) == ("坏的", None)
        assert client.post(f"{address}/removal").status_code == 204
        assert client.get(API).json()["count"] == 0

    def test_a_refusal_names_the_field(self, viewer: Person, client: Client) -> None:
        client.force_login(viewer)
        body = {"list_name": CAMERAS, "name": " ", "conditions": "status=offline"}
        answer = client.post(API, body, content_type="application/json")
        assert answer.status_code == 422 and answer.json()["error"]["field"] == "name"
        assert not SavedFilter.objects.exists()

    def test_anothers_is_not_found(self, viewer: Person, colleague: Person, client: Client) -> None:
        saved = save(viewer)
        client.force_login(colleague)
        assert client.get(API).json()["items"] == []
        assert client.post(f"{API}/{saved.pk}/removal").status_code == 404
        assert SavedFilter.objects.filter(pk=saved.pk).exists()


def test_every_list_of_the_portal_has_a_title_for_its_filters() -> None:
    titles = {name: title_of(page) for name, page in list_pages().items()}
    assert titles[CAMERAS] == "视频资源目录" and len(titles) > 40
    assert not [name for name, title in titles.items() if not title.strip() or not title.isprintable()]
