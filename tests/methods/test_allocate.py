"""Plans: the best by enumeration, never over a limit, and honest about what binds."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openilp.methods.allocation import (
    Block,
    Coverage,
    Diminishing,
    Operation,
    Plan,
    Problem,
    SharedHarm,
    Steps,
    Unit,
    allocate,
)
from openilp.methods.allocation.eligible import eligible
from openilp.methods.errors import BadValue, NoPlan, UnknownType


def operation(name: str, most: float = 100.0, half: float = 20.0, **other: object) -> Operation:
    """An operation that could use 100 hours."""
    values: dict[str, object] = {"most_hours": 100.0, "basis": "Police Act, a configured example", **other}
    return Operation(name=name, curve=Diminishing(most, half), **values)  # type: ignore[arg-type]


def team(name: str = "Team 1", hours: float = 60.0, **other: object) -> Unit:
    """A unit with hours on any day."""
    return Unit(name=name, blocks=(Block(hours),), **other)  # type: ignore[arg-type]


def names(plan: Plan) -> set[str]:
    """What a plan runs."""
    return {planned.name for planned in plan.operations}


def enumerated(operations: tuple[Operation, ...], hours: float, money: float) -> float:
    """The most harm prevented by every choice of operations, hours shared out so that all slopes are equal."""
    return max(
        shared_out(chosen, hours)
        for size in range(len(operations) + 1)
        for chosen in combinations(operations, size)
        if sum(o.least_hours for o in chosen) <= hours and sum(o.money for o in chosen) <= money
    )


def shared_out(chosen: tuple[Operation, ...], hours: float) -> float:
    """Bisect the common slope at which the hours are used up."""

    def at(slope: float) -> list[float]:
        wanted = (
            o.curve.half_hours * np.log2(o.curve.most * np.log(2) / (o.curve.half_hours * slope))  # type: ignore[attr-defined]
            for o in chosen
        )
        return [float(np.clip(h, o.least_hours, o.most_hours)) for o, h in zip(chosen, wanted, strict=True)]

    low, high = 1e-40, 1e6
    for _ in range(200):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if sum(at(middle)) > hours else (low, middle)
    return sum(o.curve.harm(h) for o, h in zip(chosen, at(high), strict=True))


problems = st.builds(
    lambda rows, hours, money: Problem(
        operations=tuple(
            operation(f"o{i}", most, half, least_hours=least, money=cost)
            for i, (most, half, least, cost) in enumerate(rows)
        ),
        units=(team("a", hours * 0.7), team("b", hours * 0.6)),
        hours=hours,
        money=money,
    ),
    st.lists(
        st.tuples(
            st.integers(1, 100).map(float),
            st.integers(2, 60).map(float),
            st.integers(0, 30).map(float),
            st.integers(0, 50).map(float),
        ),
        min_size=1,
        max_size=4,
    ),
    st.integers(5, 120).map(float),
    st.integers(0, 120).map(float),
)


@settings(max_examples=25)
@given(problems)
def test_the_plan_is_the_best_of_all_by_enumeration(problem: Problem) -> None:
    """Every choice of operations with hours shared out by marginal return prevents no more; the bound holds."""
    plan = allocate(problem)
    best = enumerated(problem.operations, problem.hours or 0, problem.money or 0)

    assert plan.harm_prevented.value <= plan.bound + 1e-6
    assert plan.bound >= best - 1e-6
    # The gap is what the chords and the solver leave open: 0.1 % of each operation.
    assert plan.harm_prevented.value >= best - plan.gap * plan.bound - 1e-6
    assert plan.gap * plan.bound <= 0.00101 * sum(o.curve.most for o in problem.operations) + 1e-6  # type: ignore[attr-defined]


@settings(max_examples=25)
@given(problems)
def test_no_limit_is_exceeded(problem: Problem) -> None:
    """Hours, money, each unit's hours and each operation's own limits hold."""
    plan = allocate(problem)
    rows = {o.name: o for o in problem.operations}

    assert plan.hours <= (problem.hours or 0) + 1e-5
    assert plan.money <= (problem.money or 0) + 1e-5
    for unit in problem.units:
        worked = sum(a.hours for o in plan.operations for a in o.assignments if a.unit == unit.name)
        assert worked <= unit.blocks[0].hours + 1e-5
    for planned in plan.operations:
        row = rows[planned.name]
        assert row.least_hours - 1e-5 <= planned.hours <= row.most_hours + 1e-5


@settings(max_examples=15)
@given(problems, st.floats(0, 50), st.floats(0, 50))
def test_a_larger_budget_never_prevents_less(problem: Problem, hours: float, money: float) -> None:
    """More hours and money never hurt, but for the error of the chords that the bound reports."""
    before = allocate(problem)
    looser = replace(problem, hours=(problem.hours or 0) + hours, money=(problem.money or 0) + money)
    after = allocate(looser)

    assert after.bound >= before.harm_prevented.value - 1e-6
    assert after.harm_prevented.value >= before.harm_prevented.value - after.gap * after.bound - 1e-6


@settings(max_examples=10)
@given(problems)
def test_order_and_unit_of_harm_do_not_matter(problem: Problem) -> None:
    """Rows in another order give the same harm; harm in other units gives the same plan, scaled."""
    base = allocate(problem)
    turned = allocate(replace(problem, operations=problem.operations[::-1], units=problem.units[::-1]))
    scaled = allocate(
        replace(
            problem,
            operations=tuple(
                replace(o, curve=Diminishing(o.curve.most * 1000, o.curve.half_hours))  # type: ignore[attr-defined]
                for o in problem.operations
            ),
        )
    )

    assert turned.harm_prevented.value == pytest.approx(base.harm_prevented.value, rel=1e-3, abs=1e-6)
    assert scaled.harm_prevented.value == pytest.approx(1000 * base.harm_prevented.value, rel=1e-3, abs=1e-3)


def test_presolve_does_not_hide_the_better_plan() -> None:
    """With 39 hours and exactly 17 of money, HiGHS' presolve once called 26.3 optimal; 36.3 can be reached."""
    rows = ((9.0, 3.0, 0.0, 0.0), (26.0, 2.0, 1.0, 17.0), (41.0, 18.0, 1.0, 1.0))
    operations = tuple(
        operation(f"o{i}", most, half, least_hours=least, money=money)
        for i, (most, half, least, money) in enumerate(rows)
    )
    plan = allocate(Problem(operations, (team("a", 26.6), team("b", 22.8)), hours=39.0, money=17.0))

    assert names(plan) == {"o0", "o2"}
    assert plan.harm == pytest.approx(enumerated(operations, 39.0, 17.0), rel=1e-3)


