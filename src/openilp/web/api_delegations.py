"""Standing in for somebody over HTTP."""

from datetime import datetime
from uuid import UUID

from ninja import Field, Router, Schema, Status

from openilp.safeguards import people
from openilp.safeguards.actions import opens
from openilp.safeguards.models import Delegation
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, Role
from openilp.web import selectors
from openilp.web.delegation_pages import delegation_of

router = Router(tags=["accounts"])


class DelegationIn(Schema):
    """Who stands in, with which of one's own duties, in which of one's own matters, until when and why."""

    to: str = Field(max_length=60)
    roles: list[Role]
    matters: list[str] = Field(max_length=100)
    until: datetime
    reason: str = Field(max_length=300)


class DelegationOut(Schema):
    """A delegation: send its id as `OpenILP-Delegation` header to act under it."""

    id: UUID
    grantor: str
    delegate: str
    roles: list[str]
    matters: list[UUID]
    reason: str
    since: datetime
    until: datetime
    is_running: bool

    @staticmethod
    def resolve_grantor(row: Delegation) -> str:
        """Return the account in whose place it is."""
        return row.grantor.username

    @staticmethod
    def resolve_delegate(row: Delegation) -> str:
        """Return the account that stands in."""
        return row.delegate.username


@router.get("/delegations", response=list[DelegationOut])
@opens("web.api_delegations", roles=CONTENT, operation="account")
def delegation_list(request: ActorRequest) -> list[Delegation]:
    """List the newest hundred delegations that the actor gave or received."""
    return list(people.given_and_received(actor=request.actor)[:100])


@router.post("/delegations", response={201: DelegationOut})
@opens("web.api_delegate", roles=CONTENT, operation="account")
def delegate(request: ActorRequest, payload: DelegationIn) -> Status[Delegation]:
    """Let another account act in one's place for a time."""
    actor = request.actor
    row = people.delegate(
        actor=actor,
        to=selectors.account(payload.to, actor=actor),
        roles=payload.roles,
        matters=[selectors.matter(ref, actor=actor) for ref in payload.matters],
        until=payload.until,
        reason=payload.reason,
    )
    return Status(201, delegation_of(row.pk, actor=actor))


@router.post("/delegations/{key}/end", response=DelegationOut)
@opens("web.api_end_delegation", roles=CONTENT, operation="account")
def end(request: ActorRequest, key: UUID) -> Delegation:
    """End a delegation that one gave or received."""
    row = delegation_of(key, actor=request.actor)
    return people.end_delegation(actor=request.actor, delegation=row)
