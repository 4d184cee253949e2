"""Questions about requests of people whose data are held."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from openilp.oversight.models import RightsRequest, RightsStep
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound

#: Days before its last day from which a request is shown as pressing (own proposal).
PRESSING_DAYS = 7


@dataclass(frozen=True)
class Time:
    """How a request stands against its clock: days left (below zero when overdue), and in which state."""

    days_left: int
    is_closed: bool

    @property
    def state(self) -> str:
        """Return `closed`, `overdue`, `pressing` or `open`."""
        if self.is_closed:
            return "closed"
        if self.days_left < 0:
            return "overdue"
        return "pressing" if self.days_left <= PRESSING_DAYS else "open"


def requests(*, actor: Actor, show: str = "open") -> Any:
    """Return requests: open ones, overdue ones, own ones or all; the earliest last day first."""
    found = RightsRequest.objects.seen_by(actor)
    today = timezone.localdate()
    narrowed = {
        "open": Q(closed_on=None),
        "overdue": Q(closed_on=None, due_on__lt=today),
        "mine": Q(closed_on=None, owner=actor.user_id),
        "all": Q(),
    }.get(show, Q(closed_on=None))
    return found.filter(narrowed).order_by(F("closed_on").asc(nulls_first=True), "due_on", "pk")


def request(ref: str, *, actor: Actor) -> RightsRequest:
    """Return a request by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: RightsRequest | None = RightsRequest.objects.seen_by(actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def steps_of(row: RightsRequest, *, actor: Actor) -> Any:
    """Return the history of a request, the newest line first."""
    return RightsStep.objects.seen_by(actor).filter(request=row).order_by("-created_at", "-pk")


def time_of(row: RightsRequest, *, today: date | None = None) -> Time:
    """Return how a request stands against its clock."""
    return Time((row.due_on - (today or timezone.localdate())).days, row.closed_on is not None)
