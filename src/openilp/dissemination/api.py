"""The verbs of dissemination over HTTP."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Router, Schema, Status

from openilp.analysis.models import Edition
from openilp.collection.models import Item
from openilp.dissemination import rules, selectors, services
from openilp.dissemination.errors import DisseminationError
from openilp.dissemination.models import ConsentRequest, PeerReview, Release
from openilp.dissemination.selectors import (
    APPROVERS,
    CONSENTERS,
    PEERS,
    READERS,
    REGISTRARS,
    RELEASERS,
    RegisterFilters,
)
from openilp.safeguards import gate
from openilp.safeguards.actions import opens
from openilp.safeguards.models import Unit, User
from openilp.safeguards.paging import page
from openilp.safeguards.people import colleagues
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT
from openilp.safeguards.schemas import Created, Marked, Rows, created

router = Router(tags=["dissemination"])
ROOT = "/api/v1/dissemination"


class DisseminationEditionOut(Marked):
    """An edition that waits for a word or a release."""

    title: str
    number: int
    sha256: str
    created_by_id: UUID


class EditionWholeOut(DisseminationEditionOut):
    """An edition with its frozen content, where it stands, and the warning that goes with it."""

    content: dict[str, Any]
    standing: str
    notice: str


class BarOut(Schema):
    """One reason why an edition may not go out."""

    code: str
    message: str
    refs: list[str]


class GateOut(Schema):
    """What the gate says of an edition for the named readers; no bars means that it may go."""

    edition: str
    handling_scheme: str
    handling: str
    bars: list[BarOut]


class ApprovalIn(Schema):
    """A second person's word."""

    is_approved: bool
    note: str = ""


class ReviewerIn(Schema):
    """Who is to review it."""

    reviewer: str = Field(description="user name")


class PeerReviewIn(Schema):
    """What the named reviewer found."""

    is_sound: bool
    note: str = ""


class PeerReviewOut(Marked):
    """A reviewer's word."""

    is_sound: bool
    note: str
    created_by_id: UUID


class ConsentRequestIn(Schema):
    """Which item is to go to which unit (by its code), and why."""

    item: str
    unit: str
    reason: str = Field(max_length=300)


class ConsentRequestOut(Schema):
    """A question to an originator, with its answer once there is one."""

    ref: str
    item: str
    edition: str
    unit: str
    reason: str
    is_given: bool | None
    note: str


class ConsentIn(Schema):
    """The originator's answer."""

    is_given: bool
    note: str = ""


class ReleaseIn(Schema):
    """To whom, why, until when."""

    readers: list[str] = Field(description="user names")
    reason: str = Field(max_length=300)
    expires_on: date | None = None


class ReleaseOut(Marked):
    """A release."""

    edition_id: UUID
    handling_scheme: str
    handling: str
    reason: str
    released_at: datetime
    expires_on: date | None


class ReceiptIn(Schema):
    """Of what: the release, or its recall."""

    of_recall: bool = False


class RatingIn(Schema):
    """What a reader says."""

    value: str
    comment: str = ""


class RecallIn(Schema):
    """Why it is withdrawn."""

    reason: str = Field(max_length=300)


class DisseminationLineOut(Schema):
    """One reader of one release."""

    release: str
    edition: str
    title: str
    handling: str
    released_at: datetime
    reason: str
    reader: str
    received_on: date | None
    is_recalled: bool
    recall_received_on: date | None
    rating: str


def _people(names: list[str], request: ActorRequest, field: str) -> list[User]:
    known = {user.username: user for user in colleagues(actor=request.actor)}
    unknown = [name for name in names if name.strip().lower() not in known]
    if unknown:
        raise DisseminationError(
            field, f"There is no open account '{', '.join(unknown)}'; use user names of colleagues."
        )
    return [known[name.strip().lower()] for name in names]


