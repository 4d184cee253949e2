"""Visits to hot spots: the best by enumeration, with a bound where travel makes that hard."""

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openilp.methods.allocation import HotSpot, patrol
from openilp.methods.errors import BadValue, NoPlan


def best_of_all(
    spots: tuple[HotSpot, ...], minutes: float, visit: float, district: dict[str, int] | None = None
) -> float:
    """The most harm prevented by any plan, by trying each."""
    best = -1.0
    for counts in product(*(range(spot.least, spot.most + 1) for spot in spots)):
        used = sum(n * (visit + spot.travel_minutes) for n, spot in zip(counts, spots, strict=True))
        met = all(
            sum(n for n, spot in zip(counts, spots, strict=True) if spot.district == name) >= least
            for name, least in (district or {}).items()
        )
        if used <= minutes + 1e-9 and met:
            best = max(best, sum(spot.prevented(n) for n, spot in zip(counts, spots, strict=True)))
    return best


spots_of = st.lists(
    st.builds(
        lambda harm, half, travel, district: (harm, half, travel, district),
        st.floats(0, 100),
        st.floats(0.5, 10),
        st.sampled_from([0.0, 5.0, 15.0]),
        st.sampled_from(["North", "South"]),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40)
@given(spots_of, st.floats(0, 4), st.integers(0, 3))
def test_without_travel_the_plan_is_the_best_of_all(
    rows: list[tuple[float, float, float, str]], hours: float, north: int
) -> None:
    """Equal to enumeration with districts covered; gap 0."""
    spots = tuple(
        HotSpot(f"h{i}", harm, half, district=district, most=5)
        for i, (harm, half, _, district) in enumerate(rows)
    )
    demanded = {"North": north if any(s.district == "North" for s in spots) else 0}
    if north * 15 > hours * 60:
        return
    plan = patrol(spots, hours=hours, district_visits=demanded)

    assert plan.prevented == pytest.approx(best_of_all(spots, hours * 60, 15, demanded))
    assert plan.gap == 0


@settings(max_examples=40)
@given(spots_of, st.floats(0, 4))
def test_with_travel_the_bound_holds(rows: list[tuple[float, float, float, str]], hours: float) -> None:
    """No plan beats the bound, and the plan keeps to its hours."""
    spots = tuple(
        HotSpot(f"h{i}", harm, half, travel_minutes=travel, most=5)
        for i, (harm, half, travel, _) in enumerate(rows)
    )
    plan = patrol(spots, hours=hours)
    best = best_of_all(spots, hours * 60, 15)

    assert plan.prevented <= best + 1e-9 <= plan.bound + 1e-6
    assert plan.minutes <= hours * 60 + 1e-9


@settings(max_examples=40)
@given(spots_of, st.floats(0, 4), st.floats(0, 4))
def test_more_hours_never_prevent_less(
    rows: list[tuple[float, float, float, str]], hours: float, more: float
) -> None:
    """Without travel every further visit adds."""
    spots = tuple(HotSpot(f"h{i}", harm, half) for i, (harm, half, _, _) in enumerate(rows))

    assert patrol(spots, hours=hours + more).prevented >= patrol(spots, hours=hours).prevented - 1e-9


def test_the_next_hour_is_worth_the_best_next_visit() -> None:
    """Four visits of 15 minutes fit an hour; the rate is that of the first of them."""
    spots = (HotSpot("a", 100.0, 1.0), HotSpot("b", 10.0, 1.0))
    plan = patrol(spots, hours=0.5)

    assert [row.visits for row in plan.spots] == [2, 0]
    assert plan.spots[0].next_visit == pytest.approx(12.5)
    assert plan.next_hour == pytest.approx(4 * 12.5)


def test_a_thousand_hot_spots_are_planned_at_once() -> None:
    """A county's worth of places; every minute is used while it prevents something."""
    spots = tuple(HotSpot(f"h{i}", 1.0 + i % 97, 2.0 + i % 5) for i in range(1000))
    plan = patrol(spots, hours=1000)

    assert plan.minutes == 60_000
    assert max(row.next_visit for row in plan.spots) <= min(
        spot.gain(row.visits - 1) for spot, row in zip(spots, plan.spots, strict=True) if row.visits
    )


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: patrol((), hours=1), BadValue, "spots is empty"),
        (lambda: patrol((HotSpot("a", 1, 1),) * 2, hours=1), BadValue, "name of hot spots is a"),
        (lambda: HotSpot("a", -1, 1), BadValue, "harm of hot spot 'a' is -1"),
        (lambda: HotSpot("a", 1, 0), BadValue, "half_visits of hot spot 'a' is 0"),
        (lambda: patrol((HotSpot("a", 1, 1, least=9),), hours=1), NoPlan, "need 2.2 of 1.0 hours"),
        (
            lambda: patrol((HotSpot("a", 1, 1),), hours=1, district_visits={"West": 1}),
            BadValue,
            "visits to district 'West' is 1; its hot spots can take 0 to 0",
        ),
        (lambda: patrol((HotSpot("a", 1, 1),), hours=-1), BadValue, "hours is -1"),
        (lambda: patrol((HotSpot("a", 1, 1),), hours=1, visit_minutes=0), BadValue, "visit_minutes is 0"),
    ],
)
def test_bad_input_is_named(call: Callable[[], object], error: type, message: str) -> None:
    """Each error names the place, the value and the remedy."""
    with pytest.raises(error, match=message):
        call()
