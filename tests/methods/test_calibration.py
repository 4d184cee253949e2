"""Calibration: scores equal the peers', parts add up, planted errors come back, small teams stay out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import brier_score_loss

from openilp.methods.errors import BadValue, LengthMismatch, TooFew, UnknownType
from openilp.methods.judgement import Term, Yardstick, calibrate, calibrate_terms
from openilp.methods.judgement.calibration import share

SCHEME = Yardstick(
    "example", (Term("unlikely", "u", 0.0, 0.3), Term("likely", "l", 0.6, 0.9)), ("low", "high")
)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=10, max_size=40))
def test_the_score_is_the_peers_and_its_parts_add_up(rows: list[tuple[float, bool]]) -> None:
    """Brier equals scikit-learn's; reliability - resolution + uncertainty + within is the score."""
    given_, came = np.array([p for p, _ in rows]), np.array([float(o) for _, o in rows])

    found = calibrate(given_, came, ["t"] * len(rows), rng=np.random.default_rng(1)).everyone

    assert found.brier.value == pytest.approx(brier_score_loss(came, given_, labels=[0, 1]))
    parts = found.reliability - found.resolution + found.uncertainty + found.within
    assert parts == pytest.approx(found.brier.value)
    assert sum(each.observed.n for each in found.bins) == len(rows)
    for each in found.bins:
        assert each.low - 1e-9 <= each.mean_probability <= each.high + 1e-9


def test_equal_probabilities_in_a_bin_leave_nothing_over(rng: np.random.Generator) -> None:
    """With one value in each bin the classic three parts are the whole score."""
    given_ = np.repeat([0.15, 0.55, 0.95], 20)
    came = (rng.random(60) < given_).astype(float)

    found = calibrate(given_, came, ["t"] * 60, rng=rng).everyone

    assert found.within == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("hits", "n"), [(0, 5), (3, 5), (5, 5), (70, 100)])
def test_shares_have_the_peers_interval(hits: int, n: int) -> None:
    """Wilson's interval is that of scipy."""
    expected = binomtest(hits, n).proportion_ci(0.9, method="wilson")

    found = share(hits, n, 0.9)

    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_a_planted_error_comes_back(rng: np.random.Generator) -> None:
    """A team that says 20 points too much has that bias; one that is right has none, and scores better."""
    truth = rng.uniform(0.1, 0.7, 4000)
    came = (rng.random(4000) < truth).astype(float)
    given_ = np.concatenate([truth[:2000], truth[2000:] + 0.2])

    right, sure = calibrate(given_, came, ["a"] * 2000 + ["b"] * 2000, rng=rng).teams

    assert right.bias == pytest.approx(0, abs=0.03)
    assert sure.bias == pytest.approx(0.2, abs=0.03)
    assert sure.reliability == pytest.approx(0.04, abs=0.015)
    assert right.brier.high < sure.brier.low


def test_saying_the_overall_share_has_no_skill(rng: np.random.Generator) -> None:
    """It is reliable and tells nothing apart."""
    came = np.array([1.0, 0.0, 0.0, 0.0] * 10)

    found = calibrate(np.full(40, 0.25), came, ["t"] * 40, rng=rng).everyone

    assert (found.reliability, found.resolution, found.skill) == (0.0, 0.0, 0.0)


def test_small_teams_stay_out_and_open_judgements_are_counted(rng: np.random.Generator) -> None:
    """Nine outcomes are no team; a judgement without an outcome is open, not wrong."""
    found = calibrate([0.5] * 22, [1.0] * 19 + [None] * 3, ["a"] * 10 + ["b"] * 12, rng=rng)

    assert [each.team for each in found.teams] == ["a"]
    assert (found.n, found.n_open, found.everyone.skill) == (19, 3, None)
    assert "b have fewer than 10" in str(found.cautions[-1])


def test_words_are_compared_with_their_ranges() -> None:
    """A word that came true more often than it says disagrees; an unused one says nothing."""
    found = calibrate_terms(SCHEME, ["unlikely"] * 30, [1.0] * 25 + [0.0] * 4 + [None])

    unlikely, likely = found.terms
    assert (unlikely.observed.n, unlikely.observed.value, unlikely.agrees) == (29, 25 / 29, False)
    assert (likely.observed, likely.agrees, found.n, found.n_open) == (None, None, 29, 1)
    assert "unlikely" in str(found.finding)
    with pytest.raises(UnknownType, match="'perhaps'"):
        calibrate_terms(SCHEME, ["perhaps"], [1.0])


def test_a_range_finds_its_words() -> None:
    """A range that touches two words has both; one in the gap has none."""
    assert [term.code for term in SCHEME.terms_between(0.2, 0.7)] == ["unlikely", "likely"]
    assert SCHEME.terms_between(0.3, 0.6) == SCHEME.terms_between(0.4, 0.4) == ()
    assert [term.code for term in SCHEME.terms_between(0.6, 0.6)] == ["likely"]
    with pytest.raises(BadValue, match=r"range is 0\.7 to 0\.2"):
        SCHEME.terms_between(0.7, 0.2)


def test_bad_rows_are_named(rng: np.random.Generator) -> None:
    """A probability above 1, an outcome of 2, too few outcomes."""
    with pytest.raises(BadValue, match="probability of row 2 is 70"):
        calibrate([0.5, 70], [1, 0], ["a", "a"], rng=rng)
    with pytest.raises(BadValue, match="outcome of row 1 is 2"):
        calibrate([0.5], [2], ["a"], rng=rng)
    with pytest.raises(TooFew, match="1 judgements"):
        calibrate([0.5], [1], ["a"], rng=rng)
    with pytest.raises(LengthMismatch):
        calibrate([0.5], [1], [], rng=rng)
    with pytest.raises(BadValue, match="bins is 0"):
        calibrate([0.5], [1], ["a"], rng=rng, bins=0)
