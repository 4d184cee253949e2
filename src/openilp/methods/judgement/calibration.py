"""Were the probabilities right? Scores and reliability of past judgements, by team."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from openilp.methods import drawing
from openilp.methods.arrays import FloatArray, IntArray, floats, same_length
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence

#: Fewer outcomes than this say nothing about a team, and too much about a person.
FEWEST = 10
DRAWS = 1000

FOR_LEARNING = Sentence(
    "for_learning",
    "Calibration is fed back to teams so that words and probabilities improve; it is no appraisal of a person, "
    "and teams that answer harder questions score worse.",
)
ONLY_RESOLVED = Sentence(
    "only_resolved",
    "Only judgements whose outcome is known count; if those that came true are followed up more often, the "
    "figures flatter.",
)
SMALL_TEAMS = Sentence("small_teams", "%(teams)s have fewer than %(fewest)s known outcomes and are left out.")


@dataclass(frozen=True, slots=True)
class Bin:
    """Judgements of similar probability.

    Attributes:
        low: Lower end, included.
        high: Upper end, included in the last bin only.
        mean_probability: Mean of the probabilities given.
        observed: Share that came true, with Wilson's interval; its n is the number of judgements.
    """

    low: float
    high: float
    mean_probability: float
    observed: Estimate


@dataclass(frozen=True, slots=True)
class TeamCalibration:
    """How one team's probabilities compare with what happened.

    Attributes:
        team: Its name.
        n: Judgements with a known outcome.
        brier: Mean squared difference of probability and outcome; 0 is perfect, lower is better.
        reliability: How far probabilities miss the observed shares in their bins; 0 is best.
        resolution: How far the bins differ from the overall share; more is better.
        uncertainty: Of the outcomes: what saying the overall share every time would score.
        within: What the bins' width leaves over: brier = reliability - resolution + uncertainty + within.
        skill: 1 - brier / uncertainty; 0 is no better than the overall share; None when all outcomes are alike.
        bias: Mean probability less the share that came true; above 0 is too sure that things happen.
        bins: The reliability diagram.
    """

    team: str
    n: int
    brier: Estimate
    reliability: float
    resolution: float
    uncertainty: float
    within: float
    skill: float | None
    bias: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Calibration(Result):
    """The teams in alphabetical order, after all of them together.

    Attributes:
        everyone: All judgements, those of small teams included.
        teams: One for each team with enough outcomes.
        n: Judgements with a known outcome.
        n_open: Judgements without one.
        method: How it was computed.
        cautions: What the reader must know.
    """

    everyone: TeamCalibration
    teams: tuple[TeamCalibration, ...]
    n: int
    n_open: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say the score, its interval and the direction of the error."""
        score, bias = self.everyone.brier, self.everyone.bias
        return Sentence(
            "calibration_found",
            "%(n)s judgements score %(brier)s (%(low)s to %(high)s) where the overall share alone would score "
            "%(base)s; probabilities are on average %(bias)s than what came true.",
            {
                "n": f"{self.n:,}",
                "brier": f"{score.value:.3f}",
                "low": f"{score.low:.3f}",
                "high": f"{score.high:.3f}",
                "base": f"{self.everyone.uncertainty:.3f}",
                "bias": f"{abs(bias):.0%} {'higher' if bias >= 0 else 'lower'}",
            },
        )

    def plot(self) -> Plot:
        """This function will draw the reliability diagram of all judgements."""
        bins = self.everyone.bins
        x = [each.mean_probability for each in bins]
        observed = [each.observed for each in bins]
        return drawing.lines(
            "Probability given and share that came true",
            x,
            [
                drawing.Line(
                    "came true",
                    [each.value or 0.0 for each in observed],
                    [each.low or 0.0 for each in observed],
                    [each.high or 0.0 for each in observed],
                ),
                drawing.Line("perfect", x, dashed=True),
            ],
            x_name="probability given",
            y_name="share that came true",
        )


