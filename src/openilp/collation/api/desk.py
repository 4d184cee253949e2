"""The in-tray, the quarantine desk and searches over HTTP."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status

from openilp.collation import selectors, services
from openilp.collation.api import shapes
from openilp.collation.api.entities import category_of
from openilp.collation.selectors import Filters, HitGroup
from openilp.collation.services.quarantine import DESK
from openilp.safeguards.actions import opens
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, INTELLIGENCE
from openilp.safeguards.schemas import Created, Marked, Rows, created

router = Router()


class CollationWaitingOut(Marked):
    """A graded report whose mentions wait."""

    title: str
    urgency: str
    language: str


class CollationMentionOut(Schema):
    """A mention that nobody settled yet."""

    id: UUID
    entity_type: str
    text: str
    proposed_category: str


class SettleIn(Schema):
    """Which entity a mention means; without one a new entity is recorded."""

    entity: str = ""
    property: str = ""
    involvement: shapes.CategoryIn | None = None


class CollationReasonIn(Schema):
    """A reason."""

    reason: str


@router.get("/in-tray", response=Rows[CollationWaitingOut])
@opens("collation.list_waiting", roles=CONTENT)
def list_waiting(request: ActorRequest, after: str = "", size: int = 50) -> Any:
    """List the graded reports with unsettled mentions, newest first."""
    return Rows[CollationWaitingOut].of(page(selectors.in_tray(actor=request.actor), after=after, size=size))


@router.get("/mentions", response=Rows[CollationMentionOut])
@opens("collation.list_mentions", roles=CONTENT)
def list_mentions(request: ActorRequest, after: str = "", size: int = 50) -> Any:
    """List the mentions of graded items that nobody settled, newest first."""
    rows = selectors.unsettled_mentions(actor=request.actor)
    return Rows[CollationMentionOut].of(page(rows, after=after, size=size))


@router.post("/mentions/{key}/settle", response={201: Created})
@opens("collation.settle_mention_api", roles=INTELLIGENCE)
def settle_mention(request: ActorRequest, key: UUID, payload: SettleIn) -> Status[Created]:
    """Say which entity a mention means, known or new."""
    actor = request.actor
    row = services.settle_mention(
        actor=actor,
        mention=selectors.mention(key, actor=actor),
        entity=selectors.entity(payload.entity, actor=actor) if payload.entity else None,
        about=payload.property,
        involvement=category_of(payload.involvement, request),
    )
    return Status(201, created(row))


@router.post("/mentions/{key}/dismiss", response={201: Created})
@opens("collation.dismiss_mention_api", roles=INTELLIGENCE)
def dismiss_mention(request: ActorRequest, key: UUID, payload: CollationReasonIn) -> Status[Created]:
    """Settle a mention without recording anything."""
    mention = selectors.mention(key, actor=request.actor)
    return Status(
        201, created(services.dismiss_mention(actor=request.actor, mention=mention, reason=payload.reason))
    )


class QuarantinedOut(Schema):
    """An entity in quarantine."""

    id: UUID
    ref: str
    kind: str
    created_at: datetime


@router.get("/quarantine/entities", response=Rows[QuarantinedOut])
@opens("collation.list_quarantine", roles=DESK)
def list_quarantine(request: ActorRequest, after: str = "", size: int = 50) -> Any:
    """List the entities that were imported and not yet categorised."""
    rows = selectors.quarantined_entities(actor=request.actor)
    return Rows[QuarantinedOut].of(page(rows, after=after, size=size))


class CategoriseIn(Schema):
    """What an imported entity needs before it may be used."""

    involvement: shapes.CategoryIn | None = None


@router.post("/quarantine/entities/{ref}/categorise", response=Created)
@opens("collation.categorise_entity_api", roles=DESK)
def categorise_entity(request: ActorRequest, ref: str, payload: CategoriseIn) -> Created:
    """Take an entity out of quarantine; a person gets a category."""
    row = selectors.quarantined_entity(ref, actor=request.actor)
    return created(
        services.categorise_entity(
            actor=request.actor, entity=row, involvement=category_of(payload.involvement, request)
        )
    )


class FiltersIn(Schema):
    """What a search is narrowed to."""

    kind: str = ""
    entity_kind: str = ""
    property: str = ""
    since: date | None = None
    until: date | None = None
    matter: UUID | None = None

    def filters(self) -> Filters:
        """Return checked filters."""
        return Filters.from_json(self.dict(include=set(FiltersIn.model_fields)))


class SearchIn(FiltersIn):
    """A search to keep."""

    q: str = ""
    title: str
    reason: str
    expires_on: date
    legal_basis: str


class SearchOut(Marked):
    """A kept search."""

    title: str
    query: dict[str, str]
    reason: str
    expires_on: date
    alerted_at: datetime | None


@router.get("/search", response=list[shapes.HitGroupOut])
@opens("collation.search", roles=CONTENT)
def search(
    request: ActorRequest,
    q: str = "",
    kind: str = "",
    entity_kind: str = "",
    property: str = "",  # noqa: A002  # name of the query parameter
    since: str = "",
    until: str = "",
    matter: str = "",
) -> Any:
    """Search statements, reports and items, in any script; narrowed by kind, property, dates and matter."""
    filters = Filters.from_json(
        {
            "kind": kind,
            "entity_kind": entity_kind,
            "property": property,
            "since": since,
            "until": until,
            "matter": matter,
        }
    )
    return _groups(selectors.search(q, actor=request.actor, filters=filters))


def _groups(groups: list[HitGroup]) -> list[dict[str, Any]]:
    return [
        {"kind": g.kind, "hits": [shapes.HitOut.of(hit) for hit in g.hits], "has_more": g.has_more}
        for g in groups
    ]


@router.get("/searches", response=Rows[SearchOut])
@opens("collation.list_searches", roles=CONTENT)
def list_searches(request: ActorRequest, after: str = "", size: int = 50) -> Any:
    """List the caller's own saved searches."""
    return Rows[SearchOut].of(page(selectors.saved_searches(actor=request.actor), after=after, size=size))


@router.post("/searches", response={201: Created})
@opens("collation.save_search_api", roles=CONTENT)
def save_search(request: ActorRequest, payload: SearchIn) -> Status[Created]:
    """Keep a search that tells the caller about new hits until it expires."""
    row = services.save_search(
        actor=request.actor,
        title=payload.title,
        query=payload.q,
        filters=payload.filters(),
        reason=payload.reason,
        expires_on=payload.expires_on,
        legal_basis=payload.legal_basis,
    )
    return Status(201, created(row, f"/api/v1/collation/searches/{row.ref}/hits"))


@router.get("/searches/{ref}/hits", response=list[shapes.HitGroupOut])
@opens("collation.run_search", roles=CONTENT)
def run_search(request: ActorRequest, ref: str) -> Any:
    """Return what a saved search finds now."""
    row = selectors.saved_search(ref, actor=request.actor)
    return _groups(selectors.run_saved(row, actor=request.actor))


@router.post("/searches/{ref}/end", response=Created)
@opens("collation.end_search_api", roles=CONTENT)
def end_search(request: ActorRequest, ref: str) -> Created:
    """End a saved search before it expires."""
    row = selectors.saved_search(ref, actor=request.actor)
    return created(services.end_search(actor=request.actor, saved=row))
