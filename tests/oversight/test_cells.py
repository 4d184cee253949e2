"""Small cells and fair lots."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp.oversight.rules.cells import MINIMUM, bars, protected, shown, total_of
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


def _rows(total: int, columns: int) -> Iterator[tuple[int, ...]]:
    """Yield every row of a sum."""
    if columns == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for others in _rows(total - first, columns - 1):
            yield first, *others


@pytest.mark.parametrize(("columns", "most"), [(1, 30), (2, 30), (3, 24), (4, 18), (5, 13), (6, 10)])
def test_no_missing_cell_of_a_row_has_one_possible_value(columns: int, most: int) -> None:
    """Whoever knows the sum, the other cells and the rule itself is left with two values at least [LEG-15].

    All rows with one sum are tried, so that every row which looks the same is among them.
    """
    alike: dict[tuple[tuple[int | None, ...], int | None], list[tuple[int, ...]]] = defaultdict(list)
    for total in range(most + 1):
        for row in _rows(total, columns):
            alike[protected(row), total_of(row)].append(row)

    known = [
        (cells, total)
        for (cells, total), rows in alike.items()
        for at, cell in enumerate(cells)
        if cell is None and len({row[at] for row in rows}) == 1
    ]
    assert known == []


@given(st.lists(st.integers(0, 60), min_size=2, max_size=6), st.data())
def test_tables_of_the_same_people_give_no_small_cell_away_together(given: list[int], data: Any) -> None:
    """By sex and by age: both have one sum, and taking one table from the other leaves no single missing cell."""
    total = sum(given)
    cuts = sorted(data.draw(st.lists(st.integers(0, total), min_size=3, max_size=3)))
    other = [b - a for a, b in pairwise([0, *cuts, total])]

    for row in (given, other):
        cells = protected(row)
        missing = [n for n, cell in zip(row, cells, strict=True) if cell is None]
        assert all(cell is None or cell == 0 or cell >= MINIMUM for cell in cells)
        assert all(cell in (None, n) for n, cell in zip(row, cells, strict=True))
        # What two tables of one sum have in common is the sum: what is missing is what it leaves over.
        assert not missing or (len(missing) > 1 and (sum(missing) >= MINIMUM or total_of(row) is None))
    assert total_of(given) == total_of(other)
