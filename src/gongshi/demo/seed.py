"""Fills an empty installation with the demonstration city, through the same actions that people use."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction

from gongshi.assessment.counting import count_points
from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue.actions import decide_submission, submit_import
from gongshi.catalogue.codes import DeviceStatus
from gongshi.catalogue.models import AccessPath, Camera
from gongshi.catalogue.rules import Permission as Catalogue
from gongshi.catalogue.status_actions import note_status
from gongshi.credentials.passwords import note_own_password
from gongshi.credentials.steps import STEPS
from gongshi.credentials.undertaking import accept_undertaking
from gongshi.demand.actions import create_category, create_item
from gongshi.demo import city
from gongshi.demo.accounts import NEWCOMER, PASSWORD
from gongshi.demo.second_factors import give_second_factor
from gongshi.demo.streamed_cameras import demonstration_cameras
from gongshi.demo.synthetic_cameras import COLUMNS, SyntheticCamera, as_row
from gongshi.demo.under_way import begin_business
from gongshi.identity.actions import create_person
from gongshi.identity.department_actions import appoint_head, create_department
from gongshi.identity.models import Department, Person
from gongshi.identity.queries import holders, people
from gongshi.identity.roles import Role
from gongshi.kernel.authority import may
from gongshi.quality.plan_actions import PlanTerms, create_plan

CAMERAS = 2000
# Of the two bureau administrators one compiles where nobody else does, the other reviews.
COMPILER, REVIEWER = "dashuju-yanshou", "dashuju"


def seed(stream_base: str) -> None:
    """Make the city if it is not there, and tell the filmed cameras where their streams are.

    `stream_base` is like `rtsp://127.0.0.1:8554`. May run again: what is there stays.
    """
    cameras, filmed = demonstration_cameras(CAMERAS)
    streams = {code: f"{stream_base}/{stand.scene}.mp4" for code, stand in filmed.items()}
    if not Department.objects.exists():
        with transaction.atomic():
            _departments()
            _people()
            _business()
            _catalogue(cameras, streams)
            _inspections()
            count_points()
            begin_business()
    _people()
    _credentials()
    _point_streams(streams)


def _departments() -> None:
    known: dict[str, Department] = {}
    for row in city.DEPARTMENTS:
        known[row.code] = create_department(
            actor=None,
            code=row.code,
            name=row.name,
            short_name=row.short_name,
            region=row.region,
            level=row.level,
            kind=row.kind,
            supervisor=known[row.supervisor_code] if row.supervisor_code else None,
        )


@transaction.atomic
def _people() -> None:
    """Those who are not there: a demonstration that is older than a person gets him too."""
    departments = {department.code: department for department in Department.objects.all()}
    there = set(Person.objects.values_list("account", flat=True))
    for someone in city.PERSONS:
        if someone.account in there:
            continue
        person = create_person(
            actor=None,
            account=someone.account,
            name=someone.name,
            department=departments[someone.department_code],
            password=PASSWORD,
            roles=[Role(role) for role in someone.roles],
            phone=someone.phone,
            title=someone.title,
            clearance=someone.clearance,
        )
        if Role.DEPARTMENT_HEAD in person.roles:
            appoint_head(actor=None, department=person.department, head=person)


def _credentials() -> None:
    """Everybody but the newcomer has passed all steps, so that a visitor is not held up.

    Looked at again at every start, for accounts whose password is still the public one.
    """
    accounts = [someone.account for someone in city.PERSONS if someone.account != NEWCOMER]
    for person in people().filter(account__in=accounts, is_active=True):
        missing = [step.name for step in STEPS if step.needed(person)]
        if not missing or not person.check_password(PASSWORD):
            continue
        if "password" in missing:
            note_own_password(person=person)
        if "second_factor" in missing:
            give_second_factor(person)
        if "undertaking" in missing:
            accept_undertaking(actor=person)


def _business() -> None:
    departments = {category.code: category.department_code for category in city.BUSINESS_CATEGORIES}
    specialists = {
        code: holders(Role.DATA_SPECIALIST, Department.objects.get(code=code)).get()
        for code in set(departments.values())
    }
    categories = {
        category.code: create_category(actor=specialists[category.department_code], name=category.name)
        for category in city.BUSINESS_CATEGORIES
    }
    for item in city.BUSINESS_ITEMS:
        create_item(
            actor=specialists[departments[item.category_code]],
            category=categories[item.category_code],
            name=item.name,
            section=item.section,
            section_contact=item.contact,
            legal_basis=item.legal_basis,
            business_system=item.business_system,
        )


def _catalogue(cameras: Sequence[SyntheticCamera], streams: dict[str, str]) -> None:
    """Each source department's points are compiled, handed in and published as a submission of its own."""
    by_department: dict[str, list[SyntheticCamera]] = defaultdict(list)
    for camera in cameras:
        by_department[camera.source_department].append(camera)
    reviewer = Person.objects.get(account=REVIEWER)
    for name, points in by_department.items():
        department = Department.objects.get(name=name)
        submission = submit_import(
            actor=_compiler(department),
            department=department,
            title=f"{department.short_name}首批点位（合成演示数据）",
            file=io.BytesIO(_workbook(points, streams)),
            file_name="点位.csv",
        )
        decide_submission(actor=reviewer, submission=submission, verdict="approve", at_once=True)
    _answers(by_code={camera.code: camera.status for camera in cameras})


def _answers(by_code: dict[str, str]) -> None:
    """Whether the cameras answer, as an inspection would have found it."""
    keys = dict(Camera.objects.values_list("code", "pk"))
    found: dict[str, list[int]] = {label: [] for label in DeviceStatus.labels}
    for code, status in by_code.items():
        found[status].append(keys[code])
    note_status(online=found[DeviceStatus.ONLINE.label], offline=found[DeviceStatus.OFFLINE.label])


def _inspections() -> None:
    """All points once a day. Only those that are filmed can be looked at; the others are told as untested."""
    terms = PlanTerms("全市点位每日检测", every_hours=24, at_once=6)
    create_plan(actor=Person.objects.get(account=REVIEWER), terms=terms)


def _compiler(department: Department) -> Person:
    specialist = holders(Role.DATA_SPECIALIST, department).first()
    compiler = specialist or Person.objects.get(account=COMPILER)
    if not may(compiler, Catalogue.CompileFor, department):
        raise RuntimeError(f"nobody may compile for {department.name}")
    return compiler


def _workbook(cameras: Iterable[SyntheticCamera], streams: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(as_row(camera, streams) for camera in cameras)
    return text.getvalue().encode("utf-8-sig")


@transaction.atomic
def _point_streams(streams: dict[str, str]) -> None:
    """The demonstration's camera server may have another port than last time."""
    for path in AccessPath.objects.filter(camera__code__in=streams, protocol="rtsp").select_related("camera"):
        url = streams[path.camera.code]
        if path.main_url != url:
            path.main_url = url
            path.save(update_fields=["main_url"])
            record(AuditAction.CameraPublished, actor=None, thing=path.camera, reason="演示视频源端口变更")
