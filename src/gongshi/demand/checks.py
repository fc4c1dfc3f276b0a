"""What a demand must be before it is saved as a draft, and before it is submitted (§6.3a)."""

import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import NotRequired, TypedDict

from gongshi.atlas.models import PointList
from gongshi.atlas.queries import point_lists_visible_to
from gongshi.catalogue.models import Camera
from gongshi.catalogue.queries import cameras_visible_to
from gongshi.demand.models import BusinessItem, Demand, DemandType, ObjectKind
from gongshi.grants.models import Way
from gongshi.identity.models import Department, Person
from gongshi.kernel import clock
from gongshi.kernel.errors import Invalid

SHORTEST_PURPOSE = 10
LONGEST_PURPOSE = 500
PHONE = re.compile(r"\+?[0-9][0-9 -]{4,18}[0-9]")


class DemandContent(TypedDict):
    """What the requesting department fills in. `way`, `live`, `history` and viewers are for streams only."""

    item: BusinessItem
    point_list: PointList
    type: DemandType | str
    way: Way | str | None
    live: bool
    history: bool
    purpose: str
    period_from: date
    period_until: date
    contact: str
    phone: str
    viewers: Collection[Person]
    object_kinds: NotRequired[Sequence[ObjectKind | str]]


def check_content(actor: Person, department: Department, content: DemandContent) -> None:
    """A draft may be incomplete, but never refers to what is not its department's. Raises Invalid."""
    if content["item"].department_id != department.pk:
        raise Invalid("请选择本部门的业务事项。", field="item")
    if not point_lists_visible_to(actor).filter(pk=content["point_list"].pk).exists():
        raise Invalid("请选择本部门的视频点位需求清单。", field="point_list")
    if content["type"] not in DemandType.values:
        raise Invalid("请选择需求类型：视频流查看或视频结构化数据。", field="type")
    if content["type"] == DemandType.STREAM and content["way"] not in Way.values:
        raise Invalid("请选择共享方式：账号、终端或专线。", field="way")
    unknown = sorted(set(content.get("object_kinds", ())) - set(ObjectKind.values))
    if unknown:
        raise Invalid(f"没有“{'、'.join(unknown)}”这类数据对象，请从列表中选择。", field="object_kinds")
    if content["period_until"] < content["period_from"]:
        raise Invalid("使用截止日期早于起始日期，请核对。", field="period_until")
    if len(content["purpose"]) > LONGEST_PURPOSE:
        raise Invalid(f"用途说明不能超过 {LONGEST_PURPOSE} 个字，请精简。", field="purpose")
    _check_viewers(department, content["viewers"])


def check_complete(actor: Person, demand: Demand) -> list[Camera]:
    """Everything that submitting asks for. Gives the demand's cameras in order. Raises Invalid."""
    if len(demand.purpose.strip()) < SHORTEST_PURPOSE:
        raise Invalid(
            f"用途说明至少 {SHORTEST_PURPOSE} 个字，请写明为履行什么职责、查看什么内容。", field="purpose"
        )
    if demand.period_until < clock.today():
        raise Invalid("使用截止日期已过，请重新选择使用期限。", field="period_until")
    if demand.period_until > _a_year_after(demand.period_from):
        raise Invalid("使用期限最长一年，到期前可续期，请缩短期限。", field="period_until")
    if not demand.contact.strip():
        raise Invalid("请填写联系人。", field="contact")
    if not PHONE.fullmatch(demand.phone.strip()):
        raise Invalid("请填写有效的联系电话，例如 0578-2091234 或手机号码。", field="phone")
    if demand.type == DemandType.STREAM:
        _check_stream(demand)
    elif not demand.object_kinds:
        raise Invalid("请至少选择一类需要的数据对象。", field="object_kinds")
    return _published_cameras(actor, demand)


def _check_stream(demand: Demand) -> None:
    if not (demand.live or demand.history):
        raise Invalid("请选择实时或历史，至少一项。", field="live")
    viewers = list(demand.viewers.all())
    if not viewers:
        raise Invalid("视频流查看须指定至少一名使用人员。", field="viewers")
    _check_viewers(demand.department, viewers)


def _check_viewers(department: Department, viewers: Collection[Person]) -> None:
    strangers = [person.name for person in viewers if person.department_id != department.pk]
    if strangers:
        raise Invalid(f"使用人员须为本部门人员，请移除：{'、'.join(strangers)}。", field="viewers")
    locked = [person.name for person in viewers if not person.is_active]
    if locked:
        raise Invalid(f"以下人员的账号已停用，请移除：{'、'.join(locked)}。", field="viewers")


def _published_cameras(actor: Person, demand: Demand) -> list[Camera]:
    listed = demand.point_list.cameras.count()
    if not listed:
        raise Invalid("视频点位需求清单是空的，请先在一张图上选择点位。", field="point_list")
    published = cameras_visible_to(actor).filter(pk__in=demand.point_list.cameras.values("pk"))
    # Whoever withdraws one of them waits, or has done so already.
    list(published.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    cameras = list(published.select_related("source_department").prefetch_related("paths").order_by("code"))
    if len(cameras) < listed:
        raise Invalid(
            f"清单中有 {listed - len(cameras)} 个点位未发布或已撤回，请在一张图上重新生成清单后再提交。",
            field="point_list",
        )
    return cameras


def _a_year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, day=28)
