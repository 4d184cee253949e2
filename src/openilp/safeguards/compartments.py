"""Which compartment a new row belongs to when nobody says so: that of the operation which the actor acts for."""

from uuid import UUID

from openilp.safeguards import acting
from openilp.safeguards.actor import Actor

STANDING_TASK = "standing_task"


def own_compartment(actor: Actor) -> frozenset[UUID]:
    """Return the operation that an actor acts for, as a compartment; nothing for a standing task or a reason."""
    block = acting.current()
    if actor.purpose is None or block is None:
        return frozenset()
    if actor.purpose not in block.confined:
        block.confined[actor.purpose] = _is_confined(actor)
    return frozenset({actor.purpose}) if block.confined[actor.purpose] else frozenset()


def _is_confined(actor: Actor) -> bool:
    from openilp.safeguards.models import Matter

    own = Matter.objects.seen_by(actor).filter(pk=actor.purpose, is_agency_wide=False)
    return bool(own.exclude(kind=STANDING_TASK).exists())
