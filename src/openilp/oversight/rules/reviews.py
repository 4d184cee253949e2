"""What a review must answer, and what it may decide: pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from openilp.oversight.errors import OversightError
from openilp.reference import RetentionRule


class Verdict(StrEnum):
    """What a review decides."""

    RETAIN = "retain"
    RESTRICT = "restrict"
    ERASE = "erase"


#: What every review answers; after the checklist of UK police for retained records (recalled, our own words).
QUESTIONS = ("still_necessary", "category_right", "evaluation_right", "outcome_known", "less_intrusive")
#: Letters of a reason; doctrine page on retention, review decision object.
SHORTEST_REASON = 20


@dataclass(frozen=True)
class Asked:
    """What a reviewer says of one record.

    Attributes:
        verdict: Retain, restrict or erase.
        answers: Every one of `QUESTIONS` with yes or no.
        reason: Why, for this very record.
        grounds: The present facts behind a suspicion, where the record names a suspect.
        next_due_on: The next review; by default as late as the rule allows.
    """

    verdict: str
    answers: Mapping[str, bool]
    reason: str
    grounds: str = ""
    next_due_on: date | None = None


def check(asked: Asked, *, needs_grounds: bool) -> None:
    """Check that a review is whole.

    Raises:
        OversightError: Names the field that is missing or contradicts another one.
    """
    if asked.verdict not in set(Verdict):
        raise OversightError(
            "decision", f"'{asked.verdict[:40]}' is no decision; use one of {', '.join(Verdict)}."
        )
    if missing := [code for code in QUESTIONS if code not in asked.answers]:
        raise OversightError("answers", f"Nothing is said about {', '.join(missing)}; answer yes or no.")
    length = len(asked.reason.strip())
    if length < SHORTEST_REASON:
        raise OversightError(
            "reason", f"The reason has {length} letters; give at least {SHORTEST_REASON}, about this record."
        )
    if asked.verdict == Verdict.RETAIN:
        _check_retained(asked, needs_grounds=needs_grounds)


def _check_retained(asked: Asked, *, needs_grounds: bool) -> None:
    if not asked.answers["still_necessary"]:
        raise OversightError(
            "decision", "What is no longer necessary cannot be retained; restrict or erase it."
        )
    if asked.answers["less_intrusive"]:
        raise OversightError(
            "decision", "Where something less intrusive would do, restrict or erase the record."
        )
    if needs_grounds and len(asked.grounds.strip()) < SHORTEST_REASON:
        raise OversightError(
            "grounds",
            "A suspect is kept only on present facts; say which, in a sentence. A corrected address or name is no "
            "such fact.",
        )


def latest_review(rule: RetentionRule, *, today: date, started_on: date, ends_on: date | None) -> date | None:
    """Return the latest day of the next review, or nothing where the rule lets the record end instead."""
    due = rule.next_review_on(today, started_on)
    if due is not None and ends_on is not None:
        due = min(due, ends_on)
    return due if due is not None and due > today else None


def digest_of(reason: str) -> str:
    """Return what tells two reasons apart: letters and digits alone, whatever case, blanks and signs."""
    plain = "".join(sign for sign in reason.casefold() if sign.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