@router.get("/awaiting-review", response=Rows[DisseminationEditionOut])
@opens("dissemination.list_awaiting_review", roles=PEERS)
def list_awaiting_review(
    request: ActorRequest, after: str = "", size: int = 50
) -> Rows[DisseminationEditionOut]:
    """List the editions that the caller was asked to review."""
    return Rows[DisseminationEditionOut].of(
        page(selectors.awaiting_review(actor=request.actor), after=after, size=size)
    )


@router.get("/awaiting-approval", response=Rows[DisseminationEditionOut])
@opens("dissemination.list_awaiting_approval", roles=APPROVERS)
def list_awaiting_approval(
    request: ActorRequest, after: str = "", size: int = 50
) -> Rows[DisseminationEditionOut]:
    """List the editions on which nobody has given a word."""
    return Rows[DisseminationEditionOut].of(
        page(selectors.awaiting_approval(actor=request.actor), after=after, size=size)
    )


@router.get("/awaiting-release", response=Rows[DisseminationEditionOut])
@opens("dissemination.list_awaiting_release", roles=RELEASERS)
def list_awaiting_release(
    request: ActorRequest, after: str = "", size: int = 50
) -> Rows[DisseminationEditionOut]:
    """List the approved editions that nobody was told of."""
    return Rows[DisseminationEditionOut].of(
        page(selectors.awaiting_release(actor=request.actor), after=after, size=size)
    )


@router.get("/editions/{ref}/gate", response=GateOut)
@opens("dissemination.read_gate", roles=RELEASERS)
def read_gate(request: ActorRequest, ref: str, readers: str = "") -> GateOut:
    """Say what bars an edition from going to readers (user names, parted by commas)."""
    row = selectors.by_ref(Edition, ref, actor=request.actor)
    facts = selectors.facts_of(row, actor=request.actor)
    people = _people([name for name in readers.split(",") if name.strip()], request, "readers")
    known = [selectors.reader_of(user, row) for user in people]
    scheme, code = rules.strictest(facts.items)
    found = rules.bars(facts, known, today=timezone.localdate())
    return GateOut(
        edition=row.ref,
        handling_scheme=scheme,
        handling=code,
        bars=[BarOut(code=bar.code, message=bar.message, refs=list(bar.refs)) for bar in found],
    )


@router.get("/editions/{ref}", response=EditionWholeOut)
@opens("dissemination.read_edition", roles=READERS, operation="disclosure")
def get_edition(request: ActorRequest, ref: str) -> EditionWholeOut:
    """Return an edition with its frozen content; 409 while it is a draft of others, or after its recall."""
    row = selectors.by_ref(Edition, ref, actor=request.actor)
    reading = selectors.open_reading(row, actor=request.actor)
    shown = DisseminationEditionOut.from_orm(row).dict()
    return EditionWholeOut(
        **shown, content=row.content, standing=str(reading.standing), notice=reading.notice
    )


@router.get("/editions/{ref}/document")
@opens("dissemination.read_working_copy", roles=READERS, operation="disclosure")
def get_working_copy(request: ActorRequest, ref: str) -> HttpResponse:
    """Take the PDF of an edition as it stands, with the caller's name on every page."""
    row = selectors.by_ref(Edition, ref, actor=request.actor)
    body = services.take_working_copy(actor=request.actor, edition=row, now=timezone.now())
    return HttpResponse(body, content_type="application/pdf")


@router.post("/editions/{ref}/reviewers", response={201: Created})
@opens("dissemination.name_reviewer_api", roles=PEERS, operation="alteration")
def name_reviewer(request: ActorRequest, ref: str, payload: ReviewerIn) -> Status[Created]:
    """Name the colleague who is to review an edition."""
    row = selectors.by_ref(Edition, ref, actor=request.actor)
    (person,) = _people([payload.reviewer], request, "reviewer")
    return Status(201, created(services.name_reviewer(actor=request.actor, edition=row, reviewer=person)))


@router.get("/editions/{ref}/reviews", response=list[PeerReviewOut])
@opens("dissemination.list_reviews", roles=PEERS)
def list_reviews(request: ActorRequest, ref: str) -> list[PeerReview]:
    """List what reviewers said of an edition, newest first."""
    row = selectors.by_ref(Edition, ref, actor=request.actor)
    return selectors.reviews_of(row, actor=request.actor)


