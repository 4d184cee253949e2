"""The quarantine desk for reports over HTTP."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status

from openilp.collection.api.reports import ItemOut, MentionIn
from openilp.collection.imports import quarantine
from openilp.collection.imports.quarantine import CATEGORISERS
from openilp.collection.models import Report
from openilp.collection.rules import NewMention
from openilp.safeguards import gate
from openilp.safeguards.actions import opens
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.schemas import Created, Marked, Rows, created

router = Router()
_ROOT = "/api/v1/collection/reports"


class QuarantinedReportOut(Marked):
    """An imported report that nobody has categorised; `foreign_key` is its key in the system it came from."""

    title: str
    urgency: str
    language: str
    provenance: str
    foreign_key: str
    observed_at: datetime | None


class QuarantinedReportDetail(Schema):
    """An imported report with its items, to be read before it is categorised."""

    report: QuarantinedReportOut
    text: str
    place: str
    items: list[ItemOut]


class CategoriseReportIn(Schema):
    """What an imported report needs before it is used.

    Either `mentions` name the persons in it, with a category each, or `has_no_persons` says that there are none.
    The caller's present matter becomes its purpose; provenance and law stay as imported where they are not given.
    """

    mentions: list[MentionIn] = []
    has_no_persons: bool = False
    provenance: str = ""
    legal_basis: str = ""
    review_on: date | None = None
    wording_confirmed: bool = False


class RefuseReportIn(Schema):
    """Why an imported report is not taken."""

    reason: str


class QuarantineRefusalOut(Schema):
    """A refused report, and why."""

    id: UUID
    report: str
    title: str
    reason: str
    created_at: datetime


@router.get("/quarantine/reports", response=Rows[QuarantinedReportOut])
@opens("collection.list_quarantine_api", roles=CATEGORISERS)
def list_quarantined(request: ActorRequest, after: str = "", size: int = 50) -> Rows[QuarantinedReportOut]:
    """List the reports that were imported and neither categorised nor refused, newest first."""
    rows = quarantine.quarantined_reports(actor=request.actor)
    return Rows[QuarantinedReportOut].of(page(rows, after=after, size=size))


@router.get("/quarantine/reports/{ref}", response=QuarantinedReportDetail)
@opens("collection.quarantined_report_api", roles=CATEGORISERS)
def show_quarantined(request: ActorRequest, ref: str) -> dict[str, Any]:
    """Return an imported report that waits, with its items."""
    row = quarantine.quarantined_report(ref, actor=request.actor)
    names = ("ref", "number", "text", "kind", "sentence_start", "sentence_end")
    items = quarantine.held_items(row, actor=request.actor)
    return {
        "report": row,
        "text": row.text,
        "place": row.place,
        "items": [{name: getattr(item, name) for name in names} | {"mentions": []} for item in items],
    }


@router.post("/quarantine/reports/{ref}/categorise", response={201: Created})
@opens("collection.categorise_report_api", roles=CATEGORISERS)
def categorise_report(request: ActorRequest, ref: str, payload: CategoriseReportIn) -> Status[Created]:
    """Take a report over from quarantine; the answer names the report that is used from now on."""
    values = payload.dict(exclude={"mentions"})
    row: Report = quarantine.categorise_report(
        actor=request.actor,
        report=quarantine.quarantined_report(ref, actor=request.actor),
        mentions=[NewMention(**mention.dict()) for mention in payload.mentions],
        **values,
    )
    return Status(201, created(row, f"{_ROOT}/{row.ref}"))


@router.post("/quarantine/reports/{ref}/refuse", response={201: Created})
@opens("collection.refuse_report_api", roles=CATEGORISERS)
def refuse_report(request: ActorRequest, ref: str, payload: RefuseReportIn) -> Status[Created]:
    """Refuse a report in quarantine, with the reason; it is erased when its time there is over."""
    row = quarantine.quarantined_report(ref, actor=request.actor)
    made = quarantine.refuse_report(actor=request.actor, report=row, reason=payload.reason)
    return Status(201, created(made))


@router.get("/quarantine/refusals", response=Rows[QuarantineRefusalOut])
@opens("collection.list_refusals_api", roles=CATEGORISERS)
def list_refusals(request: ActorRequest, after: str = "", size: int = 50) -> Rows[QuarantineRefusalOut]:
    """List the imported reports that were refused, with the reasons, newest first."""
    found = page(quarantine.refusals(actor=request.actor), after=after, size=size)
    rows = [_refusal(row) for row in found.rows]
    return Rows[QuarantineRefusalOut].model_construct(rows=rows, next=found.next)


def _refusal(row: Any) -> QuarantineRefusalOut:
    report = gate.related(row, "report")
    return QuarantineRefusalOut(
        id=row.pk,
        report=report.ref if report else "",
        title=report.title if report else "",
        reason=row.reason,
        created_at=row.created_at,
    )
