"""Any JSON for any writing operation, by whoever may: never a server error, and a refusal changes nothing."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.pq import TransactionStatus

from gongshi.alerts.actions import ask_explanation, close_alert, raise_alert, take_over
from gongshi.alerts.kinds import AlertKind
from gongshi.alerts.models import Alert
from gongshi.atlas.models import PointList
from gongshi.audit.models import Bundle, Verification
from gongshi.catalogue.models import Submission
from gongshi.clients.models import ApiClient
from gongshi.config.api import api
from gongshi.credentials import one_time_codes, proposals
from gongshi.credentials.models import Guard, PasswordSetting, UndertakingVersion
from gongshi.credentials.one_time_codes import code_at
from gongshi.identity.actions import lock_person
from gongshi.identity.models import AccountProposal, AccountReview, Department, Person, ReviewLine
from gongshi.identity.proposal_actions import propose_change
from gongshi.identity.review_actions import keep_reviews_going
from gongshi.identity.roles import Role
from gongshi.kernel import clock
from gongshi.kernel.encryption import encrypt
from gongshi.kernel.models import ParameterValue
from gongshi.login.actions import allow_network
from gongshi.login.models import AllowedNetwork, LoginSession
from gongshi.viewing.models import PlaySession
from tests.clients.making import make_client
from tests.credentials.factors import with_second_factor
from tests.demand.making import City
from tests.demand.unchanged import snapshot
from tests.factories import PASSWORD, in_days, make_department, make_person
from tests.matrix.probing import never_was
from tests.viewing.making import let_watch, make_node

pytestmark = pytest.mark.django_db

# What databases, screens and parsers stumble over.
NASTY: tuple[Any, ...] = (
    "",
    "\0",
    "a\0b",
    "\ud800",
    "字" * 100_000,
    "9999-12-31",
    "0001-01-01",
    -1,
    2**63,
    10**60,
    float("nan"),
    None,
    [],
    ["\0"],
    {},
    {"\0": "\0"},
    {str(10**60): "x"},
)
anything = st.recursive(
    st.sampled_from(NASTY) | st.text() | st.integers() | st.floats(),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part, max_size=3),
    max_leaves=6,
)

# The second factor that the newcomer is about to set, and the moment at which he does.
SECRET, STEP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", 59_000_000

Operation = tuple[str, str, Person, dict[str, Any]]
Doors = list[tuple[Operation, Client]]


def operations() -> Iterator[Operation]:
    """Method, path, who may, and a body that would do, for every operation that takes JSON."""
    city = City()
    confirming, reviewing = city.confirming(), city.reviewing()
    fresh, claimed, delivered, accepted = city.order(), city.claimed(), city.delivered(), city.accepted()
    security = make_person(Role.SECURITY_ADMINISTRATOR)
    # Alive however long the test takes.
    make_node(last_seen_at=in_days(1))
    camera = let_watch(city.viewer).camera
    grant = accepted.lines.latest("pk").grant
    item = {
        "category_id": city.make_item().category_id,
        "name": "水库",
        "section": "防汛处",
        "section_contact": "王芳",
        "legal_basis": "防洪法",
        "business_system": "",
    }
    draft = city.draft()
    today = clock.today().isoformat()
    body = {
        "item_id": city.make_item().pk,
        "point_list_id": city.make_list(city.restricted()).pk,
        "type": "stream",
        "way": "account",
        "live": True,
        "history": False,
        "object_kinds": [],
        "purpose": "汛期值守时查看水库水位和泄洪道情况",
        "period_from": today,
        "period_until": today,
        "contact": "王芳",
        "phone": "0578-2091234",
        "viewer_ids": [city.viewer.pk],
    }
    line = claimed.lines.latest("pk")
    person = {
        "account": "wang-fang",
        "name": "王芳",
        "department": city.water.code,
        "roles": ["data_specialist"],
        "title": "",
        "phone": "",
        "clearance": "L2",
    }
    system = make_person(Role.SYSTEM_ADMINISTRATOR)
    keeper = make_person(Role.DATA_SPECIALIST)
    kept, locked, unit = (make_person(Role.VIEWER, department=keeper.department) for _ in range(3))
    lock_person(actor=security, person=locked, reason="离岗")
    wanted = propose_change(actor=keeper, person=unit, kind="lock", reason="离岗")
    keep_reviews_going()
    review = AccountReview.objects.get(department=keeper.department)
    proposed = person | {
        "account": "li-hua",
        "department": keeper.department.code,
        "roles": ["viewer"],
        "reason": "新入职",
    }
    change = {"kind": "move", "reason": "调动", "roles": [], "clearance": ""}
    change |= {"to_department": city.water.code}
    decision_on_account = {"approve": True, "reason": "属实"}
    lane = delivered.demand.lanes.get()
    submission = Submission.objects.create(
        number="BM-1", title="批次", department=city.water, compiled_by=city.specialist, state="submitted"
    )
    refused = {"refused": {str(confirming.lines.latest("pk").pk): "涉密"}, "reason": "涉密"}
    decision = {"verdict": "return", "reason": "有误", "returned": [{"id": 1, "reason": "有误"}]}
    department = {
        "code": "331100-9999",
        "name": "丽水市气象局",
        "short_name": "气象局",
        "region": "331100",
        "level": "city",
        "kind": "government",
        "supervisor": city.water.code,
    }
    suspect = make_person(Role.DATA_SPECIALIST)
    taken, asked, closed = (
        raise_alert(kind, person=suspect, sentence="异常") for kind in list(AlertKind)[:3]
    )
    for alert in (taken, asked, closed):
        take_over(actor=security, alert=alert)
    ask_explanation(actor=security, alert=asked, explainer=suspect, question="何故？")
    close_alert(actor=security, alert=closed, conclusion="误报")
    calling = make_client(actor=security).client
    calling_terms = {
        "name": "省级平台",
        "purpose": "目录汇聚",
        "responsible": suspect.account,
        "scopes": ["catalogue:read"],
        "networks": ["10.33.0.0/16"],
        "per_minute": 60,
        "expires_on": today,
    }
    newcomer = make_person(Role.VIEWER)
    with_second_factor(newcomer)
    lock = Guard.objects.create(
        kind="account", key="", person=suspect, last_failed_at=clock.now(), locked_until=in_days(1)
    )
    again = {"password": PASSWORD}
    auditor, month = make_person(Role.AUDIT_ADMINISTRATOR), f"{clock.today():%Y-%m}"
    months = {"from_month": month, "until_month": month}
    bundle = Bundle.objects.create(
        **months, asked_at=clock.now(), asked_by_id=auditor.pk, asked_by="郑审", state="done", digest="0" * 64
    )
    visitor = make_person(Role.VIEWER)
    Client().force_login(visitor)
    login = LoginSession.objects.get(person=visitor)
    bound = make_person(Role.VIEWER)
    network = allow_network(actor=security, network="10.33.0.0/16", person=bound)
    elsewhere = {"network": "10.34.0.0/16", "account": bound.account, "role": "", "note": "值班室"}
    yield from (
        ("post", f"/sessions/{login.pk}/end", security, {"reason": "离岗"}),
        ("post", "/sessions/networks", security, elsewhere),
        ("put", "/parameters/login.idle_minutes", system, {"value": 20, "seen": 15, "reason": "试行"}),
        ("post", f"/sessions/networks/{network.pk}/withdraw", security, {"reason": "搬迁"}),
        ("post", "/credentials/password", newcomer, {"old": PASSWORD, "new": "Guanshan-58-hu"}),
        ("post", f"/credentials/passwords/{suspect.account}/reset", security, {"reason": "忘记密码"}),
        ("post", f"/credentials/locks/{lock.pk}/lift", security, {"reason": "已核实"}),
        ("post", "/credentials/undertaking", newcomer, {"version": 1, "name": newcomer.name}),
        (
            "post",
            "/credentials/undertakings",
            security,
            {"text": "承诺", "in_force_on": str(in_days(9).date())},
        ),
        ("post", "/credentials/second-factor", newcomer, again | {"code": code_at(SECRET, STEP)}),
        ("post", "/credentials/second-factor/recovery-codes", newcomer, again),
        ("post", "/credentials/second-factor/removal", newcomer, again),
        ("post", f"/credentials/second-factors/{newcomer.account}/reset", security, {"reason": "手机遗失"}),
        ("post", f"/alerts/mine/{asked.pk}/explanation", suspect, {"explanation": "配置错误"}),
        (
            "post",
            f"/alerts/{taken.pk}/question",
            security,
            {"explainer": suspect.account, "question": "何故？"},
        ),
        ("post", f"/alerts/{taken.pk}/conclusion", security, {"conclusion": "误报"}),
        ("post", f"/alerts/{closed.pk}/reopening", security, {"reason": "再查"}),
        ("post", "/audit/bundles", auditor, months),
        ("post", f"/audit/bundles/{bundle.pk}/confirmation", auditor, {"digest": bundle.digest}),
        ("post", "/audit/verifications", auditor, {"since": today, "until": today}),
        ("post", "/clients", security, calling_terms),
        ("put", f"/clients/{calling.pk}", security, calling_terms),
        ("post", f"/clients/{calling.pk}/secret", security, {"overlap_hours": 1}),
        ("post", f"/clients/{calling.pk}/suspension", security, {"reason": "检修"}),
        ("post", f"/clients/{calling.pk}/ending", security, {"reason": "结束"}),
        ("post", "/atlas/summary", city.specialist, {"camera_ids": [camera.pk]}),
        ("post", "/atlas/lists", city.specialist, {"name": "清单", "camera_ids": [camera.pk]}),
        ("post", f"/catalogue/submissions/{submission.pk}/decision", city.administrator, decision),
        ("post", f"/grants/{grant.pk}/revocation", city.administrator, {"reason": "不再需要"}),
        ("post", "/people", security, person),
        ("put", f"/people/{kept.pk}", keeper, {"name": "李华", "title": "科长", "phone": "13912345678"}),
        ("post", f"/people/{kept.pk}/lock", security, {"reason": "外借"}),
        ("post", f"/people/{locked.pk}/unlock", security, {"reason": "返岗"}),
        ("post", f"/people/{kept.pk}/phone", keeper, {"reason": "核实"}),
        ("post", f"/people/{kept.pk}/proposals", keeper, change),
        ("post", "/people/proposals", keeper, proposed),
        ("post", f"/people/proposals/{wanted.number}/decision", security, decision_on_account),
        ("post", f"/people/reviews/{review.pk}/confirmation", keeper, {"people": [kept.pk]}),
        ("post", "/people/departments", system, department),
        ("put", f"/people/departments/{city.traffic.code}", system, department | {"parent": city.water.code}),
        (
            "post",
            f"/people/departments/{city.water.code}/head",
            system,
            {"head": city.water_reviewer.account},
        ),
        (
            "post",
            f"/people/departments/{make_department().code}/merger",
            system,
            {"into": city.water.code, "reason": "机构改革"},
        ),
        (
            "post",
            "/viewing/sessions",
            city.viewer,
            {"camera_id": camera.pk, "kind": "live", "reason": "值守"},
        ),
        ("post", "/categories", city.specialist, {"name": "防汛"}),
        ("post", "/items", city.specialist, item),
        ("post", "/demands", city.specialist, body),
        ("put", f"/demands/{draft.pk}", city.specialist, body),
        ("post", f"/demands/{reviewing.demand_id}/withdrawal", city.specialist, {"reason": "不再需要"}),
        ("post", f"/lanes/{confirming.pk}/confirmation", city.water_reviewer, refused),
        ("post", f"/lanes/{reviewing.pk}/review", city.administrator, {"approve": False, "reason": "不充分"}),
        (
            "post",
            f"/work-orders/{claimed.pk}/lines/{line.pk}/result",
            city.operator,
            {"result": "undeliverable", "reason": "离线"},
        ),
        (
            "post",
            f"/work-orders/{delivered.pk}/acceptance",
            city.acceptor,
            {"lane_id": lane.pk, "passed": False, "reason": "黑屏"},
        ),
        ("post", f"/work-orders/{accepted.pk}/feedback", city.specialist, {"score": 5, "advice": "很好"}),
    )
    assert fresh.pk


@pytest.fixture
def doors(db: None, monkeypatch: pytest.MonkeyPatch) -> Doors:
    # A code is good as long as the test takes.
    monkeypatch.setattr(one_time_codes, "current_step", lambda: STEP)
    # One browser a person: a second log-in would end the first.
    browsers: dict[Person, Client] = {}
    doors = []
    for operation in operations():
        person = operation[2]
        if person not in browsers:
            browsers[person] = Client(raise_request_exception=False)
            browsers[person].force_login(person)
            session = browsers[person].session
            session[proposals.KEY] = encrypt(SECRET)
            session.save()
        doors.append((operation, browsers[person]))
    return doors


def test_every_operation_with_a_body_is_tried(doors: Doors) -> None:
    paths = api.get_openapi_schema()["paths"]
    wanted = [
        (method, path.count("/"), path.rpartition("/")[2])
        for path, methods in paths.items()
        for method, operation in methods.items()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    ]
    tried = {
        (method, f"/api/v1{path}".count("/"), path.rpartition("/")[2]) for (method, path, *_), _ in doors
    }
    # The last part of the address may be a number.
    named = {each for each in wanted if not each[2].startswith("{")}
    assert named <= tried
    assert len(wanted) == len(doors)


def test_the_bodies_would_do(doors: Doors) -> None:
    for (method, path, _, body), client in doors:
        with undone(client):
            answer = getattr(client, method)(f"/api/v1{path}", body, "application/json")
            if "submissions" not in path:
                assert answer.status_code in {200, 201, 204}, (path, answer.content.decode())


# These record the refusal, and change nothing else: a refused look, a password that was guessed.
RECORDED = ("/viewing/sessions", "/credentials/password", "/credentials/second-factor/")


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """What is done here never was, and the browser has the key of its session as before."""
    cookie = client.cookies["sessionid"].value
    with never_was():
        yield
    client.cookies["sessionid"] = cookie


def everything() -> list[Any]:
    return [
        *snapshot(),
        list(PasswordSetting.objects.order_by("pk").values()),
        list(UndertakingVersion.objects.order_by("pk").values()),
        list(Alert.objects.order_by("pk").values()),
        list(Bundle.objects.order_by("pk").values()),
        list(Verification.objects.order_by("pk").values()),
        list(ParameterValue.objects.order_by("pk").values()),
        list(AllowedNetwork.objects.order_by("pk").values()),
        list(ApiClient.objects.order_by("pk").values()),
        list(PointList.objects.order_by("pk").values()),
        list(AccountProposal.objects.order_by("pk").values()),
        list(Department.objects.order_by("pk").values()),
        list(Person.objects.order_by("pk").values()),
        list(ReviewLine.objects.order_by("pk").values()),
        list(PlaySession.objects.order_by("pk").values()),
        list(Submission.objects.order_by("pk").values()),
    ]


def fault(operation: Operation, client: Client, text: str, before: list[Any]) -> str:
    """What went wrong with this body; empty when it was taken, or refused without a trace."""
    method, path, _, _ = operation
    with undone(client):
        answer = getattr(client, method)(f"/api/v1{path}", text, "application/json")
        failed = connection.connection.info.transaction_status == TransactionStatus.INERROR
        is_recorded = f"{path}/".startswith(RECORDED)
        traceless = answer.status_code < 400 or failed or is_recorded or everything() == before
    if answer.status_code >= 500:
        return f"{answer.status_code} {path} {text[:200]}"
    return "" if traceless else f"changed by a refusal: {path} {text[:200]}"


# All on all would take minutes: a field takes every tenth of them, the next field the next ones.
STRIDE = 10


@pytest.mark.timeout(300)
def test_each_field_alone_takes_any_nastiness(doors: Doors) -> None:
    before = everything()
    fields = [(operation, client, field) for operation, client in doors for field in operation[3]]
    faults = [
        fault(operation, client, json.dumps(operation[3] | {field: value}), before)
        for number, (operation, client, field) in enumerate(fields)
        for value in NASTY[number % STRIDE :: STRIDE]
    ]
    assert [each for each in faults if each] == []


@pytest.mark.timeout(300)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_json_is_survived(doors: Doors, data: st.DataObject) -> None:
    operation, client = data.draw(st.sampled_from(doors))
    changes = data.draw(st.dictionaries(st.sampled_from(sorted(operation[3])), anything, max_size=4))
    body = data.draw(st.just(operation[3] | changes) | anything)
    assert not fault(operation, client, json.dumps(body), everything())


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '"' * 3, "\0", "nul", "\xff"])
def test_what_is_no_json_is_refused(doors: Doors, text: str) -> None:
    before = everything()
    for operation, client in doors:
        assert not fault(operation, client, text, before)
