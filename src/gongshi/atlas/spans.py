"""Many spans of whole numbers at once."""

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.intp]


def counted(starts: NDArray[np.integer], lengths: NDArray[np.integer]) -> Whole:
    """`range(start, start + length)` of each, one after the other."""
    total = int(lengths.sum())
    shifts = np.cumsum(lengths, dtype=np.intp) - lengths
    return np.arange(total, dtype=np.intp) + np.repeat(starts.astype(np.intp) - shifts, lengths)
