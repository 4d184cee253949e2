"""Hours and weekdays from intervals: exact shares, rules for long intervals, and rows that cannot be used."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp.methods.errors import BadValue, LengthMismatch, TooCoarse, TooFew
from openilp.methods.series import aoristic, hour_weekday


def moments(*texts: str | None) -> np.ndarray:
    """Local times, NaT where there is none."""
    return np.array(["NaT" if text is None else text for text in texts], dtype="datetime64[m]")


# A Monday.
MONDAY = np.datetime64("2024-06-03T00:00", "m")
intervals = st.lists(st.tuples(st.integers(0, 30_000), st.integers(0, 30_000)), min_size=1, max_size=6)


@given(intervals)
def test_profiles_equal_their_naive_twin(rows: list[tuple[int, int]]) -> None:
    """Hours, weekdays and hours of the week are the shares found minute by minute, with their deviations."""
    start, length = (np.array(column) for column in zip(*rows, strict=True))
    shares = np.zeros((3, len(rows), 168))
    for row, (begin, long) in enumerate(rows):
        hours = (begin + np.arange(max(long, 1))) // 60
        for kind, bins in enumerate((hours % 24, hours // 24 % 7, hours % 168)):
            shares[kind, row] = np.bincount(bins, minlength=168) / len(hours)

    result = aoristic(MONDAY + start, MONDAY + start + length)

    error = np.sqrt((shares * (1 - shares)).sum(axis=1))
    for kind, (profile, spread) in enumerate(
        (
            (result.hour, result.hour_error),
            (result.weekday, result.weekday_error),
            (result.week, result.week_error),
        )
    ):
        np.testing.assert_allclose(profile, shares[kind].sum(axis=0)[: len(profile)], atol=1e-9)
        # A spread is a square root: what the sums lose, some 2^-32 of an event, stands in it as 2^-16.
        np.testing.assert_allclose(spread, error[kind][: len(profile)], atol=2e-5)


def test_an_equal_start_and_end_is_an_exact_time() -> None:
    """It counts in one hour without any doubt."""
    result = aoristic(moments("2024-06-07T22:15"), moments("2024-06-07T22:15"))

    assert (result.n_exact, result.n_interval) == (1, 0)
    assert result.week[4 * 24 + 22] == 1.0
    assert result.hour_error.max() == 0.0


def test_minutes_are_kept() -> None:
    """An interval from 10:50 to 11:10 is half in each hour, not wholly in the first."""
    result = aoristic(moments("2024-06-03T10:50"), moments("2024-06-03T11:10"))

    assert result.hour[10] == pytest.approx(0.5)
    assert result.hour[11] == pytest.approx(0.5)


def test_rows_that_cannot_be_used_are_named() -> None:
    """A missing start, a missing end and an end before its start; nothing is turned round."""
    starts = moments("2024-06-03T10:00", None, "2024-06-03T10:00", "2024-06-03T10:00")
    ends = moments("2024-06-03T10:30", "2024-06-03T10:30", None, "2024-06-03T09:00")

    result = aoristic(starts, ends)

    assert [(left.row, left.reason) for left in result.excluded] == [
        (2, "no_time"),
        (3, "no_end"),
        (4, "end_before_start"),
    ]
    assert result.n == 1
    assert "1 rows were left out because the end lies before the start: 4." in map(str, result.cautions)


@pytest.mark.parametrize(
    ("rule", "days"),
    [("first", [0, 1]), ("last", [5, 6]), (None, [0, 1, 2, 3, 4, 5, 6])],
)
def test_long_intervals_are_clipped_by_rule(rule: str | None, days: list[int]) -> None:
    """Of ten days from a Monday the first or the last 48 hours are used, or all of them."""
    start, end = moments("2024-06-03T00:00"), moments("2024-06-17T00:00")

    call = {} if rule is None else {"longest_h": 48, "long_rule": rule}
    result = aoristic(start, end, **call)

    assert np.flatnonzero(result.weekday > 1e-12).tolist() == days
    assert result.week.sum() == pytest.approx(1.0)
    assert result.n_clipped == (rule is not None)


def test_long_intervals_can_be_left_out() -> None:
    """They are named as too long."""
    starts = moments("2024-06-03T00:00", "2024-06-03T10:00")
    ends = moments("2024-06-17T00:00", "2024-06-03T11:00")

    result = aoristic(starts, ends, longest_h=168)

    assert [(left.row, left.reason) for left in result.excluded] == [(1, "too_long")]


def test_refusals_say_what_to_do() -> None:
    """Dates without hours, nothing usable, unequal columns and unknown rules."""
    day = np.array(["2024-06-03"], dtype="datetime64[D]")
    with pytest.raises(TooCoarse, match="carry only the day"):
        aoristic(day, day)
    with pytest.raises(TooFew, match=r"usable time \(row 1: the time is missing\)"):
        aoristic(moments(None), moments(None))
    with pytest.raises(TooFew, match="usable time"):
        aoristic(moments(), moments())
    with pytest.raises(LengthMismatch):
        aoristic(moments("2024-06-03T10:00"), moments())
    with pytest.raises(BadValue, match="leave_out, first, last"):
        aoristic(moments("2024-06-03T10:00"), moments("2024-06-03T10:00"), long_rule="wrap")  # type: ignore[arg-type]


@pytest.mark.real_data
def test_new_york_thefts_equal_the_oracle(crime: Path) -> None:
    """32,894 windows of vehicle theft: hours and weekdays as measured, 2,852 rows without an end named."""
    table = pq.read_table(crime / "nyc_vehicle_thefts" / "nyc_vehicle_thefts_2014_2017.parquet")

    result = aoristic(table["date_start"], table["date_end"])

    hour = (
        "1837.0 1985.2 1971.2 1956.3 1857.0 1661.9 1480.0 1231.7 1095.6 1032.1 1004.5 996.1 1042.8 1032.1 1028.3 "
        "1059.3 1049.1 1063.2 1147.6 1242.9 1361.9 1493.6 1568.7 1695.8"
    )
    weekday = "4741.8 4659.3 4647.7 4561.7 4727.3 4815.4 4740.8"
    np.testing.assert_array_equal(result.hour.round(1), np.array(hour.split(), dtype=float))
    np.testing.assert_array_equal(result.weekday.round(1), np.array(weekday.split(), dtype=float))
    assert (result.n, result.n_exact, len(result.excluded)) == (32_894, 512, 2_852)
    assert {left.reason for left in result.excluded} == {"no_end"}
    np.testing.assert_allclose(result.week.reshape(7, 24).sum(axis=0), result.hour, rtol=1e-9)
    np.testing.assert_allclose(
        result.week.reshape(7, 24), hour_weekday(table["date_start"], table["date_end"]).expected
    )
    assert str(result.finding).startswith("Most of the 32894 events fall between 01:00 and 02:00")
