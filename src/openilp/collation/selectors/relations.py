"""What an entity is connected with: links, involvements, markings, and all of it in time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext

from openilp import reference
from openilp.collation.models import Entity, Involvement, Link, Marking, Statement
from openilp.collation.selectors.identity import clusters_of
from openilp.collation.selectors.naming import EntityName, names_by_id
from openilp.collation.selectors.sources import Sources, sources_of
from openilp.collation.selectors.statements import statements_of
from openilp.collection.models import Report
from openilp.evaluation.models import Evaluation
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.models import Matter

#: Links that one page shows of an entity; the network shows more.
MOST_RELATIONS = 200


@dataclass(frozen=True)
class Relation:
    """One link as seen from an entity: the other end, and the words that read from here to there."""

    row: Link
    other: EntityName
    words: str
    report: Report | None
    evaluation: Evaluation | None


@dataclass(frozen=True)
class Category:
    """A person's category in one matter."""

    row: Involvement
    matter: Matter | None


def visible_links(*, actor: Actor) -> Any:
    """Return the standing links of which the actor may see both ends: a hidden end hides the link."""
    rows = Link.objects.seen_by(actor)
    later = Link.objects.seen_by(actor).filter(supersedes=OuterRef("pk"))
    ends = Entity.objects.seen_by(actor)
    return rows.filter(
        ~Exists(later),
        Exists(ends.filter(pk=OuterRef("source_id"))),
        Exists(ends.filter(pk=OuterRef("target_id"))),
    )


