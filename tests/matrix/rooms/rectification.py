"""Rectification orders."""

from gongshi.identity.roles import Role
from gongshi.rectification.actions import open_order
from tests.factories import make_camera, make_person
from tests.matrix.prepared import Prepared


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
