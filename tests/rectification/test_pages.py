"""整改 on pages and over the interface: the same steps, seen by who has to do with the point."""

from datetime import date

import pytest

from gongshi.catalogue.models import Camera
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.oversight import queries
from gongshi.quality.codes import Outcome
from gongshi.rectification.actions import answer_order, open_order
from gongshi.rectification.codes import OrderState
from gongshi.rectification.models import Order
from gongshi.rectification.urging import urge
from tests.factories import browser_of, make_camera, make_person
from tests.rectification.orders import inspected, state_of

pytestmark = pytest.mark.django_db
API = "/api/v1/rectification"


def listed(person: Person, **filters: str) -> list[str]:
    page = browser_of(person).get("/rectification/", filters)
    told = browser_of(person).get(API, filters).json()["items"]
    numbers = [row.record.number for row in page.context["table"].page.object_list]
    assert numbers == [item["number"] for item in told]
    return numbers


def test_the_whole_way_on_pages(bureau: Person, source: Person, camera: Camera) -> None:
    office, waterworks = browser_of(bureau), browser_of(source)
    answer = office.post(
        f"/rectification/cameras/{camera.code}/",
        {"description": "画面发黑", "faults": ["black"]},
        follow=True,
    )
    order = Order.objects.get()
    assert "画面发黑" in answer.content.decode() and "黑屏" in answer.content.decode()
    page = waterworks.get(order.get_absolute_url()).content.decode()
    assert f"{order.get_absolute_url()}answer/" in page and "销号</a>" not in page
    waterworks.post(f"{order.get_absolute_url()}answer/", {"answer": "已更换电源", "is_mended": "on"})
    assert state_of(order) == OrderState.MENDED
    inspected(camera, Outcome.INTACT)
    page = office.post(f"{order.get_absolute_url()}closing/", {"conclusion": "复检合格"}, follow=True)
    assert "已销号" in page.content.decode()
    assert state_of(order) == OrderState.CLOSED


def test_the_whole_way_over_the_interface(bureau: Person, source: Person, camera: Camera) -> None:
    office, waterworks = browser_of(bureau), browser_of(source)
    made = office.post(
        API, {"camera": camera.code, "description": "画面发黑", "faults": ["black"]}, "application/json"
    )
    assert (made.status_code, made.json()["state"]) == (201, "open")
    number = made.json()["number"]
    told = waterworks.post(
        f"{API}/{number}/answer", {"answer": "已更换电源", "is_mended": True}, "application/json"
    ).json()
    assert (told["state"], told["addressees"][0]["answer"]) == ("mended", "已更换电源")
    inspected(camera, Outcome.INTACT)
    told = office.post(f"{API}/{number}/closing", {"conclusion": "复检合格"}, "application/json").json()
    assert (told["state"], told["conclusion"]) == ("closed", "复检合格")


def test_who_has_to_do_with_the_point_sees_its_order(
    order: Order, bureau: Person, source: Person, manager: Person
) -> None:
    viewer = make_person(Role.VIEWER, department=source.department)
    for person in (bureau, source, manager, viewer, make_person(Role.OPERATOR)):
        assert listed(person) == [order.number]
        assert browser_of(person).get(order.get_absolute_url()).status_code == 200


def test_another_department_does_not_know_of_it(order: Order) -> None:
    stranger = make_person(Role.DATA_SPECIALIST)
    assert listed(stranger) == []
    browser = browser_of(stranger)
    for address in ("", "answer/", "closing/"):
        assert browser.get(f"{order.get_absolute_url()}{address}").status_code == 404
    assert browser.get(f"{API}/{order.number}").status_code == 404
    answer = browser.post(f"{API}/{order.number}/answer", {"answer": "好了"}, "application/json")
    assert answer.status_code == 404
    assert not order.addressees.exclude(answered_at=None).exists()


@pytest.mark.parametrize(
    ("filters", "is_found"),
    [
        ({"state": "open"}, True),
        ({"state": "closed"}, False),
        ({"fault": "black"}, True),
        ({"fault": "frozen"}, False),
        ({"overdue": "true"}, False),
        ({"overdue": "false"}, True),
        ({"q": "ZG-"}, True),
        ({"q": "不存在"}, False),
    ],
)
def test_orders_are_found_by_what_one_remembers(
    order: Order, bureau: Person, filters: dict[str, str], is_found: bool
) -> None:
    assert bool(listed(bureau, **filters)) is is_found


def test_overdue_orders_are_found(order: Order, bureau: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2026, 3, 18))
    Order.objects.update(due_on="2026-01-05")
    assert listed(bureau, overdue="true") == [order.number]
    assert "已逾期" in browser_of(bureau).get(order.get_absolute_url()).content.decode()
    assert 'status-red">2026-01-05<' in browser_of(bureau).get("/rectification/").content.decode()
    urge()
    assert "已报大数据局" in browser_of(bureau).get(order.get_absolute_url()).content.decode()


def test_what_has_to_be_mended_or_closed_stands_on_the_workbench(
    order: Order, camera: Camera, bureau: Person, source: Person
) -> None:
    def todos(person: Person) -> list[str]:
        return [todo.kind for todo in queries.todos(person)]

    assert (todos(source), todos(bureau)) == (["整改答复"], [])
    assert todos(make_person(Role.DATA_SPECIALIST)) == []
    answer_order(actor=source, order=order, answer="已更换电源", is_mended=True)
    inspected(camera, Outcome.INTACT)
    assert (todos(source), todos(bureau)) == ([], ["整改销号"])


def test_what_could_not_be_inspected_again_stands_on_the_bureaus_workbench(
    order: Order, camera: Camera, bureau: Person, source: Person
) -> None:
    answer_order(actor=source, order=order, answer="已更换电源", is_mended=True)
    assert queries.todos(bureau) == []
    inspected(camera, Outcome.UNTESTED)
    assert [todo.kind for todo in queries.todos(bureau)] == ["整改复检"]
    assert queries.todos(source) == []


def test_a_refusal_stands_beside_its_field_and_changes_nothing(order: Order, bureau: Person) -> None:
    page = browser_of(bureau).post(f"{order.get_absolute_url()}closing/", {"conclusion": " "})
    assert "请填写销号结论" in page.content.decode()
    assert state_of(order) == OrderState.OPEN


def test_a_wrong_filter_is_told_by_name(bureau: Person) -> None:
    answer = browser_of(bureau).get(API, {"state": "猫"})
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "state")


@pytest.mark.parametrize(
    "column", ["number", "camera_code", "camera", "source_department", "faults", "due_on", "state"]
)
def test_the_list_is_sorted_by_every_column(order: Order, bureau: Person, column: str) -> None:
    other = open_order(actor=bureau, camera=make_camera(), description="画面模糊", faults=["blurred"])
    page = browser_of(bureau).get("/rectification/", {"sort": column})
    numbers = [row.record.number for row in page.context["table"].page.object_list]
    assert {*numbers} == {order.number, other.number}


def test_the_list_goes_into_a_workbook(order: Order, bureau: Person, source: Person) -> None:
    answer = browser_of(bureau).get("/rectification/", {"_export": "csv"})
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert order.number in text.decode() and "城管局（管理单位）" in text.decode()


def test_the_list_costs_few_queries(
    order: Order, bureau: Person, django_assert_max_num_queries: object
) -> None:
    browser = browser_of(bureau)
    browser.get("/rectification/")
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        browser.get("/rectification/")
