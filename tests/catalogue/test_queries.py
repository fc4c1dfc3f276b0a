"""Who sees which cameras, fields, submissions; by which path a way reaches a camera."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongshi.catalogue.codes import Platform, Protocol, Publication
from gongshi.catalogue.models import AccessPath, Submission
from gongshi.catalogue.queries import (
    UNITS,
    archive_of,
    cameras_visible_to,
    departments_compiled_by,
    path_for,
    submissions_visible_to,
    with_counts,
)
from gongshi.catalogue.rules import Permission
from gongshi.identity.models import Department, DepartmentKind, Person
from gongshi.identity.roles import SEPARATED_ADMINISTRATORS, Role
from gongshi.kernel import clock
from gongshi.kernel.authority import may
from tests.factories import make_camera, make_department, make_person

pytestmark = pytest.mark.django_db
NETWORK = {"IP地址", "VLAN", "网关", "子网掩码"}


@pytest.mark.parametrize("role", [role for role in Role if role not in SEPARATED_ADMINISTRATORS])
def test_published_cameras_are_seen_by_every_business_role(role: Role) -> None:
    camera = make_camera()
    make_camera(publication=Publication.WITHDRAWN)
    assert list(cameras_visible_to(make_person(role))) == [camera]


@pytest.mark.parametrize("role", SEPARATED_ADMINISTRATORS)
def test_separated_administrators_see_no_camera(role: Role) -> None:
    make_camera()
    assert not cameras_visible_to(make_person(role)).exists()


def test_a_locked_person_sees_no_camera() -> None:
    make_camera()
    person = make_person(Role.VIEWER)
    person.is_active = False
    assert not cameras_visible_to(person).exists()


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.BUREAU_ADMINISTRATOR])
def test_bureau_and_operators_read_the_network_of_every_camera(role: Role) -> None:
    labels = {field.label: field.value for field in archive_of(make_person(role), make_camera(vlan=77))}
    assert labels.keys() >= NETWORK
    assert labels["VLAN"] == "77"


def test_owner_source_and_its_supervisor_read_the_network() -> None:
    supervisor = make_department()
    firm = make_department(kind=DepartmentKind.ENTERPRISE, supervisor=supervisor)
    camera = make_camera(firm, owner=make_department())
    for department in (camera.owner, firm, supervisor):
        person = make_person(Role.VIEWER, department=department)
        assert {field.label for field in archive_of(person, camera)} >= NETWORK


@pytest.mark.parametrize(
    "role", [Role.DATA_SPECIALIST, Role.SOURCE_REVIEWER, Role.VIEWER, Role.DEPARTMENT_HEAD]
)
def test_other_departments_read_no_network(role: Role) -> None:
    camera = make_camera()
    fields = archive_of(make_person(role), camera)
    assert not {field.label for field in fields} & NETWORK
    assert camera.ip_address not in {field.value for field in fields}


def test_the_archive_costs_no_query_when_the_units_are_loaded() -> None:
    person, camera = make_person(Role.VIEWER), make_camera()
    camera = cameras_visible_to(person).select_related(*UNITS).get(pk=camera.pk)
    with CaptureQueriesContext(connection) as queries:
        archive_of(person, camera)
    assert len(queries) == 0


@pytest.mark.parametrize(
    ("platforms", "way", "found"),
    [
        ((Platform.SHARING,), "account", Platform.SHARING),
        ((Platform.SHARING,), "terminal", Platform.SHARING),
        ((Platform.SHARING,), "line", None),
        ((Platform.BUREAU,), "line", Platform.BUREAU),
        ((Platform.BUREAU,), "account", None),
        ((Platform.BIG_DATA,), "account", None),
        ((Platform.BIG_DATA,), "line", None),
    ],
)
def test_each_way_has_its_platform(platforms: tuple[Platform, ...], way: str, found: Platform | None) -> None:
    path = path_for(make_camera(platforms=platforms), way)
    assert (path and path.platform) == found


def test_of_several_paths_the_one_that_we_pull_ourselves_is_taken() -> None:
    camera = make_camera()
    for protocol in (Protocol.EXTERNAL, Protocol.GB28181):
        AccessPath.objects.create(
            camera=camera, platform=Platform.SHARING, network_zone="government", protocol=protocol
        )
    path = path_for(camera, "account")
    assert path is not None
    assert path.protocol == Protocol.RTSP


def test_the_list_of_departments_says_what_the_rule_says() -> None:
    bureau = make_department(kind=DepartmentKind.BUREAU)
    served = make_department()
    make_department(kind=DepartmentKind.ENTERPRISE, supervisor=served)
    orphan = make_department()
    make_department(kind=DepartmentKind.SOCIAL, supervisor=orphan)
    people = [
        make_person(Role.DATA_SPECIALIST, department=served),
        make_person(Role.BUREAU_ADMINISTRATOR, department=bureau),
        make_person(Role.BUREAU_ADMINISTRATOR, Role.DATA_SPECIALIST, department=bureau),
        make_person(Role.SOURCE_REVIEWER, department=served),
        make_person(Role.OPERATOR),
    ]
    for person in people:
        allowed = {each for each in Department.objects.all() if may(person, Permission.CompileFor, each)}
        assert set(departments_compiled_by(person)) == allowed


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {Role.DATA_SPECIALIST, Role.BUREAU_ADMINISTRATOR}]
)
def test_submissions_are_hidden_from_other_roles(role: Role, police: Department, specialist: Person) -> None:
    submission = Submission.objects.create(number="BM-1", title="", department=police, compiled_by=specialist)
    assert list(submissions_visible_to(specialist)) == [submission]
    assert not submissions_visible_to(make_person(role, department=police)).exists()
    assert not submissions_visible_to(make_person(Role.DATA_SPECIALIST)).exists()


def test_the_newest_submission_comes_first(police: Department, specialist: Person) -> None:
    handed_in = {"state": "submitted", "submitted_at": clock.now()}
    for number in ("BM-1", "BM-2"):
        Submission.objects.create(
            number=number, title="", department=police, compiled_by=specialist, **handed_in
        )
    found = with_counts(submissions_visible_to(specialist))
    assert [submission.number for submission in found] == ["BM-2", "BM-1"]
