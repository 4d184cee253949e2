"""Questions about meetings."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.tasking.models import AgendaItem, Decision, Meeting, Member, Minutes


def meetings(*, actor: Actor) -> Any:
    """Return the meetings that the actor may see."""
    return Meeting.objects.seen_by(actor)


def meeting(ref: str, *, actor: Actor) -> Meeting:
    """Return a meeting by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Meeting | None = meetings(actor=actor).filter(ref=ref.upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def next_meeting(*, actor: Actor) -> Meeting | None:
    """Return the meeting that runs, or else the next one."""
    found: Meeting | None = (
        meetings(actor=actor)
        .filter(closed_at=None, starts_at__gte=timezone.now() - timedelta(days=7))
        .order_by("starts_at")
        .first()
    )
    return found


def members_of(row: Meeting, *, actor: Actor) -> list[Member]:
    """Return the members in alphabetical order."""
    found = Member.objects.seen_by(actor).filter(meeting=row).select_related("person__unit")
    return list(found.order_by("person__full_name"))


def present_votes(row: Meeting, *, actor: Actor) -> int:
    """Return how many members with a vote are present."""
    found = Member.objects.seen_by(actor).filter(meeting=row, has_vote=True, is_present=True)
    return int(found.count())


def agenda_of(row: Meeting, *, actor: Actor) -> list[AgendaItem]:
    """Return the agenda in its order; points above the actor's reach are left out."""
    return list(AgendaItem.objects.seen_by(actor).filter(meeting=row).order_by("number"))


def agenda_item(row: Meeting, number: int, *, actor: Actor) -> AgendaItem:
    """Return a point of the agenda by its number.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: AgendaItem | None = AgendaItem.objects.seen_by(actor).filter(meeting=row, number=number).first()
    if found is None:
        raise RecordNotFound(f"{row.ref}, {number}")
    return found


def decided_items(row: Meeting, *, actor: Actor) -> dict[UUID, Decision]:
    """Return the decision on each point of the agenda that has one."""
    found = Decision.objects.seen_by(actor).filter(meeting=row, agenda_item__isnull=False)
    return {each.agenda_item_id: each for each in found.order_by("created_at")}


def minutes_of(row: Meeting, *, actor: Actor) -> Minutes | None:
    """Return the minutes of a closed meeting."""
    found: Minutes | None = Minutes.objects.seen_by(actor).filter(meeting=row).first()
    return found
