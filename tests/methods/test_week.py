"""Hour by weekday: exact spreading against a naive twin, published totals, and refusals."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp.methods.errors import BadValue, LengthMismatch, TooCoarse, TooFew
from openilp.methods.series import hour_weekday
from openilp.methods.series.cycle import WEEK_H, spread_over_cycle


def moments(*texts: str | None) -> np.ndarray:
    """Local times, NaT where there is none."""
    return np.array(["NaT" if text is None else text for text in texts], dtype="datetime64[m]")


def naive_shares(start_min: int, length_min: int) -> np.ndarray:
    """The share of an interval in each hour of the week, one minute at a time."""
    minutes = (start_min + np.arange(max(length_min, 1))) // 60 % 168
    return np.bincount(minutes, minlength=168) / len(minutes)


WEEK_MIN = 168 * 60
intervals = st.lists(
    st.tuples(
        st.integers(0, WEEK_MIN - 1),
        st.one_of(
            st.integers(0, 3 * WEEK_MIN),
            st.sampled_from([0, 1, 60, WEEK_MIN - 1, WEEK_MIN, WEEK_MIN + 1, 2 * WEEK_MIN - 7]),
        ),
    ),
    min_size=1,
    max_size=8,
)


@given(intervals)
def test_spreading_equals_its_naive_twin(rows: list[tuple[int, int]]) -> None:
    """Difference arrays give the minute-by-minute shares, and their variance, over any number of weeks."""
    start, length = (np.array(column, dtype=float) / 60 for column in zip(*rows, strict=True))
    shares = np.array([naive_shares(*row) for row in rows])

    expected, variance = spread_over_cycle(start, length, WEEK_H)

    np.testing.assert_allclose(expected, shares.sum(axis=0), atol=1e-9)
    np.testing.assert_allclose(variance, (shares * (1 - shares)).sum(axis=0), atol=1e-9)


def test_an_exact_time_counts_in_its_hour() -> None:
    """Friday 31 May 2024, 22:15, is row 4, column 22, without any doubt."""
    result = hour_weekday(moments("2024-05-31T22:15"))

    assert result.expected[4, 22] == 1.0
    assert result.expected.sum() == 1.0
    assert result.allocation_error.max() == 0.0


def test_an_interval_over_midnight_is_split() -> None:
    """Sunday 23:30 to Monday 00:30 is half Sunday, half Monday: the week wraps."""
    result = hour_weekday(moments("2024-06-02T23:30"), moments("2024-06-03T00:30"))

    assert result.expected[6, 23] == pytest.approx(0.5)
    assert result.expected[0, 0] == pytest.approx(0.5)
    assert result.allocation_error[0, 0] == pytest.approx(0.5)
    assert result.n_interval == 1


def test_what_cannot_be_used_is_counted() -> None:
    """A missing end, a reversed interval and an over-long one are left out, each under its name."""
    starts = moments("2024-06-02T10:10", "2024-06-02T10:10", "2024-06-02T10:10", "2024-06-02T10:10", None)
    ends = moments("2024-06-02T10:20", None, "2024-06-01T10:10", "2024-06-20T10:10", "2024-06-20T10:10")

    result = hour_weekday(starts, ends, longest_h=168)

    assert (result.n, result.n_without_time, result.n_reversed, result.n_too_long) == (1, 2, 1, 1)
    assert result.expected.sum() == pytest.approx(1.0)


def test_a_missing_end_can_mean_an_exact_time() -> None:
    """Where the caller says so, a start without end is the time itself."""
    result = hour_weekday(moments("2024-06-02T10:10"), moments(None), end_optional=True)

    assert result.expected[6, 10] == 1.0
    assert result.n_interval == 0


@pytest.mark.parametrize(
    ("values", "resolution"),
    [
        (np.array(["2024-05", "2024-06"], dtype="datetime64[M]"), "month"),
        (np.array(["2024-05-03"], dtype="datetime64[D]"), "day"),
        (np.array(["2024-05-01", "2024-06-01"] * 3, dtype="datetime64[s]"), "month"),
        (np.array(["2024-05-03", "2024-06-01"] * 3, dtype="datetime64[s]"), "day"),
        (["2024-05", "2024-06", "2024-07", "2024-08", "2024-09"], "month"),
        (pa.array([19_000, 19_001, 19_002, 19_003, 19_004], pa.date32()), "day"),
    ],
)
def test_coarse_times_are_refused(values: object, resolution: str) -> None:
    """Data that carry only the month or the day are not drawn at midnight."""
    with pytest.raises(TooCoarse) as caught:
        hour_weekday(values)

    assert caught.value.resolution == resolution
    assert f"carry only the {resolution}" in str(caught.value)


def test_a_time_zone_is_refused() -> None:
    """A zone would move the hours unseen."""
    with pytest.raises(BadValue, match="local clock"):
        hour_weekday([datetime(2024, 5, 31, 22, 15, tzinfo=UTC)])


def test_an_arrow_time_zone_is_refused() -> None:
    """The same holds for Arrow timestamps, which numpy would turn into UTC without a word."""
    zoned = pa.chunked_array([pa.array([0], pa.timestamp("us", tz="Europe/London"))])

    with pytest.raises(BadValue, match="local clock"):
        hour_weekday(zoned)


def test_columns_of_different_length_are_refused() -> None:
    """One end per start."""
    with pytest.raises(LengthMismatch, match="starts has 1, ends has 2"):
        hour_weekday(moments("2024-05-31T22:15"), moments("2024-05-31T22:15", "2024-05-31T22:15"))


def test_no_usable_time_is_refused() -> None:
    """An empty week is not a result."""
    with pytest.raises(TooFew, match="usable time"):
        hour_weekday(moments(None))


def test_a_text_that_is_no_time_is_named() -> None:
    """The error says what a time looks like."""
    with pytest.raises(BadValue, match=r"starts is .*2024-05-31T22:15"):
        hour_weekday(["yesterday"])


@pytest.mark.real_data
def test_new_york_thefts_equal_the_measured_profile(crime: Path) -> None:
    """32,894 complete windows give the exact profile by hour and by weekday of the reference run."""
    table = pq.read_table(crime / "nyc_vehicle_thefts" / "nyc_vehicle_thefts_2014_2017.parquet")

    result = hour_weekday(table["date_start"], table["date_end"])

    by_hour = [1837.0, 1985.2, 1971.2, 1956.3, 1857.0, 1661.9, 1480.0, 1231.7, 1095.6, 1032.1, 1004.5, 996.1]
    by_hour += [
        1042.8,
        1032.1,
        1028.3,
        1059.3,
        1049.1,
        1063.2,
        1147.6,
        1242.9,
        1361.9,
        1493.6,
        1568.7,
        1695.8,
    ]
    assert (result.n, result.n_without_time) == (32_894, 2_852)
    np.testing.assert_allclose(result.expected.sum(axis=0), by_hour, atol=0.051)
    by_day = [4741.8, 4659.3, 4647.7, 4561.7, 4727.3, 4815.4, 4740.8]
    np.testing.assert_allclose(result.expected.sum(axis=1), by_day, atol=0.051)
    assert "aoristic_spread" in {caution.code for caution in result.cautions}


@pytest.mark.real_data
def test_street_level_data_have_no_hours(crime: Path) -> None:
    """Monthly data are refused as such."""
    folder = crime / "police_uk_avon_somerset"
    table = pq.read_table(folder / "avon_and_somerset_street_2023_2024.parquet", columns=["Month"])

    with pytest.raises(TooCoarse, match="carry only the month"):
        hour_weekday(table["Month"][:1000])
