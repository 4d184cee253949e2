"""The plan that prevents the most harm within hours, money, skills, dates, coverage and law."""

from dataclasses import dataclass, replace

import numpy as np

from openilp.methods.allocation.eligible import Piece
from openilp.methods.allocation.model import Limit, Model, build
from openilp.methods.allocation.plan import Assignment, Binding, LeftOut, Plan, PlannedOperation
from openilp.methods.allocation.problem import Operation, Problem
from openilp.methods.allocation.solve import TOLERANCE, Solution, next_of_each, solve
from openilp.methods.allocation.words import explain, reason_to_leave_out
from openilp.methods.errors import BadValue
from openilp.methods.sentence import Estimate, Sentence

# Of units alike, so many are named.
_NAMED = 3

EFFECTS_ASSUMED = Sentence(
    "effects_assumed",
    "The effects of operations were given, not measured here: the plan is as good as they are.",
)
STOPPED = Sentence(
    "stopped",
    "The search ended at its time limit; the gap says how much better another plan could be.",
)
NOT_PERSONS = Sentence(
    "decision_is_human",
    "The plan is a proposal about places, problems and units; a person decides, and may have reasons it cannot know.",
)


def allocate(problem: Problem, *, fragile: int = 0, level: float = 0.9, seconds: float = 30.0) -> Plan:
    """This function will choose operations and assign units so that they prevent the most harm.

    Question:
        Which operations should run, with which units and hours, to prevent the most harm within hours, money,
        skills, dates, minimum coverage and law?

    Assumptions:
        - Each further hour on an operation prevents no more than the one before.
        - Operations work independently, unless they share a harm that can be prevented only once.
        - The hours of a block are spread evenly over its days, and an hour of a unit with two skills serves both.

    Traps:
        - Effects are guesses unless an evaluation stands behind them; a plan that looks best by a hair is not best.
        - What is easily counted crowds out what is not: demand coverage for duties whose harm has no number.
        - Harm weights decide the plan; another table can give another plan.
        - Effects learnt from what earlier patrols discovered feed themselves.

    Args:
        problem: Operations, units and limits.
        fragile: Protect the plan against this many operations falling to their low effect at once; 0 maximises
            the expected harm prevented.
        level: Coverage that the low and high effects were meant to have; reported, not used.
        seconds: Time limit of the search, and again of the questions what one more of each limit would add.

    Returns:
        The plan with its bound and gap, what binds, what one more of it would prevent, and why the rest is left
        out. The bound allows for the straight pieces that stand in for curves, so it holds for the curves too.

    Raises:
        NoPlan: If the duties cannot all be met; it names which fall short and by how much.
        BadValue: If `fragile`, `level` or `seconds` lies outside its range, or no plan was found in that time.

    Oracle:
        Enumeration of all choices of operations with the hours shared out by marginal return, in
        `test_allocate.py`; Bertsimas and Sim's protection against enumeration of the worst operations, there too.

    Cost:
        Exponential at worst, as for every 0-1 programme. 50 operations and 60 units take seconds without dates;
        with a least shift the time limit decides and the gap tells. Dates cut the hours of units into pieces; units
        that differ in their names only count as one, and with many that differ and many spans plan in weeks rather
        than days.

    Not for:
        Persons: it ranks nobody. Rosters by name and hour, and travel between places, need their own tools; visits
        to many hot spots have `patrol`.

    Source:
        Concave return by chords and `scipy.optimize.milp` (HiGHS); protection: Bertsimas and Sim, "The Price of
        Robustness", Operations Research 52 (2004).
    """
    _check(problem, fragile, level, seconds)
    model = build(problem, fragile=fragile)
    solution = solve(model, seconds=seconds)
    operations = _operations(model, solution)
    tally = _tally(problem, operations, fragile)
    bound = max(solution.bound + model.slack, tally.worst_case)
    binding = _binding(model, solution, seconds)
    plan = Plan(
        harm_prevented=Estimate(tally.expected, tally.low, tally.high, level, len(operations)),
        worst_case=tally.worst_case,
        bound=bound,
        gap=(bound - tally.worst_case) / bound if bound > 0 else 0.0,
        proven=solution.proven,
        hours=sum(operation.hours for operation in operations),
        money=sum(operation.money for operation in operations),
        operations=operations,
        left_out=_left_out(model, operations),
        binding=binding,
        explanation=(),
        n=len(problem.operations),
        method=_method(fragile),
        cautions=(EFFECTS_ASSUMED, NOT_PERSONS, *(() if solution.proven else (STOPPED,))),
    )
    return replace(plan, explanation=explain(plan))


def _check(problem: Problem, fragile: int, level: float, seconds: float) -> None:
    if not 0 <= fragile <= len(problem.operations):
        raise BadValue("fragile", fragile, f"give 0 to {len(problem.operations)}, the number of operations")
    if not 0 < level < 1:
        raise BadValue("level", level, "use a coverage between 0 and 1, for example 0.9")
    if not (np.isfinite(seconds) and seconds > 0):
        raise BadValue("seconds", seconds, "give a time limit above 0")


