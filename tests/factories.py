"""What tests need to exist before they begin, made through the actions of the rooms."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.test import Client

from gongshi.catalogue.codes import NetworkZone, Platform, Protocol
from gongshi.catalogue.models import AccessPath, Camera
from gongshi.credentials.models import UndertakingAcceptance
from gongshi.credentials.passwords import note_own_password
from gongshi.credentials.undertaking import version_in_force
from gongshi.identity.actions import create_person
from gongshi.identity.department_actions import create_department
from gongshi.identity.models import Department, DepartmentKind, Person
from gongshi.identity.roles import Role
from gongshi.kernel import clock

PASSWORD = "Lishui-2026-test"
_serial = count(1)


def make_department(
    name: str = "",
    *,
    kind: DepartmentKind = DepartmentKind.GOVERNMENT,
    supervisor: Department | None = None,
    region: str = "331100",
) -> Department:
    number = next(_serial)
    return create_department(
        actor=None,
        code=f"{region}-{number:04d}",
        name=name or f"测试部门{number}",
        short_name=name[:8] or f"部门{number}",
        region=region,
        level="city" if region == "331100" else "county",
        kind=kind,
        supervisor=supervisor,
    )


def make_person(
    *roles: Role, department: Department | None = None, name: str = "", clearance: str = "L4"
) -> Person:
    """A person with these roles, with own password and undertaking; bureau roles put him into a bureau."""
    number = next(_serial)
    if department is None:
        kind = DepartmentKind.BUREAU if Role.BUREAU_ADMINISTRATOR in roles else DepartmentKind.GOVERNMENT
        department = make_department(kind=kind)
    person = create_person(
        actor=None,
        account=f"person-{number}",
        name=name or f"测试人{number}",
        department=department,
        password=PASSWORD,
        roles=roles,
        phone="13800000000",
        clearance=clearance,
    )
    note_own_password(person=person)
    # The row alone, since most of what tests do is to make people; the action has tests of its own.
    UndertakingAcceptance.objects.create(
        person=person,
        version=version_in_force(),
        accepted_at=clock.now(),
        department_name=department.name,
    )
    return person


def browser_of(person: Person) -> Client:
    """A browser in which this person is signed in."""
    browser = Client()
    browser.force_login(person)
    return browser


def make_camera(
    source_department: Department | None = None,
    *,
    platforms: tuple[Platform, ...] = (Platform.SHARING,),
    **fields: Any,
) -> Camera:
    """A published camera whose five units are one department, with an RTSP path on each platform."""
    number = next(_serial)
    department = source_department or make_department()
    given = {
        "code": f"33110000001310{number:06d}",
        "name": f"中山街{number}号路口",
        "device_type": "1",
        "point_class": "1",
        "region": "331102",
        "address": f"莲都区中山街{number}号",
        "longitude": 119.92,
        "latitude": 28.46,
        "owner": department,
        "source_department": department,
        "builder": department,
        "manager": department,
        "maintainer": department,
        "ip_address": f"10.33.{number // 250 % 250}.{number % 250 + 1}",
        "vlan": 33,
        "gateway": "10.33.255.254",
        "netmask": "255.255.0.0",
        "transmission": "fibre",
        "sharing_level": "unconditional",
        "opening_level": "restricted",
        "status": "online",
        "published_at": clock.now(),
    } | fields
    if given["sharing_level"] == "restricted":
        given.setdefault("sharing_condition", "限本部门履职使用")
    if given["sharing_level"] == "none":
        given.setdefault("no_sharing_ground", "涉及公共安全")
    camera = Camera.objects.create(**given)
    for platform in platforms:
        AccessPath.objects.create(
            camera=camera,
            platform=platform,
            network_zone=NetworkZone.GOVERNMENT,
            protocol=Protocol.RTSP,
            main_url=f"rtsp://demo:secret@{given['ip_address']}/main",
        )
    return camera


def in_days(days: float) -> datetime:
    """The moment so many days from now, or ago."""
    return clock.now() + timedelta(days=days)
