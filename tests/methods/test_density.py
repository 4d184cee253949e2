"""Density: exact against a naive twin and against scipy, whatever the unit and the tolerance."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gaussian_kde

from openilp.methods.errors import BadValue, TooFew
from openilp.methods.space import Density, Grid, Places, Plane, density

PLANE = Plane.utm(30)


def town(
    rng: np.random.Generator, n: int, extent_m: float = 20_000.0
) -> tuple[np.ndarray, np.ndarray, Places]:
    """Clustered points in a made-up town."""
    centres = rng.uniform(0, extent_m, (5, 2))
    points = centres[rng.integers(0, 5, n)] + rng.normal(0, 800, (n, 2))
    x, y = points[:, 0] + 500_000, points[:, 1] + 5_700_000
    return x, y, Places(x, y, PLANE)


def naive(x: np.ndarray, y: np.ndarray, weight: np.ndarray, result: Density) -> np.ndarray:
    """Every event into every cell, one cell at a time."""
    centre_x, centre_y = result.grid.centres()
    values = np.empty((result.grid.ny, result.grid.nx))
    for row, north in enumerate(centre_y):
        for column, east in enumerate(centre_x):
            squared = ((x - east) ** 2 + (y - north) ** 2) / result.bandwidth_m**2
            values[row, column] = (weight * np.exp(-squared / 2)).sum()
    return values / (2 * np.pi * result.bandwidth_m**2) * 1e6


@settings(deadline=None, max_examples=25)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 60),
    st.sampled_from([150.0, 400.0, 3000.0]),
    st.sampled_from([0.0, 1e-9, 1e-6, 1e-2]),
)
def test_density_keeps_its_tolerance(seed: int, n: int, bandwidth_m: float, tolerance: float) -> None:
    """No cell differs from the naive sum by more than the stated bound, which respects the tolerance."""
    rng = np.random.default_rng(seed)
    x, y, events = town(rng, n)
    weight = rng.integers(0, 4, n).astype(float)
    weight[0] = 1.0
    grid = Grid.over(PLANE, x, y, cell_m=700, margin_m=700)

    result = density(
        events,
        bandwidth_m=bandwidth_m,
        cell_m=700,
        weights=weight,
        relative_tolerance=tolerance,
        grid=grid,
    )

    expected = naive(x, y, weight, result)
    assert result.error_bound <= tolerance
    # 1e-12: the rounding of the sums themselves.
    assert np.abs(result.per_km2 - expected).max() <= (result.error_bound + 1e-12) * expected.max()


def test_density_equals_scipy(rng: np.random.Generator) -> None:
    """With scipy's covariance made isotropic, both give the same density."""
    x, _, events = town(rng, 400)
    result = density(events, bandwidth_m=600, cell_m=500, relative_tolerance=1e-10)
    peer = gaussian_kde(np.stack([events.x, events.y]))
    peer.covariance = np.eye(2) * 600.0**2
    peer.cho_cov = np.linalg.cholesky(peer.covariance)
    centre_x, centre_y = result.grid.centres()
    where = np.stack([axis.ravel() for axis in np.meshgrid(centre_x, centre_y)])

    expected = peer(where).reshape(result.grid.ny, result.grid.nx) * len(x) * 1e6

    np.testing.assert_allclose(result.per_km2, expected, atol=1e-6 * expected.max())


def test_density_adds_up_to_the_events(rng: np.random.Generator) -> None:
    """The grid holds the whole mass but for the tails beyond its margin."""
    _, _, events = town(rng, 500)

    result = density(events, bandwidth_m=500, cell_m=250)

    assert result.mass_inside == pytest.approx(1.0, abs=5e-3)
    assert result.per_km2.sum() * 0.0625 == pytest.approx(500 * result.mass_inside)
    assert result.n == 500


def test_repeated_points_equal_one_point_with_a_weight(rng: np.random.Generator) -> None:
    """Snapped data are merged without changing the result."""
    x, y, _ = town(rng, 50)
    grid = Grid.over(PLANE, x, y, cell_m=500)
    thrice = Places(np.repeat(x, 3), np.repeat(y, 3), PLANE)
    once = Places(x, y, PLANE)

    repeated = density(thrice, bandwidth_m=500, cell_m=500, grid=grid)
    weighted = density(once, bandwidth_m=500, cell_m=500, grid=grid, weights=[3.0] * 50)

    np.testing.assert_allclose(repeated.per_km2, weighted.per_km2, rtol=1e-12)


def test_a_cell_far_wider_than_the_kernel_keeps_the_tolerance() -> None:
    """Where every centre lies in the far tail, the first radius is not enough and all is summed."""
    grid = Grid(PLANE, 500_000.0, 5_700_000.0, 700.0, 4, 4)
    x, y = np.array([500_700.0, 501_405.0]), np.array([5_700_700.0, 5_701_390.0])

    result = density(
        Places(x, y, PLANE),
        bandwidth_m=60,
        cell_m=700,
        relative_tolerance=1e-4,
        grid=grid,
    )

    expected = naive(x, y, np.ones(2), result)
    assert result.error_bound <= 1e-4
    np.testing.assert_allclose(result.per_km2, expected, atol=1e-4 * expected.max())


@pytest.mark.parametrize("name", ["bandwidth_m", "cell_m"])
def test_a_length_of_zero_is_refused(name: str) -> None:
    """The error names the length."""
    options = {"bandwidth_m": 500.0, "cell_m": 250.0, name: 0.0}

    with pytest.raises(BadValue, match=f"{name} is 0.0"):
        density(Places.from_degrees(np.array([1.0]), np.array([1.0])), **options)


def test_weights_of_zero_have_no_density() -> None:
    """Nothing but zeros is not a map."""
    with pytest.raises(TooFew, match="weight above 0"):
        density(
            Places.from_degrees(np.array([1.0]), np.array([1.0])), bandwidth_m=500, cell_m=250, weights=[0.0]
        )


@pytest.mark.real_data
def test_chicago_peak_equals_the_measured_one(crime: Path) -> None:
    """148,636 assaults, 500 m, 250 m: grid, highest density and integral of the reference run."""
    table = pq.read_table(crime / "chicago_agg_assault" / "chicago_aggravated_assaults_2010_2019.parquet")
    events = Places.from_degrees(table["longitude"], table["latitude"], plane=Plane.utm(16))
    grid = Grid.over(events.plane, events.x, events.y, cell_m=250, margin_m=1500, snapped_to_cell=False)

    result = density(events, bandwidth_m=500, cell_m=250, grid=grid)

    assert (grid.nx, grid.ny) == (145, 180)
    assert result.per_km2.max() / 1e6 / result.n == pytest.approx(9.2429e-09, rel=1e-5)
    assert result.mass_inside == pytest.approx(1.0, abs=5e-6)
