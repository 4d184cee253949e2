"""A problem as a mixed-integer linear programme."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from openilp.methods.allocation.eligible import Eligible, eligible
from openilp.methods.allocation.problem import Problem
from openilp.methods.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Limit:
    """What a row of the programme stands for.

    Attributes:
        kind: `hours`, `money`, `unit` (its hours in all), `piece` (its hours in a span), `coverage`, `must`,
            `shared`, or `rule` for what only ties variables together.
        position: Which one of its kind; 0 for totals.
    """

    kind: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Model:
    """Maximise `gain @ v` subject to `low <= rows @ v <= high` and `0 <= v <= most`.

    The variables are, in this order: whether each operation is chosen, the harm that each prevents, the hours
    that each gets, the hours of each use, whether a unit works on an operation (with a least shift only), and
    the price of protection (for a robust plan only: its threshold, then one for each operation).

    Attributes:
        problem: What was asked.
        eligible: Its possible assignments.
        gain: (v,) objective.
        rows: (r, v) coefficients.
        low: (r,) lower ends.
        high: (r,) upper ends.
        limits: (r,) what the rows stand for.
        most: (v,) upper bounds.
        whole: (v,) 1 for whole numbers.
        slack: Harm by which all curves together may exceed their chords.
    """

    problem: Problem
    eligible: Eligible
    gain: FloatArray
    rows: csr_array
    low: FloatArray
    high: FloatArray
    limits: tuple[Limit, ...]
    most: FloatArray
    whole: IntArray
    slack: float

    @property
    def hours(self) -> slice:
        """This function will return where the hours of uses stand among the variables."""
        first = 3 * len(self.problem.operations)
        return slice(first, first + len(self.eligible.uses))


def build(problem: Problem, *, fragile: int = 0) -> Model:
    """This function will write a problem as a programme.

    Args:
        problem: What is asked.
        fragile: How many chosen operations may fall to their low effect at once; 0 counts expected effects.

    Returns:
        The programme.

    Source:
        A concave gain is the least of its chords. The protected objective is the dual of the worst choice of
        `fragile` operations: Bertsimas and Sim, "The Price of Robustness", Operations Research 52 (2004).
    """
    writer = _Writer(problem, eligible(problem), fragile)
    writer.curves()
    writer.totals()
    writer.availability()
    writer.duties()
    writer.law()
    writer.shifts()
    writer.protection()
    return writer.model()


class _Writer:
    """The programme while it is written."""

    def __init__(self, problem: Problem, possible: Eligible, fragile: int) -> None:
        self.problem, self.possible, self.fragile = problem, possible, fragile
        self.n = len(problem.operations)
        self.place = {operation.name: place for place, operation in enumerate(problem.operations)}
        self.by_operation: dict[int, list[int]] = {place: [] for place in range(self.n)}
        self.first_use = 3 * self.n
        for variable, use in enumerate(possible.uses, self.first_use):
            self.by_operation[use.operation].append(variable)
        self.width = self.first_use + len(possible.uses)
        self.whole = set(range(self.n))
        self.most = {place: 0.0 if place in possible.barred else 1.0 for place in range(self.n)}
        self.gain = {self.n + place: 1.0 for place in range(self.n)}
        self.bound_variables()
        self.entries: list[tuple[int, int, float]] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.limits: list[Limit] = []
        self.slack = 0.0

    def bound_variables(self) -> None:
        """Give harm and hours the upper ends that follow anyway: presolve of HiGHS 1 has erred without them."""
        for place, operation in enumerate(self.problem.operations):
            self.most[self.n + place] = operation.curve.harm(operation.most_hours)
            self.most[2 * self.n + place] = operation.most_hours
        for variable, use in enumerate(self.possible.uses, self.first_use):
            self.most[variable] = self.problem.operations[use.operation].most_hours

    def add(
        self,
        terms: Iterable[tuple[int, float]],
        *,
        low: float = -np.inf,
        high: float = np.inf,
        limit: Limit | None = None,
    ) -> None:
        """Note the row `low <= sum of terms <= high`."""
        self.entries += [(len(self.limits), variable, value) for variable, value in terms if value]
        self.low.append(low)
        self.high.append(high)
        self.limits.append(limit or Limit("rule"))

    def curves(self) -> None:
        """Tie harm and hours of an operation to its choice."""
        for place, operation in enumerate(self.problem.operations):
            hours, total = self.by_operation[place], 2 * self.n + place
            self.add([(total, -1.0), *((v, 1.0) for v in hours)], low=0.0, high=0.0)
            slopes, intercepts, slack = operation.curve.chords(operation.most_hours)
            self.slack += 0.0 if place in self.possible.barred else slack
            for slope, intercept in zip(slopes.tolist(), intercepts.tolist(), strict=True):
                self.add([(self.n + place, 1.0), (place, -intercept), (total, -slope)], high=0.0)
            self.add([(place, -operation.most_hours), (total, 1.0)], high=0.0)
            self.add([(place, -operation.least_hours), (total, 1.0)], low=0.0)
            for skill, least in operation.skills.items():
                skilled = [v for v in hours if skill in self.problem.units[self.unit(v)].skills]
                self.add([(place, -least), *((v, 1.0) for v in skilled)], low=0.0)

    def unit(self, variable: int) -> int:
        """Return the unit whose hours a variable stands for."""
        return self.possible.uses[variable - self.first_use].unit

    def totals(self) -> None:
        """Keep to the hours and the money there are in all."""
        uses = range(self.first_use, self.first_use + len(self.possible.uses))
        if self.problem.hours is not None:
            totals = [(2 * self.n + place, 1.0) for place in range(self.n)]
            self.add(totals, high=self.problem.hours, limit=Limit("hours"))
        if self.problem.money is not None:
            once = [(place, operation.money) for place, operation in enumerate(self.problem.operations)]
            hourly = [(v, self.problem.units[self.unit(v)].cost_per_hour) for v in uses]
            self.add([*once, *hourly], high=self.problem.money, limit=Limit("money"))

    def availability(self) -> None:
        """Keep to the hours of each unit, in each span and in all."""
        by_piece: dict[int, list[int]] = {}
        by_unit: dict[int, list[int]] = {}
        for variable, use in enumerate(self.possible.uses, self.first_use):
            by_piece.setdefault(use.piece, []).append(variable)
            by_unit.setdefault(use.unit, []).append(variable)
        for place, variables in by_piece.items():
            hours = self.possible.pieces[place].hours
            self.add([(v, 1.0) for v in variables], high=hours, limit=Limit("piece", place))
        for place, variables in by_unit.items():
            most = self.problem.units[place].most_hours
            if most is not None:
                self.add([(v, 1.0) for v in variables], high=most, limit=Limit("unit", place))

    def duties(self) -> None:
        """Demand coverage and the operations that are a duty; let shared harm count once."""
        for place, coverage in enumerate(self.problem.coverages):
            terms = [(2 * self.n + self.place[name], 1.0) for name in sorted(coverage.operations)]
            self.add(terms, low=coverage.least_hours, limit=Limit("coverage", place))
        for place, operation in enumerate(self.problem.operations):
            if operation.must:
                self.add([(place, 1.0)], low=1.0, limit=Limit("must", place))
        for place, shared in enumerate(self.problem.shared):
            terms = [(self.n + self.place[name], 1.0) for name in sorted(shared.operations)]
            self.add(terms, high=shared.harm, limit=Limit("shared", place))

    def law(self) -> None:
        """Keep apart what may not run together, and together what may not run alone."""
        for place, operation in enumerate(self.problem.operations):
            for name in sorted(operation.excludes):
                self.add([(place, 1.0), (self.place[name], 1.0)], high=1.0)
            for name in sorted(operation.requires):
                self.add([(place, 1.0), (self.place[name], -1.0)], high=0.0)

    def shifts(self) -> None:
        """Let a unit that works on an operation give it a shift at least."""
        if not self.problem.least_shift:
            return
        pairs: dict[tuple[int, int], list[int]] = {}
        for variable, use in enumerate(self.possible.uses, self.first_use):
            pairs.setdefault((use.unit, use.operation), []).append(variable)
        for (_, place), variables in pairs.items():
            works, given = self.width, [(v, 1.0) for v in variables]
            self.width += 1
            self.whole.add(works)
            self.most[works] = 1.0
            self.add([(works, -self.problem.operations[place].most_hours), *given], high=0.0)
            self.add([(works, -self.problem.least_shift), *given], low=0.0)

    def protection(self) -> None:
        """Subtract what the worst `fragile` operations would lose."""
        if not self.fragile:
            return
        threshold = self.width
        self.width += 1 + self.n
        self.gain[threshold] = -float(self.fragile)
        self.most[threshold] = max(self.most[self.n + place] for place in range(self.n))
        for place, operation in enumerate(self.problem.operations):
            own = threshold + 1 + place
            self.gain[own] = -1.0
            self.most[own] = self.most[self.n + place]
            self.add([(threshold, 1.0), (own, 1.0), (self.n + place, operation.low - 1.0)], low=0.0)

    def model(self) -> Model:
        """Return what was written."""
        rows, columns, values = zip(*self.entries, strict=True)
        gain, most = np.zeros(self.width), np.full(self.width, np.inf)
        gain[list(self.gain)] = list(self.gain.values())
        most[list(self.most)] = list(self.most.values())
        whole = np.zeros(self.width, dtype=np.int64)
        whole[sorted(self.whole)] = 1
        shape = (len(self.limits), self.width)
        return Model(
            problem=self.problem,
            eligible=self.possible,
            gain=gain,
            rows=csr_array(coo_array((values, (rows, columns)), shape=shape)),
            low=np.array(self.low),
            high=np.array(self.high),
            limits=tuple(self.limits),
            most=most,
            whole=whole,
            slack=self.slack,
        )
