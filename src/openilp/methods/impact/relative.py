"""Before and after as a ratio, beside the same ratio in a comparison area."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from openilp.methods.errors import TooFew
from openilp.methods.impact.picture import estimates, interval
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence
from openilp.methods.series import PeriodChange, compare_periods

SAME_RATIO = Sentence(
    "same_ratio",
    "The result assumes that without the measure both areas would have changed by the same factor.",
)


@dataclass(frozen=True, slots=True)
class RelativeChange(Result):
    """The change in the treated area, and relative to a control area if there is one.

    Attributes:
        treated: Rate after over rate before.
        control: The same in the control area; None without one.
        relative: Treated ratio over control ratio; None without a control area or with a zero count.
        n: Events in all areas and periods.
        method: How `relative` was computed.
        cautions: What the reader must know.
    """

    treated: PeriodChange
    control: PeriodChange | None
    relative: Estimate | None
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say by which factor the rate changed."""
        if self.relative is None:
            facts = {"ratio": interval(self.treated.ratio)}
            return Sentence("ratio", "The rate after is %(ratio)s times the rate before.", facts)
        return Sentence(
            "relative_ratio",
            "Beyond the change in the comparison area, the rate after is %(ratio)s times the rate before.",
            {"ratio": interval(self.relative)},
        )

    def plot(self) -> Plot:
        """This function will draw the ratios with their intervals."""
        found = {"treated": self.treated.ratio}
        if self.control is not None:
            found["control"] = self.control.ratio
        if self.relative is not None:
            found["treated over control"] = self.relative
        return estimates("Rate after over rate before", found, x_name="", y_name="ratio, 1 is no change")


def before_after(
    before: Sequence[int | None],
    after: Sequence[int | None],
    *,
    control_before: Sequence[int | None] | None = None,
    control_after: Sequence[int | None] | None = None,
    level: float = 0.95,
) -> RelativeChange:
    """This function will compare a period after a measure with one before it.

    Question:
        By which factor did the rate of events change after a measure, and beyond the change in a comparison area?

    Assumptions:
        Without the measure both areas would have changed by the same factor; the sub-periods are equally long and
        independent of each other.

    Traps:
        - A place chosen because it was unusually bad improves by itself.
        - A ratio hides the number: a halving of 4 events is not a halving of 400.
        - With one sub-period on a side, the unrest of the counts is unknown and the interval too narrow.

    Args:
        before: Counts of equally long sub-periods before; None is a gap.
        after: The same after.
        control_before: The same in an area without the measure.
        control_after: The same in that area.
        level: Coverage of the intervals.

    Returns:
        The ratio of rates in each area and the ratio of the two.

    Raises:
        TooFew: If a period has no data or only one half of the control is given.
        BadValue: If a count or the level lies outside its range.

    Oracle:
        A planted halving against a control that doubles (`test_impact.py`); the exact interval of two rates in
        `test_compare.py`.

    Cost:
        Linear in the number of sub-periods.

    Not for:
        A zero count on one side (the ratio is None), or a series with its own trend.

    Source:
        Log ratio of ratios with variance the sum of the dispersion over each count; dispersion per area,
        never below 1. Limits: few sub-periods give a poor estimate of the dispersion.
    """
    treated = compare_periods(before, after, level=level)
    if (control_before is None) != (control_after is None):
        raise TooFew("complete control series", 0, 1)
    control, relative = None, None
    cautions = treated.cautions
    if control_before is not None and control_after is not None:
        control = compare_periods(control_before, control_after, level=level)
        relative = _relative(treated, control, level)
        cautions += (SAME_RATIO,)
    return RelativeChange(
        treated=treated,
        control=control,
        relative=relative,
        n=treated.ratio.n + (control.ratio.n if control else 0),
        method=_method(control is not None, {"level": f"{level:.0%}"}),
        cautions=cautions,
    )


def _method(controlled: bool, facts: dict[str, str]) -> Sentence:
    if not controlled:
        return Sentence("rate_ratio", "Ratio of the rates after and before, interval at %(level)s.", facts)
    return Sentence(
        "ratio_of_ratios",
        "Ratio of the rates after and before, divided by the same ratio in the control area; normal interval "
        "of the logarithm at %(level)s.",
        facts,
    )


def _relative(treated: PeriodChange, control: PeriodChange, level: float) -> Estimate | None:
    counts = (treated.n_before, treated.n_after, control.n_before, control.n_after)
    if treated.ratio.value is None or control.ratio.value is None or min(counts) == 0:
        return None
    variance = sum(
        max(change.dispersion or 1.0, 1.0) * (1 / change.n_before + 1 / change.n_after)
        for change in (treated, control)
    )
    value = treated.ratio.value / control.ratio.value
    reach = float(stats.norm.ppf((1 + level) / 2) * np.sqrt(variance))
    return Estimate(
        value=value,
        low=value * float(np.exp(-reach)),
        high=value * float(np.exp(reach)),
        level=level,
        n=sum(counts),
    )
