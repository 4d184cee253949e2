"""Reports and their files over HTTP."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from ninja import Field, Query, Router, Schema, Status

from openilp.collection import files, places, release_copies, selectors, services, wording
from openilp.collection.errors import AlreadyAttached, FileTooLarge
from openilp.collection.models import Attachment, Report
from openilp.collection.rules import NewItem, NewMention, NewReport
from openilp.direction import selectors as direction
from openilp.safeguards import gate
from openilp.safeguards.actions import opens
from openilp.safeguards.labels import Level
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT
from openilp.safeguards.schemas import Created, Lawful, Marked, Rows, created

router = Router()
_ROOT = "/api/v1/collection"
_BYTES = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


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
    """A report as handed in; `requirement` is the reference of the one that it answers.

    `level` raises the label above internal; a report handed in for an operation belongs to it. Words that touch
    specially protected facts are refused until `wording_confirmed` says that they are strictly necessary.
    """

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
    requirement: str = ""
    level: int = Field(1, ge=0, le=3)
    wording_confirmed: bool = False

    def new(self) -> NewReport:
        """Return it as the service takes it."""
        beside = {"legal_basis", "review_on", "items", "requirement", "level", "wording_confirmed"}
        items = [
            NewItem(item.text, item.kind, [NewMention(**mention.dict()) for mention in item.mentions])
            for item in self.items
        ]
        return NewReport(items=items, **self.dict(exclude=beside))


class ReportOut(Marked):
    """A report in a list."""

    title: str
    urgency: str
    language: str
    provenance: str
    observed_at: datetime | None
    place: str
    longitude: float | None
    latitude: float | None


class MentionOut(Schema):
    """A mention of an item."""

    entity_type: str
    text: str
    proposed_category: str
    predicate: str


class ItemOut(Schema):
    """An item of a report."""

    ref: str
    number: int
    text: str
    kind: str
    sentence_start: int
    sentence_end: int
    mentions: list[MentionOut]


class AttachmentOut(Schema):
    """A file of a report."""

    ref: str
    name: str
    media_type: str
    size: int
    sha256: str


class ReportDetail(Schema):
    """A report with its items, mentions and files."""

    report: ReportOut
    text: str
    provenance_note: str
    requirement: str
    necessary_wording: list[str]
    items: list[ItemOut]
    attachments: list[AttachmentOut]


class ReportAnswerIn(Schema):
    """Which question a report answers: the reference of a requirement, the key of a plan's line, or both.

    `supersedes` is the id of an earlier word about the same report that was wrong.
    """

    requirement: str = ""
    line: UUID | None = None
    reason: str
    supersedes: UUID | None = None


class ReportAnswerOut(Schema):
    """A question that a report was said to answer after it was handed in."""

    id: UUID
    created_at: datetime
    requirement: str
    question: str
    line: UUID | None
    reason: str


class WantedIn(Schema):
    """Which reports a list shows; `from` and `to` are the days on which they came in."""

    q: str = ""
    urgency: str = ""
    unit: str = ""
    since: date | None = Field(None, alias="from")
    until: date | None = Field(None, alias="to")
    requirement: str = ""
    mine: bool = False

    def wanted(self) -> selectors.Wanted:
        """Return it as the selector takes it."""
        return selectors.Wanted(**self.dict())


class PlaceOut(Schema):
    """A named place; `id` is longitude and latitude."""

    id: str
    label: str
    detail: str
    longitude: float
    latitude: float


class TextIn(Schema):
    """What is being written."""

    text: str


class SuggestionOut(Schema):
    """An open requirement that shares words with a text."""

    ref: str
    question: str
    due_on: date


@router.get("/reports", response=Rows[ReportOut])
@opens("collection.list_reports", roles=CONTENT)
def list_reports(
    request: ActorRequest, wanted: Query[WantedIn], after: str = "", size: int = 50
) -> Rows[ReportOut]:
    """List the reports that the caller may see, newest first, by words, urgency, unit code, days or requirement."""
    return Rows[ReportOut].of(selectors.listed(wanted.wanted(), actor=request.actor, after=after, size=size))


@router.post("/reports", response={201: Created})
@opens("collection.submit_report_api", roles=CONTENT)
def submit_report(request: ActorRequest, payload: ReportIn) -> Status[Created]:
    """Hand in a report."""
    actor = request.actor
    own = direction.compartment_of(direction.purpose_of(actor=actor))
    inside = frozenset({own.pk}) if own else frozenset()
    asked = direction.requirement(payload.requirement, actor=actor) if payload.requirement else None
    row = services.submit_report(
        actor=actor,
        new=wording.confirm(payload.new(), is_confirmed=payload.wording_confirmed),
        label=actor.label(level=Level(payload.level), compartments=inside),
        requirement=asked,
        **payload.lawful(),
    )
    return Status(201, created(row, f"{_ROOT}/reports/{row.ref}"))


@router.get("/reports/{ref}", response=ReportDetail)
@opens("collection.report_api", roles=CONTENT)
def show_report(request: ActorRequest, ref: str) -> dict[str, Any]:
    """Return a report with its items, mentions and files."""
    actor = request.actor
    row = selectors.report(ref, actor=actor)
    asked = gate.related(row, "requirement")
    return {
        "report": row,
        "text": row.text,
        "provenance_note": row.provenance_note,
        "requirement": asked.ref if asked else "",
        "necessary_wording": row.necessary_wording,
        "items": _items(row, request),
        "attachments": selectors.attachments_of(row, actor=actor),
    }


def _items(row: Report, request: ActorRequest) -> list[dict[str, Any]]:
    items = selectors.items_of(row, actor=request.actor)
    mentions = selectors.mentions_of(items, actor=request.actor)
    names = ("ref", "number", "text", "kind", "sentence_start", "sentence_end")
    return [
        {name: getattr(item, name) for name in names}
        | {"mentions": [m for m in mentions if m.item_id == item.pk]}
        for item in items
    ]


@router.get("/reports/{ref}/point", response=dict[str, Any])
@opens("collection.report_point_api", roles=CONTENT)
def show_point(request: ActorRequest, ref: str) -> dict[str, Any]:
    """Return where a report says that it was, as GeoJSON."""
    return places.point_of(selectors.report(ref, actor=request.actor))


@router.post("/reports/{ref}/attachments", response={201: Created}, openapi_extra=_BYTES)
@opens("collection.attach_file_api", roles=CONTENT)
def attach_file(request: ActorRequest, ref: str, name: str) -> Status[Created]:
    """Attach a file: its bytes are the body, as they are. The same file sent again is attached once."""
    row = selectors.report(ref, actor=request.actor)
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.OPENILP_UPLOAD_LIMIT:
        raise FileTooLarge(files.clean_name(name), settings.OPENILP_UPLOAD_LIMIT)
    try:
        made = services.attach_file(actor=request.actor, report=row, stream=request, name=name)
    except AlreadyAttached as error:
        made = selectors.attachment(error.reference, actor=request.actor)
    return Status(201, created(made, f"{_ROOT}/attachments/{made.ref}"))


@router.post("/reports/{ref}/answers", response={201: Created})
@opens("collection.tie_report_api", roles=CONTENT)
def tie_report(request: ActorRequest, ref: str, payload: ReportAnswerIn) -> Status[Created]:
    """Say that a report, handed in before, answers a requirement or a line of its plan."""
    actor = request.actor
    row = services.tie_report(
        actor=actor,
        report=selectors.report(ref, actor=actor),
        reason=payload.reason,
        requirement=direction.requirement(payload.requirement, actor=actor) if payload.requirement else None,
        line=direction.line(payload.line, actor=actor) if payload.line else None,
        supersedes=selectors.answer(payload.supersedes, actor=actor) if payload.supersedes else None,
    )
    return Status(201, created(row, f"{_ROOT}/reports/{ref.upper()}/answers"))


@router.get("/reports/{ref}/answers", response=list[ReportAnswerOut])
@opens("collection.answers_api", roles=CONTENT)
def list_answers(request: ActorRequest, ref: str) -> list[dict[str, Any]]:
    """List the questions that a report was said to answer after it was handed in."""
    actor = request.actor
    rows = selectors.answers_of(selectors.report(ref, actor=actor), actor=actor)
    found = [(row, gate.related(row, "requirement")) for row in rows]
    return [
        {
            "id": row.pk,
            "created_at": row.created_at,
            "requirement": asked.ref if asked else "",
            "question": asked.question if asked else "",
            "line": row.line_id,
            "reason": row.reason,
        }
        for row, asked in found
    ]


@router.get("/attachments/{ref}", response=AttachmentOut)
@opens("collection.attachment_api", roles=CONTENT)
def show_attachment(request: ActorRequest, ref: str) -> Attachment:
    """Return what is known of an attached file."""
    return selectors.attachment(ref, actor=request.actor)


@router.get("/attachments/{ref}/content", url_name="attachment-content")
@opens("collection.download_api", roles=CONTENT, operation="disclosure")
def download(
    request: ActorRequest, ref: str, form: Literal["original", "release"] = "original"
) -> HttpResponseBase:
    """Return the bytes of an attached file as they were received, or a copy without metadata for those outside."""
    row = selectors.attachment(ref, actor=request.actor)
    content = files.checked(row.sha256)
    response: HttpResponseBase = StreamingHttpResponse(content, content_type=row.media_type)
    if form == "release":
        clean = release_copies.without_metadata(
            files.address(row.sha256), media_type=row.media_type, name=row.name
        )
        response = HttpResponse(clean, content_type=row.media_type)
    response["Content-Disposition"] = "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@router.post("/suggestions", response=list[SuggestionOut])
@opens("collection.suggest_api", roles=CONTENT)
def suggest(request: ActorRequest, payload: TextIn) -> list[Any]:
    """Return the open requirements that share words with a text, the nearest first; the reporter chooses."""
    return list(selectors.suggested(payload.text, actor=request.actor))


@router.get("/places", response=list[PlaceOut])
@opens("collection.places_api", roles=CONTENT)
def find_places(request: ActorRequest, q: str = "") -> list[places.Place]:
    """Return places whose name holds a text: units, the agency's gazetteer, places used before."""
    return places.find(q, actor=request.actor)


@router.get("/districts", response=dict[str, Any])
@opens("collection.districts_api", roles=CONTENT)
def show_districts(request: ActorRequest) -> dict[str, Any]:
    """Return the agency's drawn units as GeoJSON."""
    return places.districts()
