"""What the first visitor of the demonstration finds on each desk."""

import pytest

from gongshi.demand.models import Demand
from gongshi.demo import seed as seeding
from gongshi.demo.under_way import STORIES
from gongshi.grants.queries import grants_to_watch
from gongshi.identity.models import Person
from gongshi.oversight.queries import todos

pytestmark = pytest.mark.django_db
STREAMS = "rtsp://127.0.0.1:8554"


@pytest.fixture
def city(monkeypatch: pytest.MonkeyPatch) -> None:
    # The first points hold all those that are filmed.
    monkeypatch.setattr(seeding, "CAMERAS", 100)
    seeding.seed(STREAMS)


def person(account: str) -> Person:
    return Person.objects.get(account=account)


def test_each_story_stands_where_it_should_and_a_second_start_tells_none_again(city: None) -> None:
    for _ in range(2):
        standing = {
            demand.point_list.name: {lane.state for lane in demand.lanes.all()}
            for demand in Demand.objects.all()
        }
        assert standing == {story.points: {story.stands_at} for story in STORIES}
        seeding.seed(STREAMS)


def test_each_desk_has_something_to_do_and_one_viewer_something_to_watch(city: None) -> None:
    desks = ["shuili", "dashuju", "yunwei", "dashuju-yanshou", "yingji"]
    assert [account for account in desks if not todos(person(account))] == []
    assert {grant.camera.name for grant in grants_to_watch(person("yingji-kan"))} == {
        "莲都区南明湖水域球机",
        "莲都区中山街与解放街路口球机",
    }
    assert not grants_to_watch(person("jiaotong-kan")).exists()
