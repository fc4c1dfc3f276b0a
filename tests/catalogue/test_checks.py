"""The rules that points are checked by: each sentence, and what passes."""

from typing import Any

import pytest

from gongshi.catalogue.checks import BY_CODE, CHECKS
from gongshi.catalogue.gcj02 import metres_between, to_gcj02, to_wgs84
from gongshi.catalogue.validation import Validator, validate
from gongshi.identity.borders import county_of, lies_in
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import Department
from gongshi.identity.roles import Role
from gongshi.kernel.problems import Problem, Severity
from gongshi.kernel.workbook import Row
from tests.catalogue.books import row
from tests.factories import browser_of, make_camera, make_department, make_person

DEPARTMENT = Department(pk=1, code="331100-GA", name="丽水市公安局")
NAMES = DepartmentNames([DEPARTMENT])
NATIONAL = "33110200001320000001"


def found(*rows: dict[str, Any]) -> list[Problem]:
    """What is found in rows that name our department, without the catalogue."""
    _, problems = validate([Row(number, each) for number, each in enumerate(rows, 2)], NAMES, {1})
    return problems


def told(**cells: str) -> set[tuple[str, str]]:
    return {(problem.code, problem.column) for problem in found(row(DEPARTMENT, **cells))}


def test_a_good_row_is_told_nothing() -> None:
    assert found(row(DEPARTMENT)) == []


def test_each_finding_is_declared_and_as_grave_as_it_says() -> None:
    assert len(BY_CODE) == len(CHECKS)
    problems = found(row(DEPARTMENT, 录像保存天数="7", IP地址="10.1", 视频编号="33110200001110000001"))
    assert len(problems) == 3
    for problem in problems:
        assert problem.severity is BY_CODE[problem.code].severity


@pytest.mark.parametrize(
    ("cells", "code", "head"),
    [
        ({"视频编号": "33110200001180000001"}, "code_type", "视频编号"),
        ({"视频编号": "33110200601320000001"}, "code_reserved", "视频编号"),
        ({"视频编号": "33110200001329000001"}, "code_reserved", "视频编号"),
        ({"视频编号": "33112100001320000001"}, "code_of_other_region", "视频编号"),
        ({"经度": "28.4676", "纬度": "119.9229"}, "swapped", "经度"),
        ({"经度": "119.14"}, "outside", "经度"),
        ({"IPv6地址": "10.1.2.3"}, "unreadable", "IPv6地址"),
        ({"IPv6地址": "2001:db8::g"}, "unreadable", "IPv6地址"),
        ({"MAC地址": "00-11-22-33-44"}, "unreadable", "MAC地址"),
        ({"MAC地址": "FF:FF:FF:FF:FF:FF"}, "unreadable", "MAC地址"),
        ({"位置类型": "校园周边/火星"}, "unreadable", "位置类型"),
        ({"使用状态": "在线"}, "unreadable", "使用状态"),
        ({"子码流地址": "http://10.1.2.3"}, "unreadable", "子码流地址"),
        ({"录像来源": "网盘"}, "unreadable", "录像来源"),
        ({"厂商": ""}, "missing_of_class", "点位分类"),
        ({"IP地址": "", "网关": "", "子网掩码": "", "取流地址": ""}, "incomplete", "IP地址"),
        ({"设备名称": "涉密点位"}, "classified", "设备名称"),
        ({"点位俗称": "涉密"}, "classified", "点位俗称"),
    ],
)
def test_what_is_wrong_is_told_at_its_column(cells: dict[str, str], code: str, head: str) -> None:
    assert told(**cells) == {(code, head)}


@pytest.mark.parametrize(
    "cells",
    [
        {"视频编号": "33110200001310000001"},
        {"视频编号": "GA-001"},
        {"IPv6地址": "2001:DB8:0::3"},
        {"IP地址": "", "网关": "", "子网掩码": "", "取流地址": "", "IPv6地址": "2001:db8::3"},
        {"MAC地址": "0011.22aa.bbcc"},
        {"位置类型": "重点水域、航道/8", "功能类型": "普通监控/车辆卡口"},
        {"所属部门/行业": "公安机关/交通部门"},
        {"子码流地址": "rtsp://admin:secret@10.1.2.3/sub", "录像来源": "前端录像机"},
        {"点位分类": "三类点", "厂商": "", "安装时间": "", "联网属性": "", "所属辖区公安机关": ""},
        {"设备名称": "非涉密机房枪机"},
    ],
)
def test_what_is_right_passes(cells: dict[str, str]) -> None:
    assert told(**cells) == set()


