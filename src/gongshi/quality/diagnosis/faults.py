"""Every fault that is looked for: its words, its number, and from where on it is one (§5.2). One table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from gongshi.quality.diagnosis import colour, detail, light, motion, occlusion, stripes
from gongshi.quality.diagnosis.pictures import Picture

Measure = Callable[[Sequence[Picture]], float | None]


@dataclass(frozen=True)
class Fault:
    """`result_code` is that of the city police's own system: 0 正常 1 黑屏 2 冻结 3 掉线 4 亮度异常 …

    `measure` gives a number in `unit` of what `measured` says; None where these pictures do not tell. It is a
    fault above `threshold`, or below it unless `worse_above`. It `hides` what cannot be told beside it.
    """

    code: str
    label: str
    result_code: int
    measure: Measure | None = None
    measured: str = ""
    unit: str = ""
    worse_above: bool = True
    threshold: int = 0
    lowest: int = 0
    highest: int = 100
    hides: frozenset[str] = frozenset()

    def is_found(self, number: float, threshold: float) -> bool:
        return number > threshold if self.worse_above else number < threshold


_ALL: Final = frozenset(
    ("frozen", "too_dark", "too_bright", "blurred", "colour_cast", "noise", "stripes", "occluded")
)

OFFLINE: Final = Fault("offline", "离线", 3)
# The gravest first: the first that is found gives the result code.
PICTURE_FAULTS: Final = (
    Fault("no_signal", "无信号", 3, light.flat_share, "纯色画面占比", "%", threshold=80, hides=_ALL),
    Fault("black", "黑屏", 1, light.black_share, "黑色像素占比", "%", threshold=95, hides=_ALL),
    Fault("frozen", "画面冻结", 2, motion.unchanged_share, "不变画面占比", "%", threshold=80),
    Fault(
        "too_dark",
        "过暗",
        4,
        light.highlights,
        "较亮部分亮度",
        worse_above=False,
        threshold=90,
        highest=255,
        hides=frozenset({"blurred"}),
    ),
    Fault(
        "too_bright",
        "过亮",
        4,
        light.shadows,
        "较暗部分亮度",
        threshold=170,
        highest=255,
        hides=frozenset({"occluded"}),
    ),
    Fault(
        "occluded",
        "画面遮挡",
        9,
        occlusion.covered_share,
        "被遮挡画面占比",
        "%",
        threshold=40,
    ),
    Fault("blurred", "画面模糊", 5, detail.sharpness, "清晰度", "%", worse_above=False, threshold=50),
    Fault("noise", "噪声雪花", 7, detail.grain, "噪声强度", threshold=7),
    Fault("stripes", "条纹干扰", 7, stripes.bands, "条纹强度", threshold=12),
    Fault("colour_cast", "偏色", 6, colour.cast, "偏色程度", threshold=16),
)
FAULTS: Final = (OFFLINE, *PICTURE_FAULTS)
BY_CODE: Final = {fault.code: fault for fault in FAULTS}
LABELS: Final = {fault.code: fault.label for fault in FAULTS}
