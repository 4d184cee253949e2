"""Breaches, what was done about them, and how far they reached."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from openilp.oversight.models import Breach, BreachScope, BreachStep
from openilp.oversight.rules.breaches import Standing, Step, standing
from openilp.oversight.rules.cells import MINIMUM
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound


@dataclass(frozen=True)
class Known:
    """A breach with its steps, the oldest first, and how it stands now."""

    row: Breach
    steps: Sequence[BreachStep]
    standing: Standing

    @property
    def taken(self) -> frozenset[str]:
        """Return the kinds of the steps that were taken."""
        return frozenset(step.kind for step in self.steps)

    @property
    def notified_at(self) -> datetime | None:
        """Return when the authority was told first, or nothing."""
        return next((step.done_at for step in self.steps if step.kind == Step.NOTIFIED), None)


def breaches(*, actor: Actor) -> Any:
    """Return the breaches that the actor may see."""
    return Breach.objects.seen_by(actor).select_related("created_by")


def known(rows: Sequence[Breach], *, actor: Actor) -> list[Known]:
    """Return breaches with their steps: one query for all of them."""
    steps: dict[Any, list[BreachStep]] = defaultdict(list)
    found = BreachStep.objects.seen_by(actor).filter(breach__in=[row.pk for row in rows])
    for step in found.select_related("created_by").order_by("done_at", "created_at"):
        steps[step.breach_id].append(step)
    now = timezone.now()
    return [
        Known(
            row,
            steps[row.pk],
            standing(due_at=row.due_at, taken={step.kind for step in steps[row.pk]}, now=now),
        )
        for row in rows
    ]


def breach(ref: str, *, actor: Actor) -> Known:
    """Return a breach by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    row = breaches(actor=actor).filter(ref=ref.strip().upper()).first()
    if row is None:
        raise RecordNotFound(ref)
    return known([row], actor=actor)[0]


def scopes(row: Breach, *, actor: Actor) -> Any:
    """Return what was read of the log about a breach, the newest first."""
    return (
        BreachScope.objects.seen_by(actor)
        .filter(breach=row)
        .select_related("account")
        .order_by("-created_at")
    )


def waiting(*, actor: Actor) -> tuple[int, int]:
    """Return how many breaches have no answer to the authority yet, and how many of them are past the 72 hours."""
    found = BreachStep.objects.seen_by(actor).filter(kind__in=[Step.NOTIFIED, Step.NO_RISK])
    open_ones = breaches(actor=actor).exclude(pk__in=found.values("breach"))
    due = list(open_ones.values_list("due_at", flat=True))
    return len(due), sum(at < timezone.now() for at in due)


def categories_behind(keys: Sequence[str]) -> dict[str, int | None]:
    """Return the persons behind rows by their category; nothing where they are under five.

    The database counts them for data protection only, whatever their label.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT category, n FROM openilp_categories_behind(%s::uuid[])", [list(keys)])
        return {code: n if n >= MINIMUM else None for code, n in sorted(cursor.fetchall())}
