"""The programme solved, its bound, and what one more of a limit would add."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, eye_array, hstack, vstack

from openilp.methods.allocation.model import Model
from openilp.methods.arrays import FloatArray
from openilp.methods.errors import BadValue, NoPlan

# Proven to one part in a million; a planner cannot tell less apart, and the last digits cost the most time.
RELATIVE_GAP = 1e-6
# Numbers of the solver below this are zeros.
TOLERANCE = 1e-6
# Each limit that is asked about costs a linear programme; a reader takes in fewer.
_ASKED = 25
# HiGHS through scipy: 0 is proven optimal, 1 is stopped by the time limit, 2 is infeasible.
_STOPPED, _INFEASIBLE = 1, 2


@dataclass(frozen=True, slots=True)
class Solution:
    """A feasible point and how good any other could be.

    Attributes:
        variables: (v,) values.
        bound: No feasible point has a higher objective.
        proven: Whether the solver closed the gap before its time ran out.
    """

    variables: FloatArray
    bound: float
    proven: bool


def solve(model: Model, *, seconds: float) -> Solution:
    """This function will find the best point of a programme.

    Args:
        model: The programme.
        seconds: After these the best point found so far is returned with its bound.

    Returns:
        The point.

    Raises:
        NoPlan: If the duties cannot all be met; it names by how much.
        BadValue: If not even one feasible point was found in time.
    """
    found = _milp(model.gain, model.rows, model, seconds)
    if found.status == _INFEASIBLE:
        raise NoPlan(_shortfalls(model, seconds))
    if found.x is None:
        size = f"no plan was found among {len(model.gain):,} variables in this time"
        raise BadValue("seconds", seconds, f"{size}: give more, or fewer operations, units and dates")
    if _contradicts(model, found):
        found = _milp(model.gain, model.rows, model, seconds, presolve=False)
    values = np.clip(np.asarray(found.x), 0.0, model.most)
    values[model.whole == 1] = np.round(values[model.whole == 1])
    bound = -float(found.mip_dual_bound) if found.mip_dual_bound is not None else -float(found.fun)
    return Solution(values, max(bound, float(model.gain @ values)), found.status != _STOPPED)


def _contradicts(model: Model, found: Any) -> bool:
    """Tell whether the same choices with hours shared anew beat the bound: then presolve has erred.

    HiGHS 1 as in scipy 1.17 has called 26.28 optimal where 36.25 could be reached; without presolve it did not.
    """
    values = np.where(model.whole == 1, np.round(found.x), found.x)
    again = _relaxed(model, Solution(values, 0.0, proven=False)).value
    return again > -float(found.fun) * (1 + 10 * RELATIVE_GAP) + TOLERANCE and found.status != _STOPPED


def _milp(gain: FloatArray, rows: csr_array, model: Model, seconds: float, *, presolve: bool = True) -> Any:
    extra = len(gain) - len(model.most)
    return milp(
        -gain,
        integrality=np.append(model.whole, np.zeros(extra, dtype=np.int64)),
        bounds=Bounds(0.0, np.append(model.most, np.full(extra, np.inf))),
        constraints=LinearConstraint(rows, model.low, model.high),
        options={"time_limit": seconds, "mip_rel_gap": RELATIVE_GAP, "presolve": presolve},
    )


def _shortfalls(model: Model, seconds: float) -> tuple[str, ...]:
    """Return the duties that fall short when as few as possible do."""
    soft = [row for row, limit in enumerate(model.limits) if limit.kind in ("coverage", "must")]
    lifted = eye_array(len(model.limits), format="csc")[:, soft]
    # A duty that is left undone weighs more than all hours of coverage together.
    heavy = 1.0 + sum(coverage.least_hours for coverage in model.problem.coverages)
    price = [heavy if model.limits[row].kind == "must" else 1.0 for row in soft]
    gain = np.append(np.zeros(len(model.gain)), -np.array(price))
    found = _milp(gain, csr_array(hstack([model.rows, lifted])), model, seconds)
    if found.x is None:
        return ()
    return tuple(
        _shortfall(model, row, float(short))
        for row, short in zip(soft, found.x[len(model.gain) :], strict=True)
        if short > TOLERANCE
    )


def _shortfall(model: Model, row: int, short: float) -> str:
    limit = model.limits[row]
    if limit.kind == "must":
        operation = model.problem.operations[limit.position]
        why = model.eligible.barred.get(limit.position)
        return f"operation {operation.name!r} cannot run" + (f" ({str(why).rstrip('.')})" if why else "")
    coverage = model.problem.coverages[limit.position]
    return f"coverage {coverage.name!r} falls {short:,.1f} of {coverage.least_hours:,.1f} hours short"


def next_of_each(model: Model, solution: Solution, *, seconds: float) -> dict[int, float]:
    """This function will ask what one more of each limit would add with the same choices.

    Args:
        model: The programme.
        solution: Its solution.
        seconds: After these no further limit is asked about.

    Returns:
        Harm prevented by one more hour (or unit of money, or of shared harm; for coverage: by one hour less
        that is demanded), by row, the dearest first; rows that do not bind are left out, and so are all but the
        dearest 25.
    """
    until = time.monotonic() + seconds
    base = _relaxed(model, solution)
    priced = [
        row
        for row, limit in enumerate(model.limits)
        if limit.kind not in ("rule", "must") and base.price[row] > TOLERANCE
    ]
    asked = sorted(priced, key=lambda row: -base.price[row])[:_ASKED]
    gains = {}
    for row in asked:
        if time.monotonic() > until:
            break
        gains[row] = _relaxed(model, solution, loosened=row).value - base.value
    return {row: gain for row, gain in gains.items() if gain > TOLERANCE}


@dataclass(frozen=True, slots=True)
class _Relaxed:
    value: float
    price: FloatArray


def _relaxed(model: Model, solution: Solution, loosened: int | None = None) -> _Relaxed:
    """Solve with the whole numbers as they are and, if asked, one limit looser by one."""
    low, high = model.low.copy(), model.high.copy()
    if loosened is not None:
        low[loosened], high[loosened] = low[loosened] - 1, high[loosened] + 1
    above, below = np.flatnonzero(np.isfinite(high)), np.flatnonzero(np.isfinite(low))
    fixed = model.whole == 1
    least = np.where(fixed, solution.variables, 0.0)
    most = np.where(fixed, solution.variables, model.most)
    # The hours of what does not run are zeros: without them the programme is a fraction of its size.
    idle = np.array([solution.variables[use.operation] < 0.5 for use in model.eligible.uses], dtype=bool)
    kept = np.ones(len(most), dtype=bool)
    kept[model.hours] = ~idle
    rows = model.rows[:, kept]
    found = linprog(
        -model.gain[kept],
        A_ub=vstack([rows[above], -rows[below]]),
        b_ub=np.append(high[above], -low[below]),
        bounds=np.stack([least[kept], most[kept]], axis=1),
        method="highs",
    )
    price = np.zeros(len(model.limits))
    if found.status != 0:
        return _Relaxed(float(model.gain @ solution.variables), price)
    marginals = -np.asarray(found.ineqlin.marginals)
    np.add.at(price, above, marginals[: len(above)])
    np.add.at(price, below, marginals[len(above) :])
    return _Relaxed(-float(found.fun), price)
