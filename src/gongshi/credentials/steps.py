"""What a person who signed in must still do before any other page is open to him (§10a).

Looked at once a day and after each step, and kept in the session: requests in between cost no query. What
changes a person's duties in the middle of a day ends his sessions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from gongshi.credentials.passwords import days_left, is_expiring, needs_new_password
from gongshi.credentials.second_factor import has_second_factor, needs_second_factor
from gongshi.credentials.undertaking import needs_undertaking
from gongshi.identity.models import Person
from gongshi.kernel import clock

SESSION_KEY: Final = "credentials.steps"


@dataclass(frozen=True)
class Step:
    """`page` is where it is done; `open` are the views that it needs, by name, pages and operations alike."""

    name: str
    sentence: str
    needed: Callable[[Person], bool]
    page: str
    open: frozenset[str]


def lacks_second_factor(person: Person) -> bool:
    return needs_second_factor(person) and not has_second_factor(person)


STEPS: Final = (
    Step(
        "password",
        "请先修改密码。",
        needs_new_password,
        "credentials:change_password",
        frozenset({"credentials:change_password", "api:change_password"}),
    ),
    Step(
        "second_factor",
        "请先设置二次验证。",
        lacks_second_factor,
        "credentials:set_second_factor",
        frozenset(
            {
                "credentials:set_second_factor",
                "api:own_second_factor",
                "api:propose_second_factor",
                "api:set_second_factor",
            }
        ),
    ),
    Step(
        "undertaking",
        "请先签署承诺书。",
        needs_undertaking,
        "credentials:sign_undertaking",
        frozenset({"credentials:sign_undertaking", "api:undertaking_in_force"}),
    ),
)
BY_NAME: Final = {step.name: step for step in STEPS}
# Open at every step: going away, who one is, and what is missing.
ALWAYS_OPEN: Final = frozenset({"account_logout", "api:me", "api:missing", "api:session_current"})


def missing_step(request: HttpRequest, person: Person) -> Step | None:
    """The first step that is missing, from the session unless a day has passed."""
    kept = request.session.get(SESSION_KEY)
    if kept is None or kept["day"] != str(clock.today()):
        kept = _looked_at(person) | {"next": (kept or {}).get("next", "")}
        request.session[SESSION_KEY] = kept
    return BY_NAME.get(kept["missing"])


def _looked_at(person: Person) -> dict[str, object]:
    first = next((step.name for step in STEPS if step.needed(person)), "")
    left = days_left(person)
    return {"day": str(clock.today()), "missing": first, "password_days": left if is_expiring(left) else None}


def look_again(request: HttpRequest) -> None:
    """After a log-in and after each step: the next request finds out what is missing now."""
    if kept := request.session.get(SESSION_KEY):
        request.session[SESSION_KEY] = kept | {"day": ""}


def remember_next(request: HttpRequest) -> None:
    """Keep the page that a person wanted, for when all steps are done."""
    request.session[SESSION_KEY] = request.session[SESSION_KEY] | {"next": request.get_full_path()}


def next_page(request: HttpRequest) -> str:
    """Where to go after a step: the page that was wanted. From it the middleware leads to the next step."""
    kept = request.session.get(SESSION_KEY) or {}
    wanted = kept.pop("next", "")
    request.session.modified = True
    return wanted or "/"


def days_to_warn_of(request: HttpRequest) -> int | None:
    """Days until the password ends, in its last week; else None."""
    return (request.session.get(SESSION_KEY) or {}).get("password_days")


def have_passed() -> dict[str, object]:
    """What the session of somebody holds who has nothing left to do today."""
    return {"day": str(clock.today()), "missing": "", "password_days": None, "next": ""}
