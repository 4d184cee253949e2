"""Two Poisson rates compared by the E-test."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from openilp.methods.errors import BadValue, TooFew
from openilp.methods.impact.picture import estimates, interval
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence
from openilp.methods.series.compare import rate_ratio_interval

POISSON = Sentence(
    "poisson_only",
    "The test allows for chance in the counts only; the usual unrest of crime makes differences less telling.",
)
NO_CONTROL = Sentence("no_control", "Without a comparison area the change may have happened anyway.")
# Counts outside the middle 1 - 1e-13 of their distribution change no digit that is shown.
_TAIL = 1e-13
# Statistics this close are equal: they come from the same counts by another order of additions.
_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class RateTest(Result):
    """Whether two rates differ by more than chance.

    Attributes:
        ratio: Second rate over first, with the exact conditional interval.
        probability: Two-sided p-value of the E-test.
        rate_first: Events per unit of exposure.
        rate_second: The same of the second.
        n: Events in both.
        method: How it was computed.
        cautions: What the reader must know.
    """

    ratio: Estimate
    probability: float
    rate_first: float
    rate_second: float
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say by which factor the rates differ."""
        facts = {"ratio": interval(self.ratio), "p": f"{self.probability:.3g}"}
        return Sentence("rate_ratio", "The second rate is %(ratio)s times the first; p = %(p)s.", facts)

    def plot(self) -> Plot:
        """This function will draw the ratio with its interval."""
        return estimates(
            "Ratio of two rates", {"second over first": self.ratio}, x_name="", y_name="ratio, 1 is no change"
        )


def e_test(
    first: int,
    second: int,
    *,
    exposure_first: float = 1.0,
    exposure_second: float = 1.0,
    level: float = 0.95,
) -> RateTest:
    """This function will test whether two Poisson rates are equal.

    Question:
        Is the difference between two counts, or two rates, more than chance?

    Assumptions:
        Both counts are Poisson and independent.

    Traps:
        - Crime comes in series and seasons, so counts vary more than Poisson ones and p-values are too small.
        - A month picked because it was the worst differs from the next one by choice, not by chance.

    Args:
        first: Events in the first period or area.
        second: Events in the second.
        exposure_first: Length, area or population behind the first count, above 0.
        exposure_second: The same of the second.
        level: Coverage of the interval of the ratio.

    Returns:
        The ratio of rates with its interval and the p-value.

    Raises:
        BadValue: If a count, an exposure or the level lies outside its range.
        TooFew: If there is no event at all.

    Oracle:
        ptools' published value for 6 against 2, 0.1748748, and a double loop over all counts
        (`test_rate_test.py`).

    Cost:
        Linear in the spread of the first count: the square root of its size.

    Not for:
        Before and after with a comparison area (`weighted_displacement_difference`), or series of counts whose
        unrest can be measured (`before_after`).

    Source:
        Krishnamoorthy and Thomson, "A more powerful test for comparing two Poisson means", Journal of
        Statistical Planning and Inference 119 (2004).
    """
    for name, count in (("first", first), ("second", second)):
        if count < 0 or count != int(count):
            raise BadValue(name, count, "give whole counts of 0 or more")
    for name, exposure in (("exposure_first", exposure_first), ("exposure_second", exposure_second)):
        if not (np.isfinite(exposure) and exposure > 0):
            raise BadValue(name, exposure, "give a length, area or population above 0")
    if not 0 < level < 1:
        raise BadValue("level", level, "use a coverage between 0 and 1, for example 0.95")
    if first + second == 0:
        raise TooFew("events in both together", 0, 1)
    rates = first / exposure_first, second / exposure_second
    low, high = rate_ratio_interval(first, second, exposure_first, exposure_second, level)
    return RateTest(
        ratio=Estimate(rates[1] / rates[0] if first else None, low, high, level, first + second),
        probability=_probability(first, second, exposure_first, exposure_second),
        rate_first=rates[0],
        rate_second=rates[1],
        n=first + second,
        method=Sentence(
            "e_test",
            "E-test of two Poisson rates (Krishnamoorthy and Thomson 2004); exact conditional interval of the ratio "
            "at %(level)s.",
            {"level": f"{level:.0%}"},
        ),
        cautions=(POISSON, NO_CONTROL),
    )


def _probability(first: int, second: int, over_first: float, over_second: float) -> float:
    """Add up, for each first count, the second counts whose difference is at least as large."""
    difference = first / over_first - second / over_second
    squared = difference**2 / (first / over_first**2 + second / over_second**2)
    if squared <= _TIE:
        return 1.0
    mean = (first + second) / (over_first + over_second)
    lowest, highest = stats.poisson.ppf([_TAIL, 1 - _TAIL], mean * over_first)
    counts = np.arange(max(lowest - 1, 0), highest + 2)
    # (u - v)² = t² (u / n1 + v / n2) has two roots in v; beyond them the difference is at least as large.
    rate = counts / over_first
    middle = 2 * rate + squared / over_second
    root = np.sqrt(np.maximum(middle**2 - 4 * (rate**2 - squared * rate / over_first), 0))
    below = np.floor(over_second * (middle - root) / 2 + _TIE * (1 + counts))
    above = np.ceil(over_second * (middle + root) / 2 - _TIE * (1 + counts))
    other = mean * over_second
    beyond = stats.poisson.cdf(below, other) + stats.poisson.sf(above - 1, other)
    # No event in either is no difference.
    beyond[counts == 0] = stats.poisson.sf(above[counts == 0] - 1, other)
    return float(min((stats.poisson.pmf(counts, mean * over_first) * beyond).sum(), 1.0))
