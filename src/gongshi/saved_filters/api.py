"""常用筛选 over JSON."""

from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from ninja.pagination import paginate

from gongshi.identity.models import Person
from gongshi.identity.signed_in import signed_in
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import NotFound
from gongshi.saved_filters import actions, queries
from gongshi.saved_filters.models import SavedFilter
from gongshi.saved_filters.rules import Permission

router = Router(tags=["常用筛选"])


class SavedFilterOut(Schema):
    """`conditions` as in the address of the list's page; `department` is null for one that is not shared."""

    id: int
    list_name: str
    name: str
    conditions: str
    department: str | None = Field(None, alias="department.name")
    person: str = Field(alias="person.name")
    saved_at: datetime


class ChangeIn(Schema):
    name: str
    is_shared: bool = False


class SavedFilterIn(ChangeIn):
    """`list_name`: the list's view, as in `catalogue:cameras`; `overwrite` the own one of that name."""

    list_name: str
    conditions: str
    overwrite: bool = False


@router.get("", response=list[SavedFilterOut])
@paginate
def saved_filters(request: HttpRequest, list_name: str = "") -> QuerySet[SavedFilter]:
    """The own ones and those shared in the own department, of the lists that one may read."""
    person = signed_in(request)
    authorise(person, Permission.ReadFilters)
    known = queries.filters_known_to(person)
    return known.filter(list_name=list_name) if list_name else known


@router.post("", response={201: SavedFilterOut})
def save_filter(request: HttpRequest, body: SavedFilterIn) -> Status[SavedFilter]:
    """保存筛选."""
    return Status(201, actions.save_filter(actor=signed_in(request), **body.dict()))


@router.put("/{int:filter_id}", response=SavedFilterOut)
def change_filter(request: HttpRequest, filter_id: int, body: ChangeIn) -> SavedFilter:
    """修改名称和共享, by whoever saved it."""
    actor = signed_in(request)
    return actions.change_filter(actor=actor, saved=_known(actor, filter_id), **body.dict())


@router.post("/{int:filter_id}/removal", response={204: None})
def remove_filter(request: HttpRequest, filter_id: int) -> Status[None]:
    """删除, by whoever saved it; a shared one by its department's data specialist, too."""
    actor = signed_in(request)
    actions.remove_filter(actor=actor, saved=_known(actor, filter_id))
    return Status(204, None)


def _known(actor: Person, filter_id: int) -> SavedFilter:
    found = queries.filters_known_to(actor).filter(pk=filter_id).first()
    if found is None:
        raise NotFound("没有这个常用筛选，可能已被删除。请刷新页面。")
    return found
