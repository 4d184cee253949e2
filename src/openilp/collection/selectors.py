"""Questions about what came in."""

from typing import Any

from django.db.models import Exists, OuterRef

from openilp.collection.models import Item, Mention, Report
from openilp.direction.models import PlanLine
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound


def reports(*, actor: Actor) -> Any:
    """Return the reports that the actor may see."""
    return Report.objects.seen_by(actor)


def own_reports(*, actor: Actor) -> Any:
    """Return the reports that the actor wrote."""
    return reports(actor=actor).filter(created_by_id=actor.user_id)


def report(ref: str, *, actor: Actor) -> Report:
    """Return a report by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Report | None = reports(actor=actor).filter(ref=ref.upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def items_of(row: Report, *, actor: Actor) -> list[Item]:
    """Return a report's items in order."""
    return list(Item.objects.seen_by(actor).filter(report=row).order_by("number"))


def mentions_of(items: list[Item], *, actor: Actor) -> list[Mention]:
    """Return what items mention."""
    return list(Mention.objects.seen_by(actor).filter(item__in=items).order_by("created_at"))


def in_tray(*, actor: Actor) -> Any:
    """Return the plan lines that the actor collects for and has not returned."""
    return PlanLine.objects.seen_by(actor).filter(collector_id=actor.user_id, returned_on=None)


def with_mention(text: str, *, actor: Actor) -> Any:
    """Return the reports with an item that mentions a text."""
    hit = Mention.objects.seen_by(actor).filter(item__report=OuterRef("pk"), text__iexact=text)
    return reports(actor=actor).filter(Exists(hit))