@router.post("/editions/{ref}/reviews", response={201: Created})
@opens("dissemination.review_edition_api", roles=PEERS, operation="alteration")
def review_edition(request: ActorRequest, ref: str, payload: PeerReviewIn) -> Status[Created]:
    """Say as its named reviewer what one found."""
    row = selectors.by_ref(Edition, ref, actor=request.actor)
    made = services.review_edition(actor=request.actor, edition=row, **payload.dict())
    return Status(201, created(made))


@router.get("/editions/{ref}/consents", response=list[ConsentRequestOut])
@opens("dissemination.list_consents", roles=RELEASERS)
def list_consents(request: ActorRequest, ref: str) -> list[ConsentRequestOut]:
    """List what originators were asked about an edition, newest first, with their answers."""
    row = selectors.by_ref(Edition, ref, actor=request.actor)
    return [_consent(asked, request) for asked, _answer in selectors.consents_of(row, actor=request.actor)]


@router.post("/editions/{ref}/consents", response={201: Created})
@opens("dissemination.ask_consent_api", roles=RELEASERS, operation="disclosure")
def ask_consent(request: ActorRequest, ref: str, payload: ConsentRequestIn) -> Status[Created]:
    """Ask the originator of an item whether it may go to a unit."""
    row = selectors.by_ref(Edition, ref, actor=request.actor)
    unit = Unit.objects.filter(code=payload.unit).first()
    if unit is None:
        raise DisseminationError("unit", f"There is no unit '{payload.unit}'; use the code of a unit.")
    made = services.ask_consent(
        actor=request.actor,
        edition=row,
        item=selectors.by_ref(Item, payload.item, actor=request.actor),
        unit=unit,
        reason=payload.reason,
    )
    return Status(201, created(made, f"{ROOT}/consents/{made.ref}"))


@router.get("/consents/{ref}", response=ConsentRequestOut)
@opens("dissemination.read_consent", roles=CONSENTERS | RELEASERS)
def read_consent(request: ActorRequest, ref: str) -> ConsentRequestOut:
    """Read what an originator is asked."""
    return _consent(selectors.consent_request(ref, actor=request.actor), request)


@router.post("/consents/{ref}/answer", response={201: Created})
@opens("dissemination.answer_consent_api", roles=CONSENTERS, operation="disclosure")
def answer_consent(request: ActorRequest, ref: str, payload: ConsentIn) -> Status[Created]:
    """Answer for the originator, in the caller's own name."""
    row = selectors.consent_request(ref, actor=request.actor)
    made = services.answer_consent(actor=request.actor, request=row, **payload.dict())
    return Status(201, created(made))


def _consent(row: ConsentRequest, request: ActorRequest) -> ConsentRequestOut:
    item, edition = gate.related(row, "item"), gate.related(row, "edition")
    answer = selectors.consent_to(row, actor=request.actor)
    return ConsentRequestOut(
        ref=row.ref,
        item=item.ref if item else "",
        edition=edition.ref if edition else "",
        unit=row.unit.code,
        reason=row.reason,
        is_given=answer.is_given if answer else None,
        note=answer.note if answer else "",
    )


@router.post("/editions/{ref}/approvals", response={201: Created})
@opens("dissemination.approve_edition_api", roles=APPROVERS, operation="alteration")
def approve_edition(request: ActorRequest, ref: str, payload: ApprovalIn) -> Status[Created]:
    """Approve somebody else's edition, or send it back."""
    row = selectors.by_ref(Edition, ref, actor=request.actor)
    made = services.approve_edition(actor=request.actor, edition=row, **payload.dict())
    return Status(201, created(made))


