"""Where synthetic cameras stand: names for places, and positions inside the county's border that fit them."""

import re
from collections.abc import Mapping
from math import cos, radians
from random import Random
from typing import NamedTuple

from gongshi.demo.places import TOWN_STREETS, County, Town
from gongshi.demo.site_kinds import SiteKind, Spread
from gongshi.identity.borders import county_of

Position = tuple[float, float]  # longitude, latitude in WGS-84 degrees

# Parts of a site: they change a point's name, its position only by steps.
PARTS: dict[str, tuple[str, ...]] = {
    "bank": ("左岸", "右岸"),
    "dam": ("大坝", "溢洪道", "库区码头", "放水闸"),
    "gate": ("正门", "东门", "西门", "北门", "车行出入口"),
    "sight_part": ("入口", "停车场", "游客中心", "观景平台"),
    "hospital_part": ("门诊大厅", "急诊入口", "住院部大厅", "停车场出入口"),
    "shop_part": ("中庭", "北出入口", "地下停车场", "美食区"),
}

TOWN_ENDING = re.compile("(畲族)?(镇|乡|街道)$")

KM_PER_DEGREE = 111.2
SPREAD_KM: dict[Spread, float] = {"seat": 1.1, "town": 1.3, "valley": 0.5, "wild": 5.0}
SITE_KM = 0.05  # cameras of one site hang on neighbouring poles


class Place(NamedTuple):
    county: County
    town: Town
    site: str  # "丽水中学"
    spot: str  # "丽水中学东门"
    position: Position


class Gazetteer:
    """Names places and remembers where each site lies, so that its cameras stand together."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._sites: dict[tuple[str, str], Position] = {}

    def place(self, county: County, kind: SiteKind) -> Place:
        words = self._words(county, kind)
        town = self._town(county, kind, words)
        words["town"] = town.name
        site = kind.spot.format_map(words | dict.fromkeys(PARTS, ""))
        spot = kind.spot.format_map(words)
        centre = self._sites.get((county.code, site))
        if centre is None:
            centre = self._sites[county.code, site] = self._draw_site(county, kind, town)
        position = self._draw_near(county, centre, SITE_KM)
        return Place(
            county, town if town.name in spot else _nearest_town(county, position), site, spot, position
        )

    def _words(self, county: County, kind: SiteKind) -> dict[str, str]:
        """A word for everything that a spot may be named after."""
        random = self._random
        road, other_road = sorted(random.sample(county.roads, 2))
        street, other_street = sorted(random.sample(TOWN_STREETS, 2))
        names = {
            "highway": county.highways,
            "village": county.villages,
            "river": county.rivers,
            "reservoir": county.reservoirs,
            "school": county.schools,
            "hospital": county.hospitals,
            "sight": county.sights,
            "estate": county.estates,
        }
        return {
            "road": road,
            "other_road": other_road,
            "street": street,
            "other_street": other_street,
            "km": str(random.randint(10, 380)),
            "metre": f"{random.randrange(0, 1000, 50):03d}",
            **{word: random.choice(choices) for word, choices in (names | PARTS).items()},
        }

    def _town(self, county: County, kind: SiteKind, words: Mapping[str, str]) -> Town:
        towns = {town.name: town for town in county.all_towns}
        if kind.only_town:
            return towns[kind.only_town]
        if "{village}" in kind.spot:
            return county.towns[county.villages.index(words["village"]) % len(county.towns)]
        if kind.spread == "valley":
            return towns[self._random.choice(county.valley)]
        namesake = _namesake(county, kind.spot.format_map({**words, "town": ""}))
        return namesake or self._random.choice(county.seat if kind.spread == "seat" else county.towns)

    def _draw_site(self, county: County, kind: SiteKind, town: Town) -> Position:
        if kind.spread == "valley":
            return self._draw_along(county, town)
        return self._draw_near(county, (town.lon, town.lat), SPREAD_KM[kind.spread])

    def _draw_along(self, county: County, town: Town) -> Position:
        """Beside the valley's line, between this town and half-way to the next or the one before."""
        towns = {each.name: each for each in county.all_towns}
        index = county.valley.index(town.name)
        neighbours = [
            towns[name] for name in county.valley[max(index - 1, 0) : index + 2] if name != town.name
        ]
        while True:
            way = self._random.random() / 2
            towards = self._random.choice(neighbours)
            lon = town.lon + (towards.lon - town.lon) * way
            lat = town.lat + (towards.lat - town.lat) * way
            found = self._scatter((lon, lat), SPREAD_KM["valley"])
            if county_of(*found) == county.code:
                return found

    def _draw_near(self, county: County, centre: Position, km: float) -> Position:
        while True:
            found = self._scatter(centre, km)
            if county_of(*found) == county.code:
                return found

    def _scatter(self, centre: Position, km: float) -> Position:
        lon, lat = centre
        degrees = km / KM_PER_DEGREE
        return (
            round(self._random.gauss(lon, degrees / cos(radians(lat))), 6),
            round(self._random.gauss(lat, degrees), 6),
        )


def _namesake(county: County, spot: str) -> Town | None:
    """The town that a place is called after: 碧湖中学 stands in 碧湖镇."""
    return next((town for town in county.towns if TOWN_ENDING.sub("", town.name) in spot), None)


def _nearest_town(county: County, position: Position) -> Town:
    lon, lat = position
    narrowing = cos(radians(lat))
    return min(county.all_towns, key=lambda town: ((town.lon - lon) * narrowing) ** 2 + (town.lat - lat) ** 2)
