"""What is kept of a look at a camera, and who may see it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from gongshi.audit.models import AccessOutcome, AccessRecord, AuditEvent
from gongshi.catalogue.codes import DeviceStatus, NetworkZone, Platform, Protocol, Publication
from gongshi.catalogue.models import AccessPath, Camera
from gongshi.catalogue.queries import edition
from gongshi.identity.models import Department
from gongshi.identity.roles import BUSINESS_ROLES, SEPARATED_ADMINISTRATORS, Role
from gongshi.kernel import clock
from gongshi.kernel.errors import Forbidden, NotFound
from gongshi.kernel.models import ParameterValue
from gongshi.quality import actions, retention
from gongshi.quality.carrying_out import carry_out, keep
from gongshi.quality.codes import Outcome
from gongshi.quality.models import Inspection, InspectionPlan, InspectionRun, RunPoint, Thumbnail
from gongshi.quality.queries import inspection_of, inspections_visible_to
from tests.at_once import at_once
from tests.factories import make_camera, make_department, make_person
from tests.quality.making import (
    JPEG,
    begun,
    faulty,
    finished,
    inspected,
    intact,
    make_cameras,
    make_plan,
    silent,
)

pytestmark = pytest.mark.django_db


def test_of_a_fault_its_code_and_numbers_are_kept_and_the_gravest_gives_the_result_code() -> None:
    inspection = inspected(make_camera(), "occluded", "noise")
    assert inspection.outcome == Outcome.FAULTY
    assert inspection.faults == ["occluded", "noise"]
    assert inspection.numbers == {"occluded": [99.0, 50], "noise": [99.0, 50]}
    assert inspection.result_code == 9


def test_a_camera_that_does_not_answer_is_offline_with_the_reason() -> None:
    camera = make_camera()
    inspection = inspected(camera, seen=silent(camera))
    assert (inspection.outcome, inspection.faults, inspection.trouble) == (
        "offline",
        ["offline"],
        "unreachable",
    )
    assert inspection.result_code == 3
    assert not Thumbnail.objects.exists()


def test_the_source_department_is_that_of_the_moment() -> None:
    camera, then = make_camera(), None
    then = camera.source_department
    inspection = inspected(camera)
    Camera.objects.filter(pk=camera.pk).update(source_department=make_department())
    inspection.refresh_from_db()
    assert inspection.source_department == then


def test_a_camera_that_we_cannot_reach_by_rtsp_is_not_tested_and_stays_as_it_was() -> None:
    external, elsewhere, nowhere = make_camera(), make_camera(), make_camera(platforms=())
    AccessPath.objects.filter(camera=external).update(protocol=Protocol.EXTERNAL)
    AccessPath.objects.filter(camera=elsewhere).update(network_zone=NetworkZone.POLICE)
    run = finished(begun(make_plan()))
    found = {each.camera_id: each for each in run.inspections.all()}
    troubles = [found[camera.pk].trouble for camera in (external, elsewhere, nowhere)]
    assert troubles == ["no_path", "other_zone", "no_path"]
    assert {each.outcome for each in found.values()} == {"untested"}
    assert {each.result_code for each in found.values()} == {None}
    assert set(Camera.objects.values_list("status", flat=True)) == {"online"}


def test_a_point_that_is_withdrawn_during_the_run_is_left_out_of_it() -> None:
    stays, goes = make_camera(platforms=()), make_camera(platforms=())
    run = begun(make_plan())
    Camera.objects.filter(pk=goes.pk).update(publication=Publication.WITHDRAWN)
    run = finished(run)
    assert list(run.inspections.values_list("camera_id", flat=True)) == [stays.pk]
    assert (run.state, run.total, run.done) == ("done", 1, 1)


def test_a_run_ends_when_its_plan_is_switched_off() -> None:
    make_cameras(3, platforms=())
    run = begun(make_plan())
    InspectionPlan.objects.update(is_active=False)
    run = finished(run)
    assert run.state == "done" and run.inspections.count() == 0


def test_a_run_of_the_clock_waits_for_its_hours() -> None:
    make_camera(platforms=())
    hour = clock.now().astimezone(clock.LOCAL_ZONE).hour
    make_plan(from_hour=hour, until_hour=(hour + 1) % 24)
    (run,) = actions.begin_due_plans()
    InspectionPlan.objects.update(from_hour=(hour + 3) % 24, until_hour=(hour + 5) % 24)
    run = InspectionRun.objects.select_related("plan").get(pk=run.pk)
    assert carry_out(run) is False
    assert RunPoint.objects.count() == 1 and not Inspection.objects.exists()


def test_what_another_has_kept_already_is_not_kept_again() -> None:
    camera = make_camera()
    run = begun(make_plan())
    keep(run, {camera.pk: camera}, [intact(camera)])
    keep(run, {camera.pk: camera}, [faulty(camera, "black")])
    run.refresh_from_db()
    assert [each.outcome for each in run.inspections.all()] == ["intact"]
    assert run.done == 1 and Thumbnail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_the_same_points_each_point_is_kept_once() -> None:
    cameras = {camera.pk: camera for camera in make_cameras(8)}
    run = begun(make_plan())
    seen = [intact(camera) for camera in cameras.values()]
    connection.close()
    outcomes = at_once(lambda: keep(run, cameras, seen), lambda: keep(run, cameras, seen[::-1]))
    assert outcomes == [None, None]
    assert Inspection.objects.count() == 8 and Thumbnail.objects.count() == 8
    run.refresh_from_db()
    assert run.done == 8


def test_the_status_of_the_camera_follows_and_the_map_is_told_without_a_new_version() -> None:
    camera = make_camera(status="online", version=4)
    before = edition()
    inspected(camera, seen=silent(camera))
    camera.refresh_from_db()
    assert (camera.status, camera.version) == (DeviceStatus.OFFLINE, 4)
    assert edition() == before + 1
    inspected(camera, seen=silent(camera))
    assert edition() == before + 1
    inspected(camera, "blurred")
    camera.refresh_from_db()
    assert camera.status == DeviceStatus.ONLINE and edition() == before + 2


def test_a_camera_in_repair_stays_in_repair() -> None:
    camera = make_camera(status="repair")
    inspected(camera)
    camera.refresh_from_db()
    assert camera.status == DeviceStatus.REPAIR


def test_what_is_kept_of_many_takes_a_few_statements(django_assert_max_num_queries: object) -> None:
    department = make_department()
    cameras = {camera.pk: camera for camera in make_cameras(30, source_department=department)}
    run = begun(make_plan())
    seen = [intact(camera) for camera in cameras.values()]
    # With what assessment and rectification count of it.
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        keep(run, cameras, seen)


# Who sees what.


@pytest.mark.parametrize("role", sorted(BUSINESS_ROLES - {Role.BUREAU_ADMINISTRATOR, Role.OPERATOR}))
def test_a_department_sees_the_inspections_of_its_own_cameras(role: Role) -> None:
    ours, other = make_department(), make_department()
    own, owned = inspected(make_camera(ours)), inspected(make_camera(other, owner=ours))
    inspected(make_camera(other))
    person = make_person(role, department=ours)
    assert set(inspections_visible_to(person)) == {own, owned}
    with pytest.raises(NotFound):
        inspection_of(person, inspected(make_camera(other)).pk)


@pytest.mark.parametrize("role", [Role.BUREAU_ADMINISTRATOR, Role.OPERATOR])
def test_bureau_and_operators_see_all(role: Role) -> None:
    found = {inspected(make_camera()) for _ in range(2)}
    assert set(inspections_visible_to(make_person(role))) == found


@pytest.mark.parametrize("role", sorted(SEPARATED_ADMINISTRATORS))
def test_an_administrator_without_business_sees_none(role: Role) -> None:
    ours = make_department()
    inspected(make_camera(ours))
    assert not inspections_visible_to(make_person(role, department=ours)).exists()


# Pictures.


def traces() -> tuple[int, int, int]:
    seen = AuditEvent.objects.filter(action="quality:thumbnail:seen").count()
    return AccessRecord.objects.count(), AccessOutcome.objects.count(), seen


@pytest.mark.parametrize("whose", ["owner", "source_department"])
def test_who_has_the_camera_sees_its_picture_and_is_registered(whose: str) -> None:
    ours: Department = make_department()
    inspection = inspected(make_camera(**{"owner": make_department()} | {whose: ours}), "black")
    person = make_person(Role.VIEWER, department=ours)
    assert actions.see_thumbnail(actor=person, inspection=inspection_of(person, inspection.pk)) == JPEG
    assert actions.see_thumbnail(actor=person, inspection=inspection_of(person, inspection.pk)) == JPEG
    assert traces() == (2, 2, 2)
    entry = AccessRecord.objects.latest("id")
    assert (entry.kind, entry.person_id, entry.camera_code) == (
        "thumbnail",
        person.pk,
        inspection.camera.code,
    )
    assert entry.range_from == inspection.at and entry.outcome.bytes == len(JPEG)


def test_the_bureau_sees_pictures_and_operators_do_not() -> None:
    inspection = inspected(make_camera())
    actions.see_thumbnail(actor=make_person(Role.BUREAU_ADMINISTRATOR), inspection=inspection)
    with pytest.raises(Forbidden):
        actions.see_thumbnail(actor=make_person(Role.OPERATOR), inspection=inspection)
    assert traces() == (1, 1, 1)


def test_nobody_else_sees_a_picture() -> None:
    inspection = inspected(make_camera())
    for role in Role:
        if role != Role.BUREAU_ADMINISTRATOR:
            with pytest.raises(Forbidden):
                actions.see_thumbnail(actor=make_person(role), inspection=inspection)
    assert traces() == (0, 0, 0)


def test_a_picture_above_the_clearance_is_not_shown() -> None:
    ours = make_department()
    inspection = inspected(make_camera(ours, security_level="L3"))
    with pytest.raises(Forbidden):
        actions.see_thumbnail(
            actor=make_person(Role.VIEWER, department=ours, clearance="L2"), inspection=inspection
        )
    assert traces() == (0, 0, 0)


def test_a_picture_is_unreadable_in_the_database() -> None:
    inspected(make_camera())
    with connection.cursor() as cursor:
        cursor.execute("SELECT picture FROM quality_thumbnail")
        (stored,) = cursor.fetchone()
    assert stored.startswith("v2:")


def test_pictures_go_after_thirty_days_and_inspections_stay() -> None:
    old, new = inspected(make_camera()), inspected(make_camera())
    Thumbnail.objects.filter(inspection=old).update(made_at=clock.now() - timedelta(days=30))
    with pytest.raises(NotFound):
        actions.see_thumbnail(actor=make_person(Role.BUREAU_ADMINISTRATOR), inspection=old)
    assert traces() == (0, 0, 0)
    assert retention.forget() == (1, 0)
    assert [each.inspection for each in Thumbnail.objects.all()] == [new]
    assert Inspection.objects.count() == 2
    with pytest.raises(NotFound):
        actions.see_thumbnail(actor=make_person(Role.BUREAU_ADMINISTRATOR), inspection=old)


def test_inspections_go_at_the_end_of_the_term_that_is_set() -> None:
    old, new = inspected(make_camera()), inspected(make_camera())
    Inspection.objects.filter(pk=old.pk).update(at=clock.now() - timedelta(days=101))
    assert retention.forget() == (0, 0)
    ParameterValue.objects.create(key="quality.inspection_days", value=100)
    assert retention.forget() == (0, 1)
    assert list(Inspection.objects.all()) == [new]


# Pages.


def browser(role: Role, department: Department | None = None) -> Client:
    client = Client()
    client.force_login(make_person(role, department=department))
    return client


def codes_in(page: str) -> int:
    return page.count("33110000001310")


def test_the_list_is_found_by_fault_outcome_day_and_department() -> None:
    ours = make_department()
    wanted = inspected(make_camera(ours), "black").camera.code
    inspected(make_camera(ours), "noise")
    inspected(make_camera())
    client = browser(Role.BUREAU_ADMINISTRATOR)
    today = clock.today().isoformat()
    asked = {"fault": "black", "outcome": "faulty", "source_department": ours.pk, "at_after": today}
    page = client.get("/quality/", asked).content.decode()
    assert wanted in page and codes_in(page) == 1 and "黑屏" in page
    assert codes_in(client.get("/quality/", {"outcome": "intact"}).content.decode()) == 1
    assert codes_in(client.get("/quality/", {"at_before": "2020-01-01"}).content.decode()) == 0


def test_the_list_is_sorted_by_its_time_only() -> None:
    client = browser(Role.BUREAU_ADMINISTRATOR)
    codes = [inspected(camera).camera.code for camera in make_cameras(2)]

    def order(sort: str) -> bool:
        page = client.get("/quality/", {"sort": sort}).content.decode()
        return page.index(codes[0]) < page.index(codes[1])

    assert [order(sort) for sort in ("at", "-at", "outcome", "-outcome")] == [True, False, False, False]


def test_the_list_takes_the_same_statements_however_long_it_is(django_assert_max_num_queries: object) -> None:
    client = browser(Role.BUREAU_ADMINISTRATOR)
    for camera in make_cameras(12):
        inspected(camera, "noise")
    client.get("/quality/")
    with django_assert_max_num_queries(13):  # type: ignore[operator]
        assert codes_in(client.get("/quality/").content.decode()) == 12


def test_an_inspection_shows_its_numbers_and_no_address() -> None:
    inspection = inspected(make_camera(), "black")
    page = browser(Role.OPERATOR).get(f"/quality/inspections/{inspection.pk}/").content.decode()
    assert "黑屏" in page and "99.0%" in page
    assert "rtsp" not in page and "缩略图" not in page


def test_the_picture_is_given_as_a_picture_that_browsers_do_not_keep() -> None:
    inspection = inspected(make_camera())
    answer = browser(Role.BUREAU_ADMINISTRATOR).get(f"/quality/inspections/{inspection.pk}/thumbnail/")
    assert (answer.content, answer.headers["Content-Type"]) == (JPEG, "image/jpeg")
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_plan_is_made_changed_and_begun_on_pages() -> None:
    make_camera(platforms=())
    client = browser(Role.BUREAU_ADMINISTRATOR)
    terms = {"name": "每日", "every_hours": 24, "from_hour": 0, "until_hour": 0, "at_once": 5, "window_s": 3}
    client.post("/quality/plans/new/", terms | {"is_active": "on"})
    plan = InspectionPlan.objects.get(name="每日")
    client.post(f"/quality/plans/{plan.pk}/edit/", terms | {"is_active": "on", "every_hours": 12})
    plan.refresh_from_db()
    assert plan.every_hours == 12
    answer = client.post(f"/quality/plans/{plan.pk}/run/", follow=True)
    assert "hx-trigger" in answer.content.decode()
    run = finished(InspectionRun.objects.select_related("plan").get())
    page = client.get(f"/quality/runs/{run.pk}/").content.decode()
    assert "已完成" in page and "hx-trigger" not in page


def test_a_point_is_inspected_by_its_code_and_a_wrong_code_is_told() -> None:
    camera, client = make_camera(platforms=()), browser(Role.OPERATOR)
    refused = client.post("/quality/inspections/new/", {"code": "000"})
    assert refused.status_code == 404 and "请核对视频编号" in refused.content.decode()
    assert not InspectionRun.objects.exists()
    client.post("/quality/inspections/new/", {"code": camera.code})
    assert list(RunPoint.objects.values_list("camera_id", flat=True)) == [camera.pk]


def test_the_same_over_the_interface() -> None:
    camera = make_camera(platforms=())
    client = browser(Role.BUREAU_ADMINISTRATOR)
    terms = {"name": "每日", "every_hours": 24, "department": camera.source_department.code}
    made = client.post("/api/v1/quality/plans", terms, content_type="application/json")
    assert made.status_code == 201 and made.json()["department"] == terms["department"]
    plan = f"/api/v1/quality/plans/{made.json()['id']}"
    changed = client.put(plan, terms | {"every_hours": 6}, content_type="application/json")
    assert changed.json()["every_hours"] == 6
    run = client.post(f"{plan}/run").json()
    finished(InspectionRun.objects.select_related("plan").get(pk=run["id"]))
    assert client.get(f"/api/v1/quality/runs/{run['id']}").json()["state"] == "done"
    (found,) = client.get("/api/v1/quality/inspections", {"code": camera.code}).json()["items"]
    assert (found["outcome"], found["trouble"]) == ("untested", "no_path")
    detail = client.get(f"/api/v1/quality/inspections/{found['id']}").json()
    assert detail["has_thumbnail"] is False and detail["numbers"] == {}
    assert client.post(f"/api/v1/quality/cameras/{camera.pk}/inspection").status_code == 202
    assert {each["code"] for each in client.get("/api/v1/quality/faults").json()} >= {"black", "frozen"}


def test_a_plan_of_a_department_that_is_not_there_is_refused() -> None:
    client = browser(Role.BUREAU_ADMINISTRATOR)
    terms = {"name": "每日", "every_hours": 24, "department": "nobody"}
    answer = client.post("/api/v1/quality/plans", terms, content_type="application/json")
    assert answer.status_code == 404 and not InspectionPlan.objects.exists()


def test_paths_are_chosen_on_the_platform_that_is_shared_first() -> None:
    from gongshi.quality.queries import path_to_inspect

    camera = make_camera(platforms=(Platform.BUREAU, Platform.SHARING))
    path, trouble = path_to_inspect(camera)
    assert path is not None and path.platform == Platform.SHARING and trouble == ""
