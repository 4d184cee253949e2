"""Two-person approvals over HTTP: ask, answer, carry out."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.utils import timezone
from ninja import Field, Router, Schema, Status

from openilp.safeguards import approvals
from openilp.safeguards.actions import opens
from openilp.safeguards.models import ApprovalRequest
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import Role
from openilp.safeguards.schemas import Created, Rows, created
from openilp.web import account_verbs
from openilp.web.approval_pages import ANSWERERS, request_of

router = Router(tags=["accounts"])


class SecondPersonRequestIn(Schema):
    """What is asked for on an account; unit, roles and clearance for `join` and `move`, the rest for `join`."""

    action: Literal[
        "safeguards.join", "safeguards.move", "safeguards.reset_password", "web.remove_second_factor"
    ]
    username: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=60)
    reason: str = Field(max_length=500)
    unit: str = ""
    roles: list[Role] = []
    clearance: int = Field(1, ge=0, le=3)
    full_name: str = Field("", max_length=120)
    language: str = "en"
    partner: str = Field("", max_length=32)
    staff_number: str = Field("", max_length=32)


class SecondPersonRequestOut(Schema):
    """A request: what it binds, and what became of it."""

    id: UUID
    ref: str
    created_at: datetime
    action: str
    object_kind: str
    object_id: UUID
    object_name: str
    parameters: dict[str, Any]
    seen: dict[str, Any]
    reason: str
    approver_roles: list[str]
    expires_at: datetime
    digest: str
    state: str

    @staticmethod
    def resolve_state(row: Any) -> str:
        """Return one of waiting, approved, refused, carried_out, ended."""
        if row.is_used:
            return "carried_out"
        if row.is_answered and not row.is_approved:
            return "refused"
        if row.expires_at <= timezone.now():
            return "ended"
        return "approved" if row.is_approved else "waiting"


class SecondPersonAnswerIn(Schema):
    """The answer of the second person, to exactly what the digest stands for."""

    digest: str = Field(max_length=64)
    is_approved: bool
    reason: str = Field("", max_length=500)


class CarriedOutOut(Schema):
    """The account after it; a starting password is in this answer and nowhere else."""

    username: str
    password: str = ""


@router.get("/approvals", response=Rows[SecondPersonRequestOut])
@opens("web.api_approvals", roles=ANSWERERS, operation="account")
def approval_list(
    request: ActorRequest, after: str = "", waiting: bool = False
) -> Rows[SecondPersonRequestOut]:
    """List the requests that the actor asked for or may answer, newest first; or only those that wait for it."""
    actor = request.actor
    rows = approvals.waiting(actor=actor) if waiting else approvals.requests(actor=actor)
    return Rows[SecondPersonRequestOut].of(page(rows, after=after))


@router.post("/approvals", response={201: Created})
@opens("web.api_ask_approval", roles=[Role.ADMINISTRATOR], operation="account")
def ask(request: ActorRequest, payload: SecondPersonRequestIn) -> Status[Created]:
    """Ask a second person to approve an action on an account."""
    subject = account_verbs.subject_of(
        payload.action, actor=request.actor, values=payload.dict(exclude={"action", "reason"})
    )
    row = approvals.ask(actor=request.actor, subject=subject, reason=payload.reason)
    return Status(201, created(row, f"/approvals/{row.ref}"))


@router.get("/approvals/{ref}", response=SecondPersonRequestOut)
@opens("web.api_approval", roles=ANSWERERS, operation="account")
def approval(request: ActorRequest, ref: str) -> ApprovalRequest:
    """Show a request; its digest goes into the answer."""
    return request_of(ref, actor=request.actor)


@router.post("/approvals/{ref}/answer", response=SecondPersonRequestOut)
@opens("web.api_answer_approval", roles=ANSWERERS, operation="account")
def answer(request: ActorRequest, ref: str, payload: SecondPersonAnswerIn) -> ApprovalRequest:
    """Approve or refuse as the second person."""
    row = request_of(ref, actor=request.actor)
    approvals.answer(actor=request.actor, request=row, **payload.dict())
    return request_of(ref, actor=request.actor)


@router.post("/approvals/{ref}/carry-out", response=CarriedOutOut)
@opens("web.api_carry_out_approval", roles=[Role.ADMINISTRATOR], operation="account")
def carry_out(request: ActorRequest, ref: str) -> CarriedOutOut:
    """Carry out what was approved, once."""
    done = account_verbs.carry_out(actor=request.actor, request=request_of(ref, actor=request.actor))
    return CarriedOutOut(username=done.account.username, password=done.password)
