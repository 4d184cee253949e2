"""The entity page and the list of entities."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from openilp import reference
from openilp.collation import selectors
from openilp.collation.models import Entity, Statement
from openilp.collection.models import Report
from openilp.evaluation.models import Evaluation
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Matter
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, INTELLIGENCE

TABS = ("overview", "statements", "relations", "timeline", "mentions", "history")
_STRONGEST = 5


@opens("collation.entities", roles=CONTENT)
def entities(request: ActorRequest) -> HttpResponse:
    """List the entities of which the actor may see a statement, newest first, or those that a name matches."""
    actor, kind, query = request.actor, request.GET.get("kind", ""), request.GET.get("q", "").strip()
    kinds = reference.vocabulary("entity-types").codes
    kind = kind if kind in kinds else ""
    context: dict[str, Any] = {"kinds": kinds, "kind": kind, "q": query, "may_write": may_write(actor)}
    if query:
        context["hits"] = selectors.suggestions(query, actor=actor, kind=kind, most=50)
        return render(request, "collation/entities.html", context)
    found = page(selectors.entities(actor=actor, kind=kind), after=request.GET.get("after", ""))
    known = selectors.names(found.rows, actor=actor)
    context |= {"page": found, "rows": [(known[row.pk], row) for row in found.rows]}
    return render(request, "collation/entities.html", context)


def may_write(actor: Actor) -> bool:
    """Tell whether the actor collates."""
    return actor.has_role(*INTELLIGENCE)


@dataclass(frozen=True)
class Passage:
    """One report that speaks of the entity, with its words."""

    report: Report
    quote: str
    evaluation: Evaluation | None


@opens("collation.entity", roles=CONTENT)
def entity(request: ActorRequest, ref: str) -> HttpResponse:
    """Show an entity: categories a matter, statements with sources, relations, times, mentions, history."""
    actor = request.actor
    row = selectors.entity(ref, actor=actor)
    tab = request.GET.get("tab", "statements")
    cluster = selectors.cluster_of(row, actor=actor)
    members = selectors.names_by_id(cluster, actor=actor)
    statements = selectors.statements_of(cluster, actor=actor)
    groups = selectors.grouped(statements, kind=row.kind, actor=actor)
    relations = selectors.relations_of(cluster, actor=actor)
    categories = selectors.categories_of(cluster, actor=actor)
    passages = _passages(groups)
    context: dict[str, Any] = {
        "entity": row,
        "name": _shared_name(row, members),
        "merged": [name for key, name in members.items() if key != row.pk],
        "groups": groups,
        "n_statements": len(statements),
        "n_conflicts": sum(group.is_conflict for group in groups),
        "relations": relations,
        "strongest": relations[:_STRONGEST],
        "categories": categories,
        "markings": selectors.markings_of(cluster, actor=actor),
        "passages": passages,
        "handling": _strictest(groups),
        "review_on": min((s.review_on for s in statements), default=None),
        "tab": tab if tab in TABS else "statements",
        "opened": request.GET.get("open") or _most_told(groups),
        "may_write": may_write(actor),
        "is_person": reference.entity_type(row.kind).is_person,
        "page_level": max([s.level for s in statements] + [r.row.level for r in relations]),
        "page_compartments": _compartments(
            [*statements, *(c.row for c in categories), *(r.row for r in relations)], actor=actor
        ),
        **_identity(cluster, actor=actor),
    }
    if context["tab"] == "timeline":
        context["moments"] = selectors.timeline_of(cluster, actor=actor)
        context["timeline"] = selectors.swim_lanes(context["moments"])
    if context["tab"] == "history":
        context["history"] = _history(cluster, statements, actor=actor)
    return render(request, "collation/entity.html", context)


def _shared_name(row: Entity, members: dict[UUID, selectors.EntityName]) -> selectors.EntityName:
    """Return the name of an entity; names of those that it is one with are further names of it."""
    own = members[row.pk]
    others = [n for key, m in members.items() if key != row.pk for n in (m.label, *m.aliases)]
    further = dict.fromkeys([*own.aliases, *others])
    further.pop(own.label, None)
    return selectors.EntityName(own.id, own.ref, own.kind, own.label, tuple(further))


def _identity(cluster: frozenset[UUID], *, actor: Actor) -> dict[str, Any]:
    rows = selectors.judgements_about(cluster, actor=actor)
    ends = {key for j in rows for key in (j.left_id, j.right_id)}
    known = selectors.names_by_id(ends, actor=actor)
    judgements = [
        {"row": j, "left": known[j.left_id], "right": known[j.right_id]}
        for j in rows
        if j.left_id in known and j.right_id in known
    ]
    return {"judgements": judgements}


def _passages(groups: list[selectors.PropertyGroup]) -> list[Passage]:
    found: dict[UUID, Passage] = {}
    for group in groups:
        for value in group.values:
            for line in value.lines:
                if line.report is not None and line.item is not None:
                    found.setdefault(line.item.pk, Passage(line.report, line.item.text, line.evaluation))
    return sorted(found.values(), key=lambda p: (p.report.created_at, p.quote), reverse=True)


def _most_told(groups: list[selectors.PropertyGroup]) -> str:
    """Return the reference of the value that most statements give: its sources are shown at first."""
    values = [value for group in groups if not group.is_conflict for value in group.values]
    most = max(values, key=lambda v: v.n_statements, default=None)
    return str(most.newest.row.ref) if most is not None and most.n_statements > 1 else ""


def _strictest(groups: list[selectors.PropertyGroup]) -> Evaluation | None:
    grades = [x.evaluation for g in groups for v in g.values for x in v.lines if x.evaluation]
    return max(
        grades, key=lambda e: reference.handling_code(e.handling_scheme, e.handling).order, default=None
    )


def _compartments(rows: Iterable[Any], *, actor: Actor) -> list[str]:
    keys = {key for row in rows for key in row.compartments}
    if not keys:
        return []
    return sorted(m.title for m in Matter.objects.seen_by(actor).filter(pk__in=keys))


@dataclass(frozen=True)
class PastStatement:
    """A statement as it was recorded; `is_replaced` says that it no longer counts."""

    row: Statement
    is_replaced: bool
    on: date


def _history(cluster: frozenset[UUID], standing: list[Statement], *, actor: Actor) -> list[PastStatement]:
    counts = {row.pk for row in standing}
    return [
        PastStatement(row, row.pk not in counts, row.recorded_on)
        for row in selectors.every_statement_of(cluster, actor=actor)
    ]