@router.post("/editions/{ref}/releases", response={201: Created})
@opens("dissemination.release_edition_api", roles=RELEASERS, operation="disclosure")
def release_edition(request: ActorRequest, ref: str, payload: ReleaseIn) -> Status[Created]:
    """Hand an approved edition to named people."""
    row = selectors.by_ref(Edition, ref, actor=request.actor)
    made = services.release_edition(
        actor=request.actor,
        edition=row,
        readers=_people(payload.readers, request, "readers"),
        reason=payload.reason,
        now=timezone.now(),
        expires_on=payload.expires_on,
    )
    return Status(201, created(made, f"{ROOT}/releases/{made.ref}"))


@router.get("/releases", response=Rows[ReleaseOut])
@opens("dissemination.list_releases", roles=CONTENT)
def list_releases(request: ActorRequest, after: str = "", size: int = 50) -> Rows[ReleaseOut]:
    """List what was released to the caller, newest first."""
    return Rows[ReleaseOut].of(page(selectors.mine(actor=request.actor), after=after, size=size))


@router.get("/releases/{ref}", response=ReleaseOut)
@opens("dissemination.read_release", roles=CONTENT)
def read_release(request: ActorRequest, ref: str) -> Release:
    """Read what is on record of one release."""
    return selectors.readable(ref, actor=request.actor)


@router.get("/releases/{ref}/document")
@opens("dissemination.read_document", roles=CONTENT, operation="disclosure")
def read_document(request: ActorRequest, ref: str) -> HttpResponse:
    """Take the PDF of a release, with the caller's watermark."""
    row = selectors.readable(ref, actor=request.actor)
    body = services.take_document(actor=request.actor, release=row, now=timezone.now())
    return HttpResponse(body, content_type="application/pdf")


@router.post("/releases/{ref}/receipts", response={201: Created})
@opens("dissemination.acknowledge_release_api", roles=CONTENT, operation="alteration")
def acknowledge_release(request: ActorRequest, ref: str, payload: ReceiptIn) -> Status[Created]:
    """Take receipt of a release, or of its recall."""
    row = selectors.readable(ref, actor=request.actor)
    made = services.acknowledge_release(actor=request.actor, release=row, of_recall=payload.of_recall)
    return Status(201, created(made))


@router.post("/releases/{ref}/ratings", response={201: Created})
@opens("dissemination.rate_release_api", roles=CONTENT, operation="alteration")
def rate_release(request: ActorRequest, ref: str, payload: RatingIn) -> Status[Created]:
    """Rate a product as its reader."""
    row = selectors.readable(ref, actor=request.actor)
    return Status(201, created(services.rate_release(actor=request.actor, release=row, **payload.dict())))


@router.post("/releases/{ref}/recall", response={201: Created})
@opens("dissemination.recall_release_api", roles=RELEASERS, operation="disclosure")
def recall_release(request: ActorRequest, ref: str, payload: RecallIn) -> Status[Created]:
    """Withdraw a release and tell every reader why."""
    row = selectors.readable(ref, actor=request.actor)
    made = services.recall_release(actor=request.actor, release=row, reason=payload.reason)
    return Status(201, created(made))


@router.get("/register", response=Rows[DisseminationLineOut])
@opens("dissemination.list_register", roles=REGISTRARS)
def list_register(
    request: ActorRequest,
    reader: str = "",
    title: str = "",
    since: date | None = None,
    until: date | None = None,
    after: str = "",
    size: int = 50,
) -> Rows[DisseminationLineOut]:
    """List who was told what, why and when; one line a reader."""
    filters = RegisterFilters(reader, title, since, until)
    rows = selectors.releases(actor=request.actor, filters=filters).prefetch_related("edition")
    found = page(rows, after=after, size=size)
    lines = [
        DisseminationLineOut(
            release=line.release.ref,
            edition=line.edition.ref if line.edition else "",
            title=line.edition.title if line.edition else "",
            handling=line.release.handling,
            released_at=line.release.released_at,
            reason=line.release.reason,
            reader=line.reader.username,
            received_on=line.received_on,
            is_recalled=line.recall is not None,
            recall_received_on=line.recall_received_on,
            rating=line.rating,
        )
        for line in selectors.lines_of(found.rows, actor=request.actor)
    ]
    return Rows[DisseminationLineOut](rows=lines, next=found.next)
