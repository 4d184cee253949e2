"""A matrix of harm, likelihood and capability with visible weights, and how firm the order in it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from openilp.methods import drawing
from openilp.methods.arrays import FloatArray, IntArray
from openilp.methods.errors import BadValue, TooFew, TooLarge, UnknownType
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence
from openilp.methods.threat.subjects import check_kind

CRITERIA = ("harm", "likelihood", "capability")
UNKNOWN = "unknown"
LEVEL = 0.9
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
class Scheme:
    """The grades, their numbers, the weights, and how far grades may be wrong.

    The numbers are a convention of whoever owns the scheme and are stored with every result.

    Attributes:
        name: Its name and version.
        grades: Number above 0 by grade, from the lowest to the highest.
        weights: Weight above 0 by criterion.
        doubt: Probability, by confidence, that a grade should be one step lower or higher.
        spread: How firm the weights are: with 20 a weight of a third varies by about a tenth; more is firmer.
    """

    name: str
    grades: Mapping[str, float]
    weights: Mapping[str, float]
    doubt: Mapping[str, float]
    spread: float = 20.0

    def __post_init__(self) -> None:
        """This function will refuse a scheme that cannot order anything."""
        numbers = list(self.grades.values())
        if len(numbers) < 2 or numbers != sorted(set(numbers)) or numbers[0] <= 0:
            raise BadValue(f"grades of {self.name!r}", numbers, "give at least 2 rising numbers above 0")
        for what, values in (("weights", self.weights), ("spread", {"spread": self.spread})):
            if not values or not all(0 < value < np.inf for value in values.values()):
                raise BadValue(f"{what} of {self.name!r}", dict(values), "give numbers above 0")
        if not self.doubt or not all(0 <= value < 1 for value in self.doubt.values()):
            raise BadValue(f"doubt of {self.name!r}", dict(self.doubt), "give probabilities below 1")


#: Ours, for want of a better one: three grades, equal weights, and doubts that nobody has measured.
EXAMPLE = Scheme(
    name="openilp-example-1",
    grades={"low": 1.0, "medium": 2.0, "high": 3.0},
    weights=dict.fromkeys(CRITERIA, 1.0),
    doubt={"high": 0.1, "moderate": 0.3, "low": 0.5},
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A group, crime area, market, place or problem and its grades.

    Attributes:
        id: Identifier.
        kind: One of `openilp.methods.threat.subjects.KINDS`; a person is refused.
        grades: Grade by criterion, or `unknown`.
        confidence: Confidence by criterion.
    """

    id: str
    kind: str
    grades: Mapping[str, str]
    confidence: Mapping[str, str]


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


def check_subjects(subjects: Sequence[Subject], scheme: Scheme) -> tuple[str, ...]:
    """This function will refuse subjects that the scheme cannot grade.

    Args:
        subjects: The subjects.
        scheme: The scheme.

    Returns:
        The kind of each.

    Raises:
        PersonsRefused: If one is a person.
        BadValue: If an identifier repeats, a kind is not assessed, or a criterion has no grade or confidence.
        UnknownType: If a grade or confidence is not in the scheme.
    """
    kinds = tuple(check_kind(each.id, each.kind) for each in subjects)
    ids = [each.id for each in subjects]
    for each in subjects:
        if ids.count(each.id) > 1:
            raise BadValue("subject", repr(each.id), "give each its own identifier")
        for criterion in scheme.weights:
            for what, given, known in (
                ("grade", each.grades, (*scheme.grades, UNKNOWN)),
                ("confidence", each.confidence, tuple(scheme.doubt)),
            ):
                if criterion not in given:
                    remedy = f"give one of {', '.join(known)}"
                    raise BadValue(f"{what} of {each.id!r} for {criterion}", "missing", remedy)
                if given[criterion] not in known:
                    raise UnknownType(f"{what.capitalize()} of {each.id!r}", given[criterion], known)
    return kinds


def draw_weights(scheme: Scheme, draws: int, rng: np.random.Generator) -> FloatArray:
    """This function will draw weights around those of the scheme.

    Args:
        scheme: The scheme.
        draws: How many.
        rng: Random generator.

    Returns:
        (draws, criteria) that sum to 1, with the scheme's weights as their mean (Dirichlet).
    """
    weights = _shares(scheme)
    drawn: FloatArray = rng.dirichlet(weights * scheme.spread, size=draws)
    return drawn


def draw_scores(
    subjects: Sequence[Subject], scheme: Scheme, weights: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """This function will score subjects under drawn weights and drawn errors of their grades.

    Args:
        subjects: n subjects.
        scheme: The scheme.
        weights: (draws, criteria).
        rng: Random generator.

    Returns:
        (draws, n) from above 0 to 1.
    """
    numbers = np.array(list(scheme.grades.values()))
    total = np.zeros((len(weights), len(subjects)))
    for column, criterion in enumerate(scheme.weights):
        for row, each in enumerate(subjects):
            grades = _draw_grades(each, criterion, scheme, len(weights), rng)
            total[:, row] += weights[:, column] * np.log(numbers[grades] / numbers[-1])
    # Equal grades under equal weights tie exactly; rounding keeps sums of logarithms from parting them.
    return np.exp(total).round(12)


def own_score(subject: Subject, scheme: Scheme) -> float | None:
    """This function will score a subject by the scheme's own weights and its grades as given.

    Args:
        subject: The subject.
        scheme: The scheme.

    Returns:
        From above 0 to 1; None when a grade is unknown.
    """
    if any(subject.grades[criterion] == UNKNOWN for criterion in scheme.weights):
        return None
    most = max(scheme.grades.values())
    shares = [scheme.grades[subject.grades[criterion]] / most for criterion in scheme.weights]
    return float(np.exp(_shares(scheme) @ np.log(shares)))


def interval(value: float | None, draws: FloatArray) -> Estimate:
    """This function will put the middle 90 % of some draws around a value.

    Args:
        value: The value; None when unknown.
        draws: (d,).
    """
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(low), float(high), LEVEL, len(draws))


def describe(scheme: Scheme, draws: int) -> Sentence:
    """This function will say grades, weights and doubts in one sentence.

    Args:
        scheme: The scheme.
        draws: Draws.
    """

    def said(values: Mapping[str, float]) -> str:
        return ", ".join(f"{name} {value:g}" for name, value in values.items())

    return Sentence(
        "threat_scheme",
        "Scheme %(name)s: product of the grades (%(grades)s) with weights %(weights)s as powers; %(draws)s draws of "
        "weights (spread %(spread)s) and of grades one step off (%(doubt)s by confidence).",
        {
            "name": scheme.name,
            "grades": said(scheme.grades),
            "weights": said(scheme.weights),
            "draws": f"{draws:,}",
            "spread": f"{scheme.spread:g}",
            "doubt": said(scheme.doubt),
        },
    )


def _shares(scheme: Scheme) -> FloatArray:
    weights = np.array(list(scheme.weights.values()))
    shares: FloatArray = weights / weights.sum()
    return shares


def _draw_grades(
    subject: Subject, criterion: str, scheme: Scheme, draws: int, rng: np.random.Generator
) -> IntArray:
    grades = list(scheme.grades)
    if subject.grades[criterion] == UNKNOWN:
        return rng.integers(0, len(grades), draws)
    off = rng.random(draws) < scheme.doubt[subject.confidence[criterion]]
    step = np.where(rng.random(draws) < 0.5, -1, 1)
    # At an end of the scale the error can only go inwards.
    here = grades.index(subject.grades[criterion])
    step = np.where((here + step < 0) | (here + step >= len(grades)), -step, step)
    return here + off * step


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
