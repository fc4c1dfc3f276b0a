"""The prepared city of the matrix: which thing each address is about, and what would do as its body."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from gongshi.alerts.actions import ask_explanation, close_alert, raise_alert, take_over
from gongshi.alerts.kinds import AlertKind
from gongshi.atlas.actions import create_point_list
from gongshi.audit.auditing import ask_bundle, ask_verification
from gongshi.audit.models import AuditEvent
from gongshi.catalogue import import_copy, importing
from gongshi.catalogue.actions import submit_import
from gongshi.catalogue.columns import BY_FIELD, HEADS
from gongshi.catalogue.draft_actions import draft_point
from gongshi.catalogue.import_actions import ask_import
from gongshi.catalogue.import_models import Import
from gongshi.catalogue.models import Camera
from gongshi.catalogue.proposals import cells_of
from gongshi.clients.actions import suspend_client
from gongshi.credentials.models import Guard
from gongshi.credentials.undertaking import version_in_force
from gongshi.demand.actions import create_category, create_item
from gongshi.identity.actions import lock_person
from gongshi.identity.department_names import DepartmentNames
from gongshi.identity.models import AccountReview, DepartmentKind, Person
from gongshi.identity.proposal_actions import propose_account
from gongshi.identity.review_actions import begin_reviews
from gongshi.identity.roles import SEPARATED_ADMINISTRATORS, Role
from gongshi.kernel import clock
from gongshi.kernel.parameters import PARAMETERS
from gongshi.login.models import AllowedNetwork, LoginSession
from gongshi.notices.actions import notify
from gongshi.rectification.actions import open_order
from tests.catalogue.books import row, xlsx
from tests.clients.making import make_client
from tests.credentials.factors import with_second_factor
from tests.demand.making import City
from tests.factories import PASSWORD, browser_of, in_days, make_camera, make_department, make_person
from tests.identity.workbooks import workbook as filled_in
from tests.matrix.people import NAMED, PLACES_OF, Place
from tests.quality.making import inspected, make_plan
from tests.viewing.making import let_watch, make_node, open_look

Body = dict[str, Any]
REASON = "因工作需要"
# How a media node and the streams of cameras made for tests are got at.
NODE_SECRET, STREAM_USER = "secret-of-the-node", "demo:secret@"
# One row of each workbook, by head.
DEPARTMENT = {
    "部门编码": "331100-9998",
    "部门名称": "丽水市地震局",
    "简称": "地震局",
    "行政区域": "丽水市",
    "层级": "市级",
    "类别": "政府部门",
    "上级部门": "",
    "主管部门": "",
}
ACCOUNT = {
    "账号": "sun-li",
    "姓名": "孙丽",
    "职务": "",
    "联系电话": "",
    "密级权限": "L2",
    "角色": "使用人员",
}


@dataclass
class Prepared:
    """`cast` has a person for each name of `people.py`; the functions below say what routes are about."""

    city: City
    cast: dict[str, Person]
    things: dict[str, dict[str, object]] = field(default_factory=dict)
    bodies: dict[tuple[str, str], Callable[[Person], Body]] = field(default_factory=dict)
    # What no answer may hold, whoever asks; and what only those do who may know a camera's network.
    secrets: list[str] = field(default_factory=lambda: [PASSWORD, NODE_SECRET, STREAM_USER])
    network: list[str] = field(default_factory=list)

    def about(self, *routes: str, **values: object) -> None:
        """These addresses are about this thing: the values of the places in the route."""
        for route in routes:
            self.things[route] = values

    def takes(self, call: str, body: Body | Callable[[Person], Body]) -> None:
        """What would do as the body of a call (“POST route”); a function where each needs his own."""
        method, _, route = call.partition(" ")
        self.bodies[method, route] = body if callable(body) else lambda _: body

    def body(self, who: str, method: str, route: str) -> Body:
        """A stranger sends what one of the cast would."""
        make = self.bodies.get((method, route), lambda _: {})
        return make(self.cast.get(who) or self.city.specialist)


def prepare() -> Prepared:
    """Make one thing of every kind, each in the state in which its address can do its work."""
    city = City()
    homes = {
        Place.ASKING: city.department,
        Place.SOURCE: city.water,
        Place.OTHER: city.traffic,
        Place.BUREAU: city.bureau,
        Place.COUNTY: make_department(kind=DepartmentKind.BUREAU, region="331121"),
    }
    cast = {
        f"{role}@{place}": make_person(role, department=homes[place])
        for role, places in PLACES_OF.items()
        for place in places
    }
    (named,) = NAMED
    made = Prepared(city, cast | {named: city.viewer})
    for room in ROOMS:
        room(made)
    return made


def catalogue(made: Prepared) -> None:
    city = made.city
    specialist = make_person(Role.DATA_SPECIALIST, department=city.water)
    submission = submit_import(
        actor=specialist, department=city.water, title="", file=xlsx([row(city.water)]), file_name="点位.xlsx"
    )
    camera = make_camera(city.water)
    made.network += [camera.ip_address, camera.gateway]
    made.about("catalogue/cameras/<slug:code>/", code=camera.code)
    made.about("api/v1/catalogue/cameras/<camera_id>", camera_id=camera.pk)
    made.about("catalogue/submissions/<int:pk>/", "catalogue/submissions/<int:pk>/decide/", pk=submission.pk)
    api = "api/v1/catalogue/submissions/<submission_id>"
    made.about(api, f"{api}/decision", submission_id=submission.pk)
    made.takes("POST catalogue/submissions/<int:pk>/decide/", {"verdict": "approve"})
    made.takes(f"POST {api}/decision", {"verdict": "approve"})

    def workbook(person: Person) -> Body:
        file = SimpleUploadedFile("点位.xlsx", xlsx([row(person.department)]).read())
        return {"department": person.department_id, "title": "", "file": file}

    made.takes("POST catalogue/submit/", workbook)
    made.takes(
        "POST api/v1/catalogue/submissions",
        lambda person: workbook(person) | {"department": person.department.code},
    )
    made.takes(
        "POST api/v1/catalogue/imports",
        lambda person: workbook(person) | {"department": person.department.code},
    )
    _import(made)
    _draft(made, camera)
    _points_at_once(made, camera)
    _filing(made)


def _filing(made: Prepared) -> None:
    """The sheet of the unit that built the cameras asked for, and what a field of an archive counts."""
    page, api = "catalogue/filings/<slug:code>/", "api/v1/catalogue/filings/<code>"
    made.about(page, f"{page}record/", f"{page}sheet.xlsx", code=made.city.water.code)
    made.about(api, f"{api}/points", f"{api}/sheet", code=made.city.water.code)
    filed = {"filed_on": clock.today().isoformat(), "receipt_number": "331100-2026-0001"}
    made.takes(f"POST {page}record/", filed)
    made.takes(f"POST {api}", filed)
    weight, weights = "catalogue/completeness/weights/<slug:key>/", "api/v1/catalogue/completeness/weights"
    made.about(weight, key="retention_days")
    made.about(f"{weights}/<key>", key="retention_days")
    made.takes(f"POST {weight}", {"class_1": 5, "class_2": 4, "class_3": 3})
    made.takes(f"PUT {weights}/<key>", {"by_class": [5, 4, 3]})


def _points_at_once(made: Prepared, camera: Camera) -> None:
    """A point of every department, to be changed or withdrawn; and the rules by which points are checked."""
    leaving = make_camera(made.city.water)
    made.about("catalogue/cameras/<slug:code>/history/", code=camera.code)
    made.about("api/v1/catalogue/cameras/<camera_id>/history", camera_id=camera.pk)
    made.about("catalogue/cameras/<slug:code>/withdrawal/", code=leaving.code)
    made.about("api/v1/catalogue/code-schemes/<department_id>", department_id=made.city.water.pk)
    departments = {person.department_id: person.department for person in made.cast.values()}
    points = {key: make_camera(department).pk for key, department in departments.items()}
    withdrawal = {"ground": "杆件拆除"}
    made.takes("POST catalogue/cameras/<slug:code>/withdrawal/", withdrawal)
    made.takes(
        "POST catalogue/bulk/withdrawal/", lambda each: {"id": points[each.department_id]} | withdrawal
    )
    made.takes(
        "POST catalogue/bulk/edit/",
        lambda each: {
            "id": points[each.department_id],
            "use_remarks": "on",
            "remarks": "已移杆",
            "save": "1",
        },
    )
    made.takes(
        "POST api/v1/catalogue/withdrawals",
        lambda each: {"camera_ids": [points[each.department_id]]} | withdrawal,
    )
    made.takes(
        "POST api/v1/catalogue/bulk-edits",
        lambda each: {"camera_ids": [points[each.department_id]], "cells": {"备注": "已移杆"}},
    )
    made.takes(
        "POST catalogue/checks/scheme/",
        lambda each: {"department": each.department_id, "pattern": "GA-######"},
    )
    made.takes("PUT api/v1/catalogue/code-schemes/<department_id>", {"pattern": "GA-######"})


def _import(made: Prepared) -> None:
    """A file of the source department's specialist with a row at fault and a column that is none of ours."""
    uploader, cells = made.cast["data_specialist@source"], row(made.city.water)
    file = xlsx([cells, row(made.city.water, VLAN="0")], heads=(*HEADS, "责任人"))
    whole, _ = ask_import(
        actor=uploader, department=made.city.water, title="", file=file, file_name="点位.xlsx"
    )
    importing.check(whole)
    import_copy.make_copy(Import.objects.get(pk=whole.pk))
    made.secrets.append(cells["取流地址"])
    page, api = "catalogue/imports/<int:pk>/", "api/v1/catalogue/imports/<import_id>"
    pages = [f"{page}{each}" for each in ("", "columns/", "confirmation/", "copy/", "giving-up/")]
    made.about(*pages, pk=whole.pk)
    operations = ("", "/columns", "/confirmation", "/copy", "/giving-up", "/rows")
    made.about(*(f"{api}{each}" for each in operations), import_id=whole.pk)
    made.takes(f"POST {page}columns/", {"head_0": "备注"})
    made.takes(f"POST {page}confirmation/", {"good_rows_only": "good"})
    made.takes(f"PUT {api}/columns", {"heads": {"责任人": ""}})
    made.takes(f"POST {api}/confirmation", {"rows": "good"})


