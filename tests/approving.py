"""A second person for tests: ask as one account, approve as another, hand back what may be carried out."""

from typing import Any
from uuid import UUID

from openilp.safeguards import approvals, find
from openilp.safeguards.acting import acting
from openilp.safeguards.models.approvals import LOWER
from openilp.safeguards.people import actor_for


def approved(subject: Any, *, by: Any, second: Any, reason: str = "asked for in person") -> Any:
    """Return a request that `by` asked for and `second` approved; call it outside any `acting` block."""
    with acting(actor_for(by, reason="administration"), "test.ask") as block:
        request = approvals.ask(actor=block.actor, subject=subject, reason=reason)
    if request.action == LOWER:
        opened(request, by=second)
    with acting(actor_for(second, reason="administration"), "test.approve") as block:
        approvals.answer(actor=block.actor, request=request, digest=request.digest, is_approved=True)
    return request


def opened(request: Any, *, by: Any) -> None:
    """Open the record that a lower label is asked for, as whoever is to answer does first."""
    inside = [UUID(key) for key in request.seen["compartments"]]
    actor = actor_for(by, purpose=inside[0]) if inside else actor_for(by, reason="administration")
    with acting(actor, "test.open") as block:
        model: Any = find.kinds()[request.object_kind]
        assert model.objects.seen_by(block.actor).filter(ref=request.object_name).first() is not None
