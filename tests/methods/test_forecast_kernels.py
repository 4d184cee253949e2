"""Forecasts that weigh the past: sums by hand, naive twins, and the ends of each parameter."""

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from openilp.methods.errors import BadValue, LengthMismatch
from openilp.methods.forecast import (
    History,
    Lattice,
    cell_counts,
    exponential_decay,
    kernel_forecast,
    prospective_kernel,
    shrunken_counts,
)


def city(n: int, seed: int = 1, side: float = 2000.0, days: int = 200) -> History:
    """Events anywhere in a square, by the day."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, side, (2, n))
    return History.of(
        x,
        y,
        np.datetime64("2024-01-01") + rng.integers(0, days, n),
        first=date(2024, 1, 1),
        end=date(2024, 7, 19),
    )


def test_counts_are_the_mean_rate_times_the_days() -> None:
    """Over the whole record a cell expects its count, scaled by the length."""
    history = city(300)
    lattice = Lattice.over(history.x, history.y, cell_m=200)

    expected = cell_counts(history, lattice, days=20)

    assert history.days == 200
    np.testing.assert_allclose(expected, lattice.counts(history.x, history.y) / 10)
    assert expected.sum() == pytest.approx(30)


def test_a_window_counts_only_what_is_recent() -> None:
    """Three events, of which one lies in the last ten days."""
    history = History.of(
        [50, 50, 150], [50, 50, 50], ["2024-01-01", "2024-02-01", "2024-02-28"], end=date(2024, 3, 1)
    )
    lattice = Lattice.over(history.x, history.y, cell_m=100)

    expected = cell_counts(history, lattice, days=5, window_days=10)

    assert expected[lattice.cell_of(np.array([150.0]), np.array([50.0]))[0]] == pytest.approx(0.5)
    assert expected.sum() == pytest.approx(0.5)


def test_without_decay_the_weights_are_counts() -> None:
    """An infinite half-life is the plain count."""
    history = city(100)
    lattice = Lattice.over(history.x, history.y, cell_m=200)

    decayed = exponential_decay(history, lattice, days=7, half_life_days=math.inf)

    np.testing.assert_allclose(decayed, cell_counts(history, lattice, days=7))


def test_an_event_counts_half_after_a_half_life() -> None:
    """Two events a half-life apart in two cells."""
    history = History.of([50, 150], [50, 50], ["2024-01-01", "2024-01-31"])
    lattice = Lattice.over(history.x, history.y, cell_m=100)

    expected = exponential_decay(history, lattice, days=7, half_life_days=30)

    assert sorted(expected[expected > 0])[0] * 2 == pytest.approx(expected.max())


@pytest.mark.parametrize("bandwidth_m", [30.0, 150.0, 900.0])
def test_a_kernel_is_integrated_over_each_cell(bandwidth_m: float) -> None:
    """Each cell holds the Gaussian's integral, as the error function says."""
    history = city(40)
    lattice = Lattice.over(history.x, history.y, cell_m=250)

    expected = kernel_forecast(history, lattice, days=200, bandwidth_m=bandwidth_m)

    edge_x = lattice.x0 + np.arange(lattice.nx + 1) * 250
    edge_y = lattice.y0 + np.arange(lattice.ny + 1) * 250
    naive = np.zeros((lattice.ny, lattice.nx))
    for x, y in zip(history.x, history.y, strict=True):
        across = np.diff(norm.cdf(edge_x, x, bandwidth_m))
        along = np.diff(norm.cdf(edge_y, y, bandwidth_m))
        naive += np.outer(along, across)
    np.testing.assert_allclose(expected, np.where(lattice.inside, naive.ravel(), 0), atol=1e-7)


def test_shrinking_lies_between_the_count_and_the_density() -> None:
    """No strength is the count, endless strength the density."""
    history = city(200)
    lattice = Lattice.over(history.x, history.y, cell_m=200)

    weak = shrunken_counts(history, lattice, days=7, half_life_days=math.inf, strength_days=1e-9)
    strong = shrunken_counts(history, lattice, days=7, half_life_days=math.inf, strength_days=1e12)

    np.testing.assert_allclose(weak, cell_counts(history, lattice, days=7), atol=1e-9)
    np.testing.assert_allclose(strong, kernel_forecast(history, lattice, days=7, bandwidth_m=250), atol=1e-9)


def test_the_prospective_map_equals_a_loop_over_cells_and_events() -> None:
    """The naive twin of the prospective kernel."""
    history = city(60, days=120)
    lattice = Lattice.over(history.x, history.y, cell_m=90)

    fast = prospective_kernel(history, lattice, days=7)

    slow = np.zeros(lattice.nx * lattice.ny)
    for cell in np.flatnonzero(lattice.inside):
        x = lattice.x0 + (cell % lattice.nx + 0.5) * 90
        y = lattice.y0 + (cell // lattice.nx + 0.5) * 90
        for i in range(len(history)):
            away, ago = math.hypot(x - history.x[i], y - history.y[i]), history.end_day - history.day[i]
            if away <= 400 and ago <= 56:
                slow[cell] += 1 / (1 + math.floor(2 * away / 90)) / (1 + math.floor(ago / 7))
    if slow.sum():
        slow *= fast.sum() / slow.sum()
    np.testing.assert_allclose(fast, slow)


@settings(max_examples=20)
@given(seed=st.integers(0, 2**16), factor=st.sampled_from([0.001, 0.3048, 1000.0]))
def test_the_unit_of_length_and_the_order_of_rows_change_nothing(seed: int, factor: float) -> None:
    """Scaled coordinates with a scaled bandwidth and cell, in any order, give the same expectations."""
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 4000, (2, 30)) / 2 + 0.25
    when = np.datetime64("2024-01-01") + rng.integers(0, 100, 30)
    order = rng.permutation(30)
    one, other = History.of(x, y, when), History.of(x[order] * factor, y[order] * factor, when[order])
    cells = Lattice.over(one.x, one.y, cell_m=128.0)
    scaled = Lattice.over(other.x, other.y, cell_m=128.0 * factor)

    first = kernel_forecast(one, cells, days=7, bandwidth_m=200, half_life_days=50)
    second = kernel_forecast(other, scaled, days=7, bandwidth_m=200 * factor, half_life_days=50)

    # What lies at the reach of the kernel is in or out by rounding, and weighs so little of the peak.
    np.testing.assert_allclose(first, second, rtol=1e-9, atol=1e-9 * first.max())


def test_rows_without_place_or_date_are_named() -> None:
    """They are left out with a caution, never silently."""
    history = History.of([0.0, None, 2.0], [0.0, 1.0, 2.0], ["2024-01-01", "2024-01-02", None])

    assert len(history) == 1
    assert history.cautions[0].facts == {"n": "2", "rows": "2, 3"}


def test_events_outside_the_stated_period_are_refused() -> None:
    """A date after the end of the record is an error that names its row."""
    with pytest.raises(BadValue, match="row 2"):
        History.of([0.0, 1.0], [0.0, 1.0], ["2024-01-01", "2025-01-01"], end=date(2024, 6, 1))


def test_columns_of_different_length_are_refused() -> None:
    """One value per row in each column."""
    with pytest.raises(LengthMismatch):
        History.of([0.0], [0.0, 1.0], ["2024-01-01"])


@pytest.mark.parametrize("cell_m", [0.0, -1.0, math.nan, math.inf])
def test_a_cell_has_a_length(cell_m: float) -> None:
    """No lattice of cells without a side."""
    with pytest.raises(BadValue, match="cell"):
        Lattice.over(np.zeros(1), np.zeros(1), cell_m=cell_m)
