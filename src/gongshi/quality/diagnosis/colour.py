"""Whether one colour lies over the whole picture."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from gongshi.quality.diagnosis.pictures import HEIGHT, WRITING, Picture, latest

# Only what is light enough to have a colour and not burnt out counts.
COLOURED: Final = (28, 238)
# The lightest 8 % of it: lamps, sky and white things show the colour of the light.
LIGHTEST: Final = 92
# Lamps are warm by nature: so much of their colour, in this direction of blue and red, is no fault.
WARM: Final = np.array((-0.87, 0.5), np.float32)
WARM_ALLOWED: Final = 14.0
# Less of the picture tells nothing of colours.
ENOUGH: Final = 0.02


def cast(pictures: Sequence[Picture]) -> float:
    """How far both the middle of all colours and that of the lightest parts lie away from grey (0–128).

    Woods are green and skies are blue, but not both of one colour: what they have in common is of the camera.
    """
    return min(_cast(picture) for picture in latest(pictures))


def _cast(picture: Picture) -> float:
    margin = int(HEIGHT // 4 * WRITING)
    light = picture.light[2::4, 2::4][margin:-margin]
    seen = (light > COLOURED[0]) & (light < COLOURED[1])
    if seen.mean() < ENOUGH:
        return 0.0
    colours = np.stack([plane[margin:-margin][seen] for plane in (picture.blue, picture.red)])
    lightest = light[seen] >= np.percentile(light[seen], LIGHTEST)
    common = (np.median(colours, axis=1) + np.median(colours[:, lightest], axis=1)) / 2
    warmth = float(np.clip(common @ WARM, 0, WARM_ALLOWED))
    return float(np.linalg.norm(common - warmth * WARM))
