"""Changes of rate: exact segmentation, planted changes, and false alarms as often as stated."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openilp.methods.errors import BadValue, TooFew
from openilp.methods.series import change_points
from openilp.methods.series.change_points import neighbour_dispersion, steady_penalty
from openilp.methods.series.pelt import largest_gain, pelt, segment_cost


def naive(events: np.ndarray, exposure: np.ndarray, penalty: float, least: int) -> float:
    """The smallest cost plus penalty over all segmentations, without pruning."""
    n = len(events)
    best = np.full(n + 1, np.inf)
    best[0] = -penalty
    for end in range(1, n + 1):
        for begin in range(end - least + 1):
            cost = segment_cost(events[begin:end].sum(), exposure[begin:end].sum())
            best[end] = min(best[end], best[begin] + float(cost) + penalty)
    return float(best[n])


@settings(max_examples=120)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 7)), min_size=4, max_size=35),
    st.floats(0.5, 20),
    st.integers(1, 3),
)
def test_pruning_loses_nothing(rows: list[tuple[int, int]], penalty: float, least: int) -> None:
    """The pruned search reaches the cost of the unpruned one, with segments of the least length."""
    events, exposure = (np.array(column, dtype=float) for column in zip(*rows, strict=True))

    starts = pelt(events, exposure, penalty, least=least)

    ends = [0, *starts, len(events)]
    cost = sum(
        float(segment_cost(events[a:b].sum(), exposure[a:b].sum())) for a, b in itertools.pairwise(ends)
    )
    assert min(np.diff(ends)) >= least
    assert cost + penalty * len(starts) == pytest.approx(naive(events, exposure, penalty, least), abs=1e-6)


def times_of(counts: np.ndarray, first: str = "2018-01-01") -> np.ndarray:
    """Dates with so many events in each week from a Monday."""
    return np.repeat(np.datetime64(first, "D") + 7 * np.arange(len(counts)), counts)


def test_planted_changes_are_recovered(rng: np.random.Generator) -> None:
    """A fall and a rise are found within their sets of dates, with the ratio of rates."""
    counts = rng.poisson(np.repeat([40.0, 20.0, 50.0], [30, 30, 30]))

    result = change_points(times_of(counts), seasonal=False, last="2019-09-22", rng=rng)

    true = [str(np.datetime64("2018-01-01") + 7 * week) for week in (30, 60)]
    assert len(result.changes) == 2
    for change, date, ratio in zip(result.changes, true, (0.5, 2.5), strict=True):
        assert change.earliest <= date <= change.latest
        assert change.ratio.low is not None
        assert change.ratio.high is not None
        assert change.ratio.low <= ratio <= change.ratio.high
    assert result.plot().svg.startswith("<svg")


def test_a_steady_restless_series_alarms_as_often_as_stated(rng: np.random.Generator) -> None:
    """Over-dispersed counts around one rate exceed the penalty in about 5 % of series."""
    exposure = np.full(60, 7.0)
    drawn = rng.negative_binomial(30 / 2, 1 / 3, (400, 60)).astype(float)

    alarms = [
        largest_gain((row / max(1.0, neighbour_dispersion(row, exposure)))[None], exposure)[0]
        > steady_penalty(row, exposure, max(1.0, neighbour_dispersion(row, exposure)), 0.05, rng)
        for row in drawn[:150]
    ]

    # The dispersion is estimated too: between 1 % and 13 % of 150.
    assert 2 <= sum(alarms) <= 20


def test_a_season_is_no_change(rng: np.random.Generator) -> None:
    """Three years of a strong season without a change show none once it is taken out."""
    weeks = np.arange(52 * 5)
    counts = rng.poisson(60 * (1 + 0.4 * np.sin(2 * np.pi * weeks / 52)))

    plain, adjusted = (
        change_points(times_of(counts), seasonal=seasonal, rng=np.random.default_rng(1))
        for seasonal in (False, True)
    )

    assert len(plain.changes) > 4
    assert len(adjusted.changes) <= 1


def test_a_declared_gap_is_no_change(rng: np.random.Generator) -> None:
    """Two months without data leave the rate as it is."""
    months = (np.datetime64("2019-01", "M") + np.arange(36)).astype("datetime64[D]")
    counts = rng.poisson(100, 36)
    counts[[18, 19]] = 0

    result = change_points(
        np.repeat(months + 3, counts), unit="month", gaps=["2020-07", "2020-08"], seasonal=False, rng=rng
    )

    assert result.changes == ()
    assert np.isnan(result.expected[[18, 19]]).all()
    assert str(result.finding) == "No change of rate stands out from the usual unrest."


def test_refusals_say_what_to_do() -> None:
    """Too short a series, and probabilities that are none."""
    rng = np.random.default_rng(1)
    with pytest.raises(TooFew, match="at least 8"):
        change_points(times_of(np.full(5, 9)), rng=rng)
    with pytest.raises(BadValue, match="between 0 and 1"):
        change_points(times_of(np.full(20, 9)), false_alarm=0, rng=rng)
    with pytest.raises(BadValue, match="above 0"):
        change_points(times_of(np.full(20, 9)), penalty=-1, rng=rng)
