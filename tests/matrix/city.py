"""The prepared city of the matrix: one thing of every kind, made room by room (`rooms/`)."""

from gongshi.identity.models import DepartmentKind
from tests.demand.making import City
from tests.factories import make_department, make_person
from tests.matrix.people import NAMED, PLACES_OF, Place
from tests.matrix.prepared import Prepared
from tests.matrix.rooms.alerts import alerts
from tests.matrix.rooms.atlas import atlas
from tests.matrix.rooms.audit import record
from tests.matrix.rooms.catalogue import catalogue
from tests.matrix.rooms.clients import clients
from tests.matrix.rooms.credentials import credentials
from tests.matrix.rooms.delivery import work_orders
from tests.matrix.rooms.demand import demands
from tests.matrix.rooms.grants import grants
from tests.matrix.rooms.identity import departments, people, proposals, reviews
from tests.matrix.rooms.login import logins
from tests.matrix.rooms.notices import notices
from tests.matrix.rooms.parameters import parameters
from tests.matrix.rooms.quality import quality
from tests.matrix.rooms.rectification import rectification
from tests.matrix.rooms.saved_filters import saved_filters
from tests.matrix.rooms.viewing import viewing

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
    saved_filters,
    alerts,
    quality,
    rectification,
    credentials,
    logins,
    clients,
    record,
)


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
