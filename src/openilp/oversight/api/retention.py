"""Clocks, reviews and erasures over HTTP; one record a call, there is no bulk review."""

from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from ninja import Field, Router, Schema, Status

from openilp.oversight import selectors, services
from openilp.oversight.models.reviews import REVIEWERS
from openilp.oversight.rules.reviews import Asked
from openilp.oversight.selectors.reviews import Waiting
from openilp.safeguards.actions import opens
from openilp.safeguards.models import Erasure
from openilp.safeguards.models.retention import WITNESSES
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.retention import erasing
from openilp.safeguards.schemas import Created, Rows, created

router = Router(tags=["oversight"])
_MOST = 200


class ClockOut(Schema):
    """The clock of a record: rule, next review, and the day of its erasure if nobody reviews it.

    Rule and cause of a clock that an event brought forward are empty, except for the data-protection officer.
    """

    id: UUID
    kind: str
    ref: str
    title: str
    rule: str
    started_on: date
    due_on: date
    erase_on: date
    ends_on: date | None
    cause: str
    restricted_on: date | None


class RecordReviewIn(Schema):
    """A review of one record."""

    decision: str
    answers: dict[str, bool]
    reason: str = Field(max_length=1000)
    grounds: str = Field("", max_length=4000)
    next_due_on: date | None = None


class LifeEventIn(Schema):
    """What calls for a review at once: `acquittal`, `no_further_action`, `no_crime` or `death`."""

    event: str
    happened_on: date


class ErasureOut(Schema):
    """A certificate of erasure: ids and counts, no content."""

    id: UUID
    ref: str
    created_at: datetime
    cause: str
    rules: list[str]
    roots: list[dict[str, str]]
    erased: dict[str, int]
    reissued: list[dict[str, str]]
    told: int
    files: list[str]
    digest: str


class ErasureShownOut(ErasureOut):
    """A certificate, with how many of those told have confirmed that their copies are destroyed."""

    acknowledged: int


def _shown(one: Waiting) -> dict[str, Any]:
    names = ("id", "kind", "started_on", "due_on", "erase_on", "ends_on", "restricted_on")
    shown = {name: getattr(one.clock, name) for name in names}
    return shown | {name: getattr(one, name) for name in ("ref", "title", "rule", "cause")}


@router.get("/clocks", response=list[ClockOut])
@opens("oversight.api_clocks", roles=REVIEWERS)
def list_clocks(request: ActorRequest, within_days: int = selectors.WITHIN_DAYS) -> list[dict[str, Any]]:
    """List records whose review comes within some days, the earliest first; 200 at most."""
    actor = request.actor
    rows = selectors.due(actor=actor, within_days=max(0, min(within_days, 3700)))[:_MOST]
    return [_shown(one) for one in selectors.waiting(rows, actor=actor)]


@router.get("/clocks/{key}", response=ClockOut)
@opens("oversight.api_clock", roles=REVIEWERS)
def show_clock(request: ActorRequest, key: UUID) -> dict[str, Any]:
    """Show the clock of one record."""
    (one,) = selectors.waiting([selectors.clock(key, actor=request.actor)], actor=request.actor)
    return _shown(one)


@router.post("/clocks/{key}/review", response={201: Created})
@opens("oversight.api_review_record", roles=REVIEWERS)
def review_record(request: ActorRequest, key: UUID, payload: RecordReviewIn) -> Status[Created]:
    """Review one record: retain, restrict or erase, with the reason for this very record."""
    row = services.review_record(
        actor=request.actor,
        clock=selectors.clock(key, actor=request.actor),
        asked=Asked(payload.decision, payload.answers, payload.reason, payload.grounds, payload.next_due_on),
    )
    return Status(201, created(row, f"/oversight/clocks/{key}"))


@router.post("/clocks/{key}/events", response={201: Created})
@opens("oversight.api_report_event", roles=REVIEWERS)
def report_event(request: ActorRequest, key: UUID, payload: LifeEventIn) -> Status[Created]:
    """Report an acquittal, no further action, no crime or a death: the review is due at once."""
    row = services.report_event(
        actor=request.actor, clock=selectors.clock(key, actor=request.actor), **payload.dict()
    )
    return Status(201, created(row, f"/oversight/clocks/{key}"))


@router.get("/erasures", response=Rows[ErasureOut])
@opens("oversight.api_erasures", roles=WITNESSES)
def list_erasures(request: ActorRequest, after: str = "") -> Rows[ErasureOut]:
    """List certificates of erasure, the newest first."""
    return Rows[ErasureOut].of(page(selectors.erasures(actor=request.actor), after=after))


@router.get("/erasures/{ref}", response=ErasureShownOut)
@opens("oversight.api_erasure", roles=WITNESSES)
def show_erasure(request: ActorRequest, ref: str) -> Erasure:
    """Show a certificate of erasure."""
    row: Any = selectors.erasure(ref, actor=request.actor)
    row.acknowledged = erasing.acknowledged(row.pk)
    return cast("Erasure", row)
