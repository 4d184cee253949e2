"""The feedback urn: the three limits of Ensign et al. (2018), and what reported incidents change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from openilp.methods.errors import BadValue, TooFew
from openilp.methods.fairness import simulate_feedback


def test_equal_rates_end_at_a_beta_distributed_share(rng: np.random.Generator) -> None:
    """A Pólya urn that begins with 2 and 3 balls ends at Beta(2, 3), not at one half."""
    found = simulate_feedback([0.5, 0.5], start=[2, 3], rounds=3000, runs=1500, rng=rng)

    assert stats.kstest(found.final_share[:, 0], stats.beta(2, 3).cdf).pvalue > 0.01
    assert found.mean_share[0] == pytest.approx(0.4, abs=0.02)
    assert found.runaway


def test_unequal_rates_run_away(rng: np.random.Generator) -> None:
    """The area with a little more takes nearly all."""
    found = simulate_feedback([0.8, 0.2], rounds=6000, runs=200, rng=rng)

    assert found.true_share[0] == pytest.approx(0.8)
    assert np.median(found.final_share[:, 0]) > 0.98
    assert found.path[-1, 0] > found.path[10, 0] > found.path[0, 0]


@pytest.mark.parametrize("rates", [(0.6, 0.4), (0.9, 0.3), (0.5, 0.3, 0.2)])
def test_the_corrected_urn_settles_at_the_true_share(
    rates: tuple[float, ...], rng: np.random.Generator
) -> None:
    """Down-weighted by how likely the patrol was, the share goes to rate over the sum of the rates."""
    found = simulate_feedback(rates, rounds=8000, runs=100, corrected=True, rng=rng)

    np.testing.assert_allclose(found.mean_share, np.array(rates) / sum(rates), atol=0.04)
    assert not found.runaway


def test_reports_soften_the_loop_but_do_not_mend_it(rng: np.random.Generator) -> None:
    """With as many reports as discoveries the share ends nearer to the truth, and still not there."""
    alone = simulate_feedback([0.6, 0.3], rounds=3000, runs=200, rng=rng)
    helped = simulate_feedback([0.6, 0.3], reported=[0.6, 0.3], rounds=3000, runs=200, rng=rng)

    assert helped.distance < alone.distance / 2
    assert helped.mean_share[0] > 2 / 3 + 0.02


def test_only_reports_settle_at_the_reports(rng: np.random.Generator) -> None:
    """Where nothing is discovered there is no loop."""
    found = simulate_feedback([0.0, 0.0], reported=[0.3, 0.1], rounds=3000, runs=50, rng=rng)

    assert found.mean_share[0] == pytest.approx(0.75, abs=0.02)


@settings(max_examples=15)
@given(
    rates=st.lists(st.floats(0.05, 1), min_size=2, max_size=4),
    seed=st.integers(0, 99),
    corrected=st.booleans(),
)
def test_shares_are_shares(rates: list[float], seed: int, corrected: bool) -> None:
    """In every run and at every mark they lie in 0 to 1 and add up to 1."""
    found = simulate_feedback(rates, rounds=60, runs=20, corrected=corrected, rng=np.random.default_rng(seed))

    np.testing.assert_allclose(found.final_share.sum(axis=1), 1)
    np.testing.assert_allclose(found.path.sum(axis=1), 1)
    assert (found.final_share > 0).all()
    assert len(found.rounds) == len(found.path)


@pytest.mark.parametrize(
    ("rates", "options", "error"),
    [
        ([0.5], {}, TooFew),
        ([0.5, 1.5], {}, BadValue),
        ([0.5, -0.1], {}, BadValue),
        ([0.0, 0.0], {}, BadValue),
        ([0.5, 0.5], {"start": [1, 0]}, BadValue),
        ([0.5, 0.5], {"rounds": 0}, BadValue),
    ],
)
def test_what_is_no_urn_is_refused(
    rates: list[float], options: dict[str, object], error: type[Exception], rng: np.random.Generator
) -> None:
    """One area, impossible probabilities, nothing to find, an empty colour, no rounds."""
    with pytest.raises(error):
        simulate_feedback(rates, rng=rng, **options)  # type: ignore[arg-type]