def _draft(made: Prepared, camera: Camera) -> None:
    """What the source department's specialist has drafted and not handed in; nobody else knows of it."""
    cells = row(made.city.water)
    change = draft_point(actor=made.cast["data_specialist@source"], cells=cells)
    made.secrets.append(cells["取流地址"])
    page, api = "catalogue/changes/<int:pk>/", "api/v1/catalogue/changes/<change_id>/removal"
    made.about(page, f"{page}drop/", pk=change.pk)
    made.about(api, change_id=change.pk)
    made.about("catalogue/submissions/<int:pk>/hand-in/", pk=change.submission_id)
    made.about("api/v1/catalogue/submissions/<submission_id>/handing-in", submission_id=change.submission_id)
    edit = "catalogue/cameras/<slug:code>/edit/"
    made.about(edit, code=camera.code)
    made.takes(f"POST {page}", _as_form(cells | {"备注": "已移杆"}))
    published = cells_of(camera, None, DepartmentNames.load())
    made.takes(f"POST {edit}", _as_form(published | {"备注": "已移杆"}))
    made.takes("POST catalogue/compile/", lambda person: _as_form(row(person.department)))
    made.takes("POST api/v1/catalogue/changes", lambda person: {"cells": row(person.department)})
    made.takes("POST catalogue/submissions/<int:pk>/hand-in/", {"title": "移杆"})
    made.takes("POST api/v1/catalogue/submissions/<submission_id>/handing-in", {"title": "移杆"})


