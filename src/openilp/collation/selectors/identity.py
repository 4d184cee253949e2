"""Who may be whom: clusters from the judgements that the actor may see, and candidates to compare."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from openilp import reference
from openilp.collation import rules
from openilp.collation.models import Entity, IdentityJudgement, Statement
from openilp.collation.rules import places
from openilp.collation.selectors.naming import EntityName, entities, names_by_id, standing_statements
from openilp.safeguards import searching
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.paging import MOST

MOST_CANDIDATES = 10
_LOOKED_AT = 200
_SHORT = 3
_MOST_WORDS = 24


@dataclass(frozen=True)
class Candidate:
    """An entity that may be the same, with what agrees and what differs; a human compares and judges."""

    entity: EntityName
    agreement: rules.Agreement
    judgement: IdentityJudgement | None = None


@dataclass(frozen=True)
class Identity:
    """All that count as one with an entity, itself included, and the standing judgements about them, newest first."""

    cluster: frozenset[UUID]
    judgements: tuple[IdentityJudgement, ...]


def standing_judgements(*, actor: Actor) -> Any:
    """Return the judgements that the actor may see and that nothing visible supersedes."""
    later = IdentityJudgement.objects.seen_by(actor).filter(supersedes=OuterRef("pk"))
    return IdentityJudgement.objects.seen_by(actor).filter(~Exists(later))


def judgement(ref: str, *, actor: Actor) -> IdentityJudgement:
    """Return a judgement by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: IdentityJudgement | None = (
        IdentityJudgement.objects.seen_by(actor).filter(ref=ref.strip().upper()).first()
    )
    if found is None:
        raise RecordNotFound(ref)
    return found


def judgements_about(ids: Iterable[UUID], *, actor: Actor) -> list[IdentityJudgement]:
    """Return the standing judgements about entities, newest first."""
    keys = list(ids)
    found = standing_judgements(actor=actor).filter(Q(left__in=keys) | Q(right__in=keys))
    return list(found.select_related("created_by").order_by("-created_at", "-pk"))


def judgement_between(left: Entity, right: Entity, *, actor: Actor) -> IdentityJudgement | None:
    """Return the newest standing judgement about two entities."""
    pair = Q(left=left, right=right) | Q(left=right, right=left)
    found: IdentityJudgement | None = (
        standing_judgements(actor=actor)
        .filter(pair)
        .select_related("created_by")
        .order_by("-created_at", "-pk")
        .first()
    )
    return found


def clusters_of(ids: Iterable[UUID], *, actor: Actor) -> dict[UUID, frozenset[UUID]]:
    """Return, for each entity, all those that visible judgements make one with it, itself included.

    It is worked out each time for this actor: what one may see must never shape what another gets.
    """
    seeds = list(dict.fromkeys(ids))
    pairs: set[tuple[UUID, UUID]] = set()
    asked: set[UUID] = set()
    frontier = set(seeds)
    while frontier:
        touching = Q(left__in=frontier) | Q(right__in=frontier)
        same = standing_judgements(actor=actor).filter(touching, verdict=rules.SAME)
        found = set(same.values_list("left_id", "right_id"))
        pairs |= found
        asked |= frontier
        frontier = {key for pair in found for key in pair} - asked
    if pairs:
        visible = set(entities(actor=actor).filter(pk__in=asked).values_list("pk", flat=True))
        pairs = {pair for pair in pairs if set(pair) <= visible}
    return rules.components(pairs, seeds)


def identity_of(row: Entity, *, actor: Actor) -> Identity:
    """Return the cluster of an entity together with the judgements about it: one question a step of the chain."""
    met: dict[UUID, IdentityJudgement] = {}
    asked: set[UUID] = set()
    frontier = {row.pk}
    while frontier:
        touching = Q(left__in=frontier) | Q(right__in=frontier)
        found = list(standing_judgements(actor=actor).filter(touching).select_related("created_by"))
        met |= {each.pk: each for each in found}
        asked |= frontier
        frontier = {key for pair in _same(found) for key in pair} - asked
    pairs = _same(met.values())
    if pairs:
        visible = set(entities(actor=actor).filter(pk__in=asked).values_list("pk", flat=True))
        pairs = {pair for pair in pairs if set(pair) <= visible}
    cluster = rules.components(pairs, [row.pk])[row.pk]
    about = [each for each in met.values() if {each.left_id, each.right_id} & cluster]
    return Identity(
        cluster, tuple(sorted(about, key=lambda each: (each.created_at, str(each.pk)), reverse=True))
    )


def _same(judgements: Iterable[IdentityJudgement]) -> set[tuple[UUID, UUID]]:
    return {(each.left_id, each.right_id) for each in judgements if each.verdict == rules.SAME}