def _method(fragile: int) -> Sentence:
    if fragile:
        return Sentence(
            "robust_allocation",
            "Mixed-integer programme (HiGHS): most harm prevented if the worst %(n)s operations fall to their low "
            "effect (Bertsimas and Sim 2004).",
            {"n": str(fragile)},
        )
    return Sentence("allocation", "Mixed-integer programme (HiGHS): most expected harm prevented.")


def _operations(model: Model, solution: Solution) -> tuple[PlannedOperation, ...]:
    dealt = _dealt(model, solution)
    planned = []
    for place, operation in enumerate(model.problem.operations):
        if solution.variables[place] < 0.5:
            continue
        given = [each for each in dealt if each.operation == place]
        hours = sum(each.hours for each in given)
        hourly = sum(model.problem.units[each.unit].cost_per_hour * each.hours for each in given)
        planned.append(
            PlannedOperation(
                name=operation.name,
                hours=hours,
                money=operation.money + hourly,
                harm=operation.curve.harm(hours),
                basis=operation.basis,
                assignments=tuple(
                    Assignment(
                        model.problem.units[each.unit].name, each.hours, each.piece.first, each.piece.last
                    )
                    for each in given
                ),
            )
        )
    return _share(model.problem, tuple(planned))


@dataclass(frozen=True, slots=True)
class _Dealt:
    operation: int
    unit: int
    hours: float
    piece: Piece


def _dealt(model: Model, solution: Solution) -> list[_Dealt]:
    """Deal the hours that units alike give together to one after the other, none more than its own."""
    pieces, found = model.eligible.pieces, []
    left = [[piece.hours / len(piece.units)] * len(piece.units) for piece in pieces]
    for use, given in zip(model.eligible.uses, solution.variables[model.hours].tolist(), strict=True):
        piece, own = pieces[use.piece], left[use.piece]
        for number, unit in enumerate(piece.units):
            # The last takes the rest too: what a solver's rounding adds.
            part = given if number == len(own) - 1 else min(given, own[number])
            if part > TOLERANCE:
                found.append(_Dealt(use.operation, unit, part, piece))
                own[number] -= part
                given -= part
    return found


def _share(problem: Problem, planned: tuple[PlannedOperation, ...]) -> tuple[PlannedOperation, ...]:
    """Let operations on one harm prevent it once, each in proportion to what it would prevent alone."""
    for shared in problem.shared:
        alone = sum(operation.harm for operation in planned if operation.name in shared.operations)
        if alone > shared.harm:
            planned = tuple(
                replace(operation, harm=operation.harm * shared.harm / alone)
                if operation.name in shared.operations
                else operation
                for operation in planned
            )
    return planned


@dataclass(frozen=True, slots=True)
class _Tally:
    expected: float
    low: float
    high: float
    worst_case: float


def _tally(problem: Problem, planned: tuple[PlannedOperation, ...], fragile: int) -> _Tally:
    known: dict[str, Operation] = {operation.name: operation for operation in problem.operations}
    expected = sum(operation.harm for operation in planned)
    losses = sorted(((1 - known[o.name].low) * o.harm for o in planned), reverse=True)
    return _Tally(
        expected=expected,
        low=expected - sum(losses),
        high=sum(known[o.name].high * o.harm for o in planned),
        worst_case=expected - sum(losses[:fragile]),
    )


def _left_out(model: Model, planned: tuple[PlannedOperation, ...]) -> tuple[LeftOut, ...]:
    chosen = frozenset(operation.name for operation in planned)
    return tuple(
        LeftOut(operation.name, reason_to_leave_out(operation, chosen, model.eligible.barred.get(place)))
        for place, operation in enumerate(model.problem.operations)
        if operation.name not in chosen
    )


def _binding(model: Model, solution: Solution, seconds: float) -> tuple[Binding, ...]:
    gains = next_of_each(model, solution, seconds=seconds)
    rows = [
        Binding(*_named(model, model.limits[row]), limit=_limit(model, row), next_one=gain)
        for row, gain in gains.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.next_one, row.kind, row.name)))


def _limit(model: Model, row: int) -> float:
    return float(model.high[row] if np.isfinite(model.high[row]) else model.low[row])


def _named(model: Model, limit: Limit) -> tuple[str, str]:
    problem = model.problem
    if limit.kind == "piece":
        piece = model.eligible.pieces[limit.position]
        names = [problem.units[place].name for place in piece.units]
        unit = ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
        return ("span", f"{unit}, {piece.first} to {piece.last}") if piece.first else ("unit", unit)
    if limit.kind == "unit":
        return limit.kind, problem.units[limit.position].name
    if limit.kind == "coverage":
        return limit.kind, problem.coverages[limit.position].name
    if limit.kind == "shared":
        return limit.kind, problem.shared[limit.position].name
    return limit.kind, limit.kind