def _as_form(cells: Body) -> Body:
    return {name: cells[column.head] for name, column in BY_FIELD.items()}


def atlas(made: Prepared) -> None:
    camera = make_camera(made.city.water)
    point_list = made.city.make_list(camera)
    made.about("atlas/lists/<int:pk>/", pk=point_list.pk)
    made.about("api/v1/atlas/lists/<int:list_id>", list_id=point_list.pk)
    made.about("api/v1/atlas/cameras/<int:camera_id>", camera_id=camera.pk)
    made.takes("POST api/v1/atlas/summary", {"camera_ids": [camera.pk]})
    made.takes("POST api/v1/atlas/lists", {"name": "清单", "camera_ids": [camera.pk]})


def demands(made: Prepared) -> None:
    city = made.city
    draft, confirming, reviewing = city.draft(), city.confirming(), city.reviewing()
    page = "demands/<int:pk>/"
    made.about(page, f"{page}lines/", f"{page}phone/", f"{page}withdrawal/", pk=reviewing.demand_id)
    made.about(f"{page}edit/", pk=draft.pk)
    made.about("demands/confirmations/<int:pk>/", pk=confirming.pk)
    made.about("demands/reviews/<int:pk>/", pk=reviewing.pk)
    for act in ("phone", "withdrawal"):
        made.takes(f"POST {page}{act}/", {"reason": REASON})
    made.takes("POST demands/confirmations/<int:pk>/", {})
    made.takes("POST demands/reviews/<int:pk>/", {"decision": "approve"})

    api = "api/v1/demands/<demand_id>"
    made.about(api, f"{api}/submission", demand_id=draft.pk)
    made.about(f"{api}/phone", f"{api}/withdrawal", demand_id=reviewing.demand_id)
    made.about("api/v1/lanes/<lane_id>/confirmation", lane_id=confirming.pk)
    made.about("api/v1/lanes/<lane_id>/review", lane_id=reviewing.pk)
    for act in ("phone", "withdrawal"):
        made.takes(f"POST {api}/{act}", {"reason": REASON})
    made.takes("POST api/v1/lanes/<lane_id>/confirmation", {"refused": {}, "reason": ""})
    made.takes("POST api/v1/lanes/<lane_id>/review", {"approve": True})

    own = {person.department_id: _own_things(made, person) for person in _specialists(made)}
    asking = own[city.department.pk]

    def item(person: Person) -> Body:
        return own.get(person.department_id, asking).item

    def demand(person: Person) -> Body:
        return own.get(person.department_id, asking).demand

    category = {"name": "防汛防台二"}
    made.takes("POST items/categories/new/", category)
    made.takes("POST api/v1/categories", category)
    made.takes("POST items/new/", lambda person: item(person) | {"category": item(person)["category_id"]})
    made.takes("POST api/v1/items", item)
    for call in ("POST demands/new/", f"POST {page}edit/"):
        made.takes(
            call,
            lambda person: (
                {name.removesuffix("_id"): value for name, value in demand(person).items()}
                | {"viewers": demand(person)["viewer_ids"]}
            ),
        )
    made.takes("POST api/v1/demands", demand)
    made.takes(f"PUT {api}", demand)


