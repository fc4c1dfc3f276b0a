"""The basemap by setting: what the page is told, and that the browser may ask its hosts and no others."""

from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client

from gongshi.identity.roles import Role
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(client: Client, settings: Any) -> Any:
    """Asks what the page is told, and its policy, under settings."""
    client.force_login(make_person(Role.DATA_SPECIALIST))

    def ask(**given: Any) -> tuple[dict[str, Any], str]:
        settings.BASEMAP = configured.BASEMAP | given
        setup = client.get("/api/v1/atlas/setup").json()
        return setup["basemap"], client.get("/atlas/").headers["Content-Security-Policy"]

    return ask


def test_without_a_basemap_nothing_is_asked_of_others(told: Any) -> None:
    basemap, policy = told()
    assert (basemap["kind"], basemap["url"], basemap["crs"]) == ("none", "", "wgs84")
    assert "connect-src 'self';" in f"{policy};" and "http" not in policy


def test_tiles_come_with_their_key_and_may_be_asked_for(told: Any) -> None:
    basemap, policy = told(
        kind="xyz",
        url="https://tiles.example/{z}/{x}/{y}.png?k={key}",
        labels_url="https://names.example:8443/{z}/{x}/{y}.png",
        key="a b&c",
        attribution="审图号 GS(2026)1号",
        crs="gcj02",
    )
    assert basemap == {
        "kind": "xyz",
        "url": "https://tiles.example/{z}/{x}/{y}.png?k=a%20b%26c",
        "labels_url": "https://names.example:8443/{z}/{x}/{y}.png",
        "attribution": "审图号 GS(2026)1号",
        "crs": "gcj02",
        "max_zoom": 18,
    }
    for source in ("connect-src", "img-src"):
        [part] = [part for part in policy.split(";") if source in part]
        assert {"https://tiles.example", "https://names.example:8443"} <= set(part.split())
    [scripts] = [part for part in policy.split(";") if "script-src" in part]
    assert "example" not in scripts


def test_a_wmts_service_becomes_an_address_of_tiles(told: Any) -> None:
    basemap, policy = told(
        kind="wmts", url="https://map.example/wmts?tk={key}", key="k", layer="vec", labels_layer="cva"
    )
    assert basemap["url"] == (
        "https://map.example/wmts?tk=k&SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=vec&STYLE=default"
        "&TILEMATRIXSET=w&FORMAT=image%2Fpng&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
    )
    assert "LAYER=cva" in basemap["labels_url"] and "https://map.example" in policy


def test_a_file_of_the_portal_itself_needs_no_other_host(told: Any) -> None:
    basemap, policy = told(kind="pmtiles", url="/static/lishui.pmtiles")
    assert basemap["kind"] == "pmtiles" and "http" not in policy


def test_a_kind_without_an_address_is_no_basemap(told: Any) -> None:
    assert told(kind="xyz")[0]["kind"] == "none"


def test_only_the_map_may_ask_the_basemap(told: Any, client: Client) -> None:
    told(kind="xyz", url="https://tiles.example/{z}/{x}/{y}.png")
    assert "tiles.example" not in client.get("/atlas/lists/").headers["Content-Security-Policy"]


def test_shifted_borders_are_some_hundred_metres_away(client: Client) -> None:
    client.force_login(make_person(Role.DATA_SPECIALIST))
    plain, shifted = (client.get(f"/api/v1/atlas/borders?crs={crs}").json() for crs in ("wgs84", "gcj02"))
    for one, other in zip(plain["features"], shifted["features"], strict=True):
        away = [there - here for here, there in zip(_middle(one), _middle(other), strict=True)]
        assert all(0.001 < abs(each) < 0.01 for each in away)
        assert one["geometry"]["type"] == other["geometry"]["type"]
        assert one["properties"]["code"] == other["properties"]["code"]


def _middle(feature: dict[str, Any]) -> list[float]:
    middle: list[float] = feature["properties"]["centre"]
    return middle
