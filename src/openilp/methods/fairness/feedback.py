"""What happens when a forecast learns from the incidents that it sent patrols to discover."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from openilp.methods.arrays import FloatArray, IntArray, floats, freeze, same_length
from openilp.methods.drawing import Line, lines
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.fairness.areas import check_amounts
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence

# A share this far from the true one after the last round is called runaway.
RUNAWAY = 0.1
CHECKPOINTS = 50

MODEL_ONLY = Sentence(
    "model_only",
    "The urn is a model: one patrol a round, constant true rates. It shows where a rule of updating leads, not "
    "what will happen.",
)


@dataclass(frozen=True, slots=True)
class Feedback(Result):
    """Where the share of attention of each area goes over the rounds.

    Attributes:
        true_share: (a,) each area's share of all incidents.
        final_share: (runs, a) share of attention after the last round.
        mean_share: (a,) its mean over the runs.
        low: (a,) 2.5 % of the runs lie below.
        high: (a,) 2.5 % lie above.
        path: (c, a) mean share at some rounds.
        rounds: (c,) those rounds.
        distance: Mean over the runs of the total variation distance to the true shares.
        corrected: Whether discovered incidents were down-weighted.
        n: Runs.
        method: How it was computed.
        cautions: What the reader must know.
    """

    true_share: FloatArray
    final_share: FloatArray
    mean_share: FloatArray
    low: FloatArray
    high: FloatArray
    path: FloatArray
    rounds: FloatArray
    distance: float
    corrected: bool
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def runaway(self) -> bool:
        """This function will say whether the attention ends far from where the incidents are."""
        return self.distance > RUNAWAY

    @property
    def finding(self) -> Sentence:
        """This function will say the answer in one sentence."""
        facts = {"distance": f"{self.distance:.0%}"}
        if self.runaway:
            return Sentence(
                "runaway",
                "The rule feeds on itself: after the last round %(distance)s of the attention lies elsewhere than the "
                "incidents.",
                facts,
            )
        return Sentence(
            "settles",
            "The rule settles where the incidents are: %(distance)s of the attention lies elsewhere.",
            facts,
        )

    def plot(self) -> Plot:
        """This function will draw the mean shares over the rounds beside the true ones."""
        curves = []
        for area in range(self.true_share.size):
            curves.append(Line(f"area {area + 1}", self.path[:, area]))
            flat = np.full(self.rounds.size, self.true_share[area])
            curves.append(Line(f"true share {area + 1}", flat, dashed=True))
        return lines(
            "Share of the attention", self.rounds, curves, x_name="round", y_name="share of the attention"
        )


def simulate_feedback(
    discovered: ArrayLike,
    *,
    reported: ArrayLike | None = None,
    start: ArrayLike | None = None,
    rounds: int = 1000,
    runs: int = 200,
    corrected: bool = False,
    reported_weight: float = 1.0,
    rng: Generator,
) -> Feedback:
    """This function will play an urn in which each round's patrol decides what the next one learns from.

    Question:
        If patrols go where incidents were recorded, and record what they find, does the attention end where
        the incidents are?

    Assumptions:
        One patrol a round, sent to an area in proportion to its recorded incidents; it discovers at most one,
        at a constant rate; reported incidents arrive everywhere whoever patrols.

    Traps:
        Without correction equal areas end at a random share, and the slightly worse area takes all. Many
        reported incidents soften that, but do not mend it.

    Args:
        discovered: (a,) probability that a patrol in an area discovers an incident.
        reported: (a,) probability that an area reports one in a round; none when left out.
        start: (a,) recorded incidents before the first round; 1 each when left out.
        rounds: Rounds to play.
        runs: Urns to play.
        corrected: Whether a discovered incident is kept with a probability proportional to the inverse of
            the probability of having been sent there.
        reported_weight: What one reported incident counts beside a discovered one.
        rng: Random generator.

    Returns:
        The shares of attention after the last round over the runs, beside the true shares.

    Raises:
        TooFew: If there are fewer than two areas.
        BadValue: If a probability lies outside 0 to 1, nothing can happen, or a number is not above 0.
        LengthMismatch: If the columns differ in length.

    Oracle:
        `test_fairness_feedback.py`: the three limits – equal rates give a Beta distribution, unequal rates run away,
        the corrected urn settles at the true share.

    Cost:
        Rounds times runs times areas: a second for 10,000 rounds of 1,000 urns of two areas.

    Not for:
        A forecast of what a force's patrols will find.

    Source:
        Ensign, Friedler, Neville, Scheidegger and Venkatasubramanian, "Runaway feedback loops in predictive
        policing", FAT* (2018). With two areas the inverse probabilities are as 1 - p there.
    """
    rate = floats("discovered", discovered)
    told = np.zeros(rate.size) if reported is None else floats("reported", reported)
    first = np.ones(rate.size) if start is None else floats("start", start)
    same_length(discovered=rate, reported=told, start=first)
    _check(rate, told, first, rounds, runs, reported_weight)
    balls = np.tile(first, (runs, 1))
    marks = np.unique(np.linspace(0, rounds, CHECKPOINTS).astype(np.int64))
    path = [balls.mean(axis=0) / balls.mean(axis=0).sum()]
    row = np.arange(runs)
    for step in range(1, rounds + 1):
        share = balls / balls.sum(axis=1, keepdims=True)
        sent = (rng.random(runs)[:, None] > np.cumsum(share, axis=1)[:, :-1]).sum(axis=1)
        found = rng.random(runs) < rate[sent]
        if corrected:
            found &= rng.random(runs) < share.min(axis=1) / share[row, sent]
        balls[row, sent] += found
        if told.any():
            balls += reported_weight * (rng.random(balls.shape) < told)
        if step in marks:
            path.append((balls / balls.sum(axis=1, keepdims=True)).mean(axis=0))
    final = balls / balls.sum(axis=1, keepdims=True)
    return _result(rate + told, final, np.array(path), marks, corrected, rounds)


def _check(
    rate: FloatArray, told: FloatArray, first: FloatArray, rounds: int, runs: int, weight: float
) -> None:
    if rate.size < 2:
        raise TooFew("areas", int(rate.size), 2)
    for name, column in (("discovered", rate), ("reported", told)):
        check_amounts(name, column)
        if column.max() > 1:
            raise BadValue(name, float(column.max()), "give probabilities between 0 and 1")
    if rate.sum() + told.sum() == 0:
        raise BadValue("discovered", "0 everywhere", "give at least one area in which something happens")
    if not (np.isfinite(first) & (first > 0)).all():
        raise BadValue("start", float(first.min()), "give each area more than 0 to begin with")
    for label, number in (("rounds", rounds), ("runs", runs), ("reported_weight", weight)):
        if not (math.isfinite(number) and number > 0):
            raise BadValue(label, number, "give a number above 0")


def _result(
    rates: FloatArray, final: FloatArray, path: FloatArray, marks: IntArray, corrected: bool, rounds: int
) -> Feedback:
    true = rates / rates.sum()
    low, high = np.quantile(final, [0.025, 0.975], axis=0)
    mean = final.mean(axis=0)
    freeze(true, final, mean, low, high, path)
    return Feedback(
        true_share=true,
        final_share=final,
        mean_share=mean,
        low=low,
        high=high,
        path=path,
        rounds=marks.astype(np.float64),
        distance=float(0.5 * np.abs(final - true).sum(axis=1).mean()),
        corrected=corrected,
        n=len(final),
        method=Sentence(
            "urn",
            "%(runs)s urns of %(areas)s areas over %(rounds)s rounds, discovered incidents %(rule)s.",
            {
                "runs": str(len(final)),
                "areas": str(true.size),
                "rounds": str(rounds),
                "rule": "down-weighted" if corrected else "counted as they come",
            },
        ),
        cautions=(MODEL_ONLY,),
    )
