"""Items and demands, one in each state; and what each specialist would send for new ones."""

from dataclasses import dataclass

from gongshi.atlas.actions import create_point_list
from gongshi.demand.actions import create_category, create_item
from gongshi.identity.models import Person
from gongshi.kernel import clock
from tests.factories import make_camera
from tests.matrix.prepared import REASON, Body, Prepared


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