def test_hours_go_where_the_next_one_prevents_most() -> None:
    """Two equal operations share the hours; the next hour buys the slope of their curves."""
    problem = Problem((operation("a"), operation("b")), (team(hours=80),))
    plan = allocate(problem)
    binding = {row.kind: row for row in plan.binding}

    assert [planned.hours for planned in plan.operations] == pytest.approx([40, 40], abs=3)
    assert plan.harm_prevented.value == pytest.approx(2 * 75, rel=1e-3)
    # d/dh of 100 (1 - 2^(-h/20)) at h = 40.
    assert binding["unit"].next_one == pytest.approx(25 * np.log(2) / 20, rel=0.06)
    assert binding["unit"].name == "Team 1"


def test_steps_are_exact() -> None:
    """With harm given in steps there is no curve to approximate, and the gap closes."""
    steps = Operation("a", Steps((10, 30), (50, 70)), most_hours=40, basis="x")
    plan = allocate(Problem((steps,), (team(hours=20),)))

    assert plan.harm_prevented.value == pytest.approx(60)
    assert plan.gap == pytest.approx(0, abs=1e-6)
    assert plan.binding[0].next_one == pytest.approx(1.0)


def test_skills_are_served_by_those_who_have_them() -> None:
    """An operation that needs 30 hours of surveillance waits for the one unit that can give them."""
    watch = operation("watch", 100, least_hours=40, skills={"surveillance": 30})
    skilled = team("Team S", 35, skills=frozenset({"surveillance"}))

    with_skill = allocate(Problem((watch,), (team(), skilled)))
    without = allocate(Problem((watch,), (team(),)))
    too_few = allocate(Problem((watch,), (team(), replace(skilled, blocks=(Block(29),)))))

    given_hours = {a.unit: a.hours for a in with_skill.operations[0].assignments}
    assert given_hours["Team S"] >= 30 - 1e-6
    assert without.left_out[0].reason.code == "no_skill"
    assert names(too_few) == set()
    assert too_few.left_out[0].reason.code == "not_worth"


