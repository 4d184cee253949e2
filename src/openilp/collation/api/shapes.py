"""Shapes of the room's API."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from openilp.collation.rules import NewInvolvement, NewStatement
from openilp.collation.selectors import EntityName, Graph, Hit
from openilp.safeguards.schemas import Marked


class Sourced(Schema):
    """Where a new row comes from: an item of a report, or else a legal basis of its own."""

    item: str = Field("", description="reference of the item that says so")
    legal_basis: str = Field("", description="needed where no item is given")
    review_on: date | None = None

    def lawful(self) -> dict[str, Any]:
        """Return the values for the service, as far as they are given."""
        values: dict[str, Any] = {}
        if self.legal_basis:
            values["legal_basis"] = self.legal_basis
        if self.review_on is not None:
            values["review_on"] = self.review_on
        return values


class SaidIn(Schema):
    """One claim about an entity."""

    property: str
    value: str
    kind: str = "fact"
    sentence_start: int | None = None
    sentence_end: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None

    def new(self) -> NewStatement:
        """Return it as the service takes it."""
        span = None
        if self.sentence_start is not None and self.sentence_end is not None:
            span = (self.sentence_start, self.sentence_end)
        return NewStatement(self.property, self.value, self.kind, span, self.valid_from, self.valid_until)


class StatementIn(SaidIn, Sourced):
    """One claim with its source."""


class CategoryIn(Schema):
    """A person's category in a matter; without a matter the one acted for."""

    category: str
    predicate: str = ""
    matter: str = Field("", description="reference of the matter")
    since: date | None = None

    def new(self, matter: UUID | None) -> NewInvolvement:
        """Return it as the service takes it."""
        return NewInvolvement(self.category, self.predicate, matter, self.since)


class InvolvementIn(CategoryIn, Sourced):
    """A category with its source."""

    supersedes: str = ""


class EntityIn(Sourced):
    """Somebody or something new, with the first statements; a person comes with a category."""

    kind: str
    statements: list[SaidIn]
    involvement: CategoryIn | None = None


class LinkIn(Sourced):
    """A link between two entities."""

    source: str
    target: str
    type: str
    confirmation: str
    kind: str = "fact"
    valid_from: date | None = None
    valid_until: date | None = None


class LinkChange(Schema):
    """What replaces a link."""

    type: str
    confirmation: str
    kind: str = "fact"
    valid_from: date | None = None
    valid_until: date | None = None


class MarkingIn(Sourced):
    """A marking that asks for care."""

    marking: str
    reason: str


class JudgementIn(Schema):
    """Whether two entities are one; `supersedes` names the judgement that stood before."""

    left: str
    right: str
    verdict: str
    reason: str
    evidence: list[str] = []
    supersedes: str = ""


class EntityOut(Schema):
    """An entity as far as the caller may know it."""

    id: UUID
    ref: str
    kind: str
    label: str
    aliases: list[str]
    url: str

    @classmethod
    def of(cls, name: EntityName) -> "EntityOut":
        """Return a name in this shape."""
        return cls.model_construct(
            id=name.id,
            ref=name.ref,
            kind=name.kind,
            label=name.label,
            aliases=list(name.aliases),
            url=name.url,
        )


class StatementOut(Marked):
    """A statement."""

    property: str
    value: str
    kind: str
    sentence_start: int | None
    sentence_end: int | None
    valid_from: date | None
    valid_until: date | None


class ValueOut(Schema):
    """One value of a property, with the number of independent sources."""

    value: str
    variants: list[str]
    independent_sources: int
    statements: list[StatementOut]


class PropertyOut(Schema):
    """Everything stated of one property."""

    property: str
    is_conflict: bool
    values: list[ValueOut]


class InvolvementOut(Marked):
    """A person's category in one matter."""

    category: str
    predicate: str
    since: date
    until: date | None


class MarkingOut(Schema):
    """A marking."""

    marking: str
    reason: str


class EntityWhole(EntityOut):
    """An entity with its statements, categories, markings and what it is one with."""

    same_as: list[str]
    categories: list[InvolvementOut]
    markings: list[MarkingOut]
    properties: list[PropertyOut]


class RelationOut(Marked):
    """A link as seen from one end."""

    type: str
    words: str
    confirmation: str
    kind: str
    valid_from: date | None
    valid_until: date | None
    other: EntityOut


class NodeOut(Schema):
    """A node of a network."""

    id: str
    ref: str
    kind: str
    label: str
    x: float | None
    y: float | None
    url: str
    degree: int


class EdgeOut(Schema):
    """An edge of a network."""

    id: str
    from_: str = Field(serialization_alias="from")
    to: str
    kind: str
    label: str
    confirmation: str
    sources: int
    start: date | None
    end: date | None


class NetworkOut(Schema):
    """A network, as the canvas draws it."""

    nodes: list[NodeOut]
    edges: list[EdgeOut]
    is_cut: bool = False


def network(graph: Graph) -> dict[str, Any]:
    """Return a graph as the canvas reads it."""
    nodes = [
        {
            "id": node.entity.ref,
            "ref": node.entity.ref,
            "kind": node.entity.kind,
            "label": node.entity.label,
            "x": node.x,
            "y": node.y,
            "url": node.entity.url,
            "degree": node.degree,
        }
        for node in graph.nodes
    ]
    edges = [
        {
            "id": edge.row.ref,
            "from_": edge.source,
            "to": edge.target,
            "kind": edge.row.type,
            "label": edge.words,
            "confirmation": edge.row.confirmation,
            "sources": edge.sources,
            "start": edge.row.valid_from,
            "end": edge.row.valid_until,
        }
        for edge in graph.edges
    ]
    return {"nodes": nodes, "edges": edges, "is_cut": graph.is_cut}


class Suggestion(Schema):
    """One line of a field with suggestions."""

    id: str
    ref: str
    label: str
    detail: str


class HitOut(Schema):
    """One thing that was found."""

    kind: str
    ref: str
    title: str
    detail: str
    url: str
    at: datetime

    @classmethod
    def of(cls, hit: Hit) -> "HitOut":
        """Return a hit in this shape."""
        return cls.model_construct(**vars(hit))


class HitGroupOut(Schema):
    """The hits of one kind."""

    kind: str
    hits: list[HitOut]
    has_more: bool
