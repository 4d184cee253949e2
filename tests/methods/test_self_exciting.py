"""The self-exciting process: planted parameters come back, with and without a clock."""

import math

import numpy as np
import pytest

from openilp.methods.errors import BadValue, TooFew
from openilp.methods.forecast import History, Lattice, fit_self_exciting
from openilp.methods.forecast.self_exciting import _Process, close_pairs
from openilp.methods.sentence import Estimate
from tests.methods.planted import hawkes


def fitted(seed: int, *, by_day: bool, **planted: float):  # type: ignore[no-untyped-def]
    """A fit to planted data."""
    truth = {"background": 3000, "branching": 0.4, "lag": 10.0, "distance": 80.0, **planted}
    places, when = hawkes(np.random.default_rng(seed), by_day=by_day, **truth)
    history = History.of(places[:, 0], places[:, 1], when)
    lattice = Lattice.over(history.x, history.y, cell_m=500)
    return history, lattice, fit_self_exciting(history, lattice)


def near(estimate: Estimate, truth: float, tolerance: float) -> None:
    """Hold an estimate to a planted value."""
    assert estimate.value == pytest.approx(truth, rel=tolerance)
    assert estimate.low is not None
    assert estimate.high is not None
    assert estimate.low < estimate.value < estimate.high


@pytest.mark.parametrize("by_day", [False, True])
def test_planted_parameters_come_back(by_day: bool) -> None:
    """Branching, delay and distance within a tenth, whether dates carry a clock or not."""
    _, _, found = fitted(5, by_day=by_day)

    near(found.branching, 0.4, 0.1)
    near(found.mean_lag_days, 10.0, 0.1)
    near(found.distance_m, 80.0, 0.05)
    assert found.background_share == pytest.approx(0.61, abs=0.04)
    assert ("same_day" in {each.code for each in found.cautions}) is by_day


def test_a_process_without_contagion_has_none() -> None:
    """Uniform events are background."""
    _, _, found = fitted(6, by_day=True, branching=0.0, background=3000)

    assert found.background_share > 0.97


def test_day_ties_never_set_each_other_off() -> None:
    """A thousand events on one day have no pairs; with the next day's they have only such."""
    rng = np.random.default_rng(1)
    x, y = rng.uniform(0, 3000, (2, 600))
    when = np.repeat(np.array(["2024-01-01", "2024-01-02", "2024-01-03"], dtype="datetime64[D]"), 200)
    history = History.of(x, y, when)

    pairs = close_pairs(history, reach_m=500, reach_days=1)

    assert set(pairs.lag) == {1.0}


def test_the_sparse_likelihood_equals_a_double_loop() -> None:
    """The naive twin of the pairs and the triggering."""
    places, when = hawkes(
        np.random.default_rng(2), background=150, branching=0.3, lag=8.0, distance=60.0, side=3000.0, days=200
    )
    history = History.of(places[:, 0], places[:, 1], when)
    lattice = Lattice.over(history.x, history.y, cell_m=300)
    pairs = close_pairs(history, reach_m=400, reach_days=30)
    process = _Process(history, lattice, pairs, 500.0, 400.0, 30.0, 10.0)
    theta, rate, sigma = 0.3, 0.1, 70.0

    fast = np.bincount(pairs.child, process.triggering(theta, rate, sigma), minlength=len(history))

    slow = np.zeros(len(history))
    for i in range(len(history)):
        for j in range(len(history)):
            lag = history.day[i] - history.day[j]
            away = math.hypot(history.x[i] - history.x[j], history.y[i] - history.y[j])
            if 0 < lag <= 30 and away <= 400:
                time = rate * math.exp(-rate * lag) / (1 - math.exp(-rate * 30))
                space = math.exp(-(away**2) / (2 * sigma**2)) / (2 * math.pi * sigma**2)
                slow[i] += theta * time * space / (1 - math.exp(-(400**2) / (2 * sigma**2)))
    np.testing.assert_allclose(fast, slow, rtol=1e-10)


def test_the_forecast_counts_background_and_aftermath() -> None:
    """A planted process expects about as many events as it has had, and more near a fresh cluster."""
    history, lattice, found = fitted(7, by_day=True)

    expected = found.expected(history, lattice, days=30)

    assert expected.sum() == pytest.approx(len(history) * 30 / history.days, rel=0.1)
    last = history.day >= history.end_day - 3
    near_last = np.unique(lattice.cell_of(history.x[last], history.y[last]))
    assert expected[near_last].mean() > 1.3 * expected[lattice.inside].mean()


def test_metres_and_feet_give_the_same_process() -> None:
    """All lengths scaled: the branching stays and the distance scales."""
    places, when = hawkes(
        np.random.default_rng(3), background=400, branching=0.4, lag=6.0, distance=50.0, side=5000.0
    )
    found = []
    for unit in (1.0, 3.2808398950131235):
        history = History.of(places[:, 0] * unit, places[:, 1] * unit, when)
        lattice = Lattice.over(history.x, history.y, cell_m=500 * unit)
        found.append(
            fit_self_exciting(
                history, lattice, background_m=500 * unit, reach_m=1000 * unit, smallest_m=10 * unit
            )
        )

    assert found[0].branching.value == pytest.approx(found[1].branching.value, rel=1e-3)
    assert found[0].distance_m.value * 3.2808398950131235 == pytest.approx(
        found[1].distance_m.value, rel=1e-3
    )


def test_repeats_at_one_point_stop_at_the_floor_and_say_so() -> None:
    """Geocoded landmarks cannot drive the distance to nothing."""
    rng = np.random.default_rng(4)
    points = rng.uniform(0, 8000, (150, 2))
    chosen = rng.integers(0, 150, 900)
    when = np.datetime64("2023-01-01") + rng.integers(0, 300, 900)
    history = History.of(points[chosen, 0], points[chosen, 1], when)

    found = fit_self_exciting(history, Lattice.over(history.x, history.y, cell_m=400))

    assert found.distance_m.value == pytest.approx(10.0, rel=0.01)
    assert "smallest_scale" in {each.code for each in found.cautions}


def test_too_few_events_or_a_bad_parameter_are_refused() -> None:
    """One clear error each."""
    history = History.of([0.0, 1.0], [0.0, 1.0], ["2024-01-01", "2024-01-02"])
    lattice = Lattice.over(history.x, history.y, cell_m=100)

    with pytest.raises(TooFew, match="2 events"):
        fit_self_exciting(history, lattice)
    with pytest.raises(BadValue, match="reach_m"):
        fit_self_exciting(history, lattice, reach_m=0)
