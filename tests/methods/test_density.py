"""Density: exact against a naive twin and against scipy, whatever the unit and the tolerance."""

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gaussian_kde

from openilp.methods.errors import BadValue, TooFew
from openilp.methods.space import Area, Density, Grid, Places, Plane, density

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

    assert result.integral == pytest.approx(1.0, abs=1e-3)
    assert result.per_km2.sum() * 0.0625 == pytest.approx(500 * result.integral)
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


def unlike(rng: np.random.Generator, n: int) -> tuple[Places, np.ndarray, np.ndarray]:
    """Events of a town with bandwidths and errors of their own."""
    _, _, events = town(rng, n)
    return events, rng.uniform(200, 2500, n), rng.uniform(0, 900, n)


def test_each_event_may_have_its_own_bandwidth(rng: np.random.Generator) -> None:
    """Bandwidths that differ give what one map an event gives, added up."""
    events, sigma, _ = unlike(rng, 60)
    grid = Grid.over(PLANE, events.x, events.y, cell_m=500, margin_m=3000)

    together = density(events, bandwidth_m=sigma, cell_m=500, grid=grid, relative_tolerance=1e-9)

    alone = sum(
        density(
            events.only(np.arange(60) == i), bandwidth_m=sigma[i], cell_m=500, grid=grid, relative_tolerance=0
        ).density
        for i in range(60)
    )
    np.testing.assert_allclose(together.density, alone / 60, atol=1e-9 * together.highest)
    assert together.adaptive


def test_an_uncertain_place_is_spread_over_its_square(rng: np.random.Generator) -> None:
    """The kernel of a snapped point is the mean of the kernels over its square."""
    events = Places(np.array([500_000.0]), np.array([5_700_000.0]), PLANE)
    grid = Grid(PLANE, 498_000.0, 5_698_000.0, 250.0, 16, 16)
    steps = (np.arange(60) + 0.5) / 60 * 1200 - 600
    east, north = (axis.ravel() for axis in np.meshgrid(steps, steps))
    spread = Places(events.x + east, events.y + north, PLANE)

    one = density(events, bandwidth_m=300, cell_m=250, grid=grid, location_error_m=600)
    many = density(spread, bandwidth_m=300, cell_m=250, grid=grid)

    np.testing.assert_allclose(one.density, many.density, atol=2e-4 * one.highest)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**32 - 1), st.sampled_from([200.0, 900.0]), st.sampled_from([0.0, 1e-6, 1e-3]))
def test_an_area_keeps_all_the_mass(seed: int, bandwidth_m: float, tolerance: float) -> None:
    """Within a study area the density integrates to 1, equals its naive twin, and is 0 outside."""
    rng = np.random.default_rng(seed)
    events = Places(500_000 + rng.uniform(0, 6000, 40), 5_700_000 + rng.uniform(0, 6000, 40), PLANE)
    corners = [(0, 0), (6000, 0), (6000, 3000), (3000, 3000), (3000, 6000), (0, 6000)]
    area = Area(shapely.Polygon([(500_000 + x, 5_700_000 + y) for x, y in corners]), PLANE)

    result = density(events, bandwidth_m=bandwidth_m, cell_m=300, area=area, relative_tolerance=tolerance)

    inside = result.grid.within(area)
    x, y = (axis[inside] for axis in np.meshgrid(*result.grid.centres()))
    held = [inside.ravel()[cell] for cell in result.grid.cell_of(events.x, events.y)]
    expected = np.zeros(inside.shape)
    for place_x, place_y in zip(events.x[held], events.y[held], strict=True):
        kernel = np.exp(-((x - place_x) ** 2 + (y - place_y) ** 2) / (2 * bandwidth_m**2))
        expected[inside] += kernel / kernel.sum() / 300**2 / sum(held)
    assert result.integral == pytest.approx(1.0, abs=1e-12)
    assert result.error_bound <= tolerance
    assert np.abs(result.density - expected).max() <= (tolerance + 1e-12) * expected.max()
    assert (result.n, result.n_outside) == (sum(held), 40 - sum(held))


def test_the_unit_of_length_does_not_matter(rng: np.random.Generator) -> None:
    """The same events in kilometres, with bandwidth and cell in kilometres, give the same shape."""
    x, y, events = town(rng, 300)
    kilometres = Places(x / 1000, y / 1000, Plane("local-metres"))

    metres = density(events, bandwidth_m=500, cell_m=250)
    scaled = density(kilometres, bandwidth_m=0.5, cell_m=0.25)

    np.testing.assert_allclose(scaled.density / 1e6, metres.density, atol=2e-6 * metres.highest)


def test_the_order_of_events_does_not_matter(rng: np.random.Generator) -> None:
    """A permutation of the rows changes nothing but the last digits."""
    x, y, events = town(rng, 200)
    turned = rng.permutation(200)

    first = density(events, bandwidth_m=500, cell_m=250)
    second = density(Places(x[turned], y[turned], PLANE), bandwidth_m=500, cell_m=250)

    np.testing.assert_allclose(first.density, second.density, rtol=1e-10, atol=1e-12 * first.highest)


def test_cells_too_wide_for_an_area_are_refused() -> None:
    """A kernel that may miss every centre cannot be kept inside."""
    area = Area(shapely.box(0, 0, 10_000, 10_000), PLANE)

    with pytest.raises(BadValue, match="at most 200 m"):
        density(Places(np.array([1.0]), np.array([1.0]), PLANE), bandwidth_m=100, cell_m=250, area=area)


def test_a_density_says_and_draws_itself(rng: np.random.Generator) -> None:
    """Words, plain data with the fixed keys, and a picture."""
    result = density(town(rng, 100)[2], bandwidth_m=500, cell_m=500)

    record = json.loads(json.dumps(result.to_dict(), allow_nan=False))

    assert "100 events" in result.in_words()
    assert record["transform"] == [500.0, 0.0, result.grid.x0, 0.0, 500.0, result.grid.y0]
    assert np.array(record["density"]).sum() * 500**2 == pytest.approx(record["integral"])
    assert record["max"] == np.max(record["density"])
    assert result.plot().svg.startswith("<svg")


@pytest.mark.real_data
def test_chicago_peak_equals_the_measured_one(crime: Path) -> None:
    """148,636 assaults, 500 m, 250 m: grid, highest density and integral of the reference run."""
    table = pq.read_table(crime / "chicago_agg_assault" / "chicago_aggravated_assaults_2010_2019.parquet")
    events = Places.from_degrees(table["longitude"], table["latitude"], plane=Plane.utm(16))
    grid = Grid.over(events.plane, events.x, events.y, cell_m=250, margin_m=1500, snapped_to_cell=False)

    result = density(events, bandwidth_m=500, cell_m=250, grid=grid)

    assert (grid.nx, grid.ny) == (145, 180)
    assert result.highest == pytest.approx(9.2429e-09, rel=1e-5)
    assert result.integral == pytest.approx(1.0, abs=5e-6)