@dataclass(frozen=True)
class OwnThings:
    """What somebody of one department sends for a new item and a new demand."""

    item: Body
    demand: Body


def _specialists(made: Prepared) -> list[Person]:
    return [person for name, person in made.cast.items() if name.startswith("data_specialist@")]


def _own_things(made: Prepared, specialist: Person) -> OwnThings:
    category = create_category(actor=specialist, name="城市运行")
    content = {
        "name": "汛期巡查",
        "section": "防汛处",
        "section_contact": "王芳",
        "legal_basis": "《中华人民共和国防洪法》第四十条",
    }
    item = create_item(actor=specialist, category=category, **content)
    cameras = [make_camera(made.city.water).pk]
    point_list = create_point_list(actor=specialist, name="巡查清单", camera_ids=cameras)
    viewers = [
        person.pk
        for name, person in made.cast.items()
        if name.startswith("viewer@") and person.department_id == specialist.department_id
    ]
    today = clock.today().isoformat()
    demand = {
        "item_id": item.pk,
        "point_list_id": point_list.pk,
        "type": "stream",
        "way": "account",
        "live": True,
        "purpose": "汛期值守时查看水库水位和泄洪道情况",
        "period_from": today,
        "period_until": today,
        "contact": "王芳",
        "phone": "0578-2091234",
        "viewer_ids": viewers,
    }
    return OwnThings(content | {"category_id": category.pk, "name": "防汛值守"}, demand)


def work_orders(made: Prepared) -> None:
    city, operator = made.city, made.cast["operator@bureau"]
    fresh, delivered, accepted = city.order(), city.delivered(), city.accepted()
    city.operator = operator
    claimed = city.claimed()
    line, lane = claimed.lines.latest("pk"), delivered.demand.lanes.get()
    page, api = "work-orders/<int:pk>/", "api/v1/work-orders/<order_id>"
    made.about(page, pk=claimed.pk)
    made.about(f"{page}claim/", pk=fresh.pk)
    made.about(f"{page}feedback/", pk=accepted.pk)
    made.about(f"{page}lanes/<int:lane_pk>/acceptance/", pk=delivered.pk, lane_pk=lane.pk)
    made.about(api, order_id=claimed.pk)
    made.about(f"{api}/lines/<line_id>/result", order_id=claimed.pk, line_id=line.pk)
    made.about(f"{api}/claim", order_id=fresh.pk)
    made.about(f"{api}/feedback", order_id=accepted.pk)
    made.about(f"{api}/acceptance", order_id=delivered.pk)
    made.takes(f"POST {page}", {"lines": [line.pk], "result": "delivered"})
    made.takes(f"POST {page}feedback/", {"score": 5})
    made.takes(f"POST {page}lanes/<int:lane_pk>/acceptance/", {"verdict": "passed"})
    made.takes(f"POST {api}/lines/<line_id>/result", {"result": "delivered"})
    made.takes(f"POST {api}/feedback", {"score": 5})
    made.takes(f"POST {api}/acceptance", {"lane_id": lane.pk, "passed": True})


