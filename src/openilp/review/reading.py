"""Who reads the words of a node: a thread shows of a release, a recall, a rating or a reply no more than its page does.

That something was released is part of the thread for whoever is cleared for the edition; to whom it went, why, why it
was called back and what a reader thought of it is for those whom the release names, who made it or who answer for it.
"""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from openilp.collection.models import Report
from openilp.dissemination.models import Release
from openilp.dissemination.selectors import REGISTRARS, told_of
from openilp.safeguards.actor import Actor
from openilp.safeguards.roles import Role

#: Who reads the replies to other people's reports: those who grade and those who answer for the grading.
_EVALUATORS = frozenset({Role.INTELLIGENCE_OFFICER, Role.HEAD_OF_INTELLIGENCE})

#: The key that leads from a guarded row to the row whose readers count.
THROUGH = {"release": "pk", "recall": "release_id", "rating": "release_id", "reply": "report_id"}


def readable(kind: str, rows: Iterable[Any], *, actor: Actor) -> set[UUID]:
    """Return the keys of the rows whose words the actor may read."""
    found = list(rows)
    through = THROUGH.get(kind)
    if through is None:
        return {row.pk for row in found}
    allowed = _RULES[kind]({getattr(row, through) for row in found}, actor)
    return {row.pk for row in found if row.created_by_id == actor.user_id or getattr(row, through) in allowed}


def _of_releases(keys: set[UUID], actor: Actor) -> set[UUID]:
    told = told_of(Release.objects.seen_by(actor).filter(pk__in=keys), actor=actor)
    return set(told.values_list("pk", flat=True))


def _of_ratings(keys: set[UUID], actor: Actor) -> set[UUID]:
    if actor.has_role(*REGISTRARS):
        return keys
    own = Release.objects.seen_by(actor).filter(pk__in=keys, created_by_id=actor.user_id)
    return set(own.values_list("pk", flat=True))


def _of_reports(keys: set[UUID], actor: Actor) -> set[UUID]:
    if actor.has_role(*_EVALUATORS):
        return keys
    own = Report.objects.seen_by(actor).filter(pk__in=keys, created_by_id=actor.user_id)
    return set(own.values_list("pk", flat=True))


_RULES: dict[str, Callable[[set[UUID], Actor], set[UUID]]] = {
    "release": _of_releases,
    "recall": _of_releases,
    "rating": _of_ratings,
    "reply": _of_reports,
}