def cluster_of(row: Entity, *, actor: Actor) -> frozenset[UUID]:
    """Return all entities that visible judgements make one with an entity, itself included."""
    return clusters_of([row.pk], actor=actor)[row.pk]


def keys_of(ids: Iterable[UUID], *, actor: Actor) -> dict[UUID, dict[str, set[str]]]:
    """Return the keys of each entity's visible statements, by property."""
    found: dict[UUID, dict[str, set[str]]] = {}
    rows = standing_statements(actor=actor).filter(entity__in=list(ids))
    for entity_id, about, key in rows.values_list("entity_id", "property", "value_key"):
        found.setdefault(entity_id, {}).setdefault(about, set()).add(key)
    return found


def duplicates_of_new(kind: str, values: Mapping[str, Iterable[str]], *, actor: Actor) -> list[Candidate]:
    """Return entities that what is being entered may already be, in alphabetical order.

    Only visible ones: a hidden candidate yields no warning.

    Args:
        kind: Type of the entity being entered.
        values: Values as typed, by property.
        actor: Who enters it.
    """
    keys = {
        about: {rules.value_key(kind, about, value) for value in said if value.strip()}
        for about, said in values.items()
        if about in reference.entity_type(kind).properties
    }
    return _candidates(kind, keys, leave_out=frozenset(), actor=actor)


def candidates_for(row: Entity, *, actor: Actor, among: Any = None) -> list[Candidate]:
    """Return entities that an entity may be the same as and that nobody has judged yet.

    Args:
        row: The entity.
        actor: Who asks.
        among: Ids to choose from, where not all that the actor may see: others then take no place in the list.
    """
    cluster = cluster_of(row, actor=actor)
    merged: dict[str, set[str]] = {}
    for said in keys_of(cluster, actor=actor).values():
        for about, keys in said.items():
            merged.setdefault(about, set()).update(keys)
    judged = {key for j in judgements_about(cluster, actor=actor) for key in (j.left_id, j.right_id)}
    return _candidates(row.kind, merged, leave_out=cluster | judged, among=among, actor=actor)


def _candidates(
    kind: str, keys: Mapping[str, set[str]], *, leave_out: frozenset[UUID], actor: Actor, among: Any = None
) -> list[Candidate]:
    ids = _touched(kind, keys, actor=actor, among=among) - leave_out
    if among is not None:
        ids &= set(among)
    found = names_by_id(list(ids)[:_LOOKED_AT], actor=actor)
    theirs = keys_of(found, actor=actor)
    compared = [
        Candidate(name, rules.agreement(keys, theirs.get(name.id, {}), kind=kind))
        for name in found.values()
        if name.kind == kind
    ]
    likely = [c for c in compared if c.agreement.is_candidate]
    return sorted(likely, key=lambda c: (c.entity.label.casefold(), c.entity.ref))[:MOST_CANDIDATES]


def _touched(kind: str, keys: Mapping[str, set[str]], *, actor: Actor, among: Any = None) -> set[UUID]:
    """Return the entities that share a key, or for names a word; row security leaves these indexes usable."""
    if kind == rules.PLACE:
        return _near(keys, actor=actor)
    known = reference.entity_type(kind)
    ids: set[UUID] = set()
    exact = Q()
    words: set[str] = set()
    for about, values in keys.items():
        if reference.entity_property(about).datatype is reference.Datatype.IDENTIFIER:
            exact |= Q(property=about, value_key__in=sorted(values))
        elif about in known.names:
            words |= {word for value in values for word in value.split() if len(word) >= _SHORT}
    if exact:
        rows = standing_statements(actor=actor).filter(exact)
        if among is not None:
            rows = rows.filter(entity__in=among)
        ids.update(rows.values_list("entity_id", flat=True)[:_LOOKED_AT])
    if words:
        query = " or ".join(sorted(words)[:_MOST_WORDS])
        found = searching.by_words(Statement, actor=actor, query=query, size=MOST)
        ids.update(row.entity_id for row in found.rows)
    return ids


def _near(keys: Mapping[str, set[str]], *, actor: Actor) -> set[UUID]:
    """Return the entities of which a position is near, or a text holds the house number or all words of one here."""
    ids: set[UUID] = set()
    for point in filter(None, map(places.position, keys.get("point", ()))):
        (west, south), (east, north) = places.around(point)
        rows = standing_statements(actor=actor).filter(
            longitude__range=(west, east), latitude__range=(south, north)
        )
        ids.update(rows.values_list("entity_id", flat=True)[:_LOOKED_AT])
    texts = [key for about in ("place_name", "address") for key in keys.get(about, ())]
    queries = sorted({query for key in texts for query in places.queries(key)})[:_MOST_WORDS]
    if queries:
        found = searching.by_words(Statement, actor=actor, query=" or ".join(queries), size=MOST)
        ids.update(row.entity_id for row in found.rows)
    return ids
