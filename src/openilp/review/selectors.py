"""Questions about what came of it."""

from typing import Any
from uuid import UUID

from openilp.safeguards import find
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound


def row_of(kind: str, key: UUID, *, actor: Actor) -> Any:
    """Return the row of a kind with a key.

    Raises:
        RecordNotFound: If there is no such kind, or no such row that the actor may see.
    """
    model = find.kinds().get(kind)
    found = model.objects.seen_by(actor).filter(pk=key).first() if model else None
    if found is None:
        raise RecordNotFound(f"{kind} {key}")
    return found
