"""Many positions are shifted as one is; the catalogue's own function is the measure."""

import numpy as np

from gongshi.atlas import shifting
from gongshi.catalogue import gcj02


def test_many_positions_are_shifted_as_one_is() -> None:
    lon, lat = np.linspace(118.5, 121, 50), np.linspace(27.3, 29.2, 50)
    expected = [gcj02.to_gcj02(*each) for each in zip(lon.tolist(), lat.tolist(), strict=True)]
    assert np.allclose(np.column_stack(shifting.to_gcj02(lon, lat)), expected, atol=1e-12)


def test_shifting_back_is_good_to_a_centimetre() -> None:
    lon, lat = np.linspace(118.5, 121, 50), np.linspace(27.3, 29.2, 50)
    back = shifting.to_wgs84(*shifting.to_gcj02(lon, lat))
    assert np.abs(np.array(back) - (lon, lat)).max() < 1e-7
