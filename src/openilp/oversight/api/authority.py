"""What the supervisory authority asks data protection, over HTTP."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Field, Router, Schema, Status

from openilp.oversight.models.registers import AUTHORITY_READERS
from openilp.oversight.selectors import authority as selectors
from openilp.oversight.services.authority import answer_authority, ask_data_protection
from openilp.safeguards.actions import opens
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import Role
from openilp.safeguards.schemas import Created, Row, Rows, created

router = Router()


class AuthorityRequestIn(Schema):
    """What the authority asks; `kind` is `record` or `person`, `about` a reference or its own file number."""

    kind: str
    about: str = Field(max_length=60)
    reason: str = Field(max_length=4000)


class AuthorityAnswerIn(Schema):
    """What data protection answers."""

    finding: str
    reason: str = Field(max_length=4000)


class AuthorityRequestOut(Row):
    """What was asked, and whether it is answered."""

    id: UUID
    ref: str
    created_at: datetime
    kind: str
    about: str
    reason: str
    due_on: date
    is_answered: bool


class AuthorityAnswerOut(Schema):
    """What was asked with its answer; empty until it is answered."""

    request: AuthorityRequestOut
    finding: str
    answer: str


class RightsEntryOut(Row):
    """A request of a person as the authority reads it."""

    ref: str
    kind: str
    received_on: date
    due_on: date
    extended_on: date | None
    closed_on: date | None
    outcome: str
    authority_ref: str


@router.get("/authority", response=Rows[AuthorityRequestOut])
@opens("oversight.api_authority", roles=AUTHORITY_READERS)
def list_requests(request: ActorRequest, after: str = "") -> Rows[AuthorityRequestOut]:
    """List what the authority asked, the newest first."""
    return Rows[AuthorityRequestOut].of(page(selectors.requests(actor=request.actor), after=after))


@router.post("/authority", response={201: Created})
@opens("oversight.api_ask_data_protection", roles=[Role.SUPERVISORY_AUTHORITY])
def ask(request: ActorRequest, payload: AuthorityRequestIn) -> Status[Created]:
    """Ask data protection to look at a record, or to open a request of a person's rights."""
    row = ask_data_protection(actor=request.actor, **payload.dict())
    return Status(201, created(row, f"/oversight/authority/{row.ref}"))


@router.get("/authority/{ref}", response=AuthorityAnswerOut)
@opens("oversight.api_authority_request", roles=AUTHORITY_READERS)
def show(request: ActorRequest, ref: str) -> dict[str, Any]:
    """Show what was asked with its answer."""
    row = selectors.request(ref, actor=request.actor)
    answer = selectors.answer_of(row, actor=request.actor)
    return {
        "request": row,
        "finding": answer.finding if answer else "",
        "answer": answer.reason if answer else "",
    }


@router.post("/authority/{ref}/answer", response={201: Created})
@opens("oversight.api_answer_authority", roles=[Role.DATA_PROTECTION_OFFICER])
def answer(request: ActorRequest, ref: str, payload: AuthorityAnswerIn) -> Status[Created]:
    """Answer the authority."""
    found = selectors.request(ref, actor=request.actor)
    row = answer_authority(actor=request.actor, request=found, **payload.dict())
    return Status(201, created(row, f"/oversight/authority/{found.ref}"))


@router.get("/authority-register", response=list[RightsEntryOut])
@opens("oversight.api_rights_register", roles=[Role.SUPERVISORY_AUTHORITY])
def rights_register(request: ActorRequest) -> list[selectors.Entry]:
    """List the newest 500 requests of persons by kind and clock, without anything of the person."""
    return selectors.rights_register(actor=request.actor)
