"""A plan: what to run, with whom, what it prevents, and how much better any other plan could be."""

from dataclasses import dataclass
from datetime import date

from openilp.methods.drawing import bars
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence


@dataclass(frozen=True, slots=True)
class Assignment:
    """Hours of a unit on an operation.

    Attributes:
        unit: Its name.
        hours: Hours that it gives.
        first: First day of the span in which it gives them; None when any day will do.
        last: Last day.
    """

    unit: str
    hours: float
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class PlannedOperation:
    """An operation that the plan runs.

    Attributes:
        name: Its name.
        hours: Hours of all units.
        money: What it costs, the hours of its units included.
        harm: Harm that it is expected to prevent; less than alone where it shares that harm with others.
        basis: Its legal basis, as given.
        assignments: Who gives which hours.
    """

    name: str
    hours: float
    money: float
    harm: float
    basis: str
    assignments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An operation that the plan does not run.

    Attributes:
        name: Its name.
        reason: Why.
    """

    name: str
    reason: Sentence


@dataclass(frozen=True, slots=True)
class Binding:
    """A limit that keeps the plan from preventing more.

    Attributes:
        kind: `hours`, `money`, `unit`, `span` (a unit between two days), `coverage` or `shared`.
        name: Which one, in words.
        limit: The limit, in hours, money or harm.
        next_one: Harm that one more of it would prevent, with the same operations chosen; for coverage, one
            hour less that is demanded.
    """

    kind: str
    name: str
    limit: float
    next_one: float


@dataclass(frozen=True, slots=True)
class Plan(Result):
    """The best plan that was found.

    Attributes:
        harm_prevented: Expected harm; the ends hold if every effect is as low, or as high, as stated. Its n
            is the number of operations that run.
        worst_case: Harm prevented if as many operations as the plan is protected against fall to their low
            effect at once; the expected harm without protection.
        bound: No plan prevents more (for a protected plan: no plan's worst case is better).
        gap: How much better another plan could be, as a share of the bound.
        proven: Whether the search ended by proof and not by its time limit.
        hours: Hours used.
        money: Money spent.
        operations: What runs, in the order of the problem.
        left_out: What does not, with the reason.
        binding: What keeps it from preventing more, the dearest first and at most 25.
        explanation: The plan in sentences.
        n: Operations that were considered.
        method: How it was computed.
        cautions: What the reader must know.
    """

    harm_prevented: Estimate
    worst_case: float
    bound: float
    gap: float
    proven: bool
    hours: float
    money: float
    operations: tuple[PlannedOperation, ...]
    left_out: tuple[LeftOut, ...]
    binding: tuple[Binding, ...]
    explanation: tuple[Sentence, ...]
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def harm(self) -> float:
        """This function will return the harm that the plan is expected to prevent."""
        return self.harm_prevented.value or 0.0

    @property
    def finding(self) -> Sentence:
        """This function will say what runs and what it prevents."""
        facts = {
            "names": ", ".join(operation.name for operation in self.operations) or "nothing",
            "hours": f"{self.hours:,.1f}",
            "money": f"{self.money:,.2f}",
            "harm": f"{self.harm:,.2f}",
            "bound": f"{self.bound:,.2f}",
            "gap": f"{100 * self.gap:.2f}",
        }
        return Sentence(
            "plan",
            "The plan runs %(names)s, with %(hours)s hours and %(money)s of money. It is expected to prevent "
            "%(harm)s of harm; no plan does better than %(bound)s, a gap of %(gap)s %%.",
            facts,
        )

    def in_words(self) -> str:
        """This function will say the plan, what binds, what is left out, and what the reader must know."""
        return "\n".join(
            [
                str(self.finding),
                *map(str, self.explanation),
                str(self.method),
                *(f"Caution: {each}" for each in self.cautions),
            ]
        )

    def plot(self) -> Plot:
        """This function will draw the harm that each operation prevents."""
        return bars(
            "Harm prevented by operation",
            [operation.name for operation in self.operations] or ["nothing runs"],
            [operation.harm for operation in self.operations] or [0.0],
            x_name="operation",
            y_name="harm",
        )
