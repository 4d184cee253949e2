"""The weighted displacement difference: events prevented, with crime that moved counted against it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from openilp.methods.errors import BadValue, LengthMismatch
from openilp.methods.impact.picture import estimates, interval
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence

PARALLEL = Sentence(
    "parallel",
    "The result assumes that without the measure both areas would have changed by the same number of events.",
)
POISSON_ONLY = Sentence(
    "poisson_only",
    "The interval allows for chance in the counts only; the usual unrest of crime makes it wider.",
)
SMALL_COUNTS = Sentence("small_counts", "Fewer than 20 events in all: the normal approximation is rough.")


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """Events in one area, in two periods of equal length.

    Attributes:
        before: Events before.
        after: Events after.
        weight: Harm of one event; 1 counts events.
    """

    before: int
    after: int
    weight: float = 1.0

    def __post_init__(self) -> None:
        """This function will refuse what is no count or no weight."""
        for name, count in (("before", self.before), ("after", self.after)):
            if count < 0 or count != int(count):
                raise BadValue(name, count, "give whole counts of 0 or more")
        if not (np.isfinite(self.weight) and self.weight >= 0):
            raise BadValue("weight", self.weight, "give a weight of 0 or more")

    @property
    def change(self) -> float:
        """This function will return the weighted change."""
        return self.weight * (self.after - self.before)

    @property
    def variance(self) -> float:
        """This function will return the Poisson variance of the change."""
        return self.weight**2 * (self.after + self.before)


@dataclass(frozen=True, slots=True)
class DisplacementDifference(Result):
    """Change in the treated area (and around it) beyond that in the control area.

    Attributes:
        difference: Negative means fewer; its n is the number of events.
        standard_error: Of the difference.
        z: Difference over standard error; None when there are no events.
        probability: Two-sided p-value of z.
        with_displacement: Whether surrounding areas were counted.
        n: Events in all areas and periods.
        method: How it was computed.
        cautions: What the reader must know.
    """

    difference: Estimate
    standard_error: float
    z: float | None
    probability: float | None
    with_displacement: bool
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say how many events were prevented."""
        found = self.difference
        open_ended = found.low is not None and found.high is not None and found.low <= 0 <= found.high
        facts = {"change": interval(found)}
        if open_ended:
            return Sentence(
                "no_clear_change",
                "The change beyond the control area is %(change)s: chance alone could do that.",
                facts,
            )
        return Sentence(
            "clear_change", "The change beyond the control area is %(change)s: more than chance.", facts
        )

    def plot(self) -> Plot:
        """This function will draw the difference with its interval."""
        return estimates(
            "Change beyond the control area",
            {"difference": self.difference},
            x_name="weighted displacement difference",
            y_name="events or harm",
        )


def weighted_displacement_difference(
    *,
    treated: BeforeAfter | Sequence[BeforeAfter],
    control: BeforeAfter | Sequence[BeforeAfter],
    treated_displacement: BeforeAfter | Sequence[BeforeAfter] | None = None,
    control_displacement: BeforeAfter | Sequence[BeforeAfter] | None = None,
    level: float = 0.95,
) -> DisplacementDifference:
    """This function will estimate how many events (or how much harm) a measure prevented.

    Question:
        How many events (or how much harm) did a measure prevent, with crime that moved next door counted against it?

    Assumptions:
        - Without the measure both areas would have changed by the same number of events.
        - Counts are independent and Poisson; the periods are equally long.
        - The displacement areas are where crime could move to, and the control area lies out of reach of the measure.

    Traps:
        - A place chosen because it was unusually bad improves by itself.
        - Real counts are more restless than Poisson ones, so the interval is the narrowest that is honest.
        - A control area much larger or smaller than the treated one does not change by the same number.

    Args:
        treated: The area of the measure; several entries are several types of event with their weights.
        control: A comparable area without the measure.
        treated_displacement: Where crime could have moved to.
        control_displacement: Around the control area; given with `treated_displacement` or not at all.
        level: Coverage of the interval.

    Returns:
        `(T1 - T0) - (C1 - C0)` plus the same around, with variance the sum of the counts (times the
        squared weights).

    Raises:
        LengthMismatch: If only one of the displacement areas is given.
        BadValue: If the level lies outside 0 to 1.

    Oracle:
        The figures of crimepy for counts (20, 10) against (20, 20), without and with displacement areas; coverage of
        the interval for a planted effect (`test_impact.py`).

    Cost:
        Constant: the method sees totals only.

    Not for:
        Series of many periods, which tell a trend from an effect, or many treated areas.

    Source:
        Wheeler and Ratcliffe, "A simple weighted displacement difference test to evaluate place based
        crime interventions", Crime Science 7 (2018).
    """
    if not 0 < level < 1:
        raise BadValue("level", level, "use a coverage between 0 and 1, for example 0.95")
    around = (_rows(treated_displacement), _rows(control_displacement))
    if bool(around[0]) != bool(around[1]):
        raise LengthMismatch({"treated_displacement": len(around[0]), "control_displacement": len(around[1])})
    gained, compared = (*_rows(treated), *around[0]), (*_rows(control), *around[1])
    value = sum(area.change for area in gained) - sum(area.change for area in compared)
    every = (*gained, *compared)
    error = float(np.sqrt(sum(area.variance for area in every)))
    reach = float(stats.norm.ppf((1 + level) / 2)) * error
    n = sum(area.before + area.after for area in every)
    z = value / error if error > 0 else None
    return DisplacementDifference(
        difference=Estimate(value=value, low=value - reach, high=value + reach, level=level, n=n),
        standard_error=error,
        z=z,
        probability=None if z is None else float(2 * stats.norm.sf(abs(z))),
        with_displacement=bool(around[0]),
        n=n,
        method=Sentence(
            "wdd",
            "Weighted displacement difference (Wheeler and Ratcliffe 2018), Poisson variance, normal interval at "
            "%(level)s; %(n)s events.",
            {"level": f"{level:.0%}", "n": str(n)},
        ),
        cautions=(PARALLEL, POISSON_ONLY) + ((SMALL_COUNTS,) if n < 20 else ()),
    )


def _rows(areas: BeforeAfter | Sequence[BeforeAfter] | None) -> tuple[BeforeAfter, ...]:
    if areas is None:
        return ()
    return (areas,) if isinstance(areas, BeforeAfter) else tuple(areas)
