"""Numbers of this room that an installation may set: thresholds of the diagnosis, and terms of keeping."""

from typing import Final

from gongshi.kernel.models import ParameterValue
from gongshi.kernel.parameters import Parameter, declare
from gongshi.quality.diagnosis.faults import PICTURE_FAULTS

THRESHOLDS: Final[dict[str, Parameter]] = {
    fault.code: declare(
        Parameter(
            f"quality.{fault.code}",
            f"{fault.label}：{fault.measured}{'高于' if fault.worse_above else '低于'}多少判为异常",
            fault.unit,
            default=fault.threshold,
            lowest=fault.lowest,
            highest=fault.highest,
        )
    )
    for fault in PICTURE_FAULTS
}
THUMBNAIL_DAYS: Final = declare(Parameter("quality.thumbnail_days", "检测缩略图保存期", "天", 30, 1, 30))
INSPECTION_DAYS: Final = declare(Parameter("quality.inspection_days", "检测记录保存期", "天", 400, 90, 3650))


def thresholds() -> dict[str, int]:
    """By code of the fault, as they are in force: one query."""
    chosen = ParameterValue.objects.in_bulk([each.key for each in THRESHOLDS.values()])
    return {code: each.in_force(chosen.get(each.key)) for code, each in THRESHOLDS.items()}