def test_nothing_runs_without_a_legal_basis_or_a_unit_with_the_powers() -> None:
    """However much harm it would prevent."""
    problem = Problem(
        (
            operation("no basis", 1000, basis=" "),
            operation("armed", 1000, powers=frozenset({"firearms"})),
            operation("elsewhere", 1000, area="South"),
            operation("plain", 1),
        ),
        (team(areas=frozenset({"North"})),),
    )
    plan = allocate(problem)

    assert names(plan) == {"plain"}
    assert {row.name: row.reason.code for row in plan.left_out} == {
        "no basis": "no_basis",
        "armed": "no_unit",
        "elsewhere": "no_unit",
    }


def test_authorisations_end_and_units_are_there_on_days() -> None:
    """Of 70 hours over ten days, a three-day authorisation can use 21, and the plan says on which days."""
    tap = operation("a", first=date(2026, 3, 4), last=date(2026, 3, 6))
    unit = Unit("Team", (Block(70, date(2026, 3, 1), date(2026, 3, 10)),))
    plan = allocate(Problem((tap,), (unit,)))

    assert plan.hours == pytest.approx(21)
    (assignment,) = plan.operations[0].assignments
    assert (assignment.first, assignment.last) == (date(2026, 3, 4), date(2026, 3, 6))
    assert plan.binding[0].kind == "span"
    assert "2026-03-04 to 2026-03-06" in plan.binding[0].name


def test_units_alike_plan_as_one_and_are_named_each() -> None:
    """Ten teams with the same weeks make a programme of one; the plan prevents as much as with a cent between them."""
    weeks = tuple(Block(30.0, date(2026, 3, 2 + 7 * week), date(2026, 3, 8 + 7 * week)) for week in range(3))
    alike = tuple(Unit(name=f"Team {number}", blocks=weeks) for number in range(10))
    apart = tuple(replace(unit, cost_per_hour=0.001 * number) for number, unit in enumerate(alike))
    operations = tuple(
        operation(
            f"o{number}",
            most=50.0 + number,
            half=15.0,
            first=date(2026, 3, 2 + number),
            last=date(2026, 3, 15 + number),
        )
        for number in range(6)
    )

    one = allocate(Problem(operations=operations, units=alike))
    each = allocate(Problem(operations=operations, units=apart))

    assert len(eligible(Problem(operations=operations, units=alike)).uses) * 10 == len(
        eligible(Problem(operations=operations, units=apart)).uses
    )
    assert one.harm_prevented.value == pytest.approx(each.harm_prevented.value, rel=2e-3)
    given: dict[tuple[str, date | None], float] = {}
    for planned in one.operations:
        assert sum(a.hours for a in planned.assignments) == pytest.approx(planned.hours)
        for a in planned.assignments:
            given[a.unit, a.first] = given.get((a.unit, a.first), 0.0) + a.hours
    spans = {
        (piece.first): piece.hours / 10
        for piece in eligible(Problem(operations=operations, units=alike)).pieces
    }
    assert {unit for unit, _ in given} <= {unit.name for unit in alike}
    assert all(hours <= spans[first] + 1e-6 for (_, first), hours in given.items())