def test_several_labels_are_kept_as_codes_in_the_order_of_the_table() -> None:
    given = row(DEPARTMENT, 位置类型="校园周边／重点水域、航道;3", MAC地址="00:11:22:aa:bb:cc")
    (proposal,), _ = validate([Row(2, given)], NAMES, {1})
    assert proposal.values["position_type"] == "3/8/15"
    assert proposal.values["mac_address"] == "00-11-22-AA-BB-CC"


def test_what_a_class_asks_for_is_one_sentence() -> None:
    (problem,) = found(row(DEPARTMENT, 厂商="", 使用状态=""))
    assert problem.message == "二类点还应填写：厂商、使用状态。"
    assert problem.severity is Severity.WARNING


def test_columns_that_are_not_there_are_left_out_of_the_proposal() -> None:
    given = {head: text for head, text in row(DEPARTMENT).items() if head not in {"备注", "厂商"}}
    (proposal,), problems = validate([Row(2, given)], NAMES, {1})
    assert problems == []
    assert {"remarks", "manufacturer", "is_synthetic"} & proposal.values.keys() == set()
    gone = {"地址", "接入平台", "网络区域", "接入协议", "取流地址", "子码流地址", "录像来源"}
    without_paths = {head: text for head, text in given.items() if head not in gone}
    (proposal,), problems = validate([Row(2, without_paths)], NAMES, {1})
    assert not proposal.has_paths
    assert [problem.column for problem in problems] == ["地址"]


class TestMapCoordinates:
    def test_there_and_back_is_the_same_place_and_half_a_kilometre_between(self) -> None:
        place = (119.9229, 28.4676)
        shifted = to_gcj02(*place)
        assert 300 < metres_between(place, shifted) < 700
        assert metres_between(to_wgs84(*shifted), place) < 0.01

    def test_a_position_that_lies_in_the_county_only_when_shifted_back_is_hinted_at(self) -> None:
        for north in range(2830, 2870):
            for east in range(11950, 12020):
                place = (east / 100, north / 100)
                shifted = to_gcj02(*place)
                if county_of(*place) == "331102" and not lies_in("331102", *shifted):
                    lon, lat = (f"{each:.7f}" for each in shifted)
                    assert told(经度=lon, 纬度=lat) == {("gcj02", "经度")}
                    return
        raise AssertionError("no such place")


class TestTwiceInOneFile:
    def test_the_same_address_and_vlan(self) -> None:
        first, second = row(DEPARTMENT), row(DEPARTMENT)
        problems = found(first, second | {"IP地址": first["IP地址"], "取流地址": ""})
        assert [(each.code, each.row, each.severity) for each in problems] == [
            ("duplicate_address", 3, Severity.WARNING)
        ]
        assert "第 2 行" in problems[0].message
        assert found(first, second | {"IP地址": first["IP地址"], "VLAN": "34", "取流地址": ""}) == []

    @pytest.mark.parametrize(("lon", "is_told"), [("119.92293", True), ("119.92300", False)])
    def test_the_same_name_within_five_metres(self, lon: str, is_told: bool) -> None:
        first, second = row(DEPARTMENT), row(DEPARTMENT)
        problems = found(first, second | {"设备名称": first["设备名称"], "经度": lon})
        assert [each.code for each in problems] == ["duplicate_place"] * is_told

    def test_another_name_at_the_same_place_is_no_double(self) -> None:
        assert found(row(DEPARTMENT), row(DEPARTMENT)) == []

    @pytest.mark.django_db
    def test_doubles_are_found_across_chunks(self) -> None:
        police = make_department("丽水市公安局")
        validator = Validator(DepartmentNames([police]), {police.pk})
        given = row(police)
        assert validator.check([Row(2, given)])[1] == []
        assert [each.code for each in validator.check([Row(3, given)])[1]] == ["duplicate"]


