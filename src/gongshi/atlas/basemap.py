"""What the points are drawn on: by setting, nothing but borders and names, or the tiles of a map."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings

from gongshi.atlas.shifting import Crs

NONE: Final = "none"


@dataclass(frozen=True)
class Basemap:
    """What the page is told. Addresses are ready to use: with the key, and with `{z}`, `{x}`, `{y}` open."""

    kind: str = NONE
    url: str = ""
    labels_url: str = ""
    attribution: str = ""
    crs: Crs = Crs.WGS84
    max_zoom: int = 18

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Basemap":
        """From the settings; without an address there is no map."""
        kind = given["kind"] if given["url"] else NONE
        if kind == NONE:
            return cls()
        labels = given["labels_url"]
        if kind == "wmts" and not labels and given["labels_layer"]:
            labels = given["url"]
        return cls(
            kind,
            _address(given, given["url"], given["layer"]),
            _address(given, labels, given["labels_layer"]) if labels else "",
            given["attribution"],
            Crs(given["crs"]),
            given["max_zoom"],
        )

    @property
    def origins(self) -> list[str]:
        """Where its tiles come from, when that is not the portal itself."""
        parts = [urlsplit(address) for address in (self.url, self.labels_url) if "://" in address]
        return sorted({f"{part.scheme}://{part.netloc}" for part in parts})

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def _address(given: Mapping[str, Any], url: str, layer: str) -> str:
    ready = str(url).replace("{key}", quote(given["key"]))
    if given["kind"] != "wmts" or "{z}" in ready:
        return ready
    asked = {
        "SERVICE": "WMTS",
        "REQUEST": "GetTile",
        "VERSION": "1.0.0",
        "LAYER": layer,
        "STYLE": "default",
        "TILEMATRIXSET": given["matrix_set"],
        "FORMAT": given["format"],
    }
    place = "TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
    return f"{ready}{'&' if '?' in ready else '?'}{urlencode(asked)}&{place}"


def basemap() -> Basemap:
    return Basemap.of(settings.BASEMAP)


def policy() -> dict[str, list[str]]:
    """What the map's page adds to the content security policy: the hosts of the basemap and no others."""
    origins = basemap().origins
    return {"connect-src": origins, "img-src": origins} if origins else {}
