"""Filing sheets (Order 799 Art. 14): what a construction unit has, what it filed, what changed since."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Func,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models import TextField as Text
from django.db.models.functions import MD5, Cast, Coalesce

from gongshi.catalogue.codes import DeviceType, Publication
from gongshi.catalogue.filing_models import FiledPoint, Filing
from gongshi.catalogue.models import Camera
from gongshi.catalogue.rules import Permission
from gongshi.identity.models import Department, Person
from gongshi.identity.queries import departments
from gongshi.identity.rules import is_bureau_administrator
from gongshi.kernel.authority import may

# What Art. 14 asks for of each device.
FACTS = ("name", "address", "longitude", "latitude", "device_type", "retention_days")


class PointState(StrEnum):
    """How a point stands to what was filed last."""

    UNFILED = "unfiled"
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


STATE_LABELS = {
    PointState.UNFILED: "未备案",
    PointState.NEW: "新增",
    PointState.CHANGED: "有变化",
    PointState.SAME: "已备案",
}


class FactsDigest(Func):
    """A digest of what was filed of a camera."""

    output_field = Text()

    def __init__(self) -> None:
        parts = [Coalesce(Cast(F(name), Text()), Value("")) for name in FACTS]
        super().__init__(MD5(Func(Value("|"), *parts, function="concat_ws", output_field=Text())))
        self.template = "%(expressions)s"


@dataclass(frozen=True)
class Summary:
    """One unit's sheet in numbers; `kinds` are labels of device types with their numbers."""

    points: int
    kinds: list[tuple[str, int]]
    fewest_days: int | None
    most_days: int | None
    without_days: int


@dataclass(frozen=True)
class Changes:
    """What changed since a filing."""

    new: int
    changed: int
    withdrawn: int

    @property
    def any(self) -> bool:
        return bool(self.new or self.changed or self.withdrawn)

    @property
    def sentence(self) -> str:
        if not self.any:
            return "备案后没有变化"
        return f"备案后新增 {self.new} 个、变化 {self.changed} 个、撤回 {self.withdrawn} 个，须重新备案"


def points_of(department: Department) -> QuerySet[Camera]:
    """The published cameras that a unit has built."""
    return Camera.objects.filter(builder=department, publication=Publication.PUBLISHED)


def units_visible_to(person: Person) -> QuerySet[Department]:
    """Construction units with points or filings: with `points` and their last filing, as far as one may read.

    All for the bureau; for others the own department and those that it supervises.
    """
    if not may(person, Permission.ReadFiling):
        return Department.objects.none()
    own = Q() if is_bureau_administrator(person) else _own(person)
    built = Camera.objects.filter(builder=OuterRef("pk"), publication=Publication.PUBLISHED)
    counted = built.order_by().values("builder").annotate(count=Count("pk")).values("count")
    last = Filing.objects.filter(department=OuterRef("pk"))[:1]
    found = departments().filter(
        own, Exists(built) | Exists(Filing.objects.filter(department=OuterRef("pk")))
    )
    return found.annotate(
        points=Coalesce(Subquery(counted), 0),
        filed_on=Subquery(last.values("filed_on")),
        receipt_number=Subquery(last.values("receipt_number")),
        filed_points=Subquery(last.values("points")),
        touched=Exists(built.filter(published_at__gt=Subquery(_last_of(OuterRef(OuterRef("pk")))))),
    ).order_by("code")


def _last_of(department: OuterRef) -> QuerySet[Filing, object]:
    return Filing.objects.filter(department=department).values("recorded_at")[:1]


def _own(person: Person) -> Q:
    return Q(pk=person.department_id) | Q(supervisor=person.department_id)


def last_filing(department: Department) -> Filing | None:
    return Filing.objects.filter(department=department).select_related("recorded_by__department").first()


def filings_of(department: Department) -> QuerySet[Filing]:
    return Filing.objects.filter(department=department).select_related("recorded_by__department")


def with_states(cameras: QuerySet[Camera], filing: Filing | None) -> QuerySet[Camera]:
    """The cameras with `filing_state`, a PointState."""
    if filing is None:
        return cameras.annotate(filing_state=Value(PointState.UNFILED.value))
    filed = FiledPoint.objects.filter(filing=filing, code=OuterRef("code"))
    return cameras.annotate(
        facts=FactsDigest(),
        filing_state=Case(
            When(~Exists(filed), then=Value(PointState.NEW.value)),
            When(Exists(filed.filter(facts=OuterRef("facts"))), then=Value(PointState.SAME.value)),
            default=Value(PointState.CHANGED.value),
        ),
    )


def state_of(camera: Camera) -> PointState:
    """The state of a camera of `with_states`."""
    return PointState(vars(camera)["filing_state"])


def withdrawn_since(department: Department, filing: Filing | None) -> QuerySet[FiledPoint]:
    """The points that were filed and are the unit's no longer."""
    here = points_of(department).filter(code=OuterRef("code"))
    return FiledPoint.objects.filter(~Exists(here), filing=filing)


def changes_since(department: Department, filing: Filing) -> Changes:
    """How many points are new, changed and withdrawn; two queries."""
    states = with_states(points_of(department), filing).order_by()
    counts = states.aggregate(
        new=Count("pk", filter=Q(filing_state=PointState.NEW.value)),
        changed=Count("pk", filter=Q(filing_state=PointState.CHANGED.value)),
    )
    return Changes(counts["new"], counts["changed"], withdrawn_since(department, filing).count())


def summary_of(department: Department) -> Summary:
    """Numbers and kinds of devices and the days that recordings are kept; two queries."""
    points = points_of(department).order_by()
    kinds = points.values_list("device_type").annotate(count=Count("pk")).order_by("-count", "device_type")
    days = points.aggregate(
        points=Count("pk"),
        fewest=Min("retention_days"),
        most=Max("retention_days"),
        without=Count("pk", filter=Q(retention_days=None)),
    )
    labels = dict(DeviceType.choices)
    return Summary(
        points=days["points"],
        kinds=[(str(labels.get(kind, kind)), count) for kind, count in kinds],
        fewest_days=days["fewest"],
        most_days=days["most"],
        without_days=days["without"],
    )
