"""Near repeats: published tables cell by cell, a naive twin, and the behaviour of the probabilities."""

import csv
import itertools
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openilp.methods.errors import BadValue, LengthMismatch, TooCoarse, TooFew, TooLarge
from openilp.methods.places import Places
from openilp.methods.series import Bands, NearRepeat, near_repeat, pairs, permute
from openilp.methods.series.permute import permuted, strata

INFINITE = float("inf")


def days(*numbers: float) -> np.ndarray:
    """Times so many days after 2 January 2024, to the minute."""
    return np.datetime64("2024-01-02", "m") + (np.array(numbers) * 1440).astype("timedelta64[m]")


def places(xy: np.ndarray) -> Places:
    """Places in local metres, far from looking like degrees."""
    return Places.measured(xy[:, 0] + 1000, xy[:, 1] + 1000)


def naive_table(xy: np.ndarray, day: np.ndarray, space: Bands, time: Bands, metric: str) -> np.ndarray:
    """Every pair looked at on its own."""
    table = np.zeros((len(space), len(time)), dtype=int)
    for i, j in itertools.combinations(range(len(xy)), 2):
        step = np.abs(xy[i] - xy[j])
        apart = step.sum() if metric == "manhattan" else np.sqrt((step * step).sum())
        row, column = space.place(np.array([apart]))[0], time.place(np.array([abs(day[i] - day[j])]))[0]
        if row >= 0 and column >= 0:
            table[row, column] += 1
    return table


events = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 12)), min_size=2, max_size=25
)
edges = st.sampled_from(
    [(0, 1, 2, 5), (0, INFINITE), (1, 3), (0, 2, INFINITE), (1, 4, INFINITE), (0, 0.1, 3, 6, INFINITE)]
)


@settings(max_examples=150)
@given(events, edges, edges, st.sampled_from(["left", "right"]), st.sampled_from(["manhattan", "euclidean"]))
def test_the_table_equals_its_naive_twin(
    rows: list[tuple[int, int, int]], space: tuple, time: tuple, closed: str, metric: str
) -> None:
    """Trees, ticks and the infinite bands give what looking at each pair gives, on grids full of ties."""
    xy, day = (
        np.array([row[:2] for row in rows], dtype=float),
        np.array([row[2] for row in rows], dtype=float),
    )

    result = near_repeat(
        places(xy), days(*day), space=space, time=time, closed=closed, metric=metric, permutations=1,
        rng=np.random.default_rng(1),
    )  # fmt: skip

    expected = naive_table(xy, day, Bands(space, closed), Bands(time, closed), metric)
    np.testing.assert_array_equal(result.observed, expected)


@settings(max_examples=25)
@given(events, edges, edges)
def test_the_expected_table_is_the_mean_over_all_orders(
    rows: list[tuple[int, int, int]], space: tuple, time: tuple
) -> None:
    """With five events the mean over all 120 orders of the times is the closed form."""
    rows = (rows * 5)[:5]
    xy, day = (
        np.array([row[:2] for row in rows], dtype=float),
        np.array([row[2] for row in rows], dtype=float),
    )

    result = near_repeat(
        places(xy), days(*day), space=space, time=time, permutations=1, rng=np.random.default_rng(1)
    )

    tables = [
        naive_table(xy, day[list(order)], Bands(space), Bands(time), "manhattan")
        for order in itertools.permutations(range(5))
    ]
    np.testing.assert_allclose(result.expected, np.mean(tables, axis=0), atol=1e-9)


def test_counting_permutations_equals_counting_one_at_a_time(rng: np.random.Generator) -> None:
    """The blocked count of 300 orders is that of each order alone, across the ends of blocks and batches."""
    xy = rng.uniform(0, 1000, (400, 2))
    found = pairs.find_close_pairs(xy, Bands((0, 50, 150)), "euclidean")
    ticks = rng.integers(0, 30, 400).astype(np.int16)
    orders = permuted(ticks, (np.arange(400),), 300, rng)
    limits = (0, 3, 10, 31)

    counted = pairs.count_below(found, orders, limits)

    delay = np.abs(orders[found.first] - orders[found.second])
    for band, (begin, end) in enumerate(itertools.pairwise(found.starts)):
        for place, limit in enumerate(limits):
            np.testing.assert_array_equal(counted[:, band, place], (delay[begin:end] < limit).sum(axis=0))


