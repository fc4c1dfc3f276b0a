"""Setting what fields count and rules cost, and reckoning every score anew after it."""

from django.db import transaction
from procrastinate.contrib.django import app

from gongshi.audit.actions import record
from gongshi.audit.kinds import AuditAction
from gongshi.catalogue.completeness_models import ScoreWeight
from gongshi.catalogue.completeness_weights import CLASSES, DEFAULTS
from gongshi.catalogue.rules import Permission
from gongshi.identity.models import Person
from gongshi.kernel.authority import authorise
from gongshi.kernel.errors import Invalid, NotFound

MOST = 100


@transaction.atomic
def set_score_weight(*, actor: Person, key: str, by_class: tuple[int, int, int]) -> ScoreWeight:
    """What a field counts, or a failed rule costs, for points of each class; 0: nothing.

    Scores follow by a job. Raises Forbidden, NotFound for what is not in the table, Invalid out of 0 to 100.
    """
    authorise(actor, Permission.KeepScoreWeights)
    if key not in DEFAULTS:
        raise NotFound("完整性权重表中没有这一项。")
    if not all(0 <= number <= MOST for number in by_class):
        raise Invalid(f"权重应为 0 到 {MOST} 之间的整数。", field="class_1")
    before = ScoreWeight.objects.select_for_update().filter(key=key).first()
    old = (before.class_1, before.class_2, before.class_3) if before else DEFAULTS[key].by_class
    names = tuple(f"class_{point_class}" for point_class in CLASSES)
    weight, _ = ScoreWeight.objects.update_or_create(
        key=key, defaults=dict(zip(names, by_class, strict=True))
    )
    record(
        AuditAction.ScoreWeightSet,
        actor=actor,
        thing=weight,
        label=DEFAULTS[key].label,
        before=dict(zip(names, old, strict=True)),
        after=dict(zip(names, by_class, strict=True)),
    )
    app.configure_task("gongshi.catalogue.tasks.rescore_all").defer()
    return weight
