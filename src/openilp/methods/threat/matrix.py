"""A matrix of harm, likelihood and capability with visible weights, and how firm the order in it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from openilp.methods import drawing
from openilp.methods.arrays import FloatArray, IntArray
from openilp.methods.errors import BadValue, TooFew, TooLarge
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence
from openilp.methods.threat.scheme import (
    LEVEL,
    UNKNOWN,
    Scheme,
    Subject,
    check_subjects,
    describe,
    draw_scores,
    draw_weights,
    interval,
    own_score,
)

#: No meeting reads more, and the comparison of all pairs in all draws grows with the square.
SUBJECT_LIMIT = 200
#: A pair whose order holds in fewer draws than this is not settled.
SETTLED = 0.9

NOT_A_MEASUREMENT = Sentence(
    "not_a_measurement",
    "Grades are judgements on an order of words; the numbers behind them are this scheme's own, shown here, and a "
    "score of twice as much is not twice the threat. Decide from the intervals and the reasons, not from a place.",
)
UNKNOWN_IS_WIDE = Sentence(
    "unknown_is_wide",
    "%(n)s grades are unknown: any grade is drawn for them, and intervals are wide: %(where)s.",
)


@dataclass(frozen=True, slots=True)
class Threat:
    """How one subject stands among the others.

    Attributes:
        id: Identifier.
        kind: What it is.
        grades: As given.
        confidence: As given.
        score: Weighted geometric mean of the grades' numbers as a share of the highest, by the scheme's own weights;
            value None when a grade is unknown; interval: middle 90 % of the draws.
        place_low: Lowest place in the middle 90 % of the draws; 1 is the highest score.
        place_high: Highest place.
    """

    id: str
    kind: str
    grades: Mapping[str, str]
    confidence: Mapping[str, str]
    score: Estimate
    place_low: int
    place_high: int


@dataclass(frozen=True, slots=True)
class ThreatMatrix(Result):
    """The subjects in the order given.

    Attributes:
        subjects: One for each.
        above: (n, n) share of the draws in which the row scores above the column, ties half.
        n_unsettled: Pairs whose order holds in fewer than nine of ten draws.
        scheme: The scheme with its weights.
        draws: Draws of weights and grades.
        n: Subjects.
        method: How it was computed.
        cautions: What the reader must know.
    """

    subjects: tuple[Threat, ...]
    above: FloatArray
    n_unsettled: int
    scheme: Scheme
    draws: int
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say how much of the order is settled."""
        pairs = self.n * (self.n - 1) // 2
        return Sentence(
            "threat_order",
            "Of %(pairs)s pairs of %(n)s subjects the order is settled for %(settled)s and open for %(open)s; in first "
            "place may be: %(first)s.",
            {
                "pairs": str(pairs),
                "n": str(self.n),
                "settled": str(pairs - self.n_unsettled),
                "open": str(self.n_unsettled),
                "first": ", ".join(each.id for each in self.subjects if each.place_low == 1) or "none",
            },
        )

    def plot(self) -> Plot:
        """This function will draw each score with its interval."""
        scores = [each.score for each in self.subjects]
        return drawing.bars(
            f"Scores by {self.scheme.name}",
            [each.id for each in self.subjects],
            [np.nan if score.value is None else score.value for score in scores],
            x_name="subject",
            y_name="share of the highest score",
            low=[score.low or 0.0 for score in scores],
            high=[score.high or 0.0 for score in scores],
        )


def threat_matrix(
    subjects: Sequence[Subject], *, scheme: Scheme, rng: np.random.Generator, draws: int = 2000
) -> ThreatMatrix:
    """This function will score threats by criteria, and show how far weights and doubts decide the order.

    Question:
        Which groups or crime areas threaten most by our criteria, and which of these differences are real?

    Assumptions:
        Grades mean the same for all subjects; the criteria multiply (no harm or no capability is no threat);
        errors of grades are independent.

    Traps:
        Numbers behind words are a convention: another one can change the order. What is watched is known better
        and graded higher. An unknown grade is no low grade. Grades that all come from one assessment share its errors.

    Args:
        subjects: At least 2, each graded on every criterion of the scheme.
        scheme: Grades, weights and doubts.
        rng: Random generator; the caller owns the seed.
        draws: Draws of weights and grades.

    Returns:
        The subjects in the order given, with intervals of score and place.

    Raises:
        TooFew: If there are fewer than 2 subjects.
        TooLarge: If there are more than 200.
        PersonsRefused: If a subject is a person.
        BadValue: If an identifier repeats, a kind is not assessed, or a criterion has no grade or confidence.
        UnknownType: If a grade or confidence is not in the scheme.

    Oracle:
        Scores by hand, exact places when nothing is in doubt, and probabilities of small matrices by listing all
        errors, in `test_threat_matrix.py`.

    Cost:
        O(draws n^2).

    Not for:
        Persons, forecasts, or comparing with another agency's scores.

    Source:
        Weighted products: Keeney and Raiffa, Decisions with Multiple Objectives (1976); intervals of places by
        drawing weights: Saltelli et al., Handbook on Constructing Composite Indicators (OECD 2008), step 7.
    """
    if len(subjects) < 2:
        raise TooFew("subjects", len(subjects), 2)
    if len(subjects) > SUBJECT_LIMIT:
        raise TooLarge("subjects", len(subjects), SUBJECT_LIMIT, "assess fewer at a time")
    if draws < 100:
        raise BadValue("draws", draws, "use at least 100; 2,000 give places that repeat")
    kinds = check_subjects(subjects, scheme)
    weights = draw_weights(scheme, draws, rng)
    scores = draw_scores(subjects, scheme, weights, rng)
    low, high = _places(scores)
    above = (scores[:, :, None] > scores[:, None, :]).mean(axis=0)
    above += (scores[:, :, None] == scores[:, None, :]).mean(axis=0) / 2
    above.setflags(write=False)
    pair = above[np.triu_indices(len(subjects), 1)]
    return ThreatMatrix(
        subjects=tuple(
            Threat(
                id=each.id,
                kind=kinds[row],
                grades=dict(each.grades),
                confidence=dict(each.confidence),
                score=interval(own_score(each, scheme), scores[:, row]),
                place_low=int(low[row]),
                place_high=int(high[row]),
            )
            for row, each in enumerate(subjects)
        ),
        above=above,
        n_unsettled=int((np.maximum(pair, 1 - pair) < SETTLED).sum()),
        scheme=scheme,
        draws=draws,
        n=len(subjects),
        method=describe(scheme, draws),
        cautions=(NOT_A_MEASUREMENT, *_unknown(subjects)),
    )


def _places(scores: FloatArray) -> tuple[IntArray, IntArray]:
    best = 1 + (scores[:, None, :] > scores[:, :, None]).sum(axis=2)
    worst = (scores[:, None, :] >= scores[:, :, None]).sum(axis=2)
    tail = (1 - LEVEL) / 2
    low, high = np.floor(np.quantile(best, tail, axis=0)), np.ceil(np.quantile(worst, 1 - tail, axis=0))
    return low.astype(np.int64), high.astype(np.int64)


def _unknown(subjects: Sequence[Subject]) -> tuple[Sentence, ...]:
    where = [
        f"{each.id} ({criterion})"
        for each in subjects
        for criterion, grade in each.grades.items()
        if grade == UNKNOWN
    ]
    if not where:
        return ()
    shown = ", ".join(where[:10]) + (" …" if len(where) > 10 else "")
    facts = {"n": str(len(where)), "where": shown}
    return (Sentence(UNKNOWN_IS_WIDE.code, UNKNOWN_IS_WIDE.template, facts),)
