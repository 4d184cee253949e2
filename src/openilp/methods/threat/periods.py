"""Two periods of the same matrix: what rose or fell, and whether more than doubt explains it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from openilp.methods import drawing
from openilp.methods.errors import TooFew
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Estimate, Sentence
from openilp.methods.threat.matrix import NOT_A_MEASUREMENT, SETTLED
from openilp.methods.threat.scheme import (
    Scheme,
    Subject,
    check_subjects,
    describe,
    draw_scores,
    draw_weights,
    interval,
    own_score,
)

KNOWN_BETTER = Sentence(
    "known_better",
    "A grade can rise because more is known, not because the threat grew: read the reasons of both periods.",
)


@dataclass(frozen=True, slots=True)
class ThreatChange:
    """How one subject changed.

    Attributes:
        id: Identifier.
        changed: Criterion with its grade before and after, where they differ.
        difference: Score after less score before; value None when a grade is unknown.
        probability_of_rise: Share of the draws in which the score rose, ties half.
        is_settled: Whether the direction holds in nine of ten draws.
    """

    id: str
    changed: tuple[tuple[str, str, str], ...]
    difference: Estimate
    probability_of_rise: float
    is_settled: bool


@dataclass(frozen=True, slots=True)
class ThreatChanges(Result):
    """The subjects of both periods in the order of the later one.

    Attributes:
        subjects: One for each that both periods have.
        only_before: Subjects that the later period lacks.
        only_after: Subjects that the earlier period lacks.
        scheme: The scheme, the same for both.
        draws: Draws; both periods share their weights.
        n: Subjects of both.
        method: How it was computed.
        cautions: What the reader must know.
    """

    subjects: tuple[ThreatChange, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    scheme: Scheme
    draws: int
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say which subjects rose or fell beyond doubt."""
        rose = [each.id for each in self.subjects if each.is_settled and each.probability_of_rise > 0.5]
        fell = [each.id for each in self.subjects if each.is_settled and each.probability_of_rise < 0.5]
        return Sentence(
            "threat_changes",
            "Of %(n)s subjects in both periods these rose beyond doubt: %(rose)s; these fell: %(fell)s. New: %(new)s; "
            "no longer assessed: %(gone)s.",
            {
                "n": str(self.n),
                "rose": ", ".join(rose) or "none",
                "fell": ", ".join(fell) or "none",
                "new": ", ".join(self.only_after) or "none",
                "gone": ", ".join(self.only_before) or "none",
            },
        )

    def plot(self) -> Plot:
        """This function will draw each difference with its interval."""
        found = [each.difference for each in self.subjects]
        return drawing.bars(
            "Change of the scores",
            [each.id for each in self.subjects],
            [np.nan if each.value is None else each.value for each in found],
            x_name="subject",
            y_name="difference of scores",
            low=[each.low or 0.0 for each in found],
            high=[each.high or 0.0 for each in found],
        )


def compare_threats(
    before: Sequence[Subject],
    after: Sequence[Subject],
    *,
    scheme: Scheme,
    rng: np.random.Generator,
    draws: int = 2000,
) -> ThreatChanges:
    """This function will compare the matrices of two periods under the same weights.

    Question:
        Which threats rose or fell since the last assessment, beyond what doubt about grades and weights explains?

    Assumptions:
        Both periods use one scheme and mean the same by its grades; errors of the two periods are independent.

    Traps:
        More knowledge raises grades as a greater threat does. A subject that was renamed or split looks new and gone.

    Args:
        before: Subjects of the earlier period.
        after: Subjects of the later one.
        scheme: Grades, weights and doubts.
        rng: Random generator; the caller owns the seed.
        draws: Draws of weights, shared by the periods, and of grades, drawn for each.

    Returns:
        The changes, and the subjects that only one period has.

    Raises:
        TooFew: If no subject is in both.
        PersonsRefused: If a subject is a person.
        BadValue: If an identifier repeats, a kind is not assessed, or a criterion has no grade or confidence.
        UnknownType: If a grade or confidence is not in the scheme.

    Oracle:
        Differences by hand, and probabilities of one doubtful grade by counting, in `test_threat_periods.py`.

    Cost:
        O(draws n).

    Not for:
        Persons, or saying why a threat changed.

    Source:
        As `threat_matrix`; shared weights as common random numbers: Glasserman and Yao, Management Science 38 (1992).
    """
    check_subjects(before, scheme)
    check_subjects(after, scheme)
    earlier = {each.id: each for each in before}
    both = [each for each in after if each.id in earlier]
    if not both:
        raise TooFew("subjects in both periods", 0, 1)
    weights = draw_weights(scheme, draws, rng)
    old = draw_scores([earlier[each.id] for each in both], scheme, weights, rng)
    new = draw_scores(both, scheme, weights, rng)
    rise = (new > old).mean(axis=0) + (new == old).mean(axis=0) / 2
    return ThreatChanges(
        subjects=tuple(
            _change(earlier[each.id], each, scheme, new[:, row] - old[:, row], float(rise[row]))
            for row, each in enumerate(both)
        ),
        only_before=tuple(each.id for each in before if each.id not in {one.id for one in after}),
        only_after=tuple(each.id for each in after if each.id not in earlier),
        scheme=scheme,
        draws=draws,
        n=len(both),
        method=describe(scheme, draws),
        cautions=(NOT_A_MEASUREMENT, KNOWN_BETTER),
    )


def _change(
    before: Subject, after: Subject, scheme: Scheme, differences: np.ndarray, rise: float
) -> ThreatChange:
    old, new = own_score(before, scheme), own_score(after, scheme)
    return ThreatChange(
        id=after.id,
        changed=tuple(
            (criterion, before.grades[criterion], after.grades[criterion])
            for criterion in scheme.weights
            if before.grades[criterion] != after.grades[criterion]
        ),
        difference=interval(None if old is None or new is None else new - old, differences),
        probability_of_rise=rise,
        is_settled=max(rise, 1 - rise) >= SETTLED,
    )
