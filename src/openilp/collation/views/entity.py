"""The entity page and the list of entities."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from openilp import reference
from openilp.collation import selectors
from openilp.collation.models import Statement
from openilp.collection.models import Report
from openilp.evaluation.models import Evaluation
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, INTELLIGENCE

TABS = ("overview", "statements", "relations", "timeline", "map", "mentions", "products", "history")
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
    found = selectors.about(row, actor=actor)
    groups = list(found.groups)
    context: dict[str, Any] = {
        "entity": row,
        "name": found.name,
        "merged": found.merged,
        "groups": groups,
        "n_statements": len(found.statements),
        "n_conflicts": sum(group.is_conflict for group in groups),
        "relations": found.relations,
        "strongest": found.relations[:_STRONGEST],
        "categories": found.categories,
        "markings": found.markings,
        "judgements": found.judgements,
        "passages": _passages(groups),
        "handling": _strictest(groups),
        "review_on": min((s.review_on for s in found.statements), default=None),
        "tab": tab if tab in TABS else "statements",
        "tabs": TABS,
        "opened": request.GET.get("open") or _most_told(groups),
        "may_write": may_write(actor),
        "is_person": reference.entity_type(row.kind).is_person,
        "page_level": found.level,
        "page_compartments": list(found.compartments),
    }
    if context["tab"] == "timeline":
        context["moments"] = selectors.moments_of(found.statements, found.relations, found.categories)
        context["timeline"] = selectors.swim_lanes(context["moments"])
    elif context["tab"] == "map":
        context["places"] = selectors.places_of(found, actor=actor)
    elif context["tab"] == "history":
        context["history"] = _history(found, actor=actor)
    return render(request, "collation/entity.html", context)


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


@dataclass(frozen=True)
class PastStatement:
    """A statement as it was recorded; `is_replaced` says that it no longer counts."""

    row: Statement
    is_replaced: bool
    on: date


def _history(found: selectors.About, *, actor: Actor) -> list[PastStatement]:
    counts = {row.pk for row in found.statements}
    return [
        PastStatement(row, row.pk not in counts, row.recorded_on)
        for row in selectors.every_statement_of(found.cluster, actor=actor)
    ]
