"""The synthetic cameras: in their counties, consistent in themselves, the same every time."""

from collections import Counter
from ipaddress import IPv4Address, IPv4Network
from itertools import islice

import pytest

from gongshi.catalogue import codes
from gongshi.demo.city import DEPARTMENTS, PERSONS
from gongshi.demo.synthetic_cameras import COLUMNS, SyntheticCamera, as_row, synthetic_cameras
from gongshi.identity.borders import county_of
from gongshi.identity.regions import REGIONS

DEPARTMENTS_BY_NAME = {department.name: department for department in DEPARTMENTS}


@pytest.fixture(scope="module")
def cameras() -> list[SyntheticCamera]:
    return list(synthetic_cameras())


def test_there_are_two_thousand_with_codes_and_names_of_their_own(cameras: list[SyntheticCamera]) -> None:
    assert len(cameras) == 2000
    assert len({camera.code for camera in cameras}) == 2000
    assert len({camera.name for camera in cameras}) == 2000
    assert len({camera.ip_address for camera in cameras}) == 2000


def test_codes_tell_region_industry_and_kind(cameras: list[SyntheticCamera]) -> None:
    for camera in cameras:
        assert len(camera.code) == 20 and camera.code.isdigit()
        assert camera.code[:6] == camera.region
        assert camera.code[10:13] in {"131", "132"}


def test_every_camera_lies_in_its_county(cameras: list[SyntheticCamera]) -> None:
    for camera in cameras:
        assert county_of(camera.longitude, camera.latitude) == camera.region, camera.name
        assert camera.address.startswith(f"浙江省丽水市{REGIONS[camera.region].name}")


def test_cameras_of_one_site_stand_together(cameras: list[SyntheticCamera]) -> None:
    school = [camera for camera in cameras if camera.owner == "丽水中学"]
    assert len(school) > 1
    for ordinate in ("longitude", "latitude"):
        found = [getattr(camera, ordinate) for camera in school]
        assert max(found) - min(found) < 0.005


def test_address_and_gateway_share_a_subnet_of_one_owner(cameras: list[SyntheticCamera]) -> None:
    owners: dict[IPv4Network, set[str]] = {}
    for camera in cameras:
        network = IPv4Network((camera.gateway, camera.netmask), strict=False)
        assert network.subnet_of(IPv4Network("10.0.0.0/8"))
        assert IPv4Address(camera.ip_address) in network
        assert camera.ip_address not in {
            camera.gateway,
            str(network.network_address),
            str(network.broadcast_address),
        }
        assert 1 <= camera.vlan <= 4094
        owners.setdefault(network, set()).add(camera.owner)
    assert all(len(names) == 1 for names in owners.values())


def test_a_third_party_is_led_by_the_department_that_supervises_it(cameras: list[SyntheticCamera]) -> None:
    by_code = {department.code: department for department in DEPARTMENTS}
    for camera in cameras:
        owner = DEPARTMENTS_BY_NAME[camera.owner]
        leader = by_code[owner.supervisor_code or owner.code]
        assert camera.source_department == leader.name
        assert (owner.kind in {"enterprise", "social"}) == (camera.point_class == 3)
        if camera.point_class == 1:
            assert "公安" in camera.owner
        assert {camera.builder, camera.manager, camera.maintainer} <= DEPARTMENTS_BY_NAME.keys()


def test_conditions_and_grounds_stand_where_the_sharing_level_asks_for_them(
    cameras: list[SyntheticCamera],
) -> None:
    for camera in cameras:
        assert bool(camera.sharing_condition) == (camera.sharing_level == "受限共享")
        assert bool(camera.no_sharing_ground) == (camera.sharing_level == "非共享")
        assert camera.opening_level == "禁止开放" or camera.sharing_level != "非共享"
        assert camera.retention_days >= 30


