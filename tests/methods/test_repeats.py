"""Repeat victimisation: a naive twin of the time course, planted boosts, and chance that stays chance."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openilp.methods.errors import BadValue, LengthMismatch, TooCoarse, TooFew
from openilp.methods.places import Places
from openilp.methods.series import near_repeat, repeats


def days(*numbers: float) -> np.ndarray:
    """Times so many days after 2 January 2024."""
    return np.datetime64("2024-01-02", "m") + (np.array(numbers) * 1440).astype("timedelta64[m]")


def naive_risk(names: list[str], day: list[int], end: int, within: int) -> float:
    """Kaplan-Meier, one delay at a time."""
    spells = []
    for name in set(names):
        own = sorted(d for n, d in zip(names, day, strict=True) if n == name)
        spells += [(b - a, True) for a, b in itertools.pairwise(own)] + [(end - own[-1], False)]
    survival = 1.0
    for delay in range(within + 1):
        at_risk = sum(length >= delay for length, _ in spells)
        if at_risk:
            survival *= 1 - sum(length == delay and hit for length, hit in spells) / at_risk
    return 1 - survival


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 60)), min_size=2, max_size=30),
    st.integers(0, 20),
)
def test_the_time_course_equals_its_naive_twin(rows: list[tuple[str, int]], more: int) -> None:
    """The risk at 7, 14 and 30 days is that of counting spells, with the last ones cut off by the end."""
    names, day = [row[0] for row in rows], [row[1] for row in rows]
    until = days(max(day) + more)[0]

    result = repeats(
        np.array(names),
        days(*day),
        horizons=(7, 14, 30),
        until=until,
        permutations=1,
        rng=np.random.default_rng(1),
    )

    expected = [naive_risk(names, day, max(day) + more, within) for within in (7, 14, 30)]
    for each, risk in zip(result.again, expected, strict=True):
        if each.probability.n:
            assert each.probability.value == pytest.approx(risk)


def test_a_planted_boost_is_found(rng: np.random.Generator) -> None:
    """Places hit again within days stand out from chance; the bounds hold the true risk."""
    place, day = rng.integers(0, 400, 500), rng.integers(0, 365, 500).astype(float)
    boosted = rng.choice(500, 50, replace=False)
    place, day = (
        np.concatenate([place, place[boosted]]),
        np.concatenate([day, day[boosted] + rng.integers(0, 7, 50)]),
    )

    result = repeats(place.astype(str), days(*day), permutations=99, rng=rng)

    week = result.again[0]
    assert week.p == pytest.approx(0.01)
    assert week.ratio is not None
    assert week.ratio > 2
    assert week.probability.low is not None
    assert week.probability.high is not None
    assert week.probability.low < 50 / 550 + 500 * 7 / 365 / 400 < week.probability.high
    assert result.plot().svg.startswith("<svg")


def test_a_steady_risk_is_chance(rng: np.random.Generator) -> None:
    """Events dealt out evenly repeat as soon as chance says."""
    result = repeats(
        rng.integers(0, 300, 900).astype(str), days(*rng.integers(0, 365, 900)), permutations=99, rng=rng
    )

    assert all(each.p > 0.01 for each in result.again)
    assert all(each.ratio is not None and 0.5 < each.ratio < 2 for each in result.again)
    # The counts per place are those of a Poisson law, zeros unseen.
    twice = result.by_hits[1]
    assert abs(twice.places - twice.expected_places) < 4 * np.sqrt(twice.expected_places)


def test_repeats_at_coordinates_are_the_pairs_at_distance_zero(rng: np.random.Generator) -> None:
    """Places of two events each: as many second events as near-repeat pairs at the same place."""
    xy = rng.uniform(1000, 2000, (40, 2))
    where = Places.measured(np.append(xy[:, 0], xy[:10, 0]), np.append(xy[:, 1], xy[:10, 1]))
    when = days(*rng.integers(0, 200, 50))

    result = repeats(where, when, permutations=1, rng=rng)
    pairs = near_repeat(where, when, space=(0, 1e-6), time=(0, float("inf")), permutations=1, rng=rng)

    assert result.n_repeat_places == 10
    assert result.repeat_share == pytest.approx(10 / 50)
    assert pairs.observed[0, 0] == 10


def test_rows_without_a_place_or_a_time_are_named() -> None:
    """An empty address is no place of its own."""
    when = days(0, 1, 2, 3)
    when[3] = np.datetime64("NaT")

    result = repeats(["a", "", "a", "b"], when, permutations=1, rng=np.random.default_rng(1))

    assert [(left.row, left.reason) for left in result.left_out] == [(2, "no_place"), (4, "no_time")]
    assert (result.n, result.n_places) == (2, 1)


def test_refusals_say_what_to_do() -> None:
    """Months, too little, horizons and ends that cannot be."""
    rng = np.random.default_rng(1)
    with pytest.raises(TooCoarse, match="only the month"):
        repeats(["a", "a"], np.array(["2024-01", "2024-02"], dtype="datetime64[M]"), rng=rng)
    with pytest.raises(TooFew, match="at least 2"):
        repeats(["a"], days(0), rng=rng)
    with pytest.raises(LengthMismatch):
        repeats(["a", "b"], days(0), rng=rng)
    with pytest.raises(BadValue, match="ascending"):
        repeats(["a", "a"], days(0, 1), horizons=(30, 7), rng=rng)
    with pytest.raises(BadValue, match="last event"):
        repeats(["a", "a"], days(0, 9), until=days(3)[0], rng=rng)
