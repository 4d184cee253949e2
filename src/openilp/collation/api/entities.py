"""Entities, statements, categories, markings and links over HTTP."""

from datetime import date
from typing import Any

from ninja import Router, Schema, Status

from openilp.collation import selectors, services
from openilp.collation.api import shapes
from openilp.collation.models import Entity
from openilp.collation.services import NewLink
from openilp.safeguards.actions import opens
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, INTELLIGENCE
from openilp.safeguards.schemas import Created, Rows, created

router = Router()


def source_of(payload: shapes.Sourced, request: ActorRequest) -> dict[str, Any]:
    """Return item and lawfulness of a new row."""
    item = selectors.item(payload.item, actor=request.actor) if payload.item else None
    return {"item": item, **payload.lawful()}


def category_of(payload: shapes.CategoryIn | None, request: ActorRequest) -> Any:
    """Return the involvement as the service takes it."""
    if payload is None:
        return None
    matter = selectors.matter(payload.matter, actor=request.actor).pk if payload.matter else None
    return payload.new(matter)


@router.get("/entities", response=Rows[shapes.EntityOut])
@opens("collation.list_entities", roles=CONTENT)
def list_entities(request: ActorRequest, kind: str = "", after: str = "", size: int = 50) -> Any:
    """List the entities of which the caller may see a statement, newest first."""
    found = page(selectors.entities(actor=request.actor, kind=kind), after=after, size=size)
    known = selectors.names(found.rows, actor=request.actor)
    return {"rows": [shapes.EntityOut.of(known[row.pk]) for row in found.rows], "next": found.next}


@router.get("/entities/suggestions", response=list[shapes.Suggestion])
@opens("collation.suggest_entities", roles=CONTENT)
def suggest_entities(request: ActorRequest, q: str = "", kind: str = "") -> Any:
    """Suggest entities for a field, in alphabetical order."""
    if len(q.strip()) < 2:
        return []
    hits = selectors.suggestions(q, actor=request.actor, kind=kind)
    return [{"id": h.ref, "ref": h.ref, "label": h.title, "detail": h.detail} for h in hits]


class DuplicateOut(Schema):
    """An entity that may be the same, with the properties that agree and differ."""

    entity: shapes.EntityOut
    agrees: list[str]
    differs: list[str]


@router.get("/entities/duplicates", response=list[DuplicateOut])
@opens("collation.find_duplicates", roles=INTELLIGENCE)
def find_duplicates(request: ActorRequest, kind: str, property: str, value: str) -> Any:  # noqa: A002  # name of the query parameter
    """Say which visible entities something new may already be."""
    found = selectors.duplicates_of_new(kind, {property: [value]}, actor=request.actor)
    return [_candidate(each) for each in found]


def _candidate(found: selectors.Candidate) -> dict[str, Any]:
    return {
        "entity": shapes.EntityOut.of(found.entity),
        "agrees": list(found.agreement.agrees),
        "differs": list(found.agreement.differs),
    }


@router.post("/entities", response={201: Created})
@opens("collation.record_entity_api", roles=INTELLIGENCE)
def record_entity(request: ActorRequest, payload: shapes.EntityIn) -> Status[Created]:
    """Record somebody or something new with the first statements."""
    row = services.record_entity(
        actor=request.actor,
        kind=payload.kind,
        statements=[said.new() for said in payload.statements],
        involvement=category_of(payload.involvement, request),
        **source_of(payload, request),
    )
    return Status(201, created(row, f"/api/v1/collation/entities/{row.ref}"))


@router.get("/entities/{ref}", response=shapes.EntityWhole)
@opens("collation.show_entity", roles=CONTENT)
def show_entity(request: ActorRequest, ref: str) -> Any:
    """Show an entity with everything that the caller may see of it, merged ones together."""
    actor = request.actor
    row = selectors.entity(ref, actor=actor)
    cluster = selectors.cluster_of(row, actor=actor)
    members = selectors.names_by_id(cluster, actor=actor)
    groups = selectors.grouped(selectors.statements_of(cluster, actor=actor), kind=row.kind, actor=actor)
    return {
        **shapes.EntityOut.of(members[row.pk]).dict(),
        "same_as": sorted(name.ref for key, name in members.items() if key != row.pk),
        "categories": [c.row for c in selectors.categories_of(cluster, actor=actor)],
        "markings": selectors.markings_of(cluster, actor=actor),
        "properties": [_property(group) for group in groups],
    }


def _property(group: selectors.PropertyGroup) -> dict[str, Any]:
    values = [
        {
            "value": value.value,
            "variants": list(value.variants),
            "independent_sources": value.n_independent,
            "statements": [line.row for line in value.lines],
        }
        for value in group.values
    ]
    return {"property": group.property, "is_conflict": group.is_conflict, "values": values}


