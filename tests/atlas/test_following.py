"""An index that follows the catalogue is the one that would be built anew, and hears of news at once."""

from typing import Any

import numpy as np
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongshi.atlas import renewing
from gongshi.atlas.areas import read_area
from gongshi.atlas.criteria import Criteria, Words
from gongshi.atlas.following import listen, wait_for_news
from gongshi.atlas.index import PointIndex
from gongshi.atlas.models import EditionNews
from gongshi.atlas.renewing import build_index, note_changed, renewed
from gongshi.atlas.selecting import Selected
from gongshi.catalogue.models import Camera, CatalogueEdition
from gongshi.catalogue.publishing import renew_edition
from gongshi.catalogue.status_actions import note_status
from gongshi.identity.department_actions import merge_departments
from gongshi.identity.roles import Role
from tests.factories import make_camera, make_department, make_person

pytestmark = pytest.mark.django_db


def told(index: PointIndex) -> list[list[Any]]:
    """Everything an index knows of its points, by code."""
    rows = index.by_code.astype(np.intp)
    attributes = index.attributes
    columns = (
        index.ids[rows].tolist(),
        index.x[rows].tolist(),
        index.y[rows].tolist(),
        index.texts.rows(rows),
        *(attributes.values(name, rows) for name in ("status", "sharing_level", "region")),
        *(attributes.numbers(unit)[rows].tolist() for unit in ("owner", "source_department")),
    )
    return [list(row) for row in zip(*columns, strict=True)]


def same(one: PointIndex, other: PointIndex) -> None:
    """Both know the same, and find the same."""
    assert one.edition == other.edition
    assert told(one) == told(other)
    questions = [
        Criteria(),
        Criteria(words=(Words(("name", "address"), (("街",),)),)),
        Criteria(tables=(("status", frozenset(["offline"])),)),
        Criteria(area=read_area("circle:119.92,28.45,5000")),
    ]
    for question in questions:
        mine, theirs = Selected(one, question), Selected(other, question)
        for field in ("code", "name"):
            rows = (each.in_order(field).astype(np.intp) for each in (mine, theirs))
            assert one.ids[next(rows)].tolist() == other.ids[next(rows)].tolist()
        assert mine.facets() == theirs.facets()
    assert one.ids[one.by_id].tolist() == other.ids[other.by_id].tolist()
    assert one.places.leaves.tolist() == other.places.leaves.tolist()
    assert one.places.starts.tolist() == other.places.starts.tolist()


CHANGES = {
    "status": ["online", "offline", "repair"],
    "sharing_level": ["unconditional", "restricted"],
    "longitude": [119.9, 119.92, 120.5],
    "name": ["中山街口", "Ab 门", "中山街东口"],
    "code": ["3311-zz", "3311-00", "3311-Aa"],
    "publication": ["withdrawn", "published"],
}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_an_index_brought_up_to_date_is_the_one_built_anew(data: st.DataObject) -> None:
    with transaction.atomic():
        cameras = [
            make_camera(code=f"3311-{at}", longitude=119.9 + at / 100, sharing_condition="防汛期间")
            for at in range(6)
        ]
        renew_edition()
        note_changed([])
        index = build_index()
        if data.draw(st.booleans()):
            # Orders that are known are kept up; others are found when they are asked for.
            assert len(index.by_name) == len(index)
        for _ in range(data.draw(st.integers(1, 3))):
            renew_edition()
            changed = {_changed(data, cameras) for _ in range(data.draw(st.integers(0, 4)))}
            note_changed(changed)
            if data.draw(st.booleans()):
                index = renewed(index)
        same(renewed(index), build_index())
        transaction.set_rollback(True)


def _changed(data: st.DataObject, cameras: list[Camera]) -> int:
    if data.draw(st.integers(0, 3)) == 0:
        name = data.draw(st.sampled_from(CHANGES["name"]))
        cameras.append(make_camera(name=name, sharing_condition="防汛期间"))
        return cameras[-1].pk
    camera = data.draw(st.sampled_from(cameras))
    field = data.draw(st.sampled_from(sorted(CHANGES)))
    value = data.draw(st.sampled_from(CHANGES[field]))
    if field == "code" and Camera.objects.filter(code=value).exists():
        return camera.pk
    Camera.objects.filter(pk=camera.pk).update(**{field: value})
    return camera.pk


def test_a_status_that_was_reported_is_read_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    camera, other = make_camera(status="offline"), make_camera(status="online")
    note_status(online=[], offline=[])
    index = build_index()
    note_status(online=[camera.pk], offline=[other.pk])
    asked: list[Any] = []
    read = renewing.read_published
    monkeypatch.setattr(renewing, "read_published", lambda *some: asked.append(*some) or read(*some))
    now = renewed(index)
    assert asked == [sorted([camera.pk, other.pk])]
    assert now.attributes.values("status", now.by_id.astype(np.intp)) == ["online", "offline"]
    # Whatever did not change is shared.
    assert now.texts is index.texts and now.places is index.places


def test_a_merged_department_hands_its_points_over_on_the_map() -> None:
    old, new = make_department("水务处"), make_department("丽水市水利局")
    camera = make_camera(old)
    index = build_index()
    merge_departments(
        actor=make_person(Role.SYSTEM_ADMINISTRATOR), department=old, into=new, reason="机构改革"
    )
    now = renewed(index)
    rows, _ = now.rows_of([camera.pk])
    assert now.attributes.numbers("owner")[rows].tolist() == [new.pk]
    same(now, build_index())


@pytest.mark.parametrize("news", ["missing", "too many"])
def test_an_edition_that_does_not_say_what_changed_is_read_whole(
    news: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = make_camera()
    index = build_index()
    renew_edition()
    Camera.objects.filter(pk=camera.pk).update(name="新名称")
    if news == "too many":
        monkeypatch.setattr(renewing, "MOST_CHANGED", 0)
        note_changed([camera.pk])
        assert EditionNews.objects.get().cameras is None
    same(renewed(index), build_index())
    assert told(renewed(index))[0][3][1] == "新名称"


def test_news_is_kept_for_a_while_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewing, "_NEWS_KEPT", 2)
    for _ in range(5):
        renew_edition()
        note_changed([1])
    assert EditionNews.objects.count() == 2


def test_a_catalogue_that_was_restored_from_a_copy_is_read_whole() -> None:
    renew_edition()
    note_changed([])
    make_camera()
    index = build_index()
    CatalogueEdition.objects.update(number=0)
    assert renewed(index).edition == 0


@pytest.mark.django_db(transaction=True)
def test_who_listens_hears_of_a_publication() -> None:
    listen()
    assert not wait_for_news(0)
    with transaction.atomic():
        renew_edition()
        note_changed([1])
    assert wait_for_news(10)