def grants(made: Prepared) -> None:
    grant = made.city.accepted().lines.latest("pk").grant
    made.about("grants/<int:pk>/", pk=grant.pk)
    made.about("api/v1/grants/<int:grant_id>", "api/v1/grants/<int:grant_id>/revocation", grant_id=grant.pk)
    made.takes("POST grants/<int:pk>/", {"reason": REASON})
    made.takes("POST api/v1/grants/<int:grant_id>/revocation", {"reason": REASON})


def viewing(made: Prepared) -> None:
    # Alive however long the tests take.
    make_node(last_seen_at=in_days(1))
    viewer = made.city.viewer
    look = open_look(viewer, let_watch(viewer).camera)
    api = "api/v1/viewing/sessions"
    made.about(f"{api}/<int:session_id>", f"{api}/<int:session_id>/closing", session_id=look.session.pk)
    camera = let_watch(viewer).camera
    made.takes(f"POST {api}", {"camera_id": camera.pk, "kind": "live", "reason": REASON})
    made.takes(f"POST {api}/<int:session_id>/closing", {"reason": "closed"})
    made.about("media-hooks/<slug:event>", event="on_play")


def people(made: Prepared) -> None:
    head = made.cast["department_head@asking"]
    page, api = "people/<int:pk>/", "api/v1/people/<int:person_id>"
    made.about(page, f"{page}edit/", f"{page}lock/", f"{page}phone/", pk=head.pk)
    made.about(f"{page}propose/<slug:kind>/", pk=head.pk, kind="lock")
    made.about(api, f"{api}/lock", f"{api}/phone", f"{api}/proposals", person_id=head.pk)
    locked = make_person(Role.VIEWER, department=made.city.department)
    lock_person(actor=made.cast["security_administrator@other"], person=locked, reason=REASON)
    made.about(f"{page}unlock/", pk=locked.pk)
    made.about(f"{api}/unlock", person_id=locked.pk)
    reason, edit = {"reason": REASON}, {"name": "王建国"}
    made.takes(f"POST {page}edit/", edit)
    made.takes(f"PUT {api}", edit)
    for act in ("lock", "unlock", "phone"):
        made.takes(f"POST {page}{act}/", reason)
        made.takes(f"POST {api}/{act}", reason)
    made.takes(f"POST {page}propose/<slug:kind>/", reason)
    made.takes(f"POST {api}/proposals", reason | {"kind": "lock"})

    empty = make_department()
    account = {"account": "zhang-wei", "name": "张伟", "clearance": "L2"}
    first = account | {"roles": ["data_specialist"]}
    made.takes("POST people/new/", first | {"department": empty.pk})
    made.takes("POST api/v1/people", first | {"department": empty.code})


def departments(made: Prepared) -> None:
    department, empty = made.city.department, make_department()
    content = {
        "code": "331100-9999",
        "name": "丽水市气象局",
        "short_name": "气象局",
        "region": "331100",
        "level": "city",
        "kind": "government",
    }
    made.takes("POST people/departments/new/", content)
    made.takes("POST api/v1/people/departments", content)
    page, api = "people/departments/<int:pk>/", "api/v1/people/departments/<code>"
    made.about(page, f"{page}edit/", f"{page}head/", pk=department.pk)
    made.about(f"{page}merger/", pk=empty.pk)
    made.about(api, f"{api}/head", code=department.code)
    made.about(f"{api}/merger", code=empty.code)
    renamed = {name: value for name, value in content.items() if name != "code"}
    made.takes(f"POST {page}edit/", renamed)
    made.takes(f"PUT {api}", renamed)
    head = made.cast["department_head@asking"]
    made.takes(f"POST {page}head/", {"head": head.pk})
    made.takes(f"POST {api}/head", {"head": head.account})
    made.takes(f"POST {page}merger/", {"into": department.pk, "reason": REASON})
    made.takes(f"POST {api}/merger", {"into": department.code, "reason": REASON})

    def workbook(_: Person) -> Body:
        return {"file": filled_in(tuple(DEPARTMENT), [tuple(DEPARTMENT.values())])}

    made.takes("POST people/departments/import/", workbook)
    made.takes("POST api/v1/people/departments/import", workbook)


