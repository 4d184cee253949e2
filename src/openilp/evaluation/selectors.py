"""Questions about grades: which one counts, what waits, what is urgent."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from openilp.collection.models import Item
from openilp.evaluation.models import Evaluation
from openilp.safeguards.actor import Actor


def standing(*, actor: Actor) -> Any:
    """Return the evaluations that the actor may see and that nothing visible supersedes."""
    seen = Evaluation.objects.seen_by(actor)
    return seen.filter(~Exists(Evaluation.objects.seen_by(actor).filter(supersedes=OuterRef("pk"))))


def current_evaluations(items: Iterable[Item | UUID], *, actor: Actor) -> dict[UUID, Evaluation]:
    """Return the standing evaluation of each item that has one, by item id."""
    keys = [item if isinstance(item, UUID) else item.pk for item in items]
    found = standing(actor=actor).filter(item__in=keys).order_by("created_at", "pk")
    return {row.item_id: row for row in found}
