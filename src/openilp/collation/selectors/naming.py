"""Which entities there are, and what each is called: computed from the statements that the actor may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.urls import reverse

from openilp import reference
from openilp.collation import rules
from openilp.collation.models import Entity, Statement
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound


@dataclass(frozen=True)
class EntityName:
    """An entity with what it is called and what else it is called; without a visible name its reference stands."""

    id: UUID
    ref: str
    kind: str
    label: str
    aliases: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Return the address of its page."""
        return reverse("collation:entity", args=[self.ref])


def standing_statements(*, actor: Actor) -> Any:
    """Return the statements that the actor may see and that nothing visible supersedes."""
    later = Statement.objects.seen_by(actor).filter(supersedes=OuterRef("pk"))
    return Statement.objects.seen_by(actor).filter(~Exists(later))


def entities(*, actor: Actor, kind: str = "") -> Any:
    """Return the entities that the actor may see, of one type when asked for."""
    found = Entity.objects.seen_by(actor)
    return found.filter(kind=kind) if kind else found


def entity(ref: str, *, actor: Actor) -> Entity:
    """Return an entity by its reference.

    Raises:
        RecordNotFound: If there is none of which the actor may see a statement.
    """
    found: Entity | None = entities(actor=actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def statement(ref: str, *, actor: Actor) -> Statement:
    """Return a statement by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Statement | None = Statement.objects.seen_by(actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def names(rows: Iterable[Entity], *, actor: Actor) -> dict[UUID, EntityName]:
    """Return the names of entities by their ids, from what the actor may see of each."""
    wanted = {row.pk: row for row in rows}
    if not wanted:
        return {}
    properties = {p for kind in {r.kind for r in wanted.values()} for p in reference.entity_type(kind).names}
    said: dict[UUID, list[rules.Named]] = {}
    found = standing_statements(actor=actor).filter(entity__in=list(wanted), property__in=sorted(properties))
    for key, about, value, folded, at in found.values_list(
        "entity_id", "property", "value", "value_key", "created_at"
    ):
        said.setdefault(key, []).append(rules.Named(about, value, folded, at))
    return {key: _name(row, said.get(key, [])) for key, row in wanted.items()}


def named(rows: Iterable[Entity], statements: Iterable[Statement]) -> dict[UUID, EntityName]:
    """Return the names of entities from standing statements that are at hand."""
    said: dict[UUID, list[rules.Named]] = {}
    for each in statements:
        told = rules.Named(each.property, each.value, each.value_key, each.created_at)
        said.setdefault(each.entity_id, []).append(told)
    return {row.pk: _name(row, said.get(row.pk, [])) for row in rows}


def names_by_id(ids: Iterable[UUID], *, actor: Actor) -> dict[UUID, EntityName]:
    """Return the names of those entities that the actor may see."""
    keys = list(set(ids))
    return names(entities(actor=actor).filter(pk__in=keys), actor=actor) if keys else {}


def name(row: Entity, *, actor: Actor) -> EntityName:
    """Return the name of one entity."""
    return names([row], actor=actor)[row.pk]


def _name(row: Entity, said: list[rules.Named]) -> EntityName:
    label, aliases = rules.label_of(row.kind, said)
    return EntityName(row.pk, row.ref, row.kind, label or row.ref, aliases)
