"""A second person for tests: ask as one account, approve as another, hand back what may be carried out."""

from typing import Any

from openilp.safeguards import approvals
from openilp.safeguards.acting import acting
from openilp.safeguards.people import actor_for


def approved(subject: Any, *, by: Any, second: Any, reason: str = "asked for in person") -> Any:
    """Return a request that `by` asked for and `second` approved; call it outside any `acting` block."""
    with acting(actor_for(by, reason="administration"), "test.ask") as block:
        request = approvals.ask(actor=block.actor, subject=subject, reason=reason)
    with acting(actor_for(second, reason="administration"), "test.approve") as block:
        approvals.answer(actor=block.actor, request=request, digest=request.digest, is_approved=True)
    return request
