"""Items, demands and the decisions about their lanes over JSON."""

from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from ninja import Router, Schema, Status
from ninja.pagination import paginate
from pydantic import Field

from gongshi.atlas.queries import point_lists_visible_to
from gongshi.demand import actions, queries
from gongshi.demand.checks import DemandContent
from gongshi.demand.holders import BallHolders
from gongshi.demand.models import BusinessCategory, BusinessItem, Demand, Lane, LaneAct
from gongshi.demand.rules import Permission
from gongshi.identity.models import Person
from gongshi.identity.queries import colleagues
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise, may
from gongshi.kernel.errors import Invalid

router = Router(tags=["业务事项需求"])


class CategoryIn(Schema):
    name: str


class CategoryOut(Schema):
    id: int
    name: str


class ItemIn(Schema):
    category_id: int
    name: str
    section: str
    section_contact: str
    legal_basis: str
    business_system: str = ""


class ItemOut(Schema):
    id: int
    code: str
    name: str
    category: str = Field(alias="category.name")
    section: str
    section_contact: str
    legal_basis: str
    business_system: str


class DemandIn(Schema):
    """`way`, `live`, `history` and viewers are for streams, `object_kinds` for structured data."""

    item_id: int
    point_list_id: int
    type: str = "stream"
    way: str | None = "account"
    live: bool = True
    history: bool = False
    object_kinds: list[str] = []
    purpose: str
    period_from: date
    period_until: date
    contact: str
    phone: str
    viewer_ids: list[int] = []


class ActOut(Schema):
    act: str
    person: str
    at: datetime
    result: str
    reason: str

    @staticmethod
    def resolve_person(act: LaneAct) -> str:
        return act.person.name if act.person else "系统"


class LineOut(Schema):
    id: int
    camera_id: int
    camera_code: str = Field(alias="camera.code")
    camera_name: str = Field(alias="camera.name")
    sharing_level: str
    source_department: str = Field(alias="source_department.name")
    reached: bool
    verdict: str
    reason: str
    delivery_result: str
    delivery_reason: str

    @staticmethod
    def resolve_reached(line: Any) -> bool:
        return line.path_id is not None


class LaneOut(Schema):
    id: int
    decider: str
    source_department_id: int | None
    state: str
    entered_at: datetime
    due_at: datetime | None


class LaneDetail(LaneOut):
    """`holder` says in words who must act next; empty when the lane has ended."""

    holder: str
    acts: list[ActOut]
    lines: list[LineOut]


class DemandOut(Schema):
    id: int
    number: str
    department: str = Field(alias="department.name")
    item: str = Field(alias="item.name")
    type: str
    way: str | None
    state: str
    submitted_at: datetime | None


class DemandRow(DemandOut):
    points: int
    lanes: list[LaneOut]


class DemandDetail(DemandOut):
    """`phone` is masked but in a draft for who may edit it, so that he can put back what he got."""

    item_id: int
    point_list_id: int
    live: bool
    history: bool
    object_kinds: list[str]
    purpose: str
    period_from: date
    period_until: date
    contact: str
    phone: str
    viewer_ids: list[int]
    lanes: list[LaneDetail]

    @staticmethod
    def resolve_phone(demand: Demand, context: dict[str, Any]) -> str:
        edits = may(signed_in(context["request"]), Permission.EditDraft, demand)
        return demand.phone if edits else demand.masked_phone

    @staticmethod
    def resolve_viewer_ids(demand: Demand) -> list[int]:
        return [person.pk for person in demand.viewers.all()]

    @staticmethod
    def resolve_lanes(demand: Demand) -> list[dict[str, Any]]:
        lines = Prefetch("lines", queries.lines_of(demand))
        ball = BallHolders.load()
        return [
            LaneOut.from_orm(lane).dict()
            | {"holder": ball.text(lane), "acts": list(lane.acts.all()), "lines": list(lane.lines.all())}
            for lane in queries.lanes_of(demand).prefetch_related(lines)
        ]


class PhoneOut(Schema):
    phone: str


class ReasonIn(Schema):
    reason: str = ""


class ConfirmationIn(Schema):
    """`refused`: line id → why. `reason` stands where a refused line has none of its own."""

    refused: dict[int, str] = {}
    reason: str = ""


class ReviewIn(Schema):
    approve: bool
    reason: str = ""


@router.get("/categories", response=list[CategoryOut])
@paginate
def list_categories(request: HttpRequest) -> QuerySet[BusinessCategory]:
    """业务分类 of the own department."""
    return queries.categories_visible_to(signed_in(request))


@router.post("/categories", response={201: CategoryOut})
def create_category(request: HttpRequest, body: CategoryIn) -> Status[BusinessCategory]:
    """新增业务分类."""
    return Status(201, actions.create_category(actor=signed_in(request), name=body.name))


@router.get("/items", response=list[ItemOut])
@paginate
def list_items(request: HttpRequest) -> QuerySet[BusinessItem]:
    """业务事项 of the own department."""
    return queries.items_visible_to(signed_in(request))


