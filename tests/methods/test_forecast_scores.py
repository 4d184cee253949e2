"""Scores of chosen cells: formulas by hand, bounds on random counts, honest intervals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openilp.methods.errors import BadValue, TooFew
from openilp.methods.forecast import compare_choices, score_cells
from openilp.methods.forecast.scores import score_windows


def test_the_measures_by_hand(rng: np.random.Generator) -> None:
    """Six of ten events in two of ten cells; the best two held eight; before, the two held one in four."""
    counts = np.array([4, 2, 4, 0, 0, 0, 0, 0, 0, 0])
    past = np.array([2, 3, 5, 10, 0, 0, 0, 0, 0, 0])

    score = score_cells(np.array([0, 1]), counts, cell_ha=4.0, past=past, rng=rng)

    assert score.hit_rate.value == pytest.approx(0.6)
    assert score.pai.value == pytest.approx(0.6 / 0.2)
    assert score.pei_star.value == pytest.approx(6 / 8)
    assert score.rri is not None
    assert score.rri.value == pytest.approx((6 / 10) / (5 / 20))
    assert (score.n, score.total, score.most, score.n_cells) == (6, 10, 8, 2)
    assert (score.area_ha, score.study_area_ha) == (8.0, 40.0)
    np.testing.assert_allclose(score.capture, [[0.1, 0.4], [0.2, 0.6]])
    assert "few_events" in {each.code for each in score.cautions}


@settings(max_examples=60)
@given(
    counts=st.lists(st.integers(0, 9), min_size=4, max_size=60).filter(lambda c: sum(c) > 0),
    k=st.integers(1, 4),
    seed=st.integers(0, 99),
)
def test_the_bounds_hold(counts: list[int], k: int, seed: int) -> None:
    """Hit rate and PEI* lie in 0 to 1, PAI up to the inverse share of the area; intervals hold the value."""
    rng = np.random.default_rng(seed)
    events = np.array(counts)
    chosen = rng.choice(events.size, k, replace=False)

    score = score_cells(chosen, events, cell_ha=1.0, rng=rng)

    for estimate, top in ((score.hit_rate, 1), (score.pei_star, 1), (score.pai, events.size / k)):
        assert 0 <= estimate.low <= estimate.value + 1e-12
        assert estimate.value <= estimate.high + 1e-12
        assert estimate.high <= top + 1e-9
    best = np.argsort(-events, kind="stable")[:k]
    assert score_cells(best, events, cell_ha=1.0, rng=rng).pei_star.value == pytest.approx(1)


@settings(max_examples=20)
@given(seed=st.integers(0, 999))
def test_the_order_of_cells_changes_nothing(seed: int) -> None:
    """Numbering the cells otherwise gives the same measures."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(0.8, 50)
    counts[0] += 1
    order = rng.permutation(50)

    one = score_cells(np.arange(5), counts[order], cell_ha=1.0, rng=np.random.default_rng(1))
    other = score_cells(order[:5], counts, cell_ha=1.0, rng=np.random.default_rng(1))

    assert one.hit_rate == other.hit_rate
    assert one.pei_star == other.pei_star


def test_no_hit_still_has_an_interval(rng: np.random.Generator) -> None:
    """Nought of thirty: up to one in nine is possible (Clopper and Pearson: 1 - 0.025^(1/30))."""
    counts = np.zeros(40)
    counts[10:40] = 1

    score = score_cells(np.array([0, 1]), counts, cell_ha=1.0, rng=rng)

    assert score.hit_rate.low == 0
    assert score.hit_rate.high == pytest.approx(1 - 0.025 ** (1 / 30))
    assert "no_hit" in {each.code for each in score.cautions}


def test_repeats_at_one_place_widen_the_interval(rng: np.random.Generator) -> None:
    """Fifty events in one cell are not fifty independent ones."""
    spread = np.ones(100)
    packed = np.zeros(100)
    packed[0], packed[50:100] = 50, 1

    wide = score_cells(np.arange(50), packed, cell_ha=1.0, rng=rng).hit_rate
    narrow = score_cells(np.arange(50), spread, cell_ha=1.0, rng=rng).hit_rate

    assert wide.value == narrow.value == 0.5
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_windows_add_up(rng: np.random.Generator) -> None:
    """Two windows: hits and the most that was possible are sums over both."""
    first, second = np.array([3, 0, 1, 0]), np.array([0, 2, 0, 2])

    score = score_windows([np.array([0]), np.array([2])], [first, second], cell_ha=1.0, rng=rng)

    assert (score.n, score.total, score.most) == (3, 8, 5)
    assert score.pai.value == pytest.approx((3 / 8) / (1 / 4))


def test_comparing_is_antisymmetric(rng: np.random.Generator) -> None:
    """What one gains the other loses; a choice equals itself."""
    counts = rng.poisson(1.5, 80).astype(float)
    one, other = np.arange(10), np.arange(5, 15)

    ahead = compare_choices([one], [other], [counts], rng=np.random.default_rng(2))
    behind = compare_choices([other], [one], [counts], rng=np.random.default_rng(2))
    same = compare_choices([one], [one], [counts], rng=rng)

    assert ahead.difference.value == pytest.approx(-behind.difference.value)
    assert ahead.probability == pytest.approx(1 - behind.probability, abs=0.05)
    assert (same.difference.value, same.probability, same.verdict.code) == (0.0, 0.5, "not_told_apart")


def test_a_clear_advantage_is_called_better(rng: np.random.Generator) -> None:
    """A choice with all the events against one with none."""
    counts = np.zeros(100)
    counts[:20] = 3

    verdict = compare_choices([np.arange(20)], [np.arange(50, 70)], [counts], rng=rng).verdict

    assert verdict.code == "better"


@pytest.mark.parametrize(
    ("chosen", "counts", "error"),
    [
        ([], [1.0, 2.0], TooFew),
        ([0, 0], [1.0, 2.0], BadValue),
        ([5], [1.0, 2.0], BadValue),
        ([0], [0.0, 0.0], TooFew),
        ([0], [1.0, -2.0], BadValue),
    ],
)
def test_what_cannot_be_scored_is_refused(
    chosen: list[int], counts: list[float], error: type[Exception], rng: np.random.Generator
) -> None:
    """No cell, a cell twice, a cell elsewhere, no event, a negative count."""
    with pytest.raises(error):
        score_cells(np.array(chosen, dtype=np.int64), np.array(counts), cell_ha=1.0, rng=rng)
