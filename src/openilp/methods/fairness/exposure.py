"""Who lives where the attention goes."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from openilp.methods.arrays import FloatArray
from openilp.methods.drawing import bars
from openilp.methods.errors import BadValue
from openilp.methods.fairness.areas import Areas
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence

DRAWS = 2000
# "Four fifths": 29 CFR 1607.4 D, a rule of thumb of US employment law; configurable, and no law of policing.
FOUR_FIFTHS = 0.8

WHERE_PEOPLE_LIVE = Sentence(
    "where_people_live",
    "Exposure counts who lives in an area, not who is there, stopped or harmed.",
)
NOT_A_VERDICT = Sentence(
    "not_a_verdict",
    "A difference is no proof of unfairness and equality is none of fairness: it is a question that a human "
    "answers before release, with reasons.",
)


@dataclass(frozen=True, slots=True)
class GroupExposure:
    """What one group gets.

    Attributes:
        people: People of the group.
        attention: Mean attention per person: the share that lives in chosen areas, or hours.
        ratio: That mean over the mean of everybody; 1 is the same.
    """

    people: float
    attention: Estimate
    ratio: Estimate


@dataclass(frozen=True, slots=True)
class Exposure(Result):
    """How unequally attention falls on groups.

    Attributes:
        groups: By name.
        disparity: Smallest over largest mean attention of two groups: 1 is equal, 0 is all on one.
        least: The group with the least.
        most: The group with the most.
        threshold: Disparity below which it is called unequal.
        n: Areas.
        method: How it was computed.
        cautions: What the reader must know.
    """

    groups: Mapping[str, GroupExposure]
    disparity: Estimate
    least: str
    most: str
    threshold: float
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def unequal(self) -> bool:
        """This function will say whether the disparity lies below the threshold by more than luck."""
        return self.disparity.high is not None and self.disparity.high < self.threshold

    @property
    def finding(self) -> Sentence:
        """This function will say the answer in one sentence."""
        facts = {
            "least": self.least,
            "most": self.most,
            "value": f"{self.disparity.value or 0:.2f}",
            "low": f"{self.disparity.low or 0:.2f}",
            "high": f"{self.disparity.high or 0:.2f}",
            "threshold": f"{self.threshold:g}",
        }
        if self.unequal:
            return Sentence(
                "unequal",
                "%(least)s gets %(value)s times the attention of %(most)s (%(low)s to %(high)s): below %(threshold)s "
                "by more than luck.",
                facts,
            )
        return Sentence(
            "not_unequal",
            "%(least)s gets %(value)s times the attention of %(most)s (%(low)s to %(high)s): not below %(threshold)s "
            "by more than luck.",
            facts,
        )

    def plot(self) -> Plot:
        """This function will draw each group's ratio with its interval."""
        ratios = [group.ratio for group in self.groups.values()]
        return bars(
            "Attention per person, everybody = 1",
            list(self.groups),
            [ratio.value or 0.0 for ratio in ratios],
            x_name="group",
            y_name="ratio",
            low=[ratio.low or 0.0 for ratio in ratios],
            high=[ratio.high or 0.0 for ratio in ratios],
        )


def exposure(
    areas: Areas, *, threshold: float = FOUR_FIFTHS, level: float = 0.95, rng: Generator
) -> Exposure:
    """This function will compare how much attention each group's people get.

    Question:
        Do the chosen areas, or the hours, fall on some groups more than on others?

    Assumptions:
        People are counted where they live; attention reaches everybody in an area alike.

    Traps:
        Large areas mix groups and hide differences (ecological fallacy). Attention may be wanted
        (protection) or not (stops): the numbers do not say which.

    Args:
        areas: n areas with attention and people by group.
        threshold: Disparity below which it is called unequal, 0 to 1.
        level: Coverage of the intervals.
        rng: Random generator of the bootstrap.

    Returns:
        Mean attention per person and its ratio to everybody's, by group, with intervals from resampled
        areas.

    Raises:
        TooFew: If there are fewer than two groups or ten areas.
        BadValue: If nothing gets attention, or a parameter is out of range.

    Oracle:
        `test_fairness.py`: two groups by hand; equal spread gives 1 for every group.

    Cost:
        2,000 draws over the areas.

    Not for:
        Individuals, or a decision without a human.

    Source:
        Disparate impact as a ratio of rates: 29 CFR 1607.4 D (the four-fifths rule); percentile bootstrap.
    """
    for name, value in (("threshold", threshold), ("level", level)):
        if not 0 < value < 1:
            raise BadValue(name, value, "use a number between 0 and 1")
    if areas.attention.sum() == 0:
        raise BadValue("attention", "0 everywhere", "choose at least one area, or give the hours")
    n = len(areas)
    point = _measures(areas, np.ones((1, n)))
    drawn = rng.multinomial(n, np.full(n, 1 / n), size=DRAWS).astype(float)
    samples = _measures(areas, drawn)
    ends = [(1 - level) / 2, (1 + level) / 2]

    def estimate(at: float, draws: FloatArray) -> Estimate:
        low, high = np.nanquantile(draws, ends)
        return Estimate(float(at), float(low), float(high), level, n)

    groups = {
        name: GroupExposure(
            float(areas.people[name].sum()),
            estimate(point[0][0, g], samples[0][:, g]),
            estimate(point[1][0, g], samples[1][:, g]),
        )
        for g, name in enumerate(areas.people)
    }
    names = list(areas.people)
    least, most = int(np.argmin(point[0][0])), int(np.argmax(point[0][0]))
    with np.errstate(invalid="ignore", divide="ignore"):
        disparity = estimate(
            point[0][0, least] / point[0][0, most], samples[0][:, least] / samples[0][:, most]
        )
    return Exposure(
        groups=groups,
        disparity=disparity,
        least=names[least],
        most=names[most],
        threshold=threshold,
        n=n,
        method=Sentence(
            "exposure",
            "Mean attention per person by group over %(n)s areas; intervals at %(level)s from %(draws)s resamples of "
            "the areas.",
            {"n": str(n), "level": f"{level:.0%}", "draws": str(DRAWS)},
        ),
        cautions=(WHERE_PEOPLE_LIVE, NOT_A_VERDICT),
    )


def _measures(areas: Areas, times: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return (draws, groups) means per person and their ratios to everybody's."""
    people = areas.table
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (times @ (people * areas.attention).T) / (times @ people.T)
        everybody = (times @ (people.sum(axis=0) * areas.attention)) / (times @ people.sum(axis=0))
        return mean, mean / everybody[:, None]