def calibrate(
    probability: Sequence[float] | FloatArray,
    outcome: Sequence[float | None] | FloatArray,
    team: Sequence[str],
    *,
    rng: np.random.Generator,
    bins: int = 10,
    level: float = 0.95,
) -> Calibration:
    """This function will compare past probabilities with what happened, by team.

    Question:
        When we said 70 %, did it happen in seven of ten cases, and do our probabilities tell cases apart?

    Assumptions:
        Each outcome was settled by a rule written down beforehand; judgements are independent given their
        probabilities (several on one event make intervals too narrow).

    Traps:
        A team that always says the overall share is perfectly reliable and useless: read resolution too.
        Following up only what came true flatters. Few judgements make any diagram jagged: read the intervals.

    Args:
        probability: (n,) from 0 to 1.
        outcome: (n,) 1 came true, 0 did not, NaN or None not known yet.
        team: (n,) name of a team, never of a person.
        rng: Random generator for the intervals of the score; the caller owns the seed.
        bins: Bins of equal width.
        level: Coverage of the intervals.

    Returns:
        Scores with their parts for all and for each team with 10 known outcomes.

    Raises:
        LengthMismatch: If the columns differ in length.
        BadValue: If a probability lies outside 0 to 1 or an outcome is none of 0, 1 and missing; names the row.
        TooFew: If fewer than 10 outcomes are known.

    Oracle:
        scikit-learn's Brier score, Wilson's interval in scipy, the sum of the parts, and recovery of a planted
        bias, in `test_calibration.py`.

    Cost:
        O(n) for each of 1,000 resamples.

    Not for:
        Appraising people, or judgements without a probability (use their words: `calibrate_terms`).

    Source:
        Brier, Monthly Weather Review 78 (1950); Murphy, J. Applied Meteorology 12 (1973); Stephenson, Coelho
        and Jolliffe, Weather and Forecasting 23 (2008), the part within bins; Wilson, JASA 22 (1927).
    """
    given, came = floats("probability", probability), floats("outcome", outcome)
    same_length(probability=given, outcome=came, team=team)
    _check(given, came, bins, level)
    known = ~np.isnan(came)
    if (n := int(known.sum())) < FEWEST:
        raise TooFew("judgements with a known outcome", n, FEWEST)
    given, came = given[known], came[known]
    names = np.array([str(each) for each in team])[known]
    every, counts = np.unique(names, return_counts=True)
    small = every[counts < FEWEST].tolist()
    teams = tuple(
        _team(name, given[names == name], came[names == name], bins, level, rng)
        for name in every[counts >= FEWEST].tolist()
    )
    left = {"teams": ", ".join(small), "fewest": str(FEWEST)}
    said = (Sentence(SMALL_TEAMS.code, SMALL_TEAMS.template, left),) if small else ()
    return Calibration(
        everyone=_team("everyone", given, came, bins, level, rng),
        teams=teams,
        n=n,
        n_open=int((~known).sum()),
        method=Sentence(
            "brier",
            "Brier score with its parts in %(bins)s bins; intervals: %(level)s, %(draws)s resamples for the score, "
            "Wilson's for shares.",
            {"bins": str(bins), "level": f"{level:.0%}", "draws": str(DRAWS)},
        ),
        cautions=(FOR_LEARNING, ONLY_RESOLVED, *said),
    )


def share(hits: int, n: int, level: float) -> Estimate:
    """This function will return a share with Wilson's interval.

    Args:
        hits: 0 to n.
        n: At least 1.
        level: Coverage.

    Returns:
        The share; the interval stays within 0 and 1.

    Source:
        Wilson, JASA 22 (1927), without correction for continuity.
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    p = hits / n
    centre, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = ((centre + side * half) / (1 + z * z / n) for side in (-1, 1))
    return Estimate(p, max(float(low), 0.0), min(float(high), 1.0), level, n)


def check_outcomes(came: FloatArray, level: float) -> None:
    """This function will refuse outcomes that are none, and a level that is no coverage.

    Args:
        came: (n,) 1, 0 or NaN.
        level: Coverage of the intervals.

    Raises:
        BadValue: If a value does not fit; names the row.
    """
    wrong = np.flatnonzero(~(np.isnan(came) | (came == 0) | (came == 1)))
    if wrong.size:
        raise BadValue(
            f"outcome of row {wrong[0] + 1}", came[wrong[0]], "give 1, 0, or nothing where it is open"
        )
    if not 0 < level < 1:
        raise BadValue("level", level, "use a number between 0 and 1, for example 0.95")


def _check(given: FloatArray, came: FloatArray, bins: int, level: float) -> None:
    wrong = np.flatnonzero(~((given >= 0) & (given <= 1)))
    if wrong.size:
        raise BadValue(f"probability of row {wrong[0] + 1}", given[wrong[0]], "give a number from 0 to 1")
    if bins < 1:
        raise BadValue("bins", bins, "use at least 1")
    check_outcomes(came, level)


def _team(
    name: str, given: FloatArray, came: FloatArray, bins: int, level: float, rng: np.random.Generator
) -> TeamCalibration:
    place = np.minimum((given * bins).astype(np.int64), bins - 1)
    size = np.bincount(place, minlength=bins)
    used = np.flatnonzero(size)
    mean: FloatArray = np.bincount(place, given, bins)[used] / size[used]
    came_true: FloatArray = np.bincount(place, came, bins)[used].astype(np.float64)
    observed, weight, base = came_true / size[used], size[used] / len(given), float(came.mean())
    brier = (given - came) ** 2
    reliability = float((weight * (mean - observed) ** 2).sum())
    resolution = float((weight * (observed - base) ** 2).sum())
    uncertainty = base * (1 - base)
    return TeamCalibration(
        team=name,
        n=len(given),
        brier=_resampled(brier, level, rng),
        reliability=reliability,
        resolution=resolution,
        uncertainty=uncertainty,
        within=float(brier.mean()) - reliability + resolution - uncertainty,
        skill=1 - float(brier.mean()) / uncertainty if uncertainty else None,
        bias=float(given.mean()) - base,
        bins=_bins(used, bins, mean, came_true, size, level),
    )


def _bins(
    used: IntArray, bins: int, mean: FloatArray, came_true: FloatArray, size: IntArray, level: float
) -> tuple[Bin, ...]:
    return tuple(
        Bin(
            low=float(number / bins),
            high=float((number + 1) / bins),
            mean_probability=float(mean[at]),
            observed=share(round(came_true[at]), int(size[number]), level),
        )
        for at, number in enumerate(used)
    )


def _resampled(values: FloatArray, level: float, rng: np.random.Generator) -> Estimate:
    means = np.array([values[rng.integers(0, len(values), len(values))].mean() for _ in range(DRAWS)])
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(float(values.mean()), float(low), float(high), level, len(values))
