"""Counts beside their expected range: it covers as it says, and a peak is found once."""

import numpy as np
import pytest

from openilp.methods.errors import BadValue, TooFew
from openilp.methods.series import exceptional_counts


def times_of(counts: np.ndarray) -> np.ndarray:
    """Dates with so many events in each week from Monday 1 January 2018."""
    return np.repeat(np.datetime64("2018-01-01", "D") + 7 * np.arange(len(counts)), counts)


def end(counts: np.ndarray) -> str:
    """The last Sunday of the record."""
    return str(np.datetime64("2018-01-01", "D") + 7 * len(counts) - 1)


def test_the_range_covers_as_often_as_it_says(rng: np.random.Generator) -> None:
    """Ordinary over-dispersed counts lie within their 90 % range about nine times in ten."""
    inside = []
    for _ in range(40):
        counts = rng.negative_binomial(40 / 2, 1 / 3, 60)
        result = exceptional_counts(times_of(counts), watch=5, level=0.9, last=end(counts))
        inside += [each.low <= each.count <= each.high for each in result.watched]

    # 200 counts; discrete ranges cover a little more than stated.
    assert 0.85 <= np.mean(inside) <= 0.97


def test_a_planted_peak_is_found_and_does_not_hide_the_next(rng: np.random.Generator) -> None:
    """Two peaks in a row both stand out, because the first is weighted down when the second is judged."""
    counts = rng.poisson(30, 80)
    counts[[77, 79]] = 70

    result = exceptional_counts(times_of(counts), watch=4, last=end(counts))

    assert [each.exceptional for each in result.watched] == [None, "high", None, "high"]
    assert result.watched[3].high < 60
    assert "70 events is high" in str(result.finding)
    assert result.plot().svg.startswith("<svg")


def test_a_season_belongs_to_what_one_expects(rng: np.random.Generator) -> None:
    """The yearly peak is not exceptional after two years of it."""
    weeks = np.arange(52 * 3 + 15)
    counts = rng.poisson(50 * (1 + 0.5 * np.sin(2 * np.pi * weeks / 52)))

    result = exceptional_counts(times_of(counts), watch=4, last=end(counts))

    assert result.seasonal
    assert [each.exceptional for each in result.watched] == [None] * 4
    assert min(each.expected for each in result.watched) > 65


def test_only_earlier_counts_are_used(rng: np.random.Generator) -> None:
    """What happens later does not move an expected range."""
    counts = rng.poisson(30, 60)
    later = counts.copy()
    later[59] = 300

    one, other = (
        exceptional_counts(times_of(each), watch=2, last=end(counts)).watched[0] for each in (counts, later)
    )

    assert (one.expected, one.low, one.high) == (other.expected, other.low, other.high)


def test_an_empty_past_is_said(rng: np.random.Generator) -> None:
    """All events in one earlier week determine no trend; the mean stands for it and says so."""
    counts = np.zeros(30, dtype=int)
    counts[[0, 28]] = [3, 2]

    result = exceptional_counts(times_of(counts), watch=2, last=end(counts))

    assert len(result.watched) == 2
    assert all(np.isfinite(each.expected) for each in result.watched)


def test_refusals_say_what_to_do() -> None:
    """Too little before the watched periods, and a watch of nothing."""
    with pytest.raises(TooFew, match="before the watched ones"):
        exceptional_counts(times_of(np.full(13, 9)), watch=4)
    with pytest.raises(BadValue, match="1 or more periods"):
        exceptional_counts(times_of(np.full(30, 9)), watch=0)
    with pytest.raises(BadValue, match="coverage"):
        exceptional_counts(times_of(np.full(30, 9)), level=1)
