"""What a comparison could find, before the measure starts."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from openilp.methods.drawing import Line, lines
from openilp.methods.errors import BadValue
from openilp.methods.impact.picture import said
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence

EXPECTED_COUNTS = Sentence(
    "expected_counts",
    "The counts are those of a usual period of the same length; a place chosen at its worst will have fewer anyway.",
)
HOPELESS = Sentence(
    "hopeless",
    "Not even preventing everything would be noticed: join areas, take longer periods, or do not evaluate by counts.",
)
# Lengths beyond a hundred times the planned one are no plan.
_LONGEST = 100.0
_SHARES = tuple(round(0.05 * step, 2) for step in range(21))


@dataclass(frozen=True, slots=True)
class Power(Result):
    """What a before-after comparison with a control area would find.

    Attributes:
        probability: That the measure, if it works as assumed, is told from chance.
        reduction: The assumed share prevented.
        least_reduction: Smallest share that would be found with the wanted probability; None if none would.
        times_longer: By how much both periods must be longer to find the assumed share with that
            probability; 1 or less is enough as planned, None beyond a hundred times.
        wanted: The wanted probability.
        level: Coverage of the interval that has to exclude no effect.
        reductions: Shares from 0 to 1.
        probabilities: That each of them would be found.
        n: Events expected in all areas and periods.
        method: How it was computed.
        cautions: What the reader must know.
    """

    probability: float
    reduction: float
    least_reduction: float | None
    times_longer: float | None
    wanted: float
    level: float
    reductions: tuple[float, ...]
    probabilities: tuple[float, ...]
    n: float
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say whether the evaluation could find the effect."""
        facts = {
            "reduction": f"{100 * self.reduction:g}",
            "probability": f"{100 * self.probability:.0f}",
            "least": "no" if self.least_reduction is None else f"{100 * self.least_reduction:.0f} %",
            "wanted": f"{100 * self.wanted:g}",
            "times": "more than a hundred" if self.times_longer is None else said(self.times_longer, 1),
        }
        return Sentence(
            "power",
            "A reduction by %(reduction)s %% would be found with a probability of %(probability)s %%; %(least)s "
            "reduction is found with %(wanted)s %%, or this one in periods %(times)s times as long.",
            facts,
        )

    def plot(self) -> Plot:
        """This function will draw the probability over the effect."""
        return lines(
            "What this comparison would find",
            self.reductions,
            (Line("probability", self.probabilities),),
            x_name="share prevented",
            y_name="probability of finding it",
        )


def power_before_starting(
    *,
    treated: float,
    control: float,
    reduction: float,
    dispersion: float = 1.0,
    level: float = 0.95,
    wanted: float = 0.8,
) -> Power:
    """This function will compute whether a comparison could find the effect that is hoped for.

    Question:
        If the measure prevents the share that we hope for, would our evaluation notice?

    Assumptions:
        - The periods before and after are equally long, and nothing else changes.
        - Counts vary as Poisson ones times the dispersion.

    Traps:
        - Without enough events, no finding says nothing: it is not a finding of no effect.
        - An effect found by an evaluation of low power is exaggerated when it is found at all.

    Args:
        treated: Events expected before, in the place of the measure; 0 or more.
        control: Events expected before, in the comparison area; 0 or more.
        reduction: Share of events that the measure is hoped to prevent, above 0 and at most 1.
        dispersion: Variance of such counts over that of chance, for example as `before_after` finds it.
        level: Coverage of the interval that will be reported.
        wanted: Probability with which the effect should be found.

    Returns:
        The probability of finding it, the least share that would be found, and how much longer to look.

    Raises:
        BadValue: If a value lies outside its range.

    Oracle:
        Simulated evaluations with `weighted_displacement_difference` (`test_power.py`).

    Cost:
        Constant.

    Not for:
        Series with a trend or many areas; simulate those.

    Source:
        Normal power of the weighted displacement difference: Wheeler and Ratcliffe, Crime Science 7 (2018).
    """
    for name, value in (("treated", treated), ("control", control)):
        if not (np.isfinite(value) and value >= 0):
            raise BadValue(name, value, "give the expected number of events, 0 or more")
    if not 0 < reduction <= 1:
        raise BadValue("reduction", reduction, "give a share above 0 and at most 1, for example 0.2")
    if not (np.isfinite(dispersion) and dispersion > 0):
        raise BadValue("dispersion", dispersion, "give a ratio of variances above 0; chance alone is 1")
    for name, value in (("level", level), ("wanted", wanted)):
        if not 0 < value < 1:
            raise BadValue(name, value, "give a probability between 0 and 1")

    def found(share: float, times: float = 1.0) -> float:
        events = times * (2 * treated - treated * share + 2 * control)
        if events == 0:
            return 0.0
        distance = times * treated * share / np.sqrt(dispersion * events)
        needed = stats.norm.ppf((1 + level) / 2)
        return float(stats.norm.sf(needed - distance) + stats.norm.cdf(-needed - distance))

    least = _root(lambda share: found(share) - wanted, 1e-9, 1.0)
    return Power(
        probability=found(reduction),
        reduction=reduction,
        least_reduction=least,
        times_longer=_root(lambda times: found(reduction, times) - wanted, 1e-6, _LONGEST),
        wanted=wanted,
        level=level,
        reductions=_SHARES,
        probabilities=tuple(found(share) for share in _SHARES),
        n=2 * treated - treated * reduction + 2 * control,
        method=Sentence(
            "power",
            "Normal power of the weighted displacement difference, interval at %(level)s, dispersion %(dispersion)s.",
            {"level": f"{level:.0%}", "dispersion": f"{dispersion:g}"},
        ),
        cautions=(EXPECTED_COUNTS,) + ((HOPELESS,) if least is None else ()),
    )


def _root(distance: Callable[[float], float], low: float, high: float) -> float | None:
    if distance(high) < 0:
        return None
    return low if distance(low) >= 0 else float(optimize.brentq(distance, low, high))
