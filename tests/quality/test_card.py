"""What the map's card tells of a point's quality, and to whom."""

import pytest
from django.test import Client

from gongshi.identity.roles import Role
from tests.factories import make_camera, make_department, make_person
from tests.quality.making import inspected

pytestmark = pytest.mark.django_db


def test_the_card_tells_the_last_inspection_to_who_may_read_it_and_to_nobody_else(client: Client) -> None:
    water = make_department()
    camera = make_camera(water)
    inspected(camera)
    last = inspected(camera, "black")
    for department, told in ((water, True), (make_department(), False)):
        client.force_login(make_person(Role.DATA_SPECIALIST, department=department))
        lines = client.get(f"/api/v1/atlas/cameras/{camera.pk}").json()["quality"]
        found = [line for line in lines if line["label"] == "最近检测"]
        assert [line["url"] for line in found] == ([last.get_absolute_url()] if told else [])
        assert all(last.get_outcome_display() in line["value"] for line in found)