def test_the_mix_is_the_one_that_the_demonstration_needs(cameras: list[SyntheticCamera]) -> None:
    def share(field: str) -> dict[object, float]:
        counted = Counter(getattr(camera, field) for camera in cameras)
        return {value: number / len(cameras) for value, number in counted.items()}

    assert share("sharing_level") == pytest.approx(
        {"无条件共享": 0.45, "受限共享": 0.45, "非共享": 0.1}, abs=0.04
    )
    assert share("status") == pytest.approx({"在线": 0.93, "离线": 0.07}, abs=0.02)
    assert share("region")["331102"] == pytest.approx(0.4, abs=0.04)
    assert set(share("region")) == REGIONS.keys() - {"331100"}
    assert set(share("point_class")) == {1, 2, 3}


def test_the_department_without_reviewer_has_no_restricted_points(cameras: list[SyntheticCamera]) -> None:
    reviewed = {person.department_code for person in PERSONS if "source_reviewer" in person.roles}
    levels: dict[str, set[str]] = {}
    for camera in cameras:
        levels.setdefault(camera.source_department, set()).add(camera.sharing_level)
    without = {name for name in levels if DEPARTMENTS_BY_NAME[name].code not in reviewed}
    assert without == {"龙泉市水利局"}
    assert levels["龙泉市水利局"] == {"无条件共享", "非共享"}


def test_the_same_seed_gives_the_same_cameras_and_another_seed_others(cameras: list[SyntheticCamera]) -> None:
    assert list(synthetic_cameras(2000, 1)) == cameras
    assert list(islice(synthetic_cameras(3000), 50)) == cameras[:50]
    assert list(synthetic_cameras(50, seed=2)) != cameras[:50]


def test_more_cameras_than_the_code_can_number_are_refused() -> None:
    with pytest.raises(ValueError, match="999999"):
        synthetic_cameras(1_000_000)


def test_a_row_has_every_column_and_says_that_it_is_synthetic(cameras: list[SyntheticCamera]) -> None:
    row = as_row(cameras[0])
    assert tuple(row) == COLUMNS
    assert "合成演示数据" in row["备注"]
    assert row["取流地址"] == ""
    may_be_empty = {"共享条件", "不予共享依据", "取流地址", "子码流地址", "IPv6地址"}
    for camera in cameras:
        assert {head for head, value in as_row(camera).items() if value == ""} <= may_be_empty


def test_a_camera_with_a_stream_is_reached_by_rtsp(cameras: list[SyntheticCamera]) -> None:
    url = "rtsp://127.0.0.1:8554/demo/1"
    row = as_row(cameras[0], {cameras[0].code: url})
    assert (row["接入协议"], row["取流地址"]) == ("RTSP", url)
    assert as_row(cameras[1], {cameras[0].code: url})["取流地址"] == ""


WORDS = {
    "点位分类": codes.PointClass.labels,
    "设备类型": codes.DeviceType.labels,
    "功能类型": codes.FunctionType.labels,
    "位置类型": codes.PositionType.labels,
    "传输方式": codes.Transmission.labels,
    "共享级别": codes.SharingLevel.labels,
    "开放级别": codes.OpeningLevel.labels,
    "安全级别": codes.SecurityLevel.values,
    "设备状态": codes.DeviceStatus.labels,
    "更新周期": codes.UpdateCycle.labels,
    "编码格式": codes.Encoding.labels,
    "分辨率": codes.Resolution.labels,
    "补光属性": codes.SupplyLight.labels,
    "监视方位": codes.Direction.labels,
    "联网属性": codes.Networking.labels,
    "使用状态": codes.UseState.labels,
    "录像来源": codes.HistorySource.labels,
    "接入平台": codes.Platform.labels,
    "网络区域": codes.NetworkZone.labels,
    "接入协议": codes.Protocol.labels,
    "行政区域": [region.name for region in REGIONS.values()],
}


@pytest.mark.parametrize("head", WORDS)
def test_words_are_those_of_the_catalogue(head: str, cameras: list[SyntheticCamera]) -> None:
    assert {as_row(camera)[head] for camera in cameras} <= set(WORDS[head])
