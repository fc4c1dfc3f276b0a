"""No list gives more than a page, whatever the address asks for."""

from itertools import product

import pytest
from django.test import Client

from gongshi.identity.roles import Role
from gongshi.kernel.lists import PAGE_SIZE
from tests.factories import make_camera, make_department, make_person

PAGED = {
    "api/v1/catalogue/cameras": Role.VIEWER,
    "api/v1/demands": Role.OPERATOR,
    "catalogue/": Role.VIEWER,
    "demands/": Role.OPERATOR,
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("route", PAGED)
def test_no_page_is_longer_than_a_page(route: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(make_person(PAGED[route]))
    department = make_department()
    for _ in range(PAGE_SIZE + 5):
        make_camera(department)
    names, numbers = ("limit", "offset", "per_page", "page"), ("-1", "0", "1", "1000000", "9" * 30, "x")
    for name, number in product(names, numbers):
        answer = client.get(f"/{route}", {name: number})
        assert answer.status_code in {200, 422}
        if "table" in (answer.context or {}):
            assert len(answer.context["table"].page.object_list) <= PAGE_SIZE
