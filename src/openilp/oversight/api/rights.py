"""Requests of people whose data are held, over HTTP: register, look, judge, decide."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Field, Router, Schema, Status

from openilp.oversight.models import RightsRequest
from openilp.oversight.models.rights import OFFICER
from openilp.oversight.rules.rights import NewRequest
from openilp.oversight.selectors import holdings
from openilp.oversight.selectors import rights as selectors
from openilp.oversight.services import holdings as finding_services
from openilp.oversight.services import letters, orders
from openilp.oversight.services import rights as services
from openilp.safeguards import approvals
from openilp.safeguards.actions import opens
from openilp.safeguards.models import User
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.schemas import Created, created

router = Router()
_MOST = 200


class RightsRequestIn(Schema):
    """A request as it came in; `kind` is `access`, `rectification`, `erasure`, `restriction` or `indirect`."""

    kind: str
    received_on: date
    identity_proof: str
    full_name: str = Field(max_length=160)
    language: str
    identity_note: str = Field("", max_length=300)
    other_names: list[str] = []
    birth_date: str = Field("", max_length=10)
    identifiers: list[str] = []
    address: str = Field("", max_length=300)
    wish: str = Field("", max_length=4000)
    authority_ref: str = Field("", max_length=60)


class RightsRequestOut(Schema):
    """A request and its clock; `state` is `open`, `pressing`, `overdue` or `closed`."""

    id: UUID
    ref: str
    created_at: datetime
    kind: str
    received_on: date
    full_name: str
    language: str
    due_on: date
    extended_on: date | None
    closed_on: date | None
    outcome: str
    state: str

    @staticmethod
    def resolve_state(row: RightsRequest) -> str:
        """Return how it stands against its clock."""
        return selectors.time_of(row).state


class RightsFindingOut(Schema):
    """A record that was found; its text is there while the request is open and the caller's own."""

    id: UUID
    kind: str
    ref: str
    is_same: bool | None
    decision: str
    text: str


class RightsWordsIn(Schema):
    """Names and numbers to look for."""

    words: list[str]


class RightsReasonIn(Schema):
    """A reason for the history of a request."""

    reason: str = Field(max_length=600)


class RightsJudgementIn(Schema):
    """Whether a record is about the person."""

    is_same: bool
    reason: str = Field("", max_length=300)


class RightsDecisionIn(Schema):
    """What the letter says of a record: `disclose`, `part`, `refuse` or `omit`, with grounds `a` to `e`."""

    decision: str
    grounds: list[str] = []
    passages: list[str] = []
    reason: str = Field("", max_length=1000)


class RightsWithholdIn(Schema):
    """What the second person should know, without a name and without content."""

    reason: str = Field(max_length=500)


class RightsLetterIn(Schema):
    """The reference of the approval where something is withheld; empty where nothing is."""

    approval: str = ""


class RightsLetterOut(Schema):
    """A letter that is ready: it leaves on the day that it bears."""

    id: UUID
    dated_on: date
    language: str
    sha256: str


class RightsOrderIn(Schema):
    """A measure: `rectify` (with what holds instead, and who rectifies), `restrict`, `erase` or `refuse`."""

    measure: str
    reason: str = Field(max_length=600)
    wanted: str = Field("", max_length=400)
    assignee: str = ""


def _found(one: holdings.Finding) -> dict[str, Any]:
    return {
        "id": one.row.pk,
        "kind": one.row.record_kind,
        "ref": one.row.record_ref,
        "is_same": one.is_same,
        "decision": one.decision.decision if one.decision else "",
        "text": one.content.text if one.content else "",
    }


@router.get("/rights", response=list[RightsRequestOut])
@opens("oversight.api_rights", roles=OFFICER)
def list_rights(request: ActorRequest, show: str = "open") -> Any:
    """List requests (`open`, `overdue`, `mine`, `all`), the earliest last day first; 200 at most."""
    return list(selectors.requests(actor=request.actor, show=show)[:_MOST])


@router.post("/rights", response={201: Created})
@opens("oversight.api_receive_request", roles=OFFICER)
def receive_request(request: ActorRequest, payload: RightsRequestIn) -> Status[Created]:
    """Register a request; its time for the answer begins with the day of receipt."""
    said = payload.dict()
    for name in ("other_names", "identifiers"):
        said[name] = tuple(said[name])
    row = services.receive_request(actor=request.actor, new=NewRequest(**said))
    return Status(201, created(row, f"/oversight/rights/{row.ref}"))


@router.get("/rights/{ref}", response=RightsRequestOut)
@opens("oversight.api_rights_request", roles=OFFICER)
def show_request(request: ActorRequest, ref: str) -> RightsRequest:
    """Show a request."""
    return selectors.request(ref, actor=request.actor)


