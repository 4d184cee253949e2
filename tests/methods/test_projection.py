"""The plane: published points, its own inverse, and the scale that it claims."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp.methods.errors import BadValue
from openilp.methods.space import Plane

# WGS 84 mean radius of curvature is between these two; enough for a metre in a kilometre.
MERIDIAN_QUADRANT_M = 10_001_965.729


def test_the_pole_lies_a_meridian_quadrant_from_the_equator() -> None:
    """The series reproduces the published length of the WGS 84 meridian quadrant."""
    _, y = Plane(0.0).forward(np.array([0.0]), np.array([90.0]))

    assert y[0] == pytest.approx(MERIDIAN_QUADRANT_M, abs=0.001)


def test_a_zone_begins_at_its_false_easting() -> None:
    """The central meridian of UTM zone 31 is 3° east, x = 500 km there, 166,021 m at 0°, 0° (EPSG)."""
    x, y = Plane.utm(31).forward(np.array([3.0, 0.0]), np.array([0.0, 0.0]))

    assert x == pytest.approx([500_000.0, 166_021.443], abs=0.001)
    assert y == pytest.approx([0.0, 0.0], abs=1e-6)


@given(st.floats(-8, 8), st.floats(-80, 84), st.integers(1, 60))
def test_inverse_undoes_forward(away: float, lat: float, zone: int) -> None:
    """Forward and back returns the place to a micrometre."""
    plane = Plane.utm(zone, northern=lat >= 0)
    lon = plane.central_meridian + away

    back = plane.inverse(*plane.forward(np.array([lon]), np.array([lat])))

    assert back[0][0] == pytest.approx(lon, abs=1e-11)
    assert back[1][0] == pytest.approx(lat, abs=1e-11)


def test_lengths_far_from_the_meridian_err_as_stated() -> None:
    """The drawn length of a short east-west step at 100 km is too long by the stated factor."""
    plane = Plane(0.0)
    lat = 51.0
    lon = np.array([1.42, 1.4201])
    x, y = plane.forward(lon, np.array([lat, lat]))
    drawn = float(np.hypot(np.diff(x), np.diff(y))[0])
    flattening = 1 / 298.257223563
    e2 = flattening * (2 - flattening)
    prime_vertical = 6_378_137 / np.sqrt(1 - e2 * np.sin(np.radians(lat)) ** 2)
    true = prime_vertical * np.cos(np.radians(lat)) * np.radians(1e-4)

    assert drawn / true - 1 == pytest.approx(plane.scale_error(x), rel=0.02)


def test_a_plane_over_half_the_globe_is_refused() -> None:
    """Places 60 degrees apart do not share a plane."""
    with pytest.raises(BadValue, match=r"60\.0 degrees"):
        Plane.local(np.array([0.0, 60.0]), np.array([50.0, 50.0]))


def test_zone_61_does_not_exist() -> None:
    """The error names the zone and the remedy."""
    with pytest.raises(BadValue, match="zone is 61; use a UTM zone from 1 to 60"):
        Plane.utm(61)
