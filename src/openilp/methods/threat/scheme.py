"""The scheme of a threat matrix: grades with their numbers, weights, doubts, and draws of all three."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from openilp.methods.arrays import FloatArray, IntArray
from openilp.methods.errors import BadValue, UnknownType
from openilp.methods.sentence import Estimate, Sentence
from openilp.methods.threat.subjects import check_kind

CRITERIA = ("harm", "likelihood", "capability")
UNKNOWN = "unknown"
LEVEL = 0.9


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
