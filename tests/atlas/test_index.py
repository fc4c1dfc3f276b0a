"""The index in memory: every filter finds what SQL finds, and never half of a publishing."""

import threading
from typing import Any

import numpy as np
import pytest

from gongshi.atlas.criteria import Criteria, read_criteria
from gongshi.atlas.index import PointIndex
from gongshi.atlas.keeping import IndexKeeper
from gongshi.atlas.renewing import build_index, renewed
from gongshi.atlas.selecting import Selected
from gongshi.catalogue.actions import decide_submission, submit_import
from gongshi.catalogue.models import Camera
from gongshi.identity.models import Person
from gongshi.identity.roles import Role
from gongshi.kernel.errors import Invalid
from tests.catalogue import books
from tests.factories import make_camera, make_department, make_person

pytestmark = pytest.mark.django_db


def found(index: PointIndex, **criteria: list[str]) -> list[str]:
    """The codes that filters find, in order."""
    selected = Selected(index, read_criteria(criteria, Person()))
    return index.texts.codes(selected.in_order("code").astype(np.intp))


def codes_of(index: PointIndex) -> list[str]:
    return index.texts.codes(index.by_code.astype(np.intp))


def test_an_empty_catalogue_has_an_empty_map() -> None:
    index = build_index()
    assert found(index, code=["33"]) == [] == found(index, area=["circle:119.9,28.4,500"])
    assert all(counts == {} for counts in Selected(index, Criteria()).facets().values())


def test_withdrawn_points_are_not_in_the_index() -> None:
    make_camera(publication="withdrawn")
    shown = make_camera()
    assert codes_of(build_index()) == [shown.code]


def test_several_words_must_all_occur_in_the_place() -> None:
    camera = make_camera(address="莲都区中山街1号", name="小学门口")
    make_camera(address="莲都区中山街2号", name="公园")
    assert found(build_index(), location=["中山街 小学"]) == [camera.code]


def test_a_word_is_found_in_its_own_fields_only() -> None:
    camera = make_camera(code="3311-Ab-1", name="Ab 门", address="中山街")
    other = make_camera(code="3311-2", name="门", address="ab 街")
    index = build_index()
    assert found(index, code=["aB"]) == [camera.code]
    assert found(index, location=["AB"]) == [other.code, camera.code]
    assert found(index, q=["3311-ab 中山"]) == [camera.code]
    assert found(index, q=["街 3311-2"]) == [other.code]


def test_words_never_run_from_one_field_or_point_into_the_next() -> None:
    make_camera(code="3311-1", name="东", address="西")
    make_camera(code="3311-2", name="南", address="北")
    index = build_index()
    for word in ("1东", "东西", "西3311", "1\n东", "东\n西"):
        assert "3311-1" not in found(index, q=[word]) or "\n" in word


def test_big_letters_are_shown_as_they_were_written() -> None:
    camera = make_camera(code="3311-AbC", name="P+R 停车场 B2", address="Ａ座")
    index = build_index()
    assert index.texts.rows(index.by_code.astype(np.intp)) == [[camera.code, camera.name, camera.address]]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("sharing_level", "secret", "“共享级别”没有“secret”这个选项"),
        ("owner", "0", "“所属单位”没有“0”这个选项"),
        ("source_under", "x", "“主管部门（数源部门）”没有“x”这个选项"),
        ("ip_address", "10.33.0.1", "没有“ip_address”这个筛选条件"),
        ("watchable", "2", "我部门已可查看"),
        ("id", "1.5", "应为整数"),
        ("q", "长" * 101, "最多 100 个字"),
        ("area", "heart:1,2", "看不懂区域“heart:1,2”"),
        ("area", "polygon:119,28;120,28", "多边形至少要 3 个顶点"),
        ("area", "polygon:" + ";".join(f"119.{at},28" for at in range(1001)), "多边形最多 1000 个顶点"),
        ("area", "circle:119,28,-3", "圆形的距离应大于 0"),
        ("area", "circle:119,28,nan", "圆形的距离应大于 0"),
        ("area", "line:nan;119,28;119,29", "沿线的距离应大于 0"),
        ("area", "line:30000;119,28;119,29", "不超过 20000 米"),
        ("area", "box:119,28,120", "矩形应写成 box:西,南,东,北"),
        ("area", "box:119,28,220,29", "超出地图范围"),
        ("area", "box:nan,28,120,29", "超出地图范围"),
    ],
)
def test_an_unknown_filter_or_value_is_refused(name: str, value: str, sentence: str) -> None:
    make_camera()
    with pytest.raises(Invalid, match=sentence):
        read_criteria({name: [value]}, make_person(Role.DATA_SPECIALIST))


def test_names_are_in_order_and_points_of_one_name_by_code() -> None:
    long = "浙江省丽水市莲都区碧湖镇中山街人民路口"
    names = [long + "东", long, "甲", long + "东", "", "乙" * 40, "乙" * 41]
    for number, name in enumerate(names):
        make_camera(code=f"3311-{9 - number}", name=name)
    index = build_index()
    shown = index.texts.rows(Selected(index, Criteria()).in_order("name").astype(np.intp))
    expected = sorted((each.name.encode(), each.code) for each in Camera.objects.all())
    assert [(name.encode(), code) for code, name, _ in shown] == expected


# --- following the catalogue -------------------------------------------------------------------


def test_a_publication_becomes_visible() -> None:
    keeper = IndexKeeper(check_every_s=0)
    department = make_department("丽水市公安局")
    assert codes_of(keeper.current()) == []
    submission = submit_import(
        actor=make_person(Role.DATA_SPECIALIST, department=department),
        department=department,
        title="首批点位",
        file=books.csv_file([books.row(department), books.row(department)]),
        file_name="点位.csv",
    )
    assert codes_of(keeper.current()) == []
    decide_submission(actor=make_person(Role.BUREAU_ADMINISTRATOR), submission=submission, verdict="approve")
    assert codes_of(keeper.current()) == list(Camera.objects.order_by("code").values_list("code", flat=True))
    assert len(keeper.current()) == 2


def test_nothing_is_asked_of_the_database_within_the_second(django_assert_num_queries: Any) -> None:
    keeper = IndexKeeper(check_every_s=60)
    index = keeper.current()
    with django_assert_num_queries(0):
        assert keeper.current() is index


def test_an_unchanged_catalogue_keeps_its_index(django_assert_num_queries: Any) -> None:
    keeper = IndexKeeper(check_every_s=0)
    index = keeper.current()
    with django_assert_num_queries(1):
        assert keeper.current() is index


def test_while_one_brings_it_up_to_date_others_read_the_old_index() -> None:
    old, new = build_index(), build_index()
    renewing, finish = threading.Event(), threading.Event()

    def renew(index: PointIndex) -> PointIndex:
        renewing.set()
        assert finish.wait(10)
        return new

    keeper = IndexKeeper(lambda: old, renew, check_every_s=0)
    assert keeper.current() is old
    renewer = threading.Thread(target=keeper.current)
    renewer.start()
    assert renewing.wait(10)
    assert keeper.current() is old
    finish.set()
    renewer.join()
    assert keeper._index is new


def test_at_the_first_question_all_wait_for_one_build() -> None:
    index = build_index()
    built = []

    def build() -> PointIndex:
        built.append(threading.current_thread())
        return index

    keeper = IndexKeeper(build, check_every_s=60)
    threads = [threading.Thread(target=keeper.current) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1


def test_an_index_of_no_changes_is_itself() -> None:
    index = build_index()
    assert renewed(index) is index