@router.post("/items", response={201: ItemOut})
def create_item(request: HttpRequest, body: ItemIn) -> Status[BusinessItem]:
    """新增业务事项; it needs a category first."""
    person = signed_in(request)
    authorise(person, Permission.KeepItems)
    fields = body.dict(exclude={"category_id"})
    category = _named(queries.categories_visible_to(person), body.category_id, "category", "业务分类")
    return Status(201, actions.create_item(actor=person, category=category, **fields))


@router.get("/demands", response=list[DemandRow])
@paginate
def list_demands(request: HttpRequest) -> QuerySet[Demand]:
    """需求响应结果: newest first."""
    return queries.with_lanes(queries.demands_visible_to(signed_in(request)))


@router.post("/demands", response={201: DemandDetail})
def draft_demand(request: HttpRequest, body: DemandIn) -> Status[Demand]:
    """Save a new draft; submit it next."""
    person = signed_in(request)
    authorise(person, Permission.DraftDemand)
    return Status(201, _detail(person, actions.draft_demand(actor=person, **_content(person, body))))


@router.get("/demands/{demand_id}", response=DemandDetail)
def get_demand(request: HttpRequest, demand_id: int) -> Demand:
    """A demand with its lanes, acts and lines."""
    person = signed_in(request)
    return _detail(person, queries.one_of(queries.demands_visible_to(person), demand_id))


@router.put("/demands/{demand_id}", response=DemandDetail)
def edit_draft(request: HttpRequest, demand_id: int, body: DemandIn) -> Demand:
    """Replace what a draft says."""
    person = signed_in(request)
    demand = queries.one_of(queries.demands_visible_to(person), demand_id)
    return _detail(person, actions.edit_draft(actor=person, demand=demand, **_content(person, body)))


@router.post("/demands/{demand_id}/phone", response=PhoneOut)
def reveal_phone(request: HttpRequest, demand_id: int, body: ReasonIn) -> dict[str, str]:
    """查看联系电话: in full, for a reason that is recorded."""
    person = signed_in(request)
    demand = queries.one_of(queries.demands_visible_to(person), demand_id)
    return {"phone": actions.reveal_demand_phone(actor=person, demand=demand, reason=body.reason)}


@router.post("/demands/{demand_id}/submission", response=DemandDetail)
def submit_demand(request: HttpRequest, demand_id: int) -> Demand:
    """提交需求: unconditional points are agreed at once, the others go to their sources."""
    person = signed_in(request)
    demand = queries.one_of(queries.demands_visible_to(person), demand_id)
    return _detail(person, actions.submit_demand(actor=person, demand=demand))


@router.post("/demands/{demand_id}/withdrawal", response=DemandDetail)
def withdraw_demand(request: HttpRequest, demand_id: int, body: ReasonIn) -> Demand:
    """撤回需求, with a reason."""
    person = signed_in(request)
    demand = queries.one_of(queries.demands_visible_to(person), demand_id)
    return _detail(person, actions.withdraw_demand(actor=person, demand=demand, reason=body.reason))


@router.post("/lanes/{lane_id}/confirmation", response=LaneOut)
def confirm_lane(request: HttpRequest, lane_id: int, body: ConfirmationIn) -> Lane:
    """数源确认."""
    person = signed_in(request)
    lane = queries.one_of(queries.lanes_monitored_by(person), lane_id)
    return actions.confirm_lane(actor=person, lane=lane, refused=body.refused, reason=body.reason)


@router.post("/lanes/{lane_id}/review", response=LaneOut)
def review_lane(request: HttpRequest, lane_id: int, body: ReviewIn) -> Lane:
    """大数据局审核."""
    person = signed_in(request)
    lane = queries.one_of(queries.lanes_monitored_by(person), lane_id)
    return actions.review_lane(actor=person, lane=lane, approve=body.approve, reason=body.reason)


def _content(person: Person, body: DemandIn) -> DemandContent:
    return {
        "item": _named(queries.items_visible_to(person), body.item_id, "item", "业务事项"),
        "point_list": _named(
            point_lists_visible_to(person), body.point_list_id, "point_list", "视频点位需求清单"
        ),
        "type": body.type,
        "way": body.way,
        "live": body.live,
        "history": body.history,
        "object_kinds": body.object_kinds,
        "purpose": body.purpose,
        "period_from": body.period_from,
        "period_until": body.period_until,
        "contact": body.contact,
        "phone": body.phone,
        "viewers": _viewers(person, body.viewer_ids),
    }


def _named(things: QuerySet[queries.Thing], pk: int, field: str, what: str) -> queries.Thing:
    found = things.filter(pk=pk).first()
    if found is None:
        raise Invalid(f"请选择本部门的{what}。", field=field)
    return found


def _viewers(person: Person, viewer_ids: list[int]) -> list[Person]:
    found = list(colleagues(person).filter(pk__in=viewer_ids))
    if len(found) < len(set(viewer_ids)):
        raise Invalid("使用人员须为本部门在用账号的人员，请核对。", field="viewers")
    return found


def _detail(person: Person, demand: Demand) -> Demand:
    """The demand as it is now, for `DemandDetail`."""
    return queries.one_of(queries.demands_visible_to(person).prefetch_related("viewers"), demand.pk)
