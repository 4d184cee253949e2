"""Small cells and fair lots."""

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from openilp.oversight.rules.cells import MINIMUM, bars, shown
from openilp.oversight.rules.sampling import Lot

COUNTS = st.dictionaries(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), st.integers(0, 20), min_size=1
)


@given(COUNTS)
def test_no_small_count_is_shown_or_can_be_worked_out(counts: dict[tuple[str, str], int]) -> None:
    """What is shown is 0 or at least five; a sum stands only beside cells that are all shown."""
    table = shown(counts)

    for row in table.rows:
        given = [counts.get((row.name, column), 0) for column in table.columns]
        for cell, number in zip(row.cells, given, strict=True):
            assert cell == (None if 0 < number < MINIMUM else number)
        assert row.total == (None if None in row.cells else sum(given))


@given(st.lists(st.none() | st.integers(0, 1000), max_size=20))
def test_bars_stay_in_their_chart(numbers: list[int | None]) -> None:
    """The largest is as high as the chart; what is not shown has no height."""
    drawn = bars(numbers, width=560, height=120)

    assert len(drawn) == len(numbers)
    assert all(0 <= bar.height <= 120 and 0 <= bar.x <= bar.x + bar.width <= 561 for bar in drawn)
    assert all(bar.height == 0 for bar, number in zip(drawn, numbers, strict=True) if not number)
    if any(numbers):
        assert max(bar.height for bar in drawn) == 120


def test_each_offer_is_drawn_with_the_same_chance() -> None:
    """Of 40 offers 5 are drawn; over 4,000 lots each is drawn 500 times, give or take five standard deviations."""
    found: Counter[int] = Counter()
    for seed in range(4000):
        lot: Lot[int] = Lot(random.Random(seed), 5)
        for one in range(40):
            lot.offer(one)
        assert len(set(lot.drawn)) == 5
        found.update(lot.drawn)

    spread = (4000 * 5 / 40 * (1 - 5 / 40)) ** 0.5
    assert all(abs(found[one] - 500) < 5 * spread for one in range(40))


@given(st.integers(0, 4))
def test_fewer_offers_than_places_are_all_drawn(number: int) -> None:
    """A quiet day is reviewed whole."""
    lot: Lot[int] = Lot(random.Random(1), 5)
    for one in range(number):
        lot.offer(one)

    assert lot.drawn == list(range(number))
