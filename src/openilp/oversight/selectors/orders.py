"""Questions about measures on records, and about who must learn of them."""

from typing import Any

from openilp.oversight.models import CorrectionNotice, RightsLetter, RightsOrder, RightsRequest
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound


def orders_of(row: RightsRequest, *, actor: Actor) -> list[RightsOrder]:
    """Return the measures of a request, the oldest first."""
    found = RightsOrder.objects.seen_by(actor).filter(request=row.pk)
    return list(found.order_by("created_at", "pk"))


def order(ref: str, *, actor: Actor) -> RightsOrder:
    """Return a measure by its reference: any as the officer, else one that the actor carries out.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: RightsOrder | None = RightsOrder.objects.seen_by(actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def given_to(*, actor: Actor) -> Any:
    """Return the measures that wait for the actor, the oldest first."""
    found = RightsOrder.objects.seen_by(actor).filter(assignee=actor.user_id, done_on=None)
    return found.order_by("created_at", "pk")


def notices(*, actor: Actor) -> Any:
    """Return what the actor must take note of as a reader, the newest first; open ones first."""
    found = CorrectionNotice.objects.seen_by(actor).filter(recipient=actor.user_id)
    return found.order_by("acknowledged_at", "-created_at", "-pk")


def told_of(row: RightsOrder, *, actor: Actor) -> Any:
    """Return who was told of a measure, by release; open ones first."""
    found = CorrectionNotice.objects.seen_by(actor).filter(order_id=row.pk).select_related("recipient")
    return found.order_by("acknowledged_at", "release_ref", "recipient__full_name")


def letters_of(row: RightsRequest, *, actor: Actor) -> Any:
    """Return the letters of a request without their bytes, the newest first."""
    return RightsLetter.objects.seen_by(actor).filter(request=row).defer("pdf").order_by("-created_at")


def letter(key: Any, *, actor: Actor) -> RightsLetter:
    """Return a letter with its bytes.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: RightsLetter | None = (
        RightsLetter.objects.seen_by(actor).select_related("request").filter(pk=key).first()
    )
    if found is None:
        raise RecordNotFound(str(key))
    return found
