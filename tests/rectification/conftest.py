import pytest

from gongshi.catalogue.models import Camera
from gongshi.identity.models import DepartmentKind, Person
from gongshi.identity.roles import Role
from gongshi.rectification.actions import answer_order, open_order
from gongshi.rectification.models import Order
from tests.factories import make_camera, make_department, make_person


@pytest.fixture
def bureau() -> Person:
    return make_person(Role.BUREAU_ADMINISTRATOR)


@pytest.fixture
def source() -> Person:
    """The data specialist of the source department."""
    return make_person(Role.DATA_SPECIALIST, department=make_department("水利局"))


@pytest.fixture
def manager() -> Person:
    """The data specialist of who manages the point."""
    return make_person(Role.DATA_SPECIALIST, department=make_department("城管局"))


@pytest.fixture
def camera(source: Person, manager: Person) -> Camera:
    """Managed by 城管局, maintained by a company that 城管局 supervises and that has no accounts."""
    company = make_department("运维公司", kind=DepartmentKind.ENTERPRISE, supervisor=manager.department)
    return make_camera(source.department, manager=manager.department, maintainer=company)


@pytest.fixture
def order(bureau: Person, camera: Camera) -> Order:
    return open_order(actor=bureau, camera=camera, description="画面发黑，请检修。", faults=["black"])


@pytest.fixture
def mended(order: Order, source: Person) -> Order:
    return answer_order(actor=source, order=order, answer="已更换电源", is_mended=True)