def link(ref: str, *, actor: Actor) -> Link:
    """Return a link by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see with both ends.
    """
    found: Link | None = visible_links(actor=actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def links_touching(ids: Iterable[UUID], *, actor: Actor) -> Any:
    """Return the visible links with an end among some entities."""
    keys = list(ids)
    return visible_links(actor=actor).filter(Q(source__in=keys) | Q(target__in=keys))


def relations_of(ids: Iterable[UUID], *, actor: Actor, most: int = MOST_RELATIONS) -> list[Relation]:
    """Return the links of entities that count as one, confirmed ones first, then by name."""
    here = frozenset(ids)
    rows = links_from(here, actor=actor, most=most)
    known = names_by_id(far_ends(rows, here), actor=actor)
    return as_relations(rows, here, known, sources_of(rows, actor=actor))


def links_from(here: frozenset[UUID], *, actor: Actor, most: int = MOST_RELATIONS) -> list[Link]:
    """Return the newest links that lead from entities that count as one to others."""
    rows = links_touching(here, actor=actor).order_by("-created_at", "-pk")[:most]
    return [row for row in rows if not {row.source_id, row.target_id} <= here]


def far_ends(rows: Iterable[Link], here: frozenset[UUID]) -> set[UUID]:
    """Return the entities at the other ends of links."""
    return {row.target_id if row.source_id in here else row.source_id for row in rows}


def as_relations(
    rows: Iterable[Link], here: frozenset[UUID], known: Mapping[UUID, EntityName], behind: Sources
) -> list[Relation]:
    """Return links as seen from entities that count as one, confirmed ones first, then by name.

    Args:
        rows: Links with one end here.
        here: The entities that count as one.
        known: Names of the other ends; a link to an end without one is left out.
        behind: What the links rest on.
    """
    found = [
        Relation(
            row=row,
            other=known[row.target_id if row.source_id in here else row.source_id],
            words=reading(row, forward=row.source_id in here),
            report=behind.report_of(row.item_id),
            evaluation=behind.evaluations.get(row.item_id) if row.item_id else None,
        )
        for row in rows
        if (row.target_id if row.source_id in here else row.source_id) in known
    ]
    order = reference.vocabulary("link-confirmations").codes
    return sorted(found, key=lambda r: (order.index(r.row.confirmation), r.other.label.casefold(), r.row.ref))


def reading(row: Link, *, forward: bool) -> str:
    """Return the English words of a link from one end to the other; pages translate them."""
    known = reference.link_type(row.type)
    return known.label if forward else known.reverse_label


def categories_of(ids: Iterable[UUID], *, actor: Actor) -> list[Category]:
    """Return the categories of a person, one a matter and category, the newest first; ended ones stand last."""
    rows = involvements_of(ids, actor=actor)
    return as_categories(rows, matters_by_id((row.matter_id for row in rows), actor=actor))


def involvements_of(ids: Iterable[UUID], *, actor: Actor) -> list[Involvement]:
    """Return the standing involvements of a person, newest first."""
    later = Involvement.objects.seen_by(actor).filter(supersedes=OuterRef("pk"))
    found = Involvement.objects.seen_by(actor).filter(~Exists(later), person__in=list(ids))
    return list(found.order_by("-since", "-created_at"))


def as_categories(rows: Iterable[Involvement], matters: Mapping[UUID, Matter]) -> list[Category]:
    """Return categories with the matters that are at hand; ended ones stand last."""
    found = [Category(row, matters.get(row.matter_id)) for row in rows]
    return sorted(found, key=lambda c: c.row.until is not None)


def matters_by_id(ids: Iterable[UUID], *, actor: Actor) -> dict[UUID, Matter]:
    """Return those matters that the actor may know of."""
    keys = set(ids)
    return {m.pk: m for m in Matter.objects.seen_by(actor).filter(pk__in=keys)} if keys else {}


def markings_of(ids: Iterable[UUID], *, actor: Actor) -> list[Marking]:
    """Return the markings of a person: care is due."""
    return list(Marking.objects.seen_by(actor).filter(entity__in=list(ids)).order_by("marking", "created_at"))


def involvement(ref: str, *, actor: Actor) -> Involvement:
    """Return an involvement by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Involvement | None = Involvement.objects.seen_by(actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def persons_in(matter: Matter, *, actor: Actor, limit: int) -> list[UUID]:
    """Return the visible persons involved in a matter, merged ones once."""
    rows = Involvement.objects.seen_by(actor).filter(
        Exists(Entity.objects.seen_by(actor).filter(pk=OuterRef("person_id"))), matter=matter
    )
    ids = list(dict.fromkeys(rows.order_by("created_at", "pk").values_list("person_id", flat=True)))[:limit]
    clusters = clusters_of(ids, actor=actor)
    return list(dict.fromkeys(min(clusters[key], key=str) for key in ids))


def _category_words(found: Category) -> str:
    word = gettext(reference.subject_category(found.row.category).label)
    return f"{word}: {found.matter}" if found.matter else word


@dataclass(frozen=True)
class Moment:
    """One dated thing about an entity; `until` is empty where it is a point or has not ended."""

    lane: str
    start: date
    until: date | None
    label: str
    url: str


def timeline_of(ids: Iterable[UUID], *, actor: Actor) -> list[Moment]:
    """Return what is dated about an entity: statements, links and categories, in order of time."""
    keys = list(ids)
    return moments_of(
        statements_of(keys, actor=actor), relations_of(keys, actor=actor), categories_of(keys, actor=actor)
    )


def moments_of(
    statements: Iterable[Statement], relations: Iterable[Relation], categories: Iterable[Category]
) -> list[Moment]:
    """Return what is dated among things that are at hand, in order of time."""
    moments = [
        Moment(
            "statement",
            row.valid_from,
            row.valid_until,
            f"{gettext(reference.entity_property(row.property).label)}: {row.value}",
            "",
        )
        for row in statements
        if row.valid_from
    ]
    moments += [
        Moment(
            "relation",
            r.row.valid_from,
            r.row.valid_until,
            f"{gettext(r.words)} {r.other.label}",
            r.other.url,
        )
        for r in relations
        if r.row.valid_from
    ]
    moments += [Moment("category", c.row.since, c.row.until, _category_words(c), "") for c in categories]
    return sorted(moments, key=lambda m: (m.start, m.lane, m.label))


def swim_lanes(moments: list[Moment]) -> dict[str, Any]:
    """Return dated things as the timeline draws them: one lane a sort."""
    names = {
        "statement": gettext("Statements"),
        "relation": gettext("Relations"),
        "category": gettext("Categories"),
    }
    used = [lane for lane in names if any(m.lane == lane for m in moments)]
    return {
        "lanes": [{"id": lane, "label": names[lane]} for lane in used],
        "events": [
            {
                "lane": m.lane,
                "start": m.start.isoformat(),
                "end": m.until.isoformat() if m.until else None,
                "precision": "exact",
                "label": m.label,
                "url": m.url or None,
            }
            for m in moments
        ],
    }
