"""档案卡片: what a person may read of one point on the map."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from django.urls import reverse

from gongshi.atlas.mercator import DEGREE_DECIMALS
from gongshi.atlas.schemas import CameraCard, CardField, CardLine, CodeAndLabel, WatcherOut
from gongshi.atlas.shifting import Crs, shown_in
from gongshi.atlas.watching import MOST_WATCHERS, watchers_of
from gongshi.catalogue.clearance import SHORT, is_cleared
from gongshi.catalogue.codes import SharingLevel
from gongshi.catalogue.models import Camera
from gongshi.catalogue.queries import archive_of
from gongshi.grants.queries import grant_to_watch
from gongshi.identity.models import Person


@dataclass(frozen=True)
class Line:
    """A line under 质量; `url` leads to more, for who may go there."""

    label: str
    value: str
    url: str | None = None


# What a room above has to tell of a point, for this person.
Teller = Callable[[Person, Camera], Iterable[Line]]
_tellers: dict[str, Teller] = {}


def tell_on_card(room: str, teller: Teller) -> None:
    """Let a room above add its lines to every card."""
    _tellers[room] = teller


def card_of(person: Person, camera: Camera, crs: Crs, *, with_people: bool = True) -> CameraCard:
    """The card of a published point that this person may see. `with_people`: tell who may watch it."""
    granted = grant_to_watch(person, camera.pk) is not None
    watched = granted and is_cleared(person, camera)
    watchers = watchers_of(person, camera) if with_people else []
    lon, lat = shown_in(crs, np.array([camera.longitude]), np.array([camera.latitude]))
    return CameraCard(
        id=camera.pk,
        title=camera.name,
        code=camera.code,
        lon=round(float(lon[0]), DEGREE_DECIMALS),
        lat=round(float(lat[0]), DEGREE_DECIMALS),
        fields=[CardField.from_orm(field) for field in archive_of(person, camera)],
        sharing=CodeAndLabel(value=camera.sharing_level, label=camera.get_sharing_level_display()),
        status=CodeAndLabel(value=camera.status, label=camera.get_status_display()),
        approval=approval_of(camera),
        quality=[CardLine.from_orm(line) for line in _quality_of(person, camera)],
        watchers=[WatcherOut.from_orm(watcher) for watcher in watchers[:MOST_WATCHERS]],
        watcher_count=len(watchers),
        may_watch=watched,
        barred=SHORT if granted and not watched else "",
        watch_url=f"{reverse('viewing:live')}?camera={camera.pk}" if watched else None,
    )


def _quality_of(person: Person, camera: Camera) -> Iterable[Line]:
    for label, score in (("档案完整性", camera.completeness), ("档案合规性", camera.validity)):
        if score is not None:
            yield Line(label, f"{score} 分")
    for tell in _tellers.values():
        yield from tell(person, camera)


def approval_of(camera: Camera) -> str:
    """What a demand for this point would need (§6.3b)."""
    source = camera.source_department.name
    return {
        SharingLevel.UNCONDITIONAL: "无条件共享：提交需求后由系统自动判定，无需数源部门审核。",
        SharingLevel.RESTRICTED: f"受限共享：需“{source}”确认，再由大数据局审核。"
        f"共享条件：{camera.sharing_condition.rstrip('。')}。",
        SharingLevel.NONE: f"非共享：需“{source}”确认，可申请协调。"
        f"不予共享依据：{camera.no_sharing_ground.rstrip('。')}。",
    }[SharingLevel(camera.sharing_level)]
