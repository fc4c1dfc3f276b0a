"""From decoded frames to verdicts: every number, and the faults that they mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from av.video.frame import VideoFrame

from gongshi.quality.diagnosis.faults import BY_CODE, OFFLINE, PICTURE_FAULTS
from gongshi.quality.diagnosis.pictures import picture_of

IN_ORDER: Final = 0
DEFAULTS: Final[Mapping[str, int]] = {fault.code: fault.threshold for fault in PICTURE_FAULTS}


@dataclass(frozen=True)
class Diagnosis:
    """`faults`: codes, the gravest first. `numbers`: code → (number, threshold) of all that was measured."""

    faults: tuple[str, ...]
    numbers: dict[str, tuple[float, float]]

    @property
    def result_code(self) -> int:
        """The city police's code of the gravest fault; 0 when all is in order."""
        return BY_CODE[self.faults[0]].result_code if self.faults else IN_ORDER


NOTHING_CAME: Final = Diagnosis((OFFLINE.code,), {})


def diagnose(frames: Sequence[VideoFrame], thresholds: Mapping[str, float] = DEFAULTS) -> Diagnosis:
    """Judge the key frames of one camera, in the order of their times. Raises ValueError without any."""
    if not frames:
        raise ValueError("there is nothing to judge")
    pictures = [picture_of(frame) for frame in frames]
    numbers: dict[str, tuple[float, float]] = {}
    found: list[str] = []
    for fault in PICTURE_FAULTS:
        number = fault.measure(pictures) if fault.measure else None
        if number is not None:
            threshold = thresholds[fault.code]
            numbers[fault.code] = (round(number, 1), threshold)
            if fault.is_found(number, threshold):
                found.append(fault.code)
    hidden = {code for each in found for code in BY_CODE[each].hides}
    return Diagnosis(tuple(code for code in found if code not in hidden), numbers)