@router.get("/entities/{ref}/relations", response=list[shapes.RelationOut])
@opens("collation.list_relations", roles=CONTENT)
def list_relations(request: ActorRequest, ref: str) -> Any:
    """List the links of an entity of which the caller may see both ends."""
    actor = request.actor
    cluster = selectors.cluster_of(selectors.entity(ref, actor=actor), actor=actor)
    return [_relation(found) for found in selectors.relations_of(cluster, actor=actor)]


def _relation(found: selectors.Relation) -> dict[str, Any]:
    row = found.row
    fields = [f for f in shapes.RelationOut.model_fields if f not in ("words", "other")]
    values = {field: getattr(row, field) for field in fields}
    return {**values, "words": found.words, "other": shapes.EntityOut.of(found.other)}


@router.post("/entities/{ref}/statements", response={201: Created})
@opens("collation.record_statement_api", roles=INTELLIGENCE)
def record_statement(request: ActorRequest, ref: str, payload: shapes.StatementIn) -> Status[Created]:
    """Record one more claim about an entity."""
    row = services.record_statement(
        actor=request.actor,
        entity=selectors.entity(ref, actor=request.actor),
        new=payload.new(),
        **source_of(payload, request),
    )
    return Status(201, created(row, f"/api/v1/collation/entities/{ref}"))


@router.post("/statements/{ref}/supersede", response={201: Created})
@opens("collation.supersede_statement_api", roles=INTELLIGENCE)
def supersede_statement(request: ActorRequest, ref: str, payload: shapes.SaidIn) -> Status[Created]:
    """Replace a statement by a corrected one."""
    old = selectors.statement(ref, actor=request.actor)
    row = services.supersede_statement(actor=request.actor, statement=old, new=payload.new())
    return Status(201, created(row))


@router.post("/entities/{ref}/involvements", response={201: Created})
@opens("collation.involve_person_api", roles=INTELLIGENCE)
def involve_person(request: ActorRequest, ref: str, payload: shapes.InvolvementIn) -> Status[Created]:
    """Give a person a category in a matter."""
    actor = request.actor
    old = selectors.involvement(payload.supersedes, actor=actor) if payload.supersedes else None
    row = services.involve_person(
        actor=actor,
        person=selectors.entity(ref, actor=actor),
        new=category_of(payload, request),
        supersedes=old,
        **source_of(payload, request),
    )
    return Status(201, created(row))


class EndIn(Schema):
    """The last day on which something held."""

    until: date


@router.post("/involvements/{ref}/end", response=Created)
@opens("collation.end_involvement_api", roles=INTELLIGENCE)
def end_involvement(request: ActorRequest, ref: str, payload: EndIn) -> Created:
    """End a person's category in a matter."""
    row = selectors.involvement(ref, actor=request.actor)
    return created(services.end_involvement(actor=request.actor, involvement=row, until=payload.until))


@router.post("/entities/{ref}/markings", response={201: Created})
@opens("collation.mark_entity_api", roles=INTELLIGENCE)
def mark_entity(request: ActorRequest, ref: str, payload: shapes.MarkingIn) -> Status[Created]:
    """Mark a person as child, vulnerable, victim or privileged."""
    source = source_of(payload, request)
    source.pop("review_on", None)
    row = services.mark_entity(
        actor=request.actor,
        entity=selectors.entity(ref, actor=request.actor),
        marking=payload.marking,
        reason=payload.reason,
        **source,
    )
    return Status(201, created(row))


@router.post("/links", response={201: Created})
@opens("collation.link_entities_api", roles=INTELLIGENCE)
def link_entities(request: ActorRequest, payload: shapes.LinkIn) -> Status[Created]:
    """Record a link between two entities."""
    row = services.link_entities(
        actor=request.actor,
        source=_end(payload.source, request),
        target=_end(payload.target, request),
        new=_link(payload),
        **source_of(payload, request),
    )
    return Status(201, created(row))


@router.post("/links/{ref}/supersede", response={201: Created})
@opens("collation.supersede_link_api", roles=INTELLIGENCE)
def supersede_link(request: ActorRequest, ref: str, payload: shapes.LinkChange) -> Status[Created]:
    """Replace a link by a corrected one."""
    old = selectors.link(ref, actor=request.actor)
    row = services.supersede_link(actor=request.actor, link=old, new=_link(payload))
    return Status(201, created(row))


def _end(ref: str, request: ActorRequest) -> Entity:
    return selectors.entity(ref, actor=request.actor)


def _link(payload: shapes.LinkIn | shapes.LinkChange) -> NewLink:
    return NewLink(payload.type, payload.confirmation, payload.kind, payload.valid_from, payload.valid_until)
