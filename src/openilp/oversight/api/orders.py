"""Measures over HTTP: carry one out, lift a restriction, take note of a correction."""

from uuid import UUID

from ninja import Field, Router, Schema, Status

from openilp.oversight.models import CorrectionNotice
from openilp.oversight.models.rights import OFFICER
from openilp.oversight.selectors import orders as selectors
from openilp.oversight.services import orders as services
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, INTELLIGENCE
from openilp.safeguards.schemas import Created, created

router = Router()


class CarriedOutRectificationIn(Schema):
    """What holds from now on, for a statement; of anything else, what was done."""

    value: str = Field("", max_length=400)
    note: str = Field("", max_length=600)


class LiftedRestrictionIn(Schema):
    """Why a restriction ends."""

    reason: str = Field(max_length=600)


@router.post("/rights/orders/{ref}/carry-out", response={201: Created})
@opens("oversight.api_carry_out_order", roles=INTELLIGENCE)
def carry_out_order(request: ActorRequest, ref: str, payload: CarriedOutRectificationIn) -> Status[Created]:
    """Rectify a record as it was ordered, as the colleague whom the order names."""
    row = selectors.order(ref, actor=request.actor)
    made = services.carry_out_order(actor=request.actor, order=row, **payload.dict())
    return Status(201, created(made, f"/oversight/rights/orders/{ref}"))


@router.post("/rights/orders/{ref}/lift", response={201: Created})
@opens("oversight.api_lift_restriction", roles=OFFICER)
def lift_restriction(request: ActorRequest, ref: str, payload: LiftedRestrictionIn) -> Status[Created]:
    """Lift a restriction, with that of the products which no other order holds."""
    row = selectors.order(ref, actor=request.actor)
    made = services.lift_restriction(actor=request.actor, order=row, reason=payload.reason)
    return Status(201, created(made, f"/oversight/rights/orders/{ref}"))


@router.post("/corrections/{key}/acknowledge", response={201: Created})
@opens("oversight.api_acknowledge_correction", roles=CONTENT)
def acknowledge_correction(request: ActorRequest, key: UUID) -> Status[Created]:
    """Take note, as a reader, that a product rests on a record which was corrected or restricted."""
    found = CorrectionNotice.objects.seen_by(request.actor).filter(pk=key).first()
    if found is None:
        raise RecordNotFound(str(key))
    row = services.acknowledge_correction(actor=request.actor, notice=found)
    return Status(201, created(row, "/oversight/corrections"))
