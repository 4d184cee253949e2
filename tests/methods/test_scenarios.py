"""Plans beside each other: what changes, what protection costs, and what each budget can prevent."""

from dataclasses import replace
from itertools import combinations

import pytest

from openilp.methods.allocation import (
    Block,
    Coverage,
    Diminishing,
    Operation,
    Problem,
    Steps,
    Unit,
    cost_harm_front,
    protection,
    what_if,
)
from openilp.methods.errors import BadValue, NoPlan

#: Name, harm at full effort, hours, money, low effect.
ROWS = (("a", 60.0, 20.0, 30.0, 0.2), ("b", 50.0, 20.0, 20.0, 1.0), ("c", 40.0, 20.0, 10.0, 0.9))


def problem(hours: float = 40.0, money: float | None = 50.0) -> Problem:
    """Three operations that run in full or not at all."""
    return Problem(
        operations=tuple(
            Operation(
                name, Steps((h,), (harm,)), most_hours=h, least_hours=h, money=m, low=low, basis="a basis"
            )
            for name, harm, h, m, low in ROWS
        ),
        units=(Unit("Team", (Block(hours),)),),
        money=money,
    )


def by_enumeration(hours: float, money: float) -> float:
    """The most harm that a subset prevents."""
    return max(
        sum(row[1] for row in chosen)
        for size in range(len(ROWS) + 1)
        for chosen in combinations(ROWS, size)
        if sum(row[2] for row in chosen) <= hours and sum(row[3] for row in chosen) <= money
    )


def test_what_if_says_what_is_added_and_dropped() -> None:
    """With 30 of money instead of 50, c and b replace a and b."""
    found = what_if(problem(), {"less money": replace(problem(), money=30.0), "the same": problem()})
    less, same = found.differences

    assert (less.added, less.dropped) == (("c",), ("a",))
    assert (less.harm, less.money) == (pytest.approx(-20), pytest.approx(-20))
    assert str(less.sentence) == ("less money: -20.00 harm prevented for -20.00 money; added: c; dropped: a.")
    assert (same.harm, same.added, same.dropped) == (0.0, (), ())


def test_protection_drops_what_may_disappoint() -> None:
    """Against one disappointment, b and c (worst case 86) beat a and b (62), at a price of 20."""
    found = protection(problem(money=None), most=1)

    assert [o.name for o in found.plans[0].operations] == ["a", "b"]
    assert [o.name for o in found.plans[1].operations] == ["b", "c"]
    assert found.plans[1].worst_case == pytest.approx(86)
    assert found.price == pytest.approx((0, 20))
    assert found.gain == pytest.approx((0, 24))


def test_worst_cases_equal_enumeration() -> None:
    """The protected plan has the best worst case of all subsets, for every number of disappointments."""
    found = protection(problem(money=None))
    for count, plan in enumerate(found.plans):
        best = max(
            min(
                sum(row[1] * (row[4] if row in fallen else 1) for row in chosen)
                for fallen in combinations(ROWS, count)
            )
            for size in range(3)
            for chosen in combinations(ROWS, size)
        )

        assert plan.worst_case == pytest.approx(best)


def test_the_front_is_the_best_at_each_budget() -> None:
    """Each plan equals enumeration within its budget, and harm rises along the front."""
    front = cost_harm_front(problem(money=None), points=11)

    harms = [plan.harm_prevented.value for plan in front.plans]
    assert harms == pytest.approx([by_enumeration(40, budget) for budget in front.budgets])
    assert harms == sorted(set(harms))
    assert harms[-1] == pytest.approx(110)
    assert all(plan.money <= budget + 1e-6 for plan, budget in zip(front.plans, front.budgets, strict=True))


def test_a_front_over_hours_begins_where_the_duties_are_met() -> None:
    """Below 10 hours of coverage there is no plan, so there is no point."""
    plain = Operation("a", Diminishing(10, 10), most_hours=50, basis="a basis")
    covered = Problem(
        (plain,), (Unit("Team", (Block(50),)),), coverages=(Coverage("d", frozenset({"a"}), 10),)
    )
    front = cost_harm_front(covered, resource="hours", points=6)

    assert front.budgets == pytest.approx((10, 20, 30, 40, 50))


def test_results_say_and_draw_themselves() -> None:
    """Each has a finding, plain data and a picture."""
    front = cost_harm_front(problem(), points=3)
    found = what_if(problem(), {"less money": replace(problem(), money=30.0)})
    safe = protection(problem(), most=1)

    assert "harm prevented rises from" in str(front.finding)
    assert str(found.finding).startswith("Most of all: less money: -20.00")
    assert "Protection against 1 disappointments costs" in str(safe.finding)
    for result in (front, found, safe):
        assert result.plot().svg.startswith("<svg")
        assert result.to_dict()["finding"]["text"] == str(result.finding)


def test_bad_input_is_named() -> None:
    """Unknown resources, too few points, no scenario, and duties that no budget meets."""
    impossible = Problem(
        (Operation("a", Diminishing(10, 10), most_hours=50, basis="", must=True),), (Unit("T", (Block(1),)),)
    )

    with pytest.raises(BadValue, match="resource is vans; use money or hours"):
        cost_harm_front(problem(), resource="vans")
    with pytest.raises(BadValue, match="points is 1"):
        cost_harm_front(problem(), points=1)
    with pytest.raises(BadValue, match="scenarios is empty"):
        what_if(problem(), {})
    with pytest.raises(BadValue, match="most is 9"):
        protection(problem(), most=9)
    with pytest.raises(NoPlan, match="'a' cannot run"):
        cost_harm_front(impossible)
