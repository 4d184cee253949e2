"""Season and trend: equal to the published procedure, true to what was planted, honest about gaps."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openilp.methods.errors import BadValue, TooFew
from openilp.methods.series import season
from openilp.methods.series.loess import loess
from openilp.methods.series.stl import decompose


def planted() -> np.ndarray:
    """Five years of months: a slope, a season, a ripple and one month far out."""
    i = np.arange(60)
    values = 100 + 0.5 * i + 20 * np.sin(2 * np.pi * i / 12) + 10 * np.cos(7.0 * i)
    values[30] += 200
    return values


def test_the_decomposition_equals_statsmodels() -> None:
    """`STL(period=12)` of statsmodels 0.15.0, plain and robust, at rows 0, 5, 30 and 59."""
    rows = [0, 5, 30, 59]

    plain, robust = decompose(planted(), 12), decompose(planted(), 12, robust=True)

    expected = {
        "trend": [101.23839568806238, 103.11477659247954, 131.6243283317458, 124.26350512382619],
        "seasonal": [3.6899592930444216, 5.64530079712243, 53.41581562402603, -8.52636810939689],
        "robust trend": [102.43280466849063, 103.5723755376026, 117.11351064331225, 125.41270087769215],
        "robust seasonal": [3.066638490529765, 4.724378381869453, 4.654930546200775, -9.332004686244494],
    }
    np.testing.assert_allclose(plain.trend[rows], expected["trend"], rtol=1e-9)
    np.testing.assert_allclose(plain.seasonal[rows], expected["seasonal"], rtol=1e-9)
    np.testing.assert_allclose(robust.trend[rows], expected["robust trend"], rtol=1e-9)
    np.testing.assert_allclose(robust.seasonal[rows], expected["robust seasonal"], rtol=1e-9)


@settings(max_examples=40)
@given(st.lists(st.floats(-100, 100), min_size=3, max_size=30), st.integers(3, 40))
def test_local_lines_equal_their_naive_twin(values: list[float], window: int) -> None:
    """Each point is a weighted straight line through its nearest points."""
    y = np.array(values)
    n = len(y)
    used = min(window, n)
    smooth = loess(y, window, np.ones(n))
    for i in range(n):
        first = min(max(i - (used + 1) // 2 + 1, 0), n - used)
        x = np.arange(first, first + used)
        reach = max(i - x[0], x[-1] - i) + max(window - n, 0) // 2
        share = np.abs(x - i) / reach
        weight = np.where(share <= 0.001, 1, np.where(share <= 0.999, (1 - share**3) ** 3, 0))
        if np.count_nonzero(weight) > 1:
            line = np.polyfit(x - i, y[x], 1, w=np.sqrt(weight))
            assert smooth[i] == pytest.approx(line[1], abs=1e-6)
        else:
            assert smooth[i] == pytest.approx(y[i])


def test_a_planted_season_is_recovered_with_a_gap(rng: np.random.Generator) -> None:
    """Trend and season come back although three months are missing, and the parts add up."""
    i = np.arange(96)
    truth = 200 + i, 40 * np.sin(2 * np.pi * i / 12)
    values = truth[0] + truth[1] + rng.normal(0, 3, 96)
    values[[20, 21, 50]] = np.nan

    parts = decompose(values, 12, seasonal=13)

    assert np.abs(parts.trend - truth[0])[6:-6].max() < 5
    assert np.abs(parts.seasonal - truth[1]).max() < 10
    known = ~np.isnan(values)
    np.testing.assert_allclose((parts.trend + parts.seasonal + parts.remainder)[known], values[known])
    assert np.isnan(parts.remainder[[20, 21, 50]]).all()


def times_of(counts: np.ndarray) -> np.ndarray:
    """Dates with so many events in each month from January 2018."""
    months = (np.datetime64("2018-01", "M") + np.arange(len(counts))).astype("datetime64[D]")
    return np.repeat(months + 9, counts)


def test_a_result_says_how_strong_the_season_is() -> None:
    """A pure season is strong and peaks where it was planted; a missing month is no collapse."""
    i = np.arange(60)
    counts = np.round(300 + 100 * np.cos(2 * np.pi * (i - 6) / 12)).astype(int)
    counts[40] = 0

    result = season(times_of(counts), unit="month", gaps=["2021-05"])

    assert result.seasonal_strength > 0.9
    assert result.peak == "2022-07"
    assert np.isnan(result.counts[40])
    assert abs(result.trend[40] - 300) < 15
    assert result.n_periods == 59
    assert result.to_dict()["counts"][40] is None
    assert result.plot().svg.startswith("<svg")


def test_refusals_say_what_to_do() -> None:
    """Fewer than two cycles, and windows that are none."""
    with pytest.raises(TooFew, match="at least 24"):
        season(times_of(np.full(20, 30)))
    with pytest.raises(BadValue, match="odd number"):
        season(times_of(np.full(30, 30)), seasonal_window=8)
    with pytest.raises(BadValue, match="2 or more"):
        season(times_of(np.full(30, 30)), cycle=1)


@pytest.mark.real_data
def test_chicago_months_equal_statsmodels(crime: Path) -> None:
    """Burglaries by month from 2014 to 2017: `STL(period=12)` of statsmodels 0.15.0 at rows 0, 5, 30 and 47."""
    table = pq.read_table(crime / "chicago_nearrepeat" / "chicago_burglary_2014_2017.parquet")

    result = season(table["date_single"], unit="month")

    rows = [0, 5, 30, 47]
    trend = [1124.9679687735554, 1043.8878262034448, 983.2159739619723, 792.0899324910839]
    seasonal = [-150.13884985027488, 16.854010970651192, 87.32073816287438, -44.035138913328076]
    np.testing.assert_allclose(result.trend[rows], trend, rtol=1e-9)
    np.testing.assert_allclose(result.seasonal[rows], seasonal, rtol=1e-9)
    assert result.n == 45_319
