"""The county borders: complete, fitting each other, and in WGS-84."""

import pytest
from shapely import coverage_is_valid, union_all
from shapely.geometry import shape

from gongshi.identity.borders import city_bounds, county_borders, county_of, lies_in
from gongshi.identity.regions import COUNTIES, REGIONS


def test_every_county_has_a_border_and_its_name() -> None:
    found = {each["properties"]["code"]: each["properties"]["name"] for each in county_borders()["features"]}
    assert found == {code: REGIONS[code].name for code in COUNTIES}


def test_counties_fit_each_other_without_overlap() -> None:
    counties = [shape(each["geometry"]) for each in county_borders()["features"]]
    assert all(county.is_valid for county in counties)
    assert coverage_is_valid(counties)


def test_the_city_has_its_known_size() -> None:
    city = union_all([shape(each["geometry"]) for each in county_borders()["features"]])
    km2_per_square_degree = 111.2 * 111.2 * 0.8810  # at 28.2° N
    assert city.area * km2_per_square_degree == pytest.approx(17_275, rel=0.02)


def test_the_centre_of_a_county_lies_in_it() -> None:
    for each in county_borders()["features"]:
        lon, lat = each["properties"]["centre"]
        assert county_of(lon, lat) == each["properties"]["code"]


@pytest.mark.parametrize(
    ("place", "lon", "lat", "county"),
    [
        ("丽水市政府", 119.9229, 28.4676, "331102"),
        ("青田县城", 120.2852, 28.1396, "331121"),
        ("仙都鼎湖峰", 120.1370, 28.6900, "331122"),
        ("龙泉市区", 119.1360, 28.0750, "331181"),
        ("百山祖", 119.2010, 27.7540, "331126"),
        ("杭州", 120.1551, 30.2741, None),
        ("温州", 120.6994, 27.9943, None),
        ("经纬度颠倒", 28.4676, 119.9229, None),
    ],
)
def test_known_places_are_found(place: str, lon: float, lat: float, county: str | None) -> None:
    assert county_of(lon, lat) == county, place


def test_a_position_lies_in_its_county_in_the_city_and_nowhere_else() -> None:
    assert lies_in("331102", 119.9229, 28.4676)
    assert lies_in("331100", 119.9229, 28.4676)
    assert not lies_in("331121", 119.9229, 28.4676)
    assert not lies_in("331100", 120.1551, 30.2741)


def test_a_position_on_the_border_lies_in_both_counties() -> None:
    first, second = (shape(each["geometry"]) for each in county_borders()["features"][:2])
    on_border = first.intersection(second).representative_point()
    assert lies_in("331102", on_border.x, on_border.y)
    assert lies_in("331121", on_border.x, on_border.y)


def test_the_bounds_hold_every_county() -> None:
    west, south, east, north = city_bounds()
    assert 118.6 < west < 118.8 and 120.3 < east < 120.5
    assert 27.3 < south < 27.5 and 28.9 < north < 29.0


def test_positions_have_five_decimals_at_most() -> None:
    for each in county_borders()["features"]:
        polygons = each["geometry"]["coordinates"]
        vertices = [vertex for polygon in polygons for ring in polygon for vertex in ring]
        assert all(round(ordinate, 5) == ordinate for vertex in vertices for ordinate in vertex)
