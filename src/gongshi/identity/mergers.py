"""What rooms need when departments become one."""

from collections.abc import Container

from gongshi.identity.models import Department


def name_beside(name: str, taken: Container[str], department: Department, longest: int) -> str:
    """The name, or one that says from which department it came where the other one has the same already."""
    number, candidate = 1, name
    while candidate in taken:
        origin = f"（原{department.short_name}{number if number > 1 else ''}）"
        candidate, number = f"{name[: longest - len(origin)]}{origin}", number + 1
    return candidate
