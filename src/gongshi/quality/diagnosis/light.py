"""How light the picture is: no signal, black, too dark, too bright."""

from collections.abc import Sequence

import numpy as np

from gongshi.quality.diagnosis.pictures import Picture

# Steps of light up to which a pixel counts as black.
BLACK = 16
# Detail of a block, in steps of light, up to which it is a flat colour: no sensor sees anything that flat.
FLAT = 0.7
# A screen of one colour is neither black nor white.
SCREEN = (24, 236)


def black_share(pictures: Sequence[Picture]) -> float:
    """Percent of the pixels that are black, in the lightest of the pictures."""
    return min(100 * float((picture.light <= BLACK).mean()) for picture in pictures)


def flat_share(pictures: Sequence[Picture]) -> float:
    """Percent of the blocks that are one flat colour: the screen of a recorder that has lost its camera."""
    return min(_flat(picture) for picture in pictures)


def _flat(picture: Picture) -> float:
    light = picture.block_light
    common = float(np.median(light))
    if not SCREEN[0] <= common <= SCREEN[1]:
        return 0.0
    # Bars of colour are flat as well, but not in one colour.
    return 100 * float((picture.block_detail < FLAT).mean())


def highlights(pictures: Sequence[Picture]) -> float:
    """The light above which are 5 % of the scene: low when it is too dark to see anything (0–255)."""
    return float(np.median([np.percentile(picture.scene[::4, ::4], 95) for picture in pictures]))


def shadows(pictures: Sequence[Picture]) -> float:
    """The light below which are 25 % of the scene: high when it is washed out (0–255)."""
    return float(np.median([np.percentile(picture.scene[::4, ::4], 25) for picture in pictures]))
