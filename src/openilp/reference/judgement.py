"""Words of estimative probability."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from openilp.reference.fields import Fields
from openilp.reference.values import Head, Value, Vocabulary, read_values

# Sums of decimal fractions miss the printed bound by some 1e-16; no yardstick is finer than a hundredth.
_DECIMALS = 9


@dataclass(frozen=True)
class ProbabilityTerm(Value):
    """Hold one term of a probability yardstick with its band.

    Attributes:
        low: Lower bound, included, 0–1.
        high: Upper bound, 0–1.
        includes_high: Whether the upper bound belongs to the band.
    """

    low: float
    high: float
    includes_high: bool

    def covers(self, probability: float) -> bool:
        """Tell whether a probability lies in the band."""
        rounded = round(probability, _DECIMALS)
        return self.low <= rounded and (rounded <= self.high if self.includes_high else rounded < self.high)


def term_of(terms: Iterable[ProbabilityTerm], probability: float) -> ProbabilityTerm | None:
    """Return the term whose band covers a probability, or None in a gap.

    Raises:
        ValueError: If the probability is not between 0 and 1.
    """
    if not 0 <= probability <= 1:
        raise ValueError(
            f"Probability {probability!r} is not between 0 and 1; give it as a fraction, 0.55 for 55 %."
        )
    return next((term for term in terms if term.covers(probability)), None)


def read_probability(fields: Fields, head: Head) -> Vocabulary[ProbabilityTerm]:
    """Read a probability yardstick.

    Raises:
        InvalidReferenceFile: If a band is empty or overlaps the one before it.
    """
    terms = read_values(fields, head, _term)
    for number, (below, above) in enumerate(pairwise(terms.values), start=1):
        if above.low < below.high or (above.low == below.high and below.includes_high):
            raise fields.refuse(
                f"values[{number}].low",
                f"the band of '{above.code}' overlaps that of '{below.code}'; raise it",
            )
    return terms


def _term(fields: Fields, value: Value) -> ProbabilityTerm:
    low = fields.number("low", minimum=0, maximum=1)
    high = fields.number("high", minimum=0, maximum=1)
    if low >= high:
        raise fields.refuse("high", f"must be above low ({low:g}), not {high:g}")
    return ProbabilityTerm(
        **vars(value), low=low, high=high, includes_high=fields.flag("includes_high", default=True)
    )
