"""Breaking the glass over HTTP, its review, and the conflict list."""

from datetime import datetime
from uuid import UUID

from ninja import Field, Router, Schema, Status

from openilp.safeguards import emergencies, people
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.models import ConflictOfInterest, Emergency
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, EVERYONE, Role
from openilp.safeguards.schemas import Created, Rows, created
from openilp.web import selectors

router = Router(tags=["accounts"])
READERS = CONTENT | {Role.OVERSIGHT}


class BreakGlassIn(Schema):
    """A matter to open for oneself, why, and for how long."""

    matter: str = Field(max_length=16)
    reason_code: str
    reason: str = Field(max_length=500)
    minutes: int = 60


class EmergencyOut(Schema):
    """An emergency."""

    id: UUID
    ref: str
    created_at: datetime
    matter_ref: str
    reason_code: str
    reason: str
    ends_at: datetime
    is_reviewed: bool


class FindingIn(Schema):
    """The review of an emergency."""

    is_justified: bool
    finding: str = Field(max_length=1000)


class ConflictIn(Schema):
    """An account that must keep away from a matter: `own_case`, `relative` or `other`."""

    username: str
    matter: str
    kind: str


class ConflictOut(Schema):
    """A standing conflict of interest."""

    id: int
    username: str
    matter: str
    kind: str
    since: datetime
    until: datetime | None = None

    @staticmethod
    def resolve_username(row: ConflictOfInterest) -> str:
        """Return the name of the account."""
        return row.user.username

    @staticmethod
    def resolve_matter(row: ConflictOfInterest) -> str:
        """Return the reference of the matter."""
        return row.matter.ref


@router.get("/emergencies", response=Rows[EmergencyOut])
@opens("web.api_emergencies", roles=READERS)
def emergency_list(request: ActorRequest, after: str = "", to_review: bool = False) -> Rows[EmergencyOut]:
    """List emergencies, newest first: one's own; all of them for who reviews or controls."""
    actor = request.actor
    rows = emergencies.to_review(actor=actor) if to_review else emergencies.emergencies(actor=actor)
    return Rows[EmergencyOut].of(page(rows, after=after))


@router.post("/emergencies", response={201: Created})
@opens("web.api_break_glass", roles=CONTENT)
def break_glass(request: ActorRequest, payload: BreakGlassIn) -> Status[Created]:
    """Open a matter for oneself in an emergency; choose it as purpose next."""
    row = emergencies.break_glass(actor=request.actor, **payload.dict())
    return Status(201, created(row, f"/emergencies/{row.ref}"))


@router.get("/emergencies/{ref}", response=EmergencyOut)
@opens("web.api_emergency", roles=READERS)
def emergency(request: ActorRequest, ref: str) -> Emergency:
    """Show an emergency."""
    return emergencies.emergency_of(ref, actor=request.actor)


@router.post("/emergencies/{ref}/end", response=EmergencyOut)
@opens("web.api_end_emergency", roles=CONTENT)
def end(request: ActorRequest, ref: str) -> Emergency:
    """Close the matter before the time is over."""
    row = emergencies.emergency_of(ref, actor=request.actor)
    return emergencies.end_emergency(actor=request.actor, emergency=row)


@router.post("/emergencies/{ref}/review", response=EmergencyOut)
@opens("web.api_review_emergency", roles=CONTENT)
def review(request: ActorRequest, ref: str, payload: FindingIn) -> Emergency:
    """Say, as a person of another unit, whether the glass was rightly broken."""
    row = emergencies.emergency_of(ref, actor=request.actor)
    emergencies.review_emergency(actor=request.actor, emergency=row, **payload.dict())
    return emergencies.emergency_of(ref, actor=request.actor)


@router.post("/conflicts", response={201: ConflictOut})
@opens("web.api_declare_conflict", roles=EVERYONE)
def declare_conflict(request: ActorRequest, payload: ConflictIn) -> Status[ConflictOfInterest]:
    """Bar an account from a matter: one's own, or as keeper of the list somebody else's."""
    actor = request.actor
    row = people.declare_conflict(
        actor=actor,
        user=selectors.account(payload.username, actor=actor),
        matter=selectors.matter(payload.matter, actor=actor),
        kind=payload.kind,
    )
    return Status(201, row)


@router.post("/conflicts/{key}/lift", response={204: None})
@opens("web.api_lift_conflict", roles=CONTENT)
def lift_conflict(request: ActorRequest, key: int) -> Status[None]:
    """End somebody else's conflict that is no more."""
    row = ConflictOfInterest.objects.filter(pk=key, until=None).first()
    if row is None:
        raise RecordNotFound(str(key))
    people.lift_conflict(actor=request.actor, conflict=row)
    return Status(204, None)
