"""Whether a method of analysis is assessed: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from openilp.oversight.errors import OversightError


class Finding(StrEnum):
    """What an assessment decides of a method."""

    MAY_BE_USED = "may_be_used"
    WITH_MEASURES = "with_measures"
    CONSULT_AUTHORITY = "consult_authority"
    NOT_TO_BE_USED = "not_to_be_used"


#: Decisions with which a method is run.
ALLOWING = (Finding.MAY_BE_USED, Finding.WITH_MEASURES)
#: The parts that a person writes, in the order of Directive (EU) 2016/680 Art. 27(2).
PARTS = ("necessity", "proportionality", "risks", "measures")
#: Letters of a part; one sentence at least. Our own figure.
SHORTEST_PART = 40
#: An assessment is looked at again within two years at most. Our own figure.
LONGEST_DAYS = 730


class Standing(StrEnum):
    """How a method stands."""

    ASSESSED = "assessed"
    NONE = "none"
    UNSIGNED = "unsigned"
    NOT_AGREED = "not_agreed"
    NOT_ALLOWED = "not_allowed"
    OVERDUE = "overdue"
    OTHER_VERSION = "other_version"


@dataclass(frozen=True)
class Facts:
    """What is known of the present assessment of a method; `agrees` is nothing until a second person answers."""

    version: str
    decision: str
    review_on: date
    agrees: bool | None


def standing(facts: Facts | None, *, version: str, today: date) -> Standing:
    """Return how a method of a version stands today."""
    if facts is None:
        return Standing.NONE
    if facts.version != version:
        return Standing.OTHER_VERSION
    if facts.agrees is None:
        return Standing.UNSIGNED
    if not facts.agrees:
        return Standing.NOT_AGREED
    if facts.decision not in ALLOWING:
        return Standing.NOT_ALLOWED
    return Standing.OVERDUE if facts.review_on < today else Standing.ASSESSED


def check(parts: Mapping[str, str], *, decision: str, review_on: date, today: date) -> None:
    """Check that an assessment is whole.

    Raises:
        OversightError: Names the part that says nothing, the decision that is none, or the day that is too far.
    """
    for name in PARTS:
        length = len(parts.get(name, "").strip())
        if length < SHORTEST_PART:
            raise OversightError(
                name, f"This part has {length} letters; say it in a sentence of at least {SHORTEST_PART}."
            )
    if decision not in set(Finding):
        raise OversightError(
            "decision", f"'{decision[:40]}' is no decision; use one of {', '.join(Finding)}."
        )
    days = (review_on - today).days
    if not 0 < days <= LONGEST_DAYS:
        raise OversightError(
            "review_on", f"{review_on} is not within {LONGEST_DAYS} days from tomorrow; choose a day there."
        )
