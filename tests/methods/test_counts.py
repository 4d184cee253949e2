"""Counts by day, week and month: gaps stay gaps, unfinished periods say so."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp.methods.errors import BadValue, GapHasEvents, TooCoarse, TooFew
from openilp.methods.series.counts import count_periods


def day(*numbers: int) -> np.ndarray:
    """Days after 2 January 2023."""
    return np.datetime64("2023-01-02", "D") + np.array(numbers)


@given(st.lists(st.integers(0, 800), min_size=1, max_size=60), st.sampled_from(["day", "week", "month"]))
def test_every_event_is_counted_once_and_every_day_is_covered_once(numbers: list[int], unit: str) -> None:
    """Counts add up to the events, and covered days to the length of the record."""
    counts = count_periods(day(*numbers), unit=unit)

    assert counts.events.sum() == len(numbers)
    if unit != "month":
        assert counts.days.sum() == max(numbers) - min(numbers) + 1
    for start, length, events in zip(counts.starts, counts.whole, counts.events, strict=True):
        inside = [n for n in numbers if start <= day(n)[0] < start + int(length)]
        assert events == len(inside)


def test_weeks_begin_on_monday_and_unfinished_ones_say_so() -> None:
    """A record from Wednesday to the next Tuesday covers five and two days of its weeks."""
    counts = count_periods(day(2, 8), unit="week")

    assert counts.labels == ("2023-01-02", "2023-01-09")
    assert counts.days.tolist() == [5, 2]
    assert [caution.code for caution in counts.cautions] == ["partial_period", "partial_period"]


def test_gaps_are_missing_not_zero() -> None:
    """A declared month has no days; an empty month among full ones is pointed out."""
    numbers = [n for n in range(181) if n not in range(58, 89)]
    counts = count_periods(
        day(*numbers), unit="month", gaps=["2023-03"], first="2023-01-01", last="2023-07-01"
    )

    assert counts.present.tolist() == [True, True, False, True, True, True, True]
    assert "gaps_in_counts" in {caution.code for caution in counts.cautions}
    with pytest.raises(GapHasEvents, match="2023-01"):
        count_periods(day(*numbers), unit="month", gaps=["2023-01"])


def test_a_month_without_data_takes_its_days_from_the_weeks_that_it_cuts() -> None:
    """May is not delivered: the week of its last days keeps 1 June, and what happened then is no contradiction."""
    when = np.array(["2025-04-29", "2025-06-01", "2025-06-04"], dtype="datetime64[D]")

    counts = count_periods(when, unit="week", gaps=["2025-05"])

    covered = dict(zip(counts.labels, counts.days.tolist(), strict=True))
    assert covered["2025-04-28"] == 2
    assert covered["2025-05-12"] == 0
    assert covered["2025-05-26"] == 1
    assert counts.events.tolist() == [1, 0, 0, 0, 1, 1]
    with pytest.raises(GapHasEvents, match="2025-06 is declared as a gap but holds 2 events"):
        count_periods(when, unit="week", gaps=["2025-06"])


def test_refusals_say_what_to_do() -> None:
    """Months cannot be counted by week, nothing cannot be counted, and bounds hold."""
    with pytest.raises(TooCoarse, match="only the month"):
        count_periods(np.array(["2023-01", "2023-02"], dtype="datetime64[M]"), unit="week")
    with pytest.raises(TooFew):
        count_periods(np.array([], dtype="datetime64[D]"))
    with pytest.raises(BadValue, match="outside"):
        count_periods(day(1, 50), unit="day", first="2023-01-20")
    with pytest.raises(BadValue, match="day, week or month"):
        count_periods(day(1), unit="year")  # type: ignore[arg-type]
    with pytest.raises(BadValue, match="such as 2024-05-31"):
        count_periods(day(1), gaps=["spring"])


def test_rows_without_a_time_or_in_the_future_are_named() -> None:
    """They are left out, counted from 1."""
    when = np.array(["2023-01-03", "NaT", "2031-01-01"], dtype="datetime64[D]")
    counts = count_periods(when, unit="day", now=np.datetime64("2024-01-01"))

    assert [(left.row, left.reason) for left in counts.left_out] == [(2, "no_time"), (3, "future")]
    assert counts.events.tolist() == [1]


@pytest.mark.real_data
def test_street_level_months_equal_the_published_totals(crime: Path) -> None:
    """Two years of Avon and Somerset with the two missing months missing."""
    folder = crime / "police_uk_avon_somerset"
    months = pq.read_table(folder / "avon_and_somerset_street_2023_2024.parquet", columns=["Month"])["Month"]

    counts = count_periods(months, unit="month", gaps=["2024-07", "2024-08"])

    first = [12566, 12936, 13749, 13733, 14862, 14950, 14546, 14515, 14510, 14787, 14037, 13667]
    second = [14064, 13862, 15506, 15863, 16865, 16791, 0, 0, 16129, 16960, 15434, 14737]
    assert counts.events.tolist() == first + second
    assert np.flatnonzero(~counts.present).tolist() == [18, 19]