def test_closed_ends_decide_where_whole_days_fall() -> None:
    """A delay of exactly 7 days is in [7, 14) when bands are closed on the left, in [0, 7] when on the right."""
    xy = np.array([[0.0, 0.0], [0.0, 0.0]])

    tables = {
        closed: near_repeat(
            places(xy), days(0, 7), space=(0, 1), time=(0, 7, 14), closed=closed, permutations=1,
            rng=np.random.default_rng(1),
        )
        for closed in ("left", "right")
    }  # fmt: skip

    assert tables["left"].observed.tolist() == [[0, 1]]
    assert tables["right"].observed.tolist() == [[1, 0]]
    assert tables["left"].time_bands == ("[0, 7)", "[7, 14)")
    assert tables["right"].time_bands == ("[0, 7]", "(7, 14]")


def test_the_unit_of_length_does_not_matter(rng: np.random.Generator) -> None:
    """Kilometres with bands in kilometres give the table of metres."""
    xy, when = rng.uniform(0, 2000, (200, 2)), days(*rng.integers(0, 60, 200))

    metres = near_repeat(
        places(xy), when, space=(0, 100, 200), time=(0, 7), permutations=19, rng=np.random.default_rng(3)
    )
    smaller = near_repeat(
        Places.measured(xy[:, 0] / 1000, xy[:, 1] / 1000, crs="local-metres"), when,
        space=(0, 0.1, 0.2), time=(0, 7), permutations=19, rng=np.random.default_rng(3),
    )  # fmt: skip

    np.testing.assert_array_equal(metres.observed, smaller.observed)
    np.testing.assert_array_equal(metres.p, smaller.p)


def test_the_order_of_the_rows_does_not_matter(rng: np.random.Generator) -> None:
    """Shuffled rows give the same observed and expected tables."""
    xy, when = rng.uniform(0, 1000, (150, 2)), days(*rng.integers(0, 60, 150))
    order = rng.permutation(150)

    one, other = (
        near_repeat(
            places(xy[rows]), when[rows], space=(0, 100, 200), time=(0, 7, 14), permutations=1, rng=rng
        )
        for rows in (np.arange(150), order)
    )

    np.testing.assert_array_equal(one.observed, other.observed)
    np.testing.assert_allclose(one.expected, other.expected)


def planted(rng: np.random.Generator, n: int, repeats: int) -> tuple[np.ndarray, np.ndarray]:
    """Events dealt out evenly, some of them followed within 80 m and 3 days."""
    xy, day = rng.uniform(0, 5000, (n, 2)), rng.uniform(0, 365, n)
    again = rng.choice(n, repeats, replace=False)
    xy = np.concatenate([xy, xy[again] + rng.uniform(-40, 40, (repeats, 2))])
    return xy, np.concatenate([day, day[again] + rng.uniform(0, 3, repeats)])


def test_planted_near_repeats_are_found_where_they_are(rng: np.random.Generator) -> None:
    """Sixty followers within 80 m and 3 days stand out in that band alone."""
    xy, day = planted(rng, 600, 60)

    result = near_repeat(
        places(xy), days(*day), space=(0, 100, 400, 800), time=(0, 4, 14, 28), permutations=199, rng=rng
    )

    assert result.p_max_t[0, 0] == pytest.approx(1 / 200)
    assert result.ratio[0, 0] > 5
    assert (result.p_max_t.ravel()[1:] > 0.05).all()
    assert str(result.finding).startswith(
        "1 of 9 bands hold more pairs than chance explains; most of all [0, 100) m"
    )


