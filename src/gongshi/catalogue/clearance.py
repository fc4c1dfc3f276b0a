"""Whether a person's clearance (密级权限, L1 to L4) reaches a camera's security level: compared here only."""

from django.db.models import F, Q

from gongshi.catalogue.models import Camera
from gongshi.identity.models import Person

SHORT = "密级不足"


def is_cleared(person: Person, camera: Camera) -> bool:
    return camera.security_level <= person.clearance


def cleared(person: str, camera: str) -> Q:
    """The same in a query, by the names under which it knows the two."""
    return Q(**{f"{camera}__security_level__lte": F(f"{person}__clearance")})


def why_not_cleared(person: Person, camera: Camera) -> str:
    """What is said to somebody whose clearance is too low."""
    level, own = camera.security_level, person.clearance
    return f"该点位安全级别为 {level}，高于您的密级权限 {own}，请联系安全管理员。"
