"""What each field counts and each failed rule costs, by 点位分类: defaults as data, what is in force."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gongshi.catalogue.checks import BY_CODE
from gongshi.catalogue.codes import PointClass
from gongshi.catalogue.columns import CAMERA_COLUMNS, REQUIRED_BY_CLASS
from gongshi.catalogue.completeness_models import ScoreWeight
from gongshi.kernel.problems import Severity

CLASSES: Final = tuple(PointClass.values)
# Beside the columns: whether there is a way to the pictures at all.
PATHS: Final = "paths"
# What says nothing of how complete an archive is: a state that is measured, and notes.
NOT_COUNTED: Final = frozenset({"status", "remarks"})
REQUIRED, ASKED_BY_CLASS, OTHER = 4, 3, 1
COST_OF: Final = {Severity.ERROR: 30, Severity.WARNING: 10}
# The rules that look at one point by itself. What is missing counts as missing and is not punished twice.
RULES: Final = (
    "classified",
    "code_type",
    "code_scheme",
    "code_of_other_region",
    "code_reserved",
    "missing_condition",
    "missing_ground",
    "outside",
    "swapped",
    "gcj02",
    "missing_address",
    "missing_netmask",
    "bad_mask",
    "gateway_outside",
    "gateway_is_device",
    "short_retention",
)


class Kind(StrEnum):
    FIELD = "字段"
    RULE = "校验规则"


@dataclass(frozen=True)
class Weight:
    """One line of the table; `by_class` in the order of CLASSES."""

    key: str
    label: str
    kind: Kind
    by_class: tuple[int, int, int]
    is_default: bool = True


@dataclass(frozen=True)
class Weights:
    """The whole table, by class: what fields count and what rules cost."""

    fields: dict[str, dict[str, int]]
    rules: dict[str, dict[str, int]]


def _defaults() -> Iterator[Weight]:
    for column in CAMERA_COLUMNS:
        if column.field not in NOT_COUNTED:
            one, two, three = (
                REQUIRED
                if column.is_required
                else ASKED_BY_CLASS
                if column.field in REQUIRED_BY_CLASS[point_class]
                else OTHER
                for point_class in CLASSES
            )
            yield Weight(column.field, column.head, Kind.FIELD, (one, two, three))
    yield Weight(PATHS, "接入路径", Kind.FIELD, (REQUIRED, REQUIRED, ASKED_BY_CLASS))
    for code in RULES:
        check = BY_CODE[code]
        cost = COST_OF[check.severity]
        yield Weight(code, check.sentence, Kind.RULE, (cost, cost, cost))


DEFAULTS: Final = {weight.key: weight for weight in _defaults()}


def table_in_force() -> list[Weight]:
    """Every line, as the bureau set it or by default; one query."""
    chosen = {row.key: row for row in ScoreWeight.objects.all()}
    return [
        Weight(
            weight.key, weight.label, weight.kind, (row.class_1, row.class_2, row.class_3), is_default=False
        )
        if (row := chosen.get(weight.key))
        else weight
        for weight in DEFAULTS.values()
    ]


def weights_in_force() -> Weights:
    """The table as the scores need it; one query."""
    fields: dict[str, dict[str, int]] = {point_class: {} for point_class in CLASSES}
    rules: dict[str, dict[str, int]] = {point_class: {} for point_class in CLASSES}
    for line in table_in_force():
        target = fields if line.kind is Kind.FIELD else rules
        for point_class, number in zip(CLASSES, line.by_class, strict=True):
            if number:
                target[point_class][line.key] = number
    return Weights(fields, rules)
