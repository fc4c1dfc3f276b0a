"""The regions of Lishui by their national codes (GB/T 2260)."""

from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """Whether a region or department is of the city or of a county."""

    CITY = "city"
    COUNTY = "county"

    @property
    def label(self) -> str:
        return {"city": "市级", "county": "县级"}[self.value]


@dataclass(frozen=True)
class Region:
    code: str
    name: str
    level: Level


REGIONS: dict[str, Region] = {
    code: Region(code, name, Level.CITY if code == "331100" else Level.COUNTY)
    for code, name in {
        "331100": "丽水市",
        "331102": "莲都区",
        "331121": "青田县",
        "331122": "缙云县",
        "331123": "遂昌县",
        "331124": "松阳县",
        "331125": "云和县",
        "331126": "庆元县",
        "331127": "景宁畲族自治县",
        "331181": "龙泉市",
    }.items()
}
CITY = "331100"
COUNTIES = tuple(code for code, region in REGIONS.items() if region.level is Level.COUNTY)