def proposals(made: Prepared) -> None:
    """What the specialist of the asking department wants of the security administrator."""
    specialist, department = made.cast["data_specialist@asking"], made.city.department
    account = {"account": "li-na", "name": "李娜", "clearance": "L2", "reason": REASON}
    opened = propose_account(actor=specialist, department=department, roles=["viewer"], **account)
    page, api = "people/proposals/<str:number>/", "api/v1/people/proposals/<number>"
    made.about(page, f"{page}withdrawal/", number=opened.number)
    made.about(f"{api}/decision", f"{api}/withdrawal", number=opened.number)
    made.takes(f"POST {page}", {"proposals": [opened.pk], "verdict": "approve"})
    made.takes(f"POST {api}/decision", {"approve": True})

    def another(person: Person) -> Body:
        """Specialists ask for people of their departments, administrators for administrators."""
        role = "audit_administrator" if SEPARATED_ADMINISTRATORS & person.roles else "viewer"
        return account | {"account": "zhao-lei", "department": person.department_id, "roles": [role]}

    made.takes("POST people/proposals/new/", another)
    made.takes(
        "POST api/v1/people/proposals",
        lambda person: another(person) | {"department": person.department.code},
    )

    def workbook(person: Person) -> Body:
        file = filled_in(tuple(ACCOUNT), [tuple(ACCOUNT.values())])
        return {"department": person.department_id, "reason": REASON, "file": file}

    made.takes("POST people/proposals/import/", workbook)
    made.takes(
        "POST api/v1/people/proposals/import",
        lambda person: workbook(person) | {"department": person.department.code},
    )


def reviews(made: Prepared) -> None:
    begin_reviews()
    review = AccountReview.objects.get(department=made.city.department)
    made.about("people/reviews/<int:pk>/", pk=review.pk)
    api = "api/v1/people/reviews/<int:review_id>"
    made.about(api, f"{api}/confirmation", review_id=review.pk)
    confirmed = {"people": [made.city.viewer.pk]}
    made.takes("POST people/reviews/<int:pk>/", confirmed)
    made.takes(f"POST {api}/confirmation", confirmed)


def parameters(made: Prepared) -> None:
    parameter = next(each for each in PARAMETERS.values() if each.highest > each.default)
    made.about("parameters/<str:key>/", "api/v1/parameters/<str:key>", key=parameter.key)
    setting = {"seen": parameter.default, "value": parameter.default + 1, "reason": REASON}
    made.takes("POST parameters/<str:key>/", setting)
    made.takes("PUT api/v1/parameters/<str:key>", setting)


def notices(made: Prepared) -> None:
    notify(made.cast.values(), "请办理")


def alerts(made: Prepared) -> None:
    """One alert that waits for a handler, one in work with a question to the viewer, one that is closed."""
    viewer, handler = made.city.viewer, made.cast["security_administrator@asking"]
    waiting, working, closed = (
        raise_alert(kind, person=viewer, sentence="登录异常") for kind in list(AlertKind)[:3]
    )
    for alert in (working, closed):
        take_over(actor=handler, alert=alert)
    ask_explanation(actor=handler, alert=working, explainer=viewer, question="当时是否本人登录？")
    close_alert(actor=handler, alert=closed, conclusion="系本人操作")
    page, api = "alerts/<int:pk>/", "api/v1/alerts/<int:alert_id>"
    made.about(page, f"{page}taking/", pk=waiting.pk)
    made.about(api, f"{api}/taking", alert_id=waiting.pk)
    made.about(f"{page}question/", f"{page}conclusion/", "alerts/mine/<int:pk>/", pk=working.pk)
    made.about(
        f"{api}/question",
        f"{api}/conclusion",
        "api/v1/alerts/mine/<int:alert_id>/explanation",
        alert_id=working.pk,
    )
    made.about(f"{page}reopening/", pk=closed.pk)
    made.about(f"{api}/reopening", alert_id=closed.pk)
    question = {"question": "请说明"}
    made.takes(f"POST {page}question/", question | {"explainer": viewer.pk})
    made.takes(f"POST {api}/question", question | {"explainer": viewer.account})
    conclusion, explanation, reason = {"conclusion": "已核实"}, {"explanation": "是本人"}, {"reason": REASON}
    made.takes(f"POST {page}conclusion/", conclusion)
    made.takes(f"POST {api}/conclusion", conclusion)
    made.takes("POST alerts/mine/<int:pk>/", explanation)
    made.takes("POST api/v1/alerts/mine/<int:alert_id>/explanation", explanation)
    made.takes(f"POST {page}reopening/", reason)
    made.takes(f"POST {api}/reopening", reason)


