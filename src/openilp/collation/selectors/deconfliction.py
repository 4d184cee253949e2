"""Who works on the same: new records of others that may be what an actor keeps hidden from their authors.

Nothing of this runs when somebody records or looks something up: whoever is not cleared gets the same answer, by the
same questions, whether a hidden record exists or not. It is asked later, as the owner of the hidden record, of
what that owner may see anyway. Two records that are hidden from each other's owners are brought together by nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from openilp.collation.models import Entity, Statement
from openilp.collation.selectors.identity import candidates_for
from openilp.collation.selectors.naming import EntityName, entities, names
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import Level
from openilp.safeguards.models import User
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import Role

#: New records that one look compares, the authors taking turns; what is older was compared by an earlier look.
MOST_NEW = 100


@dataclass(frozen=True)
class Overlap:
    """A new record of somebody else that may be the same as one that its author cannot see."""

    mine: EntityName
    new: EntityName
    author: UUID


def overlaps(*, actor: Actor, since: datetime) -> list[Overlap]:
    """Return new records of others that may be what the actor holds in the matter acted for, hidden from the author.

    The actor holds what it recorded itself; a head of intelligence holds what belongs to one's own unit.

    Args:
        actor: The owner of hidden records.
        since: From when on a record is new.
    """
    held = _held(actor)
    mine = set(held.values_list("entity_id", flat=True))
    if not mine:
        return []
    found: list[Overlap] = []
    authors: dict[UUID, Actor | None] = {}
    fresh = _recorded_by_others(actor, since)
    known = names(fresh.values(), actor=actor)
    for author, row in ((author, row) for (author, _key), row in fresh.items()):
        if author not in authors:
            authors[author] = _as_of_now(author)
        asker = authors[author]
        likely = [c.entity for c in candidates_for(row, actor=actor, among=mine)] if asker is not None else []
        hidden = _hidden_from(asker, held, likely, actor=actor) if asker is not None else set()
        found += [Overlap(name, known[row.pk], author) for name in likely if name.id in hidden]
    return list(dict.fromkeys(found))


def _held(actor: Actor) -> Any:
    """Return the statements of the matter acted for that the actor answers for and that not everybody sees."""
    own = Q(created_by_id=actor.user_id)
    if actor.has_role(Role.HEAD_OF_INTELLIGENCE):
        own |= Q(owner_unit_id=actor.unit_id)
    secret = Q(level__gt=Level.INTERNAL) | ~Q(compartments=[])
    return Statement.objects.seen_by(actor).filter(own, secret, purpose_id=actor.purpose)


def _recorded_by_others(actor: Actor, since: datetime) -> dict[tuple[UUID, UUID], Entity]:
    """Return the entities of which somebody else stated something lately, by author and entity.

    The authors take turns: nobody hides one record from the look behind a hundred of his own.
    """
    said = Statement.objects.seen_by(actor).filter(created_at__gte=since).exclude(created_by_id=actor.user_id)
    turn = Window(RowNumber(), partition_by=F("created_by_id"), order_by=["-created_at", "-pk"])
    newest = (
        said.annotate(turn=turn).order_by("turn", "-created_at").values_list("created_by_id", "entity_id")
    )
    pairs = list(dict.fromkeys(newest[:MOST_NEW]))
    rows = {row.pk: row for row in entities(actor=actor).filter(pk__in={key for _author, key in pairs})}
    return {(author, key): rows[key] for author, key in pairs if key in rows}


def _as_of_now(author: UUID) -> Actor | None:
    """Return the author with the reach of now, or nothing for a closed account."""
    user = User.objects.filter(pk=author, is_active=True).first()
    return actor_for(user) if user is not None else None


def _hidden_from(asker: Actor, held: Any, likely: Iterable[EntityName], *, actor: Actor) -> set[UUID]:
    """Return the candidates that the actor holds and of which the author of the new record sees nothing."""
    ids = [name.id for name in likely]
    mine = set(held.filter(entity__in=ids).values_list("entity_id", flat=True)) if ids else set()
    if not mine:
        return set()
    said = Statement.objects.seen_by(actor).filter(entity__in=mine)
    return mine - {row.entity_id for row in said if asker.may_see(row.label)}
