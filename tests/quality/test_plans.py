"""Plans of inspection: the bureau keeps them, the clock begins them, each point is looked at once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from gongshi.audit.models import AuditEvent
from gongshi.catalogue.codes import Publication
from gongshi.catalogue.models import Camera
from gongshi.identity.department_actions import merge_departments
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.errors import Conflict, Forbidden, Invalid
from gongshi.quality import actions
from gongshi.quality.models import InspectionPlan, InspectionRun, RunPoint
from gongshi.quality.plan_actions import PlanTerms, edit_plan
from gongshi.quality.queries import is_hour_of
from gongshi.quality.tasks import begin_inspections, carry_out_run
from tests.at_once import refusals_at_once
from tests.factories import make_camera, make_department, make_person
from tests.quality.making import begun, make_cameras, make_plan

pytestmark = pytest.mark.django_db
NOT_THE_BUREAU = sorted(set(Role) - {Role.BUREAU_ADMINISTRATOR})


def points_of(run: InspectionRun) -> set[int]:
    return set(RunPoint.objects.filter(run=run).values_list("camera_id", flat=True))


@pytest.mark.parametrize("role", NOT_THE_BUREAU)
def test_only_the_bureau_keeps_plans(role: Role) -> None:
    with pytest.raises(Forbidden):
        make_plan(make_person(role))
    assert not InspectionPlan.objects.exists()


def test_a_new_plan_is_in_the_record_with_all_its_terms() -> None:
    plan = make_plan(name="夜间检测", from_hour=22, until_hour=6)
    event = AuditEvent.objects.get(action="quality:plan:created")
    assert event.actor_id == plan.created_by_id
    assert event.after["name"] == "夜间检测" and event.after["from_hour"] == 22


def test_of_a_change_the_record_tells_what_was_and_what_is() -> None:
    plan = make_plan(every_hours=24)
    edit_plan(actor=plan.created_by, plan=plan, terms=PlanTerms("每日检测", 12, at_once=4, window_s=2))
    event = AuditEvent.objects.get(action="quality:plan:edited")
    assert (event.before, event.after) == ({"every_hours": 24}, {"every_hours": 12})


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 65}, "name"),
        ({"every_hours": 0}, "every_hours"),
        ({"from_hour": 24}, "from_hour"),
        ({"until_hour": -1}, "until_hour"),
        ({"at_once": 201}, "at_once"),
        ({"window_s": 1}, "window_s"),
        ({"region": "110000"}, "region"),
        ({"point_class": "9"}, "point_class"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(terms: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        make_plan(**terms)
    assert refusal.value.field == field
    assert not InspectionPlan.objects.exists()


def test_two_plans_do_not_have_one_name() -> None:
    make_plan()
    with pytest.raises(Conflict):
        make_plan()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_give_one_name_to_their_plans_at_once_one_does() -> None:
    bureau = make_person(Role.BUREAU_ADMINISTRATOR)
    connection.close()
    assert refusals_at_once(lambda: make_plan(bureau), lambda: make_plan(bureau)) == [Conflict]
    assert (
        InspectionPlan.objects.count()
        == AuditEvent.objects.filter(action="quality:plan:created").count()
        == 1
    )


def test_a_plan_is_of_the_published_points_that_it_names() -> None:
    ours, other = make_department(), make_department()
    wanted = make_camera(ours, region="331102", point_class="2")
    make_camera(ours, region="331121", point_class="2")
    make_camera(ours, region="331102", point_class="3")
    make_camera(other, region="331102", point_class="2")
    make_camera(ours, region="331102", point_class="2", publication=Publication.WITHDRAWN)
    run = begun(make_plan(department=ours, region="331102", point_class="2"))
    assert points_of(run) == {wanted.pk}
    assert run.total == 1


def test_a_plan_that_names_nothing_is_of_all_points() -> None:
    cameras = make_cameras(3)
    assert points_of(begun(make_plan())) == {camera.pk for camera in cameras}


def test_the_clock_begins_what_is_due_once_and_again_after_its_hours() -> None:
    make_camera()
    plan = make_plan(every_hours=6)
    (run,) = actions.begin_due_plans()
    assert actions.begin_due_plans() == []
    InspectionRun.objects.update(state="done", done_at=clock.now())
    assert actions.begin_due_plans() == []
    InspectionPlan.objects.filter(pk=plan.pk).update(last_begun_at=clock.now() - timedelta(hours=6))
    (again,) = actions.begin_due_plans()
    assert again.pk != run.pk
    assert AuditEvent.objects.filter(action="quality:run:begun", actor_id=None).count() == 2


@pytest.mark.parametrize(
    ("since", "begins"),
    [
        # The timer came some seconds sooner than the day before.
        (timedelta(hours=24, seconds=-3), True),
        (timedelta(hours=24, seconds=-60), False),
        # Begun by a clock that was ahead.
        (timedelta(days=-400), True),
    ],
)
def test_a_daily_plan_begins_at_the_same_minute_of_each_day(since: timedelta, begins: bool) -> None:
    plan = make_plan(every_hours=24)
    InspectionPlan.objects.filter(pk=plan.pk).update(last_begun_at=clock.now() - since)
    assert bool(actions.begin_due_plans()) is begins


def test_a_plan_that_is_due_is_not_begun_beside_its_run() -> None:
    plan = make_plan(every_hours=1)
    begun(plan)
    InspectionPlan.objects.update(last_begun_at=clock.now() - timedelta(days=2))
    assert actions.begin_due_plans() == []


def test_a_plan_that_is_switched_off_is_not_begun() -> None:
    plan = make_plan(is_active=False)
    assert actions.begin_due_plans() == []
    with pytest.raises(Conflict):
        begun(plan)


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [(0, 0, set(range(24))), (8, 10, {8, 9}), (22, 6, {22, 23, 0, 1, 2, 3, 4, 5})],
)
def test_the_hours_of_a_plan_are_those_of_lishui(begin: int, end: int, hours: set[int]) -> None:
    plan = InspectionPlan(from_hour=begin, until_hour=end)
    midnight = datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert {hour for hour in range(24) if is_hour_of(plan, midnight + timedelta(hours=hour))} == hours


def test_outside_its_hours_the_clock_begins_no_plan() -> None:
    hour = clock.now().astimezone(clock.LOCAL_ZONE).hour
    make_plan(from_hour=(hour + 2) % 24, until_hour=(hour + 4) % 24)
    assert actions.begin_due_plans() == []


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.BUREAU_ADMINISTRATOR, Role.OPERATOR}))
def test_only_bureau_and_operators_begin_an_inspection(role: Role) -> None:
    plan, camera = make_plan(), make_camera()
    somebody = make_person(role)
    for ask in (
        lambda: actions.begin_plan(actor=somebody, plan=plan),
        lambda: actions.inspect_camera(actor=somebody, camera=camera),
    ):
        with pytest.raises(Forbidden):
            ask()
    assert not InspectionRun.objects.exists() and not RunPoint.objects.exists()


def test_a_camera_is_inspected_by_hand_once_at_a_time() -> None:
    camera, operator = make_camera(), make_person(Role.OPERATOR)
    run = actions.inspect_camera(actor=operator, camera=camera)
    assert points_of(run) == {camera.pk}
    assert ProcrastinateJob.objects.filter(task_name="gongshi.quality.tasks.carry_out_run").count() == 1
    with pytest.raises(Conflict):
        actions.inspect_camera(actor=operator, camera=camera)
    event = AuditEvent.objects.get(action="quality:run:asked")
    assert (event.actor_id, event.after) == (operator.pk, {"camera": camera.code})


@pytest.mark.django_db(transaction=True)
def test_of_two_who_begin_a_plan_at_once_one_does() -> None:
    plan = make_plan()
    connection.close()
    errors = refusals_at_once(lambda: begun(plan), lambda: begun(plan))
    assert errors == [Conflict]
    assert InspectionRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_clocks_one_begins_a_plan() -> None:
    make_camera()
    make_plan()
    assert refusals_at_once(actions.begin_due_plans, actions.begin_due_plans) == []
    assert InspectionRun.objects.count() == 1
    assert RunPoint.objects.count() == Camera.objects.count()


def test_the_plans_of_a_merged_department_are_of_its_heir() -> None:
    old, heir = make_department(), make_department()
    plan = make_plan(department=old)
    merge_departments(
        actor=make_person(Role.SYSTEM_ADMINISTRATOR), department=old, into=heir, reason="机构改革"
    )
    plan.refresh_from_db()
    assert plan.department == heir
    assert AuditEvent.objects.filter(action="quality:plan:taken_over", object_id=str(plan.pk)).exists()


def jobs() -> int:
    waiting = ProcrastinateJob.objects.filter(status="todo")
    return waiting.filter(task_name="gongshi.quality.tasks.carry_out_run").count()


def test_the_timer_begins_what_is_due_and_asks_again_for_a_run_whose_job_was_lost() -> None:
    make_camera()
    make_plan()
    begin_inspections(timestamp=0)
    assert InspectionRun.objects.count() == 1 and jobs() == 1
    begin_inspections(timestamp=60)
    assert jobs() == 1
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    begin_inspections(timestamp=120)
    assert InspectionRun.objects.count() == 1 and jobs() == 1


def test_a_job_does_some_rounds_and_leaves_the_rest_to_the_next() -> None:
    make_cameras(9, platforms=())
    run = begun(make_plan(at_once=2))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    carry_out_run(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.done, jobs()) == ("running", 8, 1)
    carry_out_run(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.done, jobs()) == ("done", 9, 1)
    carry_out_run(run_id=run.pk)
    assert run.inspections.count() == 9