def test_only_the_dates_of_its_own_operations_cut_a_unit() -> None:
    """Sixty operations of another area, each with dates of its own, add nothing to a unit's programme."""
    march = Block(40.0, date(2026, 3, 1), date(2026, 3, 31))
    north = Unit(name="North", blocks=(march,), areas=frozenset({"north"}))
    elsewhere = [
        operation(f"s{day}", area="south", first=date(2026, 3, day % 28 + 1), last=date(2026, 3, 31))
        for day in range(60)
    ]
    own = operation("n", area="north", first=date(2026, 3, 11), last=date(2026, 3, 20))

    found = eligible(Problem(operations=(own, *elsewhere), units=(north,)))

    assert [(piece.first, piece.last) for piece in found.pieces] == [
        (date(2026, 3, 1), date(2026, 3, 10)),
        (date(2026, 3, 11), date(2026, 3, 20)),
        (date(2026, 3, 21), date(2026, 3, 31)),
    ]
    assert [(use.piece, use.operation) for use in found.uses] == [(1, 0)]


def test_what_excludes_and_requires_holds() -> None:
    """The better of two that exclude each other runs; one that needs an unaffordable other does not."""
    problem = Problem(
        (
            operation("covert", 100, excludes=frozenset({"overt"})),
            operation("overt", 90),
            operation("second", 80, requires=frozenset({"first"})),
            operation("first", 1, money=10),
        ),
        (team(hours=400),),
        money=5,
    )
    plan = allocate(problem)
    reasons = {row.name: row.reason for row in plan.left_out}

    assert names(plan) == {"covert"}
    assert str(reasons["second"]) == "It may not run without first, which the plan leaves out."
    # The exclusion is written in the row of the other one.
    assert reasons["overt"].code in ("excluded", "not_worth")


def test_a_duty_comes_first() -> None:
    """Coverage is met though it prevents little, and its price is told."""
    problem = Problem(
        (operation("useful", 100, 30), operation("duty", 1, 30)),
        (team(hours=60),),
        coverages=(Coverage("safeguarding visits", frozenset({"duty"}), 20),),
    )
    plan = allocate(problem)
    price = {row.name: row.next_one for row in plan.binding}

    assert {o.name: o.hours for o in plan.operations}["duty"] == pytest.approx(20)
    assert price["safeguarding visits"] > 0
    assert any("safeguarding visits" in str(sentence) for sentence in plan.explanation)


def test_duties_that_cannot_be_met_are_named_with_what_is_missing() -> None:
    """60 hours do not cover 100; a duty without a basis cannot run."""
    problem = Problem(
        (operation("duty"), operation("forbidden", basis="", must=True)),
        (team(hours=60),),
        coverages=(Coverage("visits", frozenset({"duty"}), 100),),
    )

    with pytest.raises(NoPlan, match=r"coverage 'visits' falls 40\.0 of 100\.0 hours short") as caught:
        allocate(problem)
    assert any("'forbidden' cannot run (It has no legal basis" in row for row in caught.value.shortfalls)


def test_shared_harm_is_prevented_once() -> None:
    """Two operations against one harm of 100 prevent 100 at most."""
    both = (operation("a", 90, 1), operation("b", 90, 1))
    shared = (SharedHarm("burglary in North", frozenset({"a", "b"}), 100.0),)
    plan = allocate(Problem(both, (team(hours=100),), shared=shared))

    assert plan.harm_prevented.value == pytest.approx(100, abs=1e-6)
    assert sum(o.harm for o in plan.operations) == pytest.approx(plan.harm_prevented.value)


def test_no_unit_gives_a_sliver() -> None:
    """With a least shift of 8 hours every assignment is 8 hours or more."""
    problem = Problem(
        tuple(operation(f"o{i}", 100 - i) for i in range(4)), (team("a", 30), team("b", 30)), least_shift=8.0
    )
    plan = allocate(problem)

    hours = [a.hours for o in plan.operations for a in o.assignments]
    assert hours
    assert min(hours) >= 8 - 1e-6


