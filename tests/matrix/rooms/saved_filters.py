"""Saved filters: one that the named viewer shares with his department."""

from gongshi.saved_filters.actions import save_filter
from tests.matrix.prepared import Prepared


def saved_filters(made: Prepared) -> None:
    # A list that everybody may read.
    wanted = {"list_name": "login:mine", "name": "异常结束", "conditions": "sort=-began_at"}
    saved = save_filter(
        actor=made.city.viewer,
        list_name="login:mine",
        name="最近",
        conditions="sort=began_at",
        is_shared=True,
    )
    page, api = "saved-filters/<int:pk>/", "api/v1/saved-filters/<int:filter_id>"
    made.about(page, f"{page}removal/", pk=saved.pk)
    made.about(api, f"{api}/removal", filter_id=saved.pk)
    made.takes("POST saved-filters/new/", wanted | {"path": "/sessions/mine/"})
    made.takes("POST api/v1/saved-filters", wanted)
    made.takes(f"POST {page}", {"name": "最近登录"})
    made.takes(f"PUT {api}", {"name": "最近登录"})
