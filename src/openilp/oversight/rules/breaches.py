"""The clock of a breach and what each step must say: pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from openilp.oversight.errors import OversightConflict, OversightError

#: Directive (EU) 2016/680 Art. 30(1): without undue delay and, where feasible, within 72 hours of becoming aware.
TO_NOTIFY = timedelta(hours=72)
#: Letters of a text of the register: a sentence. Our own figure.
SHORTEST_TEXT = 20


class Harm(StrEnum):
    """What a breach did to data."""

    CONFIDENTIALITY = "confidentiality"
    INTEGRITY = "integrity"
    AVAILABILITY = "availability"


class Step(StrEnum):
    """What is done about a breach."""

    NOTIFIED = "notified"
    NO_RISK = "no_risk"
    PEOPLE_TOLD = "people_told"
    PEOPLE_NOT_TOLD = "people_not_told"
    MEASURE = "measure"
    CLOSED = "closed"


#: With one of these the question is answered whether the authority is told, and whether the people are.
AUTHORITY = (Step.NOTIFIED, Step.NO_RISK)
PEOPLE = (Step.PEOPLE_TOLD, Step.PEOPLE_NOT_TOLD)


class Standing(StrEnum):
    """How a breach stands: with its clock running, past it, answered to the authority, or closed."""

    RUNNING = "running"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    CLOSED = "closed"


class BreachClosed(OversightConflict):
    """Say that a breach is closed."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(f"{ref} is closed; what comes to light later is reported as a breach of its own.")


class NotReadyToClose(OversightConflict):
    """Say what is still open before a breach can be closed."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(
            f"{ref} cannot be closed yet: record first whether the authority was told, and whether the people were."
        )


@dataclass(frozen=True)
class Told:
    """A step as somebody records it."""

    kind: str
    text: str
    done_at: datetime
    delay_reason: str = ""


def standing(*, due_at: datetime, taken: Collection[str], now: datetime) -> Standing:
    """Return how a breach stands, by the kinds of the steps taken."""
    if Step.CLOSED in taken:
        return Standing.CLOSED
    if any(kind in taken for kind in AUTHORITY):
        return Standing.ANSWERED
    return Standing.OVERDUE if now > due_at else Standing.RUNNING


def is_late(*, due_at: datetime, told: Told, taken: Collection[str]) -> bool:
    """Tell whether a step is the first word to the authority and comes after the 72 hours."""
    return told.kind == Step.NOTIFIED and Step.NOTIFIED not in taken and told.done_at > due_at


def check(
    told: Told, *, ref: str, aware_at: datetime, due_at: datetime, taken: Collection[str], now: datetime
) -> None:
    """Check that a step may be taken and is whole.

    Raises:
        OversightError: If the kind is none, the text says nothing, the time is not between becoming aware and now, or
            a late notification gives no reason for the delay.
        BreachClosed: If the breach is closed.
        NotReadyToClose: If authority or people are not answered.
    """
    if told.kind not in set(Step):
        raise OversightError("kind", f"'{told.kind[:40]}' is no step; use one of {', '.join(Step)}.")
    if Step.CLOSED in taken:
        raise BreachClosed(ref)
    if told.kind == Step.CLOSED and not all(
        any(kind in taken for kind in one) for one in (AUTHORITY, PEOPLE)
    ):
        raise NotReadyToClose(ref)
    check_text("text", told.text)
    if not aware_at <= told.done_at <= now:
        raise OversightError("done_at", "The time lies before the breach was known, or ahead; correct it.")
    if is_late(due_at=due_at, told=told, taken=taken) and len(told.delay_reason.strip()) < SHORTEST_TEXT:
        raise OversightError(
            "delay_reason",
            "The authority is told after more than 72 hours; give the reasons for the delay (Art. 30(1)).",
        )


def check_text(field: str, text: str) -> None:
    """Check that a text says something.

    Raises:
        OversightError: If it is shorter than a sentence.
    """
    if len(text.strip()) < SHORTEST_TEXT:
        raise OversightError(field, f"Say it in a sentence of at least {SHORTEST_TEXT} letters.")