def test_without_clustering_probabilities_are_uniform(rng: np.random.Generator) -> None:
    """Under chance p stays below 5 % in about 5 % of tables, and so does the corrected p over the whole table."""
    results = [
        near_repeat(
            places(rng.uniform(0, 1000, (80, 2))), days(*rng.uniform(0, 100, 80)),
            space=(0, 100, 200), time=(0, 10, 20), permutations=39, mid_p=True, rng=rng,
        )
        for _ in range(200)
    ]  # fmt: skip

    single = np.array([result.p[0, 0] for result in results])
    corrected = np.array([result.p_max_t.min() for result in results])
    # Binomial(200, 0.05): 99.9 % of samples lie at or below 19.
    assert (single <= 0.05).sum() <= 19
    assert (corrected <= 0.05).sum() <= 19
    assert abs(single.mean() - 0.5) < 0.08


def test_turning_a_ring_is_as_good_as_shuffling(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the ring p is uniform under chance too, and its orders have the mean of all orders."""
    monkeypatch.setattr(permute, "RING", 0)
    results = [
        near_repeat(
            places(rng.uniform(0, 1000, (90, 2))), days(*rng.uniform(0, 100, 90)),
            space=(0, 100, 200), time=(0, 10, 20), permutations=79, mid_p=True, rng=rng,
        )
        for _ in range(200)
    ]  # fmt: skip
    drawn = np.concatenate(list(permute.orders(np.arange(90), (np.arange(90),), 80, rng, batch=32)), axis=1)

    single = np.array([result.p[0, 0] for result in results])
    # Binomial(200, 0.05): 99.9 % of samples lie at or below 19.
    assert (single <= 0.05).sum() <= 19
    assert abs(single.mean() - 0.5) < 0.08
    assert (np.sort(drawn, axis=0) == np.arange(90)[:, None]).all()
    assert len({tuple(column) for column in drawn.T}) == 81
    assert tuple(range(90)) in {tuple(column) for column in drawn.T}


def test_a_moving_season_is_no_near_repeat_within_the_month(rng: np.random.Generator) -> None:
    """Two towns busy in different months look like near repeats until times are exchanged within the month only."""
    where = np.concatenate([rng.uniform(0, 800, (150, 2)), rng.uniform(4000, 4800, (150, 2))])
    day = np.concatenate([rng.integers(0, 28, 150), rng.integers(31, 59, 150)])
    free, kept = (
        near_repeat(
            places(where), days(*day), space=(0, 200), time=(0, 7), within=within, permutations=199, rng=rng
        )
        for within in ("all", "month")
    )

    assert free.p[0, 0] <= 0.01
    assert kept.p[0, 0] > 0.05
    assert "free_exchange" in {caution.code for caution in free.cautions}


@given(
    st.lists(st.integers(0, 1000), min_size=1, max_size=40),
    st.sampled_from(["all", "year", "quarter", "month", "weekday", "month-weekday"]),
)
@settings(max_examples=60)
def test_times_stay_within_their_stratum(numbers: list[int], within: str) -> None:
    """A permutation keeps the times of each stratum together, and loses none."""
    moments = np.datetime64("2023-01-01", "D") + np.array(numbers)
    groups = strata(moments, within)

    drawn = permuted(np.array(numbers, dtype=np.int16), groups, 3, np.random.default_rng(1))

    assert sorted(int(row) for rows in groups for row in rows) == list(range(len(numbers)))
    for rows in groups:
        for column in drawn[rows].T:
            assert sorted(column.tolist()) == sorted(numbers[row] for row in rows)


def test_rows_without_a_place_or_a_time_are_named() -> None:
    """They are left out, each with its reason, and later times than now likewise."""
    where = Places.measured([1000.0, np.nan, 1010.0, 1020.0, 1000.0], [1000.0] * 5)
    when = np.array(["2024-01-01", "2024-01-02", "NaT", "2024-01-04", "2034-01-01"], dtype="datetime64[D]")

    result = near_repeat(
        where, when, space=(0, 50), time=(0, 7), now=np.datetime64("2024-06-01"), permutations=1,
        rng=np.random.default_rng(1),
    )  # fmt: skip

    assert [(left.row, left.reason) for left in result.left_out] == [
        (2, "no_place"),
        (3, "no_time"),
        (5, "future"),
    ]
    assert result.n == 2
    assert "1 rows were left out because the place is missing: 2." in [
        str(caution) for caution in result.cautions
    ]


def test_ties_and_duplicates_are_declared() -> None:
    """Data by day say so; a report entered twice is named by its row."""
    when = np.array(["2024-01-01"] * 2 + ["2024-01-02", "2024-01-03", "2024-01-05"], dtype="datetime64[D]")
    xy = np.array([[0, 0], [0, 0], [50, 0], [90, 0], [90, 90]], dtype=float)

    result = near_repeat(
        places(xy), when, space=(0, 100), time=(0, 7), permutations=9, rng=np.random.default_rng(1)
    )

    said = {caution.code: str(caution) for caution in result.cautions}
    assert (result.n_same_place, result.n_duplicates) == (2, 1)
    assert said["duplicates"].endswith("in rows 2.")
    assert "40% of the events share their day" in said["day_only"]


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"space": (0,)}, BadValue, "two or more ascending edges"),
        ({"space": (0, 100, 50)}, BadValue, "two or more ascending edges"),
        ({"time": (-1, 7)}, BadValue, "two or more ascending edges"),
        ({"closed": "both"}, BadValue, "left for"),
        ({"metric": "network"}, BadValue, "manhattan or euclidean"),
        ({"permutations": 0}, BadValue, "1 or more"),
        ({"within": "season"}, BadValue, "use one of all, year"),
        ({"snapped": True}, TooCoarse, "point they were snapped to"),
    ],
)
def test_what_cannot_be_is_refused(change: dict, error: type, words: str) -> None:
    """Each refusal says what to give instead."""
    call = {"space": (0, 100), "time": (0, 7), "rng": np.random.default_rng(1)} | change
    with pytest.raises(error, match=words):
        near_repeat(places(np.zeros((3, 2))), days(0, 1, 2), **call)


def test_too_little_is_refused() -> None:
    """No event, one event, months only and columns of different length are no basis."""
    call = {"space": (0, 100), "time": (0, 7), "rng": np.random.default_rng(1)}
    with pytest.raises(TooFew, match="0 events with a place and a time"):
        near_repeat(places(np.zeros((0, 2))), days(), **call)
    with pytest.raises(TooFew, match="1 events with a place and a time"):
        near_repeat(places(np.zeros((1, 2))), days(0), **call)
    with pytest.raises(TooFew, match=r"1 events with a place and a time \(row 1: the place is missing\)"):
        near_repeat(Places.measured([np.nan, 1000.0], [1000.0, 1000.0]), days(0, 1), **call)
    with pytest.raises(TooCoarse, match="only the month"):
        near_repeat(places(np.zeros((2, 2))), np.array(["2024-01", "2024-02"], dtype="datetime64[M]"), **call)
    with pytest.raises(LengthMismatch):
        near_repeat(places(np.zeros((2, 2))), days(0), **call)


def test_more_pairs_than_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of pairs is known before they are made."""
    monkeypatch.setattr(pairs, "MOST_PAIRS", 1000)
    with pytest.raises(TooLarge, match="smaller distances"):
        near_repeat(
            places(np.zeros((1100, 2))),
            days(*range(1100)),
            space=(0, 1),
            time=(0, 7),
            rng=np.random.default_rng(1),
        )


def test_the_result_is_plain_data_and_a_picture() -> None:
    """JSON holds the tables; the picture outlines what stands out."""
    result = near_repeat(
        places(np.zeros((4, 2))), days(0, 1, 30, 31), space=(0, 1), time=(0, 7), permutations=9,
        rng=np.random.default_rng(1),
    )  # fmt: skip

    record = result.to_dict()
    assert record["observed"] == [[2]]
    assert record["expected"] == [[2.0]]
    assert {"ratio", "p", "p_max_t", "q", "finding", "cautions"} <= set(record)
    assert result.plot().svg.startswith("<svg")


def load(folder: Path, name: str) -> tuple[Places, np.ndarray]:
    """A file of the Near Repeat Calculator: x, y, date."""
    with (folder / name).open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    where = Places.measured([float(row[0]) for row in rows], [float(row[1]) for row in rows])
    return where, np.array([row[2] for row in rows], dtype="datetime64[D]")


def burglary(folder: Path, first: str, last: str) -> tuple[Places, np.ndarray]:
    """Chicago burglaries between two days."""
    table = pq.read_table(folder / "chicago_burglary_2014_2017.parquet")
    when = table["date_single"].to_numpy()
    inside = (when >= np.datetime64(first)) & (when < np.datetime64(last))
    return Places.measured(table["x"].to_numpy()[inside], table["y"].to_numpy()[inside]), when[inside]


@pytest.fixture
def chicago(crime: Path) -> Path:
    """The folder of near-repeat oracles."""
    return crime / "chicago_nearrepeat"


@pytest.mark.real_data
def test_one_month_equals_the_near_repeat_calculator(chicago: Path) -> None:
    """Chicago burglary, January 2016: the published table cell by cell."""
    where, when = load(chicago, "chicago_be_month1.csv")

    result = near_repeat(
        where, when, space=(0, 0.001, 100, 200, 300, INFINITE), time=(0, 7, 14, 21, INFINITE), permutations=99,
        rng=np.random.default_rng(1),
    )  # fmt: skip

    assert result.observed.tolist() == [
        [28, 5, 5, 2],
        [44, 13, 8, 4],
        [97, 56, 19, 16],
        [77, 67, 45, 20],
        [182194, 146149, 95237, 45879],
    ]


@pytest.mark.real_data
def test_arson_equals_the_near_repeat_calculator_but_for_its_rounding(chicago: Path) -> None:
    """One pair lies on an edge: the calculator rounds it down, exact distances (and R) do not."""
    where, when = load(chicago, "chicago_arson.csv")

    result = near_repeat(
        where, when, space=(0, 0.001, 200, 400, 600, INFINITE), time=(0, 1, 2, 3, INFINITE), permutations=9,
        rng=np.random.default_rng(1),
    )  # fmt: skip

    published = [[0, 2, 0, 8], [9, 1, 1, 45], [4, 0, 0, 140], [6, 0, 0, 234], [393, 710, 770, 133658]]
    difference = result.observed - np.array(published)
    assert difference[2, 3] == 1
    assert difference[3, 3] == -1
    assert np.abs(difference).sum() == 2


@pytest.mark.real_data
@pytest.mark.parametrize("metric", ["manhattan", "euclidean"])
@pytest.mark.parametrize(
    ("name", "file", "space", "time"),
    [
        ("arson", "chicago_arson.csv", (0, 0.001, 200, 400, 600, INFINITE), (0, 1, 2, 3, INFINITE)),
        ("month1", "chicago_be_month1.csv", (0, 0.001, 100, 200, 300, INFINITE), (0, 7, 14, 21, INFINITE)),
    ],
)
def test_tables_equal_r_near_repeat(
    chicago: Path, metric: str, name: str, file: str, space: tuple, time: tuple
) -> None:
    """Observed pairs equal R exactly; ratios and probabilities within the error of 999 permutations."""
    with (chicago / f"oracle_R_NearRepeat_{name}_{metric}_999.csv").open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    shape = (len(space) - 1, len(time) - 1)
    table = {
        key: np.array([float("nan" if row[key] == "NA" else row[key]) for row in rows]).reshape(shape[::-1]).T
        for key in ("observed", "knox_ratio_mean", "p")
    }
    where, when = load(chicago, file)

    result = near_repeat(
        where, when, space=space, time=time, metric=metric, permutations=999, rng=np.random.default_rng(1)
    )

    np.testing.assert_array_equal(result.observed, table["observed"])
    # Four standard errors of a difference of two estimates from 999 permutations each.
    bound = 4 * np.sqrt(2 * table["p"] * (1 - table["p"]) / 999) + 0.004
    assert (np.abs(result.p - table["p"]) <= bound).all()
    several = result.expected >= 1
    spread = (result.expected_high - result.expected_low) / 4
    error = 4 * spread / np.sqrt(999) / np.maximum(result.expected, 1e-9) * np.nan_to_num(result.ratio) + 1e-4
    assert (np.abs(result.ratio - table["knox_ratio_mean"])[several] <= error[several]).all()


@pytest.mark.real_data
def test_both_closures_equal_the_published_tables(chicago: Path) -> None:
    """Burglary 2016, Euclidean: (a, b] is one published table, [a, b) – what the calculator computes – the other."""
    where, when = burglary(chicago, "2016-01-01", "2017-01-01")
    published = {
        "right": [[225, 50], [260, 142], [457, 341], [715, 567]],
        "left": [[202, 51], [189, 143], [290, 343], [456, 526]],
    }

    for closed, table in published.items():
        result = near_repeat(
            where, when, space=(0, 1, 100, 200, 300), time=(0, 2, 4), metric="euclidean", closed=closed,
            permutations=1, rng=np.random.default_rng(1),
        )  # fmt: skip
        assert result.observed.tolist() == table


@pytest.mark.real_data
def test_a_year_equals_r_and_two_python_peers(chicago: Path) -> None:
    """11,701 rows, one without a date, equal R; 2014 and all four years equal two other tools at 200 m and 7 days."""
    table = pq.read_table(chicago / "chicago_be_2016.parquet")
    whole = near_repeat(
        Places.measured(table["X"], table["Y"]), table["date"], space=(0, 0.1, 100, 200, 300, 400),
        time=(0, 7, 14, 21, 28), permutations=1, rng=np.random.default_rng(1),
    )  # fmt: skip
    single: list[NearRepeat] = [
        near_repeat(
            *burglary(chicago, "2014-01-01", last), space=(0, 200), time=(0, 7), metric="euclidean",
            closed="right", permutations=99, rng=np.random.default_rng(1),
        )
        for last in ("2015-01-01", "2018-01-01")
    ]  # fmt: skip

    assert whole.observed.tolist() == [
        [320, 104, 63, 58],
        [420, 306, 302, 264],
        [888, 888, 761, 734],
        [1116, 1080, 1061, 1023],
        [1335, 1333, 1375, 1246],
    ]
    assert [left.reason for left in whole.left_out] == ["no_time"]
    assert [result.n for result in single] == [12_334, 45_319]
    assert [result.observed[0, 0] for result in single] == [2_170, 8_042]
    assert [round(float(result.ratio[0, 0]), 2) for result in single] == [1.41, 1.62]
    assert [float(result.p[0, 0]) for result in single] == [0.01, 0.01]


@pytest.mark.real_data
def test_the_pathological_pair_shows_the_closed_ends(chicago: Path) -> None:
    """Two events 100 m and 3 days apart: the calculator's "1 to 100 m, 0 to 3 days" leaves them out."""
    with (chicago / "pathological_example.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    xy = np.array([[float(row["x"]), float(row["y"])] for row in rows])
    when = np.array(["-".join(reversed(row["t"].split("/"))) for row in rows], dtype="datetime64[D]")

    tables = [
        near_repeat(
            places(xy),
            when,
            space=(0, 1, 100),
            time=(0, 3),
            closed=closed,
            permutations=1,
            rng=np.random.default_rng(1),
        ).observed.tolist()
        for closed in ("left", "right")
    ]

    assert tables == [[[0], [0]], [[0], [1]]]


@pytest.mark.real_data
def test_street_level_months_are_refused(crime: Path) -> None:
    """Months at snapped points have no near repeats to count."""
    folder = crime / "police_uk_avon_somerset"
    table = pq.read_table(
        folder / "avon_and_somerset_street_2023_2024.parquet", columns=["Longitude", "Latitude", "Month"]
    )
    some = table.slice(0, 2000)

    with pytest.raises(TooCoarse, match="only the month"):
        near_repeat(
            Places.from_degrees(some["Longitude"], some["Latitude"]), some["Month"], space=(0, 200), time=(0, 7),
            rng=np.random.default_rng(1),
        )  # fmt: skip
