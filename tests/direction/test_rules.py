"""Pure decisions of direction, as properties."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp.direction import rules
from openilp.direction.errors import WrongCascade

DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@st.composite
def agencies(draw: st.DrawFn) -> list[rules.Placed]:
    """Draw priorities of which some come from others of the level right above, or from nothing that is there."""
    found: list[rules.Placed] = []
    for n in range(draw(st.integers(0, 25))):
        level = draw(st.sampled_from(rules.LEVELS))
        above = [p.key for p in found if rules.level_below(p.level) == level]
        comes_from = draw(st.sampled_from([None, UUID(int=9999), *above]))
        found.append(rules.Placed(UUID(int=n), level, UUID(int=n), draw(st.integers(1, 9)), comes_from))
    return found


@given(agencies())
def test_the_cascade_holds_each_priority_once_below_what_it_comes_from(
    placed: list[rules.Placed],
) -> None:
    """[DIR-03] Nothing is lost or doubled, and a child stands right below its parent's branch."""
    branches = rules.cascade(placed)
    at = {branch.key: n for n, branch in enumerate(branches)}
    depth = {branch.key: branch.depth for branch in branches}

    assert sorted(at) == sorted(p.key for p in placed)
    for p in placed:
        if p.comes_from in at:
            assert depth[p.key] == depth[p.comes_from] + 1
            assert at[p.comes_from] < at[p.key]


@given(agencies())
def test_a_gap_is_exactly_a_priority_that_nobody_below_carries_on(placed: list[rules.Placed]) -> None:
    """[DIR-03] Gaps and additions are what their names say."""
    carried = {p.comes_from for p in placed}
    by_key = {p.key: p for p in placed}
    for branch in rules.cascade(placed):
        p = by_key[branch.key]

        assert bool(branch.missing) == (p.key not in carried and p.level != "local")
        assert branch.is_addition == (p.level != "national" and p.comes_from not in by_key)


@given(st.sets(st.integers(1, 40)))
def test_the_next_position_is_the_lowest_free_one(taken: set[int]) -> None:
    """Every lower position is taken, this one is not."""
    found = rules.next_position(taken)

    assert found not in taken
    assert set(range(1, found)) <= taken


@given(DAYS, st.integers(-400, 400))
def test_due_says_overdue_only_after_the_day(today: date, days: int) -> None:
    """The due day itself is still in time."""
    found = rules.due(today + timedelta(days=days), today)

    assert (found is rules.Due.OVERDUE) == (days < 0)
    assert (found is rules.Due.SOON) == (0 <= days <= rules.DUE_SOON_DAYS)


@given(st.sampled_from(rules.LEVELS), st.sampled_from(rules.LEVELS), st.booleans())
def test_a_cascade_goes_exactly_one_level_down_inside_the_own_branch(
    upper: str, lower: str, is_beneath: bool
) -> None:
    """No level is skipped, none is climbed, no other region is reached."""
    fits = rules.LEVELS.index(lower) == rules.LEVELS.index(upper) + 1 and is_beneath
    if fits:
        rules.check_cascade(upper, lower, is_beneath=is_beneath, upper="A", lower="B")
    else:
        with pytest.raises(WrongCascade):
            rules.check_cascade(upper, lower, is_beneath=is_beneath, upper="A", lower="B")
