"""The verbs of entry over HTTP."""

from datetime import datetime

from ninja import Field, Router, Schema, Status

from openilp.collection import selectors, services
from openilp.collection.rules import NewItem, NewMention, NewReport
from openilp.safeguards.actions import opens
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT
from openilp.safeguards.schemas import Created, Lawful, Marked, Rows, created

router = Router(tags=["collection"])


class MentionIn(Schema):
    """Somebody or something that an item names."""

    entity_type: str
    text: str = Field(min_length=1, max_length=200)
    proposed_category: str = ""
    predicate: str = ""


class ItemIn(Schema):
    """One piece of information."""

    text: str = Field(min_length=1)
    kind: str
    mentions: list[MentionIn] = []


class ReportIn(Lawful):
    """A report as handed in."""

    items: list[ItemIn]
    urgency: str
    provenance: str
    title: str = Field("", max_length=160)
    provenance_note: str = Field("", max_length=300)
    language: str = "en"
    observed_at: datetime | None = None
    place: str = Field("", max_length=160)
    longitude: float | None = None
    latitude: float | None = None

    def new(self) -> NewReport:
        """Return it as the service takes it."""
        values = self.dict(exclude={"legal_basis", "review_on", "items"})
        items = [
            NewItem(item.text, item.kind, [NewMention(**mention.dict()) for mention in item.mentions])
            for item in self.items
        ]
        return NewReport(items=items, **values)


class ReportOut(Marked):
    """A report in a list."""

    title: str
    urgency: str
    language: str
    provenance: str
    observed_at: datetime | None


@router.get("/reports", response=Rows[ReportOut])
@opens("collection.list_reports", roles=CONTENT)
def list_reports(request: ActorRequest, after: str = "", size: int = 50) -> Rows[ReportOut]:
    """List the reports that the caller may see, newest first."""
    return Rows[ReportOut].of(page(selectors.reports(actor=request.actor), after=after, size=size))


@router.post("/reports", response={201: Created})
@opens("collection.submit_report_api", roles=CONTENT)
def submit_report(request: ActorRequest, payload: ReportIn) -> Status[Created]:
    """Hand in a report."""
    row = services.submit_report(actor=request.actor, new=payload.new(), **payload.lawful())
    return Status(201, created(row, f"/api/v1/collection/reports/{row.ref}"))