def quality(made: Prepared) -> None:
    """An inspection with a picture; beside it a plan that can be begun and a camera that nobody looks at."""
    inspection, camera = inspected(make_camera(made.city.water), "black"), make_camera(made.city.water)
    plan = make_plan(name="每周检测")
    page, api = "quality/inspections/<int:pk>/", "api/v1/quality/inspections/<int:inspection_id>"
    made.about(page, f"{page}thumbnail/", pk=inspection.pk)
    made.about(api, f"{api}/thumbnail", inspection_id=inspection.pk)
    page, api = "quality/plans/<int:pk>/", "api/v1/quality/plans/<int:plan_id>"
    made.about(page, f"{page}edit/", f"{page}run/", pk=plan.pk)
    made.about(api, f"{api}/run", plan_id=plan.pk)
    made.about("quality/runs/<int:pk>/", pk=inspection.run_id)
    made.about("api/v1/quality/runs/<int:run_id>", run_id=inspection.run_id)
    made.about("quality/cameras/<slug:code>/inspection/", code=camera.code)
    made.about("api/v1/quality/cameras/<int:camera_id>/inspection", camera_id=camera.pk)
    made.takes("POST quality/inspections/new/", {"code": camera.code})
    terms = {
        "name": "夜间检测",
        "every_hours": 12,
        "from_hour": 22,
        "until_hour": 6,
        "at_once": 5,
        "window_s": 4,
    }
    for call in ("quality/plans/new/", f"{page}edit/", "api/v1/quality/plans"):
        made.takes(f"POST {call}", terms)
    made.takes(f"PUT {api}", terms)


def rectification(made: Prepared) -> None:
    """A point of the source department with an order, and one that may have one."""
    bureau = make_person(Role.BUREAU_ADMINISTRATOR, department=made.city.bureau)
    camera, other = make_camera(made.city.water), make_camera(made.city.water)
    order = open_order(actor=bureau, camera=camera, description="画面发黑，请检修。")
    page, api = "rectification/<slug:number>/", "api/v1/rectification/<number>"
    made.about("rectification/cameras/<slug:code>/", code=other.code)
    made.about(page, f"{page}answer/", f"{page}closing/", number=order.number)
    made.about(api, f"{api}/answer", f"{api}/closing", number=order.number)
    opening, answer, closing = {"description": "画面发黑"}, {"answer": "已报修"}, {"conclusion": "无需整改"}
    made.takes("POST rectification/cameras/<slug:code>/", opening)
    made.takes("POST api/v1/rectification", opening | {"camera": other.code})
    made.takes(f"POST {page}answer/", answer)
    made.takes(f"POST {api}/answer", answer)
    made.takes(f"POST {page}closing/", closing)
    made.takes(f"POST {api}/closing", closing)


def credentials(made: Prepared) -> None:
    person, reason = made.city.specialist, {"reason": REASON}
    for name in ("passwords", "second-factors"):
        made.about(f"account/{name}/<slug:account>/reset/", account=person.account)
        made.takes(f"POST account/{name}/<slug:account>/reset/", reason)
        api = f"api/v1/credentials/{name}/<account>/reset"
        made.about(api, account=person.account)
        made.takes(f"POST {api}", reason)
    lock = Guard.objects.create(
        kind="account",
        key="0" * 64,
        person=person,
        failures=5,
        last_failed_at=clock.now(),
        locked_until=in_days(1),
    )
    made.about("account/locks/<int:pk>/lift/", pk=lock.pk)
    made.about("api/v1/credentials/locks/<lock_id>/lift", lock_id=lock.pk)
    made.takes("POST account/locks/<int:pk>/lift/", reason)
    made.takes("POST api/v1/credentials/locks/<lock_id>/lift", reason)
    # Everybody has one, which he may renew or put away.
    for each in (person, *made.cast.values()):
        app = with_second_factor(each)
        made.secrets += [app.secret, *app.recovery_codes]
    password = {"old": PASSWORD, "new": "Oujiang-2026-bridge"}
    made.takes("POST account/password/", password | {"again": password["new"]})
    made.takes("POST api/v1/credentials/password", password)
    made.takes("POST api/v1/credentials/second-factor", {"password": PASSWORD, "code": "000000"})
    for name in ("recovery-codes", "removal"):
        made.takes(f"POST account/second-factor/{name}/", {"password": PASSWORD})
        made.takes(f"POST api/v1/credentials/second-factor/{name}", {"password": PASSWORD})
    version = version_in_force().number
    made.takes(
        "POST account/undertaking/", lambda who: {"version": version, "agreed": True, "name": who.name}
    )
    made.takes("POST api/v1/credentials/undertaking", lambda who: {"version": version, "name": who.name})
    text = {
        "text": "本人承诺：专人专用，不得转借。",
        "in_force_on": (clock.today() + timedelta(days=9)).isoformat(),
    }
    made.takes("POST account/undertakings/new/", text)
    made.takes("POST api/v1/credentials/undertakings", text)


