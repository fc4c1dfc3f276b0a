"""What a view of the map shows: clusters that are cells of a fixed grid, and points where there are few."""

from typing import Any

import numpy as np
import pytest

from gongshi.atlas import clusters
from gongshi.atlas.answers import viewport_answer
from gongshi.atlas.areas import read_area
from gongshi.atlas.attributes import STRIDES, Attributes
from gongshi.atlas.criteria import Criteria
from gongshi.atlas.index import PointIndex, index_of
from gongshi.atlas.mercator import to_degrees, to_units
from gongshi.atlas.reading import Columns
from gongshi.atlas.selecting import Selected
from gongshi.atlas.shifting import Crs, to_gcj02
from gongshi.atlas.texts import Texts

CITY = "box:118.6,27.4,120.8,29.0"


def index_at(lon: list[float], lat: list[float]) -> PointIndex:
    """Points at these places, their sharing levels in turn."""
    count = len(lon)
    words = [f"{at:06d}\nCamera {at}\n\n".encode() for at in range(count)]
    starts = np.concatenate(([0], np.cumsum([len(each) for each in words], dtype=np.int64)))
    block = np.frombuffer(b"".join(words), np.uint8)
    names = np.array([len(each) - 9 for each in words], np.intp)
    joint = np.array([at % 3 + 1 for at in range(count)], np.uint32)
    ones = np.ones(count, np.int64)
    return index_of(
        1,
        Columns(
            np.arange(1, count + 1),
            *to_units(lon, lat),
            Texts.of(block, starts, np.full(count, 6), names),
            Attributes.of((joint * STRIDES["sharing_level"]).astype(np.uint32), ones, ones),
        ),
    )


def a_city(count: int) -> PointIndex:
    dice = np.random.default_rng(7)
    return index_at(dice.normal(119.92, 0.1, count).tolist(), dice.normal(28.45, 0.1, count).tolist())


def seen(index: PointIndex, zoom: float, box: str = CITY, crs: Crs = Crs.WGS84) -> dict[str, Any]:
    return viewport_answer(Selected(index, Criteria()), read_area(box, crs), zoom, crs)


def clusters_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    fields = answer["clusters"]["fields"]
    return [dict(zip(fields, row, strict=True)) for row in answer["clusters"]["rows"]]


def points_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    fields = answer["points"]["fields"]
    return [dict(zip(fields, row, strict=True)) for row in answer["points"]["rows"]]


def test_few_points_all_stand_alone_with_their_names() -> None:
    answer = seen(index_at([119.9, 119.95], [28.4, 28.5]), 3)
    assert clusters_of(answer) == []
    assert points_of(answer)[1] == {
        **{"id": 1, "lon": 119.9, "lat": 28.4, "sharing": "unconditional", "status": ""},
        **{"name": "Camera 0", "code": "000000", "spot": 0},
    }


def test_one_point_and_none() -> None:
    assert seen(index_at([], []), 8)["total"] == 0
    assert [point["id"] for point in points_of(seen(index_at([119.9], [28.4]), 8))] == [1]


def test_ten_points_on_one_spot_share_its_number() -> None:
    index = index_at([119.9] * 10 + [119.91], [28.4] * 11)
    points = points_of(seen(index, 18))
    assert [point["spot"] for point in points if point["lon"] == 119.9] == [1] * 10
    assert [point["spot"] for point in points if point["lon"] != 119.9] == [0]


def test_more_on_one_spot_than_can_stand_alone_are_a_cluster_that_says_so() -> None:
    index = index_at([119.9] * 900 + [119.94], [28.4] * 901)
    [cluster] = clusters_of(seen(index, 20))
    assert (cluster["count"], cluster["spot"]) == (900, 1)
    assert (cluster["lon"], cluster["lat"]) == (119.9, 28.4)
    assert [point["id"] for point in points_of(seen(index, 12))] == [901]


def test_clusters_are_made_up_of_those_of_the_next_zoom() -> None:
    index = a_city(5_000)
    for zoom in range(6, 10):
        counts: dict[tuple[int, int], int] = {}
        below = seen(index, zoom + 1)
        for each in clusters_of(below):
            cell = each["cx"] >> 1, each["cy"] >> 1
            counts[cell] = counts.get(cell, 0) + each["count"]
        for cluster in clusters_of(seen(index, zoom)):
            whole = counts.get((cluster["cx"], cluster["cy"]), 0)
            assert whole <= cluster["count"] <= whole + 4


def test_a_cluster_stands_in_its_cell_and_counts_by_level() -> None:
    answer = seen(a_city(5_000), 9)
    size = 360 / 2 ** (answer["zoom"] + 3)
    for each in clusters_of(answer):
        assert each["cx"] * size - 180 <= each["lon"] <= (each["cx"] + 1) * size - 180
        assert each["count"] == each["unconditional"] + each["restricted"] + each["none"] > 1


def test_panning_changes_no_cluster() -> None:
    index = a_city(5_000)
    one, other = (
        {(each["cx"], each["cy"]): each for each in clusters_of(seen(index, 12, box))}
        for box in ("box:119.80,28.40,120.00,28.50", "box:119.83,28.41,120.05,28.52")
    )
    assert len(one.keys() & other.keys()) > 20
    assert all(one[cell] == other[cell] for cell in one.keys() & other.keys())


def test_sums_of_leaves_give_the_same_clusters_as_the_points(monkeypatch: pytest.MonkeyPatch) -> None:
    index = a_city(5_000)
    plain = [seen(index, zoom) for zoom in range(6, 11)]
    monkeypatch.setattr(clusters, "_MANY", 0)
    for zoom, expected in zip(range(6, 11), plain, strict=True):
        answer = seen(index, zoom)
        assert clusters_of(answer) == [
            each | {"lon": pytest.approx(each["lon"]), "lat": pytest.approx(each["lat"])}
            for each in clusters_of(expected)
        ]
        alone, expected_alone = ({point["id"] for point in points_of(each)} for each in (answer, expected))
        assert alone == expected_alone


def test_a_box_with_too_many_cells_is_answered_at_an_earlier_zoom() -> None:
    answer = seen(a_city(5_000), 20, "box:-170,-80,170,80")
    assert answer["zoom"] < 5 and answer["in_view"] == 5_000


def test_a_shifted_basemap_gets_shifted_positions() -> None:
    index = index_at([119.92], [28.45])
    lon, lat = (float(each) for each in to_gcj02(119.92, 28.45))
    box = f"box:{lon - 1e-4},{lat - 1e-4},{lon + 1e-4},{lat + 1e-4}"
    [point] = points_of(seen(index, 18, box, Crs.GCJ02))
    assert (point["lon"], point["lat"]) == (round(lon, 6), round(lat, 6))
    assert seen(index, 22, box)["in_view"] == 0


def test_positions_come_back_as_the_catalogue_has_them() -> None:
    dice = np.random.default_rng(3)
    lon, lat = (
        dice.uniform(-180, 179.9, 1_000).round(6).tolist(),
        dice.uniform(-85, 85, 1_000).round(6).tolist(),
    )
    again = to_degrees(*to_units(lon, lat))
    assert (again[0].tolist(), again[1].tolist()) == (lon, lat)
