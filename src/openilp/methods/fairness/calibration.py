"""Whether a forecast is as right for one group's areas as for another's."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from openilp.methods.arrays import FloatArray, floats, same_length
from openilp.methods.drawing import bars
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.fairness.areas import Areas, check_amounts
from openilp.methods.fairness.exposure import DRAWS, NOT_A_VERDICT
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence

RECORDED_TRUTH = Sentence(
    "recorded_truth",
    "Calibration is against recorded events: if one group's areas are recorded more, a biased forecast looks "
    "calibrated.",
)


@dataclass(frozen=True, slots=True)
class GroupCalibration:
    """How a forecast did where a group lives.

    Attributes:
        expected: Events expected for the group's share of each area.
        observed: Events recorded for it.
        ratio: Observed over expected; below 1 the group's areas were over-predicted.
    """

    expected: float
    observed: float
    ratio: Estimate


@dataclass(frozen=True, slots=True)
class Calibration(Result):
    """Observed over expected events by group.

    Attributes:
        groups: By name.
        overall: All events over all expected ones.
        uneven: Groups whose ratio differs from the overall one by more than luck.
        n: Areas.
        method: How it was computed.
        cautions: What the reader must know.
    """

    groups: Mapping[str, GroupCalibration]
    overall: float
    uneven: tuple[str, ...]
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say the answer in one sentence."""
        if not self.uneven:
            return Sentence("even", "No group's areas were misjudged by more than luck.")
        return Sentence(
            "uneven",
            "Misjudged by more than luck, beside the whole: the areas of %(groups)s.",
            {"groups": ", ".join(self.uneven)},
        )

    def plot(self) -> Plot:
        """This function will draw the ratio of each group with its interval."""
        ratios = [group.ratio for group in self.groups.values()]
        return bars(
            "Observed over expected events",
            list(self.groups),
            [ratio.value or 0.0 for ratio in ratios],
            x_name="group",
            y_name="ratio",
            low=[ratio.low or 0.0 for ratio in ratios],
            high=[ratio.high or 0.0 for ratio in ratios],
        )


def calibration_by_group(
    areas: Areas, expected: ArrayLike, observed: ArrayLike, *, level: float = 0.95, rng: Generator
) -> Calibration:
    """This function will compare expected with observed events where each group lives.

    Question:
        Does the forecast expect too much where one group lives, and too little where another does?

    Assumptions:
        Events of an area belong to its groups by their share of its people.

    Traps:
        It is judged against recorded events, which follow attention. A forecast may be calibrated for
        every group and still fall on one of them (see `exposure`): both cannot be equal unless rates are.

    Args:
        areas: n areas with people by group.
        expected: (n,) events expected in each area.
        observed: (n,) events recorded in each.
        level: Coverage of the intervals.
        rng: Random generator of the bootstrap.

    Returns:
        Observed over expected by group, with intervals from resampled areas.

    Raises:
        TooFew: If nothing was expected or nothing happened.
        BadValue: If a value is negative or missing.
        LengthMismatch: If the columns differ in length.

    Oracle:
        `test_fairness.py`: a planted bias against one group is found; an unbiased forecast is even.

    Cost:
        2,000 draws over the areas.

    Not for:
        Individuals; areas with no people.

    Source:
        Calibration within groups and its limits: Kleinberg, Mullainathan and Raghavan (2016).
    """
    want, seen = floats("expected", expected), floats("observed", observed)
    same_length(areas=areas.attention, expected=want, observed=seen)
    check_amounts("expected", want)
    check_amounts("observed", seen)
    if not 0 < level < 1:
        raise BadValue("level", level, "use a coverage between 0 and 1, for example 0.95")
    for name, column in (("expected events", want), ("observed events", seen)):
        if column.sum() == 0:
            raise TooFew(name, 0, 1)
    n = len(areas)
    people = areas.table
    shares = people / np.maximum(people.sum(axis=0), 1e-12)
    overall = float(seen.sum() / want.sum())
    drawn = rng.multinomial(n, np.full(n, 1 / n), size=DRAWS).astype(float)
    groups, uneven = {}, []
    for name, share in zip(areas.people, shares, strict=True):
        found, beside = _group(share * want, share * seen, want, seen, drawn, level)
        groups[name] = found
        if not beside[0] <= 1 <= beside[1]:
            uneven.append(name)
    return Calibration(
        groups=groups,
        overall=overall,
        uneven=tuple(uneven),
        n=n,
        method=Sentence(
            "calibration",
            "Observed over expected events, each area shared among its groups, over %(n)s areas; intervals at "
            "%(level)s from resampled areas.",
            {"n": str(n), "level": f"{level:.0%}"},
        ),
        cautions=(RECORDED_TRUTH, NOT_A_VERDICT),
    )


def _group(
    expected: FloatArray,
    observed: FloatArray,
    all_expected: FloatArray,
    all_observed: FloatArray,
    drawn: FloatArray,
    level: float,
) -> tuple[GroupCalibration, tuple[float, float]]:
    """Return a group's calibration, and the interval of its ratio beside the overall one."""
    ends = [(1 - level) / 2, (1 + level) / 2]
    with np.errstate(invalid="ignore", divide="ignore"):
        draws = (drawn @ observed) / (drawn @ expected)
        beside = draws / ((drawn @ all_observed) / (drawn @ all_expected))
    low, high = np.nanquantile(draws, ends)
    total = float(expected.sum())
    ratio = Estimate(
        float(observed.sum()) / total if total else None, float(low), float(high), level, len(expected)
    )
    first, last = np.nanquantile(beside, ends)
    return GroupCalibration(total, float(observed.sum()), ratio), (float(first), float(last))