@pytest.mark.django_db
class TestTwiceInTheCatalogue:
    def check(self, police: Department, **cells: str) -> list[Problem]:
        _, problems = Validator(DepartmentNames.load(), {police.pk}).check([Row(2, row(police, **cells))])
        return problems

    def test_an_address_of_another_point_of_ours_names_it(self, police: Department) -> None:
        camera = make_camera(police, ip_address="10.1.2.77", vlan=33)
        (problem,) = self.check(police, IP地址="10.1.2.77", 取流地址="")
        assert (problem.code, camera.code in problem.message) == ("duplicate_address", True)

    def test_of_another_department_nothing_is_told_but_that_it_is_so(self, police: Department) -> None:
        camera = make_camera(ip_address="10.1.2.77", vlan=33)
        (problem,) = self.check(police, IP地址="10.1.2.77", 取流地址="")
        assert "其他部门" in problem.message
        assert camera.name not in problem.message

    def test_another_vlan_the_point_itself_and_a_withdrawn_one_are_no_doubles(
        self, police: Department
    ) -> None:
        camera = make_camera(police, ip_address="10.1.2.77", vlan=34)
        make_camera(police, ip_address="10.1.2.77", vlan=33, publication="withdrawn")
        assert self.check(police, IP地址="10.1.2.77", 取流地址="") == []
        assert self.check(police, 视频编号=camera.code, IP地址="10.1.2.77", VLAN="34", 取流地址="") == [
            *self.check(police, 视频编号=camera.code)
        ]

    def test_a_name_within_five_metres(self, police: Department) -> None:
        camera = make_camera(police, name="丽阳门枪机", longitude=119.92291, latitude=28.46761)
        make_camera(police, name="丽阳门枪机", longitude=119.93, latitude=28.46761)
        (problem,) = self.check(police, 设备名称="丽阳门枪机")
        assert (problem.code, camera.code in problem.message) == ("duplicate_place", True)

    def test_a_position_that_a_map_has_shifted(self, police: Department) -> None:
        camera = make_camera(police, longitude=119.9229, latitude=28.4676, code=NATIONAL)
        lon, lat = (f"{each:.6f}" for each in to_gcj02(camera.longitude, camera.latitude))
        (problem,) = self.check(police, 视频编号=NATIONAL, 经度=lon, 纬度=lat)
        assert problem.code == "gcj02_shift"

    def test_a_code_that_is_in_the_catalogue_is_asked_nothing_any_more(self, police: Department) -> None:
        make_camera(police, code="33110200001180000001")
        assert self.check(police, 视频编号="33110200001180000001") == []

    def test_a_chunk_costs_a_fixed_number_of_questions(
        self, police: Department, django_assert_num_queries: Any
    ) -> None:
        for _ in range(3):
            make_camera(police)
        validator = Validator(DepartmentNames.load(), {police.pk})
        with django_assert_num_queries(3):
            validator.check([Row(number, row(police)) for number in range(2, 30)])


@pytest.mark.django_db
class TestReading:
    @pytest.mark.parametrize("role", [Role.DATA_SPECIALIST, Role.SOURCE_REVIEWER, Role.SYSTEM_ADMINISTRATOR])
    def test_whoever_compiles_reads_the_table_of_rules(self, role: Role) -> None:
        browser = browser_of(make_person(role))
        page = browser.get("/catalogue/checks/").content.decode()
        listed = browser.get("/api/v1/catalogue/checks").json()
        assert [each["code"] for each in listed] == [check.code for check in CHECKS]
        assert all(check.sentence in page for check in CHECKS)

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.AUDIT_ADMINISTRATOR])
    def test_others_do_not(self, role: Role) -> None:
        browser = browser_of(make_person(role))
        assert browser.get("/catalogue/checks/").status_code == 403
        assert browser.get("/api/v1/catalogue/checks").status_code == 403