@pytest.mark.parametrize("fragile", [1, 2, 3])
def test_protection_equals_the_worst_subset(fragile: int) -> None:
    """The worst case is that of the operations whose fall would cost most, by enumeration."""
    rows = [("a", 100, 0.1), ("b", 80, 0.9), ("c", 70, 0.5), ("d", 60, 1.0)]
    problem = Problem(
        tuple(operation(name, most, 10, low=low) for name, most, low in rows), (team(hours=60),)
    )
    plan = allocate(problem, fragile=fragile)
    low = {name: share for name, _, share in rows}
    harm = {o.name: o.harm for o in plan.operations}
    worst = min(
        sum(h * (low[n] if n in fallen else 1) for n, h in harm.items())
        for fallen in combinations(low, fragile)
    )

    assert plan.worst_case == pytest.approx(worst)
    assert plan.worst_case >= _best_worst_case(problem, fragile) - 0.3
    assert plan.bound >= plan.worst_case


def _best_worst_case(problem: Problem, fragile: int) -> float:
    """The best worst case over a grid of 6-hour shares, as a twin that knows no programme."""
    best = 0.0
    for shares in product(range(0, 61, 6), repeat=len(problem.operations)):
        if sum(shares) > 60:
            continue
        harms = [o.curve.harm(h) for o, h in zip(problem.operations, shares, strict=True)]
        losses = sorted(
            ((1 - o.low) * h for o, h in zip(problem.operations, harms, strict=True)), reverse=True
        )
        best = max(best, sum(harms) - sum(losses[:fragile]))
    return best


def test_a_plan_is_plain_data() -> None:
    """It can be stored: no date, set or array is left in it."""
    day = date(2026, 3, 1)
    unit = Unit("Team", (Block(10, day, day),))
    plan = allocate(Problem((operation("50 % more"), operation("no %s", basis="")), (unit,)))
    record = json.loads(json.dumps(plan.to_dict(), allow_nan=False))

    assert record["operations"][0]["assignments"][0]["first"] == "2026-03-01"
    assert "The plan runs 50 % more" in record["finding"]["text"]
    assert "no %s is left out. It has no legal basis" in plan.in_words()
    assert "50 % more" in plan.plot().svg


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: operation("a", least_hours=120), BadValue, "least_hours of operation 'a' is 120"),
        (lambda: operation("a", most=-1), BadValue, "harm is -1"),
        (lambda: operation("a", half=0), BadValue, "half_hours is 0"),
        (
            lambda: operation("a", low=1.2),
            BadValue,
            "low of operation 'a' is 1.2; give 0 or more and at most 1",
        ),
        (
            lambda: operation("a", first=date(2026, 2, 1), last=date(2026, 1, 1)),
            BadValue,
            "last day of operation",
        ),
        (lambda: Block(float("nan")), BadValue, "hours of a block is nan"),
        (lambda: Block(1, date(2026, 1, 1)), BadValue, "both the first and the last day"),
        (lambda: Steps((10, 20), (1, 5)), BadValue, "harm of step 2 is 5"),
        (lambda: Problem((operation("a"), operation("a")), (team(),)), BadValue, "name of operations is a"),
        (lambda: Problem((), (team(),)), BadValue, "operations is empty"),
        (
            lambda: Problem((operation("a", requires=frozenset({"z"})),), (team(),)),
            UnknownType,
            "Operation 'z' is not known; use one of a",
        ),
        (lambda: allocate(Problem((operation("a"),), (team(),)), fragile=2), BadValue, "fragile is 2"),
    ],
)
def test_bad_input_is_named(call: Callable[[], object], error: type, message: str) -> None:
    """Each error names the row, the value and the remedy."""
    with pytest.raises(error, match=message):
        call()
