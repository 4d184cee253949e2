"""Everything about one entity in as few questions as possible: what its page shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from openilp.collation.models import Entity, IdentityJudgement, Marking, Statement
from openilp.collation.selectors.identity import identity_of
from openilp.collation.selectors.naming import EntityName, entities, named, names_by_id
from openilp.collation.selectors.relations import (
    Category,
    Relation,
    as_categories,
    as_relations,
    far_ends,
    involvements_of,
    links_from,
    markings_of,
    matters_by_id,
)
from openilp.collation.selectors.sources import Sources, sources_of
from openilp.collation.selectors.statements import PropertyGroup, grouped, statements_of
from openilp.safeguards.actor import Actor


@dataclass(frozen=True)
class Judged:
    """A standing judgement with the names of both sides."""

    row: IdentityJudgement
    left: EntityName
    right: EntityName


@dataclass(frozen=True)
class About:
    """One entity, with those that count as one with it, as an actor may see it.

    `compartments` are the titles of the matters that what is shown is confined to.
    """

    row: Entity
    cluster: frozenset[UUID]
    name: EntityName
    merged: tuple[EntityName, ...]
    statements: tuple[Statement, ...]
    groups: tuple[PropertyGroup, ...]
    relations: tuple[Relation, ...]
    categories: tuple[Category, ...]
    markings: tuple[Marking, ...]
    judgements: tuple[Judged, ...]
    sources: Sources
    level: int
    compartments: tuple[str, ...]


def about(row: Entity, *, actor: Actor) -> About:
    """Return an entity with its statements, links, categories, markings and judgements of identity."""
    identity = identity_of(row, actor=actor)
    here = identity.cluster
    statements = statements_of(here, actor=actor)
    links = links_from(here, actor=actor)
    behind = sources_of([*statements, *links], actor=actor)
    others = entities(actor=actor).filter(pk__in=here - {row.pk}) if len(here) > 1 else ()
    members = named([row, *others], statements)
    judged = {key for each in identity.judgements for key in (each.left_id, each.right_id)}
    known = members | names_by_id((far_ends(links, here) | judged) - set(members), actor=actor)
    involvements = involvements_of(here, actor=actor)
    shown: list[Any] = [*statements, *links, *involvements]
    inside = {key for each in shown for key in each.compartments}
    matters = matters_by_id(inside | {each.matter_id for each in involvements}, actor=actor)
    return About(
        row=row,
        cluster=here,
        name=_shared_name(row, members),
        merged=tuple(name for key, name in members.items() if key != row.pk),
        statements=tuple(statements),
        groups=tuple(grouped(statements, kind=row.kind, actor=actor, sources=behind)),
        relations=tuple(as_relations(links, here, known, behind)),
        categories=tuple(as_categories(involvements, matters)),
        markings=tuple(markings_of(here, actor=actor)),
        judgements=tuple(_named_judgements(identity.judgements, known)),
        sources=behind,
        level=max(each.level for each in shown),
        compartments=tuple(sorted(matters[key].title for key in inside if key in matters)),
    )


def _shared_name(row: Entity, members: dict[UUID, EntityName]) -> EntityName:
    """Return the name of an entity; names of those that it is one with are further names of it."""
    own = members[row.pk]
    others = [said for key, m in members.items() if key != row.pk for said in (m.label, *m.aliases)]
    further = dict.fromkeys([*own.aliases, *others])
    further.pop(own.label, None)
    return EntityName(own.id, own.ref, own.kind, own.label, tuple(further))


def _named_judgements(rows: Iterable[IdentityJudgement], known: dict[UUID, EntityName]) -> Iterable[Judged]:
    for each in rows:
        if each.left_id in known and each.right_id in known:
            yield Judged(each, known[each.left_id], known[each.right_id])
