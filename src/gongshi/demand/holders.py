"""Who holds the ball: whose turn it is in a lane, as people to notify and as words for the screen."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from gongshi.demand.models import Lane, LaneState
from gongshi.identity.models import Department, Person, RoleAssignment
from gongshi.identity.queries import holders
from gongshi.identity.roles import Role

# Whose turn it is, for the states in which it does not depend on the lane's departments.
_ROLE_OF_STATE = {
    LaneState.REVIEWING: Role.BUREAU_ADMINISTRATOR,
    LaneState.COORDINATING: Role.BUREAU_ADMINISTRATOR,
    LaneState.DELIVERING: Role.OPERATOR,
    LaneState.ACCEPTING: Role.BUREAU_ADMINISTRATOR,
}
_TEAM_OF_STATE = {
    LaneState.REVIEWING: "市大数据局审核",
    LaneState.COORDINATING: "市大数据局协调",
    LaneState.DELIVERING: "运维团队",
    LaneState.ACCEPTING: "市大数据局验收",
}


def people_to_act(lane: Lane) -> list[Person]:
    """The people of whom one must act next on this lane; empty when it has ended."""
    state = LaneState(lane.state)
    if state == LaneState.SUPPLEMENTING:
        return requesters(lane.demand.department)
    acted = list(lane.acts.exclude(person=None).values_list("person", flat=True))
    if state == LaneState.CONFIRMING and lane.source_department:
        # Without a reviewer the work falls to the bureau.
        reviewers = holders(Role.SOURCE_REVIEWER, lane.source_department).exclude(pk__in=acted)
        return list(reviewers) or bureau_administrators()
    if state not in _ROLE_OF_STATE:
        return []
    return list(holders(_ROLE_OF_STATE[state]).exclude(pk__in=acted))


def bureau_administrators() -> list[Person]:
    return list(holders(Role.BUREAU_ADMINISTRATOR))


def requesters(department: Department) -> list[Person]:
    """The people of a requesting department who answer for its demands."""
    return list(holders(Role.DATA_SPECIALIST, department))


@dataclass
class BallHolders:
    """The words for many lanes at once, from one query."""

    # Role and department (or any) → the people by number.
    _names: dict[tuple[str, int | None], dict[int, str]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def load(cls) -> "BallHolders":
        found = cls()
        assignments = (
            RoleAssignment.objects.filter(person__is_active=True)
            .order_by("person__account")
            .values_list("role", "person__department_id", "person_id", "person__name")
        )
        for role, department_id, person_id, name in assignments:
            found._names[role, department_id][person_id] = name
            found._names[role, None][person_id] = name
        return found

    def has_reviewer(self, department_id: int, submitter_id: int | None = None) -> bool:
        """Whether a department has a reviewer other than who submitted."""
        return bool(self._names.get((Role.SOURCE_REVIEWER, department_id), {}).keys() - {submitter_id})

    def text(self, lane: Lane) -> str:
        """Who holds the ball, such as “丽水市水利局（王芳、李明）”; empty when the lane has ended."""
        state = LaneState(lane.state)
        if state == LaneState.CONFIRMING and lane.source_department:
            source = lane.source_department
            submitter_id = lane.demand.submitted_by_id
            if not self.has_reviewer(source.pk, submitter_id):
                lack = "其他" if self.has_reviewer(source.pk) else ""
                return f"市大数据局代为确认（{source.name}未设{lack}数源审核员）"
            return source.name + self._people(Role.SOURCE_REVIEWER, source.pk, submitter_id)
        if state == LaneState.SUPPLEMENTING:
            department = lane.demand.department
            return department.name + self._people(Role.DATA_SPECIALIST, department.pk)
        if state in _ROLE_OF_STATE:
            return _TEAM_OF_STATE[state] + self._people(_ROLE_OF_STATE[state], None)
        return ""

    def texts(self, lanes: Iterable[Lane]) -> list[str]:
        """Who holds the ball of several lanes, each named once."""
        return list(dict.fromkeys(text for lane in lanes if (text := self.text(lane))))

    def _people(self, role: Role, department_id: int | None, without: int | None = None) -> str:
        people = self._names.get((role, department_id), {})
        names = [name for pk, name in people.items() if pk != without]
        if not names:
            return ""
        shown = "、".join(names[:3])
        return f"（{shown}等 {len(names)} 人）" if len(names) > 3 else f"（{shown}）"
