"""Verbs on links between entities."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from openilp.collation import rules, selectors
from openilp.collation.errors import AlreadySuperseded, SameEntity
from openilp.collation.models import Entity, Link
from openilp.collection.models import Item
from openilp.evaluation.selectors import current_evaluations
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.labels import Label
from openilp.safeguards.roles import INTELLIGENCE


@dataclass(frozen=True)
class NewLink:
    """How two entities are connected, and how sure that is."""

    type: str
    confirmation: str
    kind: str = "fact"
    valid_from: date | None = None
    valid_until: date | None = None


@action("collation.link_entities", roles=INTELLIGENCE)
def link_entities(
    *,
    actor: Actor,
    source: Entity,
    target: Entity,
    new: NewLink,
    item: Item | None = None,
    label: Label | None = None,
    legal_basis: str = "",
    review_on: date | None = None,
) -> Link:
    """Record a link between two entities, with type, dates, certainty and the item that shows it.

    Raises:
        LinkNotAllowed: If the type does not run between these two types of entity.
        SameEntity: If both ends are one entity, also by a judgement that the actor may see.
        CollationError: If a code is unknown or the dates are the wrong way round.
    """
    _check(actor, source, target, new)
    values: dict[str, Any] = {}
    if label is not None:
        values["label"] = label
    if legal_basis:
        values["legal_basis"] = legal_basis
    if review_on is not None:
        values["review_on"] = review_on
    return _record(actor, source, target, new, item, values)


@action("collation.supersede_link", roles=INTELLIGENCE)
def supersede_link(*, actor: Actor, link: Link, new: NewLink) -> Link:
    """Replace a link by a corrected one, for instance when it was confirmed or has ended.

    Raises:
        AlreadySuperseded: If somebody else replaced it meanwhile.
        LinkNotAllowed, CollationError: If the new one cannot be made.
    """
    locked = Link.objects.seen_by(actor).select_for_update().filter(pk=link.pk).first()
    if locked is None or not selectors.visible_links(actor=actor).filter(pk=link.pk).exists():
        raise AlreadySuperseded(link.ref)
    ends = {
        row.pk: row for row in selectors.entities(actor=actor).filter(pk__in=[link.source_id, link.target_id])
    }
    if len(ends) < 2:
        raise RecordNotFound(link.ref)
    source, target = ends[link.source_id], ends[link.target_id]
    _check(actor, source, target, new)
    item = Item.objects.seen_by(actor).filter(pk=link.item_id).first()
    kept = {
        "label": link.label,
        "purpose_id": link.purpose_id,
        "legal_basis": link.legal_basis,
        "review_on": link.review_on,
        "supersedes": link,
        "batch_id": link.batch_id,
    }
    return _record(actor, source, target, new, item, kept)


def _check(actor: Actor, source: Entity, target: Entity, new: NewLink) -> None:
    if target.pk in selectors.cluster_of(source, actor=actor):
        raise SameEntity(source.ref)
    rules.check_link(new.type, source.kind, target.kind, new.confirmation, new.kind)
    rules.check_period(new.valid_from, new.valid_until)


def _record(
    actor: Actor, source: Entity, target: Entity, new: NewLink, item: Item | None, values: dict[str, Any]
) -> Link:
    grade = current_evaluations([item], actor=actor).get(item.pk) if item is not None else None
    made: Link = Link.objects.record(
        actor=actor,
        source=source,
        target=target,
        type=new.type,
        confirmation=new.confirmation,
        kind=new.kind,
        valid_from=new.valid_from,
        valid_until=new.valid_until,
        item=item,
        evaluation=grade,
        **values,
    )
    return made
