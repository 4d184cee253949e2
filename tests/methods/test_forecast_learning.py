"""Learners on lagged features: they find a planted surface, and keep the total that they learnt from."""

import numpy as np
import pytest

from openilp.methods.errors import TooFew
from openilp.methods.forecast import History, Lattice, Replay, gradient_boosting, poisson_regression
from openilp.methods.forecast.ensemble import Window, mixture_weights
from openilp.methods.forecast.learning import lagged_features
from tests.methods.planted import hot_city


@pytest.fixture(scope="module")
def replay() -> Replay:
    """A city of 400 cells whose six hot ones hold half of the events."""
    places, when, _ = hot_city(np.random.default_rng(11), n=3000)
    history = History.of(places[:, 0], places[:, 1], when)
    return Replay(history, Lattice.over(history.x, history.y, cell_m=200), days=28)


@pytest.mark.parametrize("learner", [poisson_regression, gradient_boosting])
def test_a_learner_finds_the_planted_cells(replay: Replay, learner: object, rng: np.random.Generator) -> None:
    """The six hot cells come first, and the total is that of a month."""
    centres = hot_city(np.random.default_rng(11), n=3000)[2]

    expected = learner(replay, rng=rng)  # type: ignore[operator]

    first = np.argsort(-expected, kind="stable")[:6]
    assert set(first) == set(replay.lattice.cell_of(centres[:, 0], centres[:, 1]))
    assert expected.sum() == pytest.approx(3000 / 900 * 28, rel=0.15)
    assert (expected[~replay.lattice.inside] == 0).all()


def test_features_know_nothing_of_what_comes_later(replay: Replay) -> None:
    """The features of a day are those of a record that ends there."""
    start = replay.starts(replay.history.end_day, 3)[2]

    alone = lagged_features(replay.history.before(start), replay.lattice)

    np.testing.assert_array_equal(replay.features(start), alone)
    assert replay.history.before(start).day.max() < start


def test_too_few_lessons_are_refused(rng: np.random.Generator) -> None:
    """A learner without thirty outcomes says so."""
    places, when, _ = hot_city(rng, n=60)
    history = History.of(places[:, 0], places[:, 1], when)
    replay = Replay(history, Lattice.over(history.x, history.y, cell_m=200), days=7)

    with pytest.raises(TooFew, match="learn"):
        poisson_regression(replay, rng=rng)


def test_the_mixture_favours_the_component_that_told_the_past(rng: np.random.Generator) -> None:
    """Truth, its opposite and an even map: nearly all weight goes to the truth."""
    truth = np.array([0.4, 0.3, 0.1, 0.1, 0.05, 0.05])
    maps = np.array([truth, truth[::-1], np.full(6, 1 / 6)])
    windows = [Window(k, maps, rng.multinomial(200, truth).astype(float)) for k in range(5)]

    weights = mixture_weights(windows, n_cells=2)

    assert weights.sum() == pytest.approx(1)
    assert weights[0] > 0.8


def test_without_past_events_every_component_weighs_the_same() -> None:
    """No evidence, no preference."""
    maps = np.array([[0.5, 0.5], [0.9, 0.1]])

    weights = mixture_weights([Window(0, maps, np.zeros(2))], n_cells=1)

    np.testing.assert_allclose(weights, 0.5)