@router.post("/rights/{ref}/take", response={201: Created})
@opens("oversight.api_take_over_request", roles=OFFICER)
def take_over_request(request: ActorRequest, ref: str) -> Status[Created]:
    """Become the owner of an open request."""
    row = services.take_over_request(actor=request.actor, request=selectors.request(ref, actor=request.actor))
    return Status(201, created(row, f"/oversight/rights/{ref}"))


@router.post("/rights/{ref}/extend", response={201: Created})
@opens("oversight.api_extend_request", roles=OFFICER)
def extend_request(request: ActorRequest, ref: str, payload: RightsReasonIn) -> Status[Created]:
    """Extend the time for the answer, once, with a reason."""
    row = selectors.request(ref, actor=request.actor)
    made = services.extend_request(actor=request.actor, request=row, reason=payload.reason)
    return Status(201, created(made, f"/oversight/rights/{ref}"))


@router.post("/rights/{ref}/withdraw", response={201: Created})
@opens("oversight.api_withdraw_request", roles=OFFICER)
def withdraw_request(request: ActorRequest, ref: str, payload: RightsReasonIn) -> Status[Created]:
    """Close a request that the person took back."""
    row = selectors.request(ref, actor=request.actor)
    made = services.withdraw_request(actor=request.actor, request=row, reason=payload.reason)
    return Status(201, created(made, f"/oversight/rights/{ref}"))


@router.post("/rights/{ref}/search", response={201: Created})
@opens("oversight.api_search_for_person", roles=OFFICER)
def search_for_person(request: ActorRequest, ref: str, payload: RightsWordsIn) -> Status[Created]:
    """Look for names and numbers in everything that is held; the look-up itself is kept."""
    row = selectors.request(ref, actor=request.actor)
    made = finding_services.search_for_person(actor=request.actor, request=row, words=payload.words)
    return Status(201, created(made, f"/oversight/rights/{ref}"))


@router.get("/rights/{ref}/findings", response=list[RightsFindingOut])
@opens("oversight.api_findings", roles=OFFICER)
def list_findings(request: ActorRequest, ref: str) -> list[dict[str, Any]]:
    """List what was found for a request."""
    row = selectors.request(ref, actor=request.actor)
    return [_found(one) for one in holdings.findings(row, actor=request.actor)]


@router.post("/rights/findings/{key}/judge", response={201: Created})
@opens("oversight.api_judge_finding", roles=OFFICER)
def judge_finding(request: ActorRequest, key: UUID, payload: RightsJudgementIn) -> Status[Created]:
    """Say whether a record is about the person; what hangs on the person's entity is found with it."""
    row = holdings.finding(key, actor=request.actor)
    made = finding_services.judge_finding(actor=request.actor, finding=row, **payload.dict())
    return Status(201, created(made, f"/oversight/rights/findings/{key}"))


@router.post("/rights/findings/{key}/decide", response={201: Created})
@opens("oversight.api_decide_finding", roles=OFFICER)
def decide_finding(request: ActorRequest, key: UUID, payload: RightsDecisionIn) -> Status[Created]:
    """Decide what the letter says of a record; the reason for withholding is sealed."""
    row = holdings.finding(key, actor=request.actor)
    made = finding_services.decide_finding(actor=request.actor, finding=row, **payload.dict())
    return Status(201, created(made, f"/oversight/rights/findings/{key}"))


@router.post("/rights/findings/{key}/order", response={201: Created})
@opens("oversight.api_order_measure", roles=OFFICER)
def order_measure(request: ActorRequest, key: UUID, payload: RightsOrderIn) -> Status[Created]:
    """Order what happens to a record; a colleague who reaches it rectifies."""
    row = holdings.finding(key, actor=request.actor)
    said = payload.dict()
    said["assignee"] = User.objects.filter(username=payload.assignee, is_active=True).first()
    made = orders.order_measure(actor=request.actor, finding=row, **said)
    return Status(201, created(made, f"/oversight/rights/orders/{made.ref}"))


@router.post("/rights/{ref}/ask", response={201: Created})
@opens("oversight.api_ask_to_withhold", roles=OFFICER)
def ask_to_withhold(request: ActorRequest, ref: str, payload: RightsWithholdIn) -> Status[Created]:
    """Ask a second person to approve what the letter withholds."""
    row = selectors.request(ref, actor=request.actor)
    made = letters.ask_to_withhold(actor=request.actor, request=row, reason=payload.reason)
    return Status(201, created(made, f"/approvals/{made.ref}"))


@router.post("/rights/{ref}/letter", response={201: RightsLetterOut})
@opens("oversight.api_issue_letter", roles=OFFICER, operation="disclosure")
def issue_letter(request: ActorRequest, ref: str, payload: RightsLetterIn) -> Status[Any]:
    """Answer a request and close it; what is withheld needs the approval of a second person."""
    row = selectors.request(ref, actor=request.actor)
    approval = None
    if payload.approval:
        asked = approvals.requests(actor=request.actor).filter(ref=payload.approval.strip().upper())
        approval = asked.first()
    return Status(201, letters.issue_letter(actor=request.actor, request=row, approval=approval))
