"""What one prevented event, or one unit of prevented harm, has cost."""

from dataclasses import dataclass

import numpy as np

from openilp.methods.errors import BadValue
from openilp.methods.impact.picture import estimates, interval
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence

NOTHING_PREVENTED = Sentence(
    "nothing_prevented",
    "The estimate is that nothing was prevented, so there is no cost per unit.",
)
UNBOUNDED = Sentence(
    "unbounded",
    "The interval includes no effect, so the cost per unit has no upper bound.",
)
BUDGET_ONLY = Sentence(
    "budget_only",
    "The cost is what was recorded; it leaves out what else the same hours could have done.",
)


@dataclass(frozen=True, slots=True)
class CostPerUnit(Result):
    """Cost of one prevented unit.

    Attributes:
        cost: Money or hours spent.
        per_unit: Cost per prevented unit; value or bound None where there is none.
        n: Observations behind the change.
        method: How it was computed.
        cautions: What the reader must know.
    """

    cost: float
    per_unit: Estimate
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say the cost of one prevented unit."""
        if self.per_unit.value is None:
            return NOTHING_PREVENTED
        facts = {"cost": interval(self.per_unit)}
        return Sentence("cost_of_one", "One prevented unit has cost %(cost)s.", facts)

    def plot(self) -> Plot:
        """This function will draw the cost with its interval."""
        return estimates("Cost per prevented unit", {"cost": self.per_unit}, x_name="", y_name="cost")


def cost_per_unit(cost: float, change: Estimate) -> CostPerUnit:
    """This function will divide a cost by the number of events that it prevented.

    Question:
        What has one prevented event, or one unit of prevented harm, cost?

    Assumptions:
        The change was caused by what the cost paid for, and the cost is all that was spent on it.

    Traps:
        An effect that may be nothing has no upper price, whatever the point estimate divides to. The cost leaves
        out what else the same hours could have done.

    Args:
        cost: Money or hours, 0 or more.
        change: Change in events or harm; negative means prevented, as a displacement difference gives it.

    Returns:
        The cost per prevented unit with the interval that follows from that of the change.

    Raises:
        BadValue: If the cost is negative or not finite.

    Oracle:
        The division by hand, and an interval with no effect that stays open (`test_impact.py`).

    Cost:
        Constant.

    Not for:
        Comparing measures whose harm was weighed with different tables, or whose effect was not compared with a
        control.

    Source:
        Arithmetic; that an interval through zero leaves a ratio unbounded is E. C. Fieller, "Some problems in
        interval estimation", Journal of the Royal Statistical Society B 16 (1954).
    """
    if not (np.isfinite(cost) and cost >= 0):
        raise BadValue("cost", cost, "give 0 or more")
    most = -change.low if change.low is not None else None
    least = -change.high if change.high is not None else None
    prevented = -change.value if change.value is not None else None
    cautions = [BUDGET_ONLY]
    if prevented is None or prevented <= 0:
        cautions.append(NOTHING_PREVENTED)
    if least is None or least <= 0:
        cautions.append(UNBOUNDED)
    return CostPerUnit(
        cost=cost,
        per_unit=Estimate(
            value=_share(cost, prevented),
            low=_share(cost, most),
            high=_share(cost, least),
            level=change.level,
            n=change.n,
        ),
        n=change.n,
        method=Sentence(
            "cost_per_unit", "Cost divided by the prevented number and by the ends of its interval."
        ),
        cautions=tuple(cautions),
    )


def _share(cost: float, prevented: float | None) -> float | None:
    return cost / prevented if prevented is not None and prevented > 0 else None