def logins(made: Prepared) -> None:
    somebody = browser_of(make_person(Role.VIEWER))
    somebody.get("/")
    login = LoginSession.objects.latest("pk")
    made.about("sessions/<int:pk>/end/", pk=login.pk)
    made.about("api/v1/sessions/<int:session_id>/end", session_id=login.pk)
    network = AllowedNetwork.objects.create(network="10.0.0.0/8", person=make_person(Role.VIEWER))
    made.about("sessions/networks/<int:pk>/withdraw/", pk=network.pk)
    made.about("api/v1/sessions/networks/<int:network_id>/withdraw", network_id=network.pk)
    reason = {"reason": REASON}
    for call in (
        "sessions/<int:pk>/end/",
        "api/v1/sessions/<int:session_id>/end",
        "sessions/networks/<int:pk>/withdraw/",
        "api/v1/sessions/networks/<int:network_id>/withdraw",
    ):
        made.takes(f"POST {call}", reason)
    allowed = {"network": "10.33.0.0/16", "note": "办公网"}
    made.takes("POST sessions/networks/new/", allowed | {"person": made.city.specialist.account})
    made.takes("POST api/v1/sessions/networks", allowed | {"account": made.city.specialist.account})


def clients(made: Prepared) -> None:
    actor, responsible = made.cast["security_administrator@asking"], made.city.specialist
    issued = make_client(actor=actor, responsible=responsible)
    made.secrets.append(issued.secret)
    active = issued.client
    suspended = make_client(actor=actor, responsible=responsible, name="市级平台").client
    suspend_client(actor=actor, client=suspended, reason=REASON)
    page, api = "clients/<int:pk>/", "api/v1/clients/<int:client_pk>"
    made.about(page, *(f"{page}{act}/" for act in ("terms", "secret", "suspension", "ending")), pk=active.pk)
    made.about(api, *(f"{api}/{act}" for act in ("secret", "suspension", "ending")), client_pk=active.pk)
    made.about(f"{page}resumption/", pk=suspended.pk)
    made.about(f"{api}/resumption", client_pk=suspended.pk)
    terms = {
        "name": "省公安平台",
        "purpose": "目录汇聚",
        "scopes": ["catalogue:read"],
        "per_minute": 30,
        "expires_on": (clock.today() + timedelta(days=20)).isoformat(),
    }
    form = terms | {"responsible": responsible.pk, "networks": "10.33.0.0/16"}
    body = terms | {"responsible": responsible.account, "networks": ["10.33.0.0/16"]}
    for call in ("clients/new/", f"{page}terms/"):
        made.takes(f"POST {call}", form)
    made.takes("POST api/v1/clients", body)
    made.takes(f"PUT {api}", body)
    for act, sent in (
        ("secret", {"overlap_hours": 1}),
        ("suspension", {"reason": REASON}),
        ("ending", {"reason": REASON}),
    ):
        made.takes(f"POST {page}{act}/", sent)
        made.takes(f"POST {api}/{act}", sent)


def record(made: Prepared) -> None:
    auditor, month = made.cast["audit_administrator@asking"], f"{clock.today():%Y-%m}"
    bundle = ask_bundle(actor=auditor, from_month=month, until_month=month)
    verification = ask_verification(actor=auditor)
    event = AuditEvent.objects.latest("pk")
    for prefix in ("", "api/v1/"):
        end = "" if prefix else "/"
        made.about(f"{prefix}audit/events/<int:event_id>{end}", event_id=event.pk)
        made.about(f"{prefix}audit/verifications/<int:verification_id>{end}", verification_id=verification.pk)
        for part in ("", "/file", "/confirmation"):
            made.about(f"{prefix}audit/bundles/<int:bundle_id>{part}{end}", bundle_id=bundle.pk)
    months = {"from_month": month, "until_month": month}
    made.takes("POST audit/bundles/new/", months)
    made.takes("POST api/v1/audit/bundles", months)
    today = clock.today().isoformat()
    made.takes("POST api/v1/audit/verifications", {"since": today, "until": today})
    made.takes("POST audit/bundles/<int:bundle_id>/", {"digest": "0" * 64})
    made.takes("POST api/v1/audit/bundles/<int:bundle_id>/confirmation", {"digest": "0" * 64})


ROOMS = (
    catalogue,
    atlas,
    demands,
    work_orders,
    grants,
    viewing,
    people,
    departments,
    proposals,
    reviews,
    parameters,
    notices,
    alerts,
    quality,
    rectification,
    credentials,
    logins,
    clients,
    record,
)
