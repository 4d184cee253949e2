"""Verbs on what is said of an entity: record, supersede, settle what a report mentions."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from openilp import reference
from openilp.collation import retention, rules, selectors
from openilp.collation.errors import (
    AlreadySettled,
    AlreadySuperseded,
    CollationError,
    NotFurtherThanItsSource,
)
from openilp.collation.models import Entity, Settlement, Statement
from openilp.collation.rules import NewInvolvement, NewStatement
from openilp.collation.services.people import record_involvement
from openilp.collection import waiting
from openilp.collection.models import Item, Mention
from openilp.evaluation.selectors import current_evaluations
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import Label, joined
from openilp.safeguards.roles import INTELLIGENCE


@action("collation.record_entity", roles=INTELLIGENCE)
def record_entity(
    *,
    actor: Actor,
    kind: str,
    statements: Sequence[NewStatement],
    item: Item | None = None,
    involvement: NewInvolvement | None = None,
    label: Label | None = None,
    legal_basis: str = "",
    review_on: date | None = None,
) -> Entity:
    """Record somebody or something new with the first statements; a person comes with a category in a matter.

    Raises:
        CollationError: If there is no statement, or one cannot be made of this type of entity.
        CategoryMissing: If a person has no category.
        PredicateMissing: If a person becomes a suspect without facts.
    """
    if not statements:
        raise CollationError("statements", "Nothing is stated; say at least one thing, such as a name.")
    for new in statements:
        _check(kind, new, item)
    is_person = reference.entity_type(kind).is_person
    if is_person:
        rules.check_involvement(involvement)
    row: Entity = Entity.objects.record(actor=actor, kind=kind)
    lawful = _lawful(label, legal_basis, review_on)
    for new in statements:
        _record(actor, row, new, item, lawful)
    if is_person and involvement is not None:
        record_involvement(actor, row, involvement, item, lawful)
    return row


@action("collation.record_statement", roles=INTELLIGENCE)
def record_statement(
    *,
    actor: Actor,
    entity: Entity,
    new: NewStatement,
    item: Item | None = None,
    label: Label | None = None,
    legal_basis: str = "",
    review_on: date | None = None,
) -> Statement:
    """Record one more claim about an entity, with its passage in a report and the item's grade at this moment.

    Raises:
        CollationError: If it cannot be stated of this entity; names field and remedy.
    """
    _check(entity.kind, new, item)
    return _record(actor, entity, new, item, _lawful(label, legal_basis, review_on))


@action("collation.supersede_statement", roles=INTELLIGENCE)
def supersede_statement(*, actor: Actor, statement: Statement, new: NewStatement) -> Statement:
    """Replace a statement by a corrected one; the old one stays readable as what was believed before.

    Raises:
        AlreadySuperseded: If somebody else replaced it meanwhile.
        CollationError: If the new one cannot be made.
    """
    locked = Statement.objects.seen_by(actor).select_for_update().filter(pk=statement.pk).first()
    standing = selectors.standing_statements(actor=actor).filter(pk=statement.pk)
    if locked is None or not standing.exists():
        raise AlreadySuperseded(statement.ref)
    entity = selectors.entities(actor=actor).get(pk=statement.entity_id)
    item = Item.objects.seen_by(actor).filter(pk=statement.item_id).first()
    if new.property != statement.property:
        raise CollationError(
            "property",
            f"{statement.ref} speaks of '{statement.property}'; record '{new.property}' as a statement of its own.",
        )
    _check(entity.kind, new, item)
    kept = {
        "label": statement.label,
        "purpose_id": statement.purpose_id,
        "legal_basis": statement.legal_basis,
        "review_on": statement.review_on,
        "supersedes": statement,
        "batch_id": statement.batch_id,
    }
    return _record(actor, entity, new, item, kept)


@action("collation.settle_mention", roles=INTELLIGENCE)
def settle_mention(
    *,
    actor: Actor,
    mention: Mention,
    entity: Entity | None = None,
    about: str = "",
    involvement: NewInvolvement | None = None,
    label: Label | None = None,
) -> Statement:
    """Say which entity a mention means, known or new; its words become a statement with the item as source.

    For a person the category that the reporter proposed is taken, unless another one is given.

    Raises:
        AlreadySettled: If somebody settled it meanwhile.
        CategoryMissing: If a person is new here and has no category.
        CollationError: If the entity is of another type.
    """
    item = _open_item(actor, mention)
    kind = mention.entity_type
    if entity is not None and entity.kind != kind:
        raise CollationError(
            "entity", f"{entity.ref} is a {entity.kind} and the mention a {kind}; choose one of its type."
        )
    new = NewStatement(
        property=about or reference.entity_type(kind).names[0],
        value=mention.text,
        kind=item.kind,
        span=_span(mention, item),
    )
    _check(kind, new, item)
    person = reference.entity_type(kind).is_person
    proposed = involvement or _proposed(mention)
    if person and (entity is None or involvement is not None or proposed.category):
        rules.check_involvement(proposed)
    row = entity or Entity.objects.record(actor=actor, kind=kind)
    lawful = _lawful(label, "", None)
    statement = _record(actor, row, new, item, dict(lawful))
    if person and proposed.category:
        record_involvement(actor, row, proposed, item, lawful)
    _settle(actor, mention, statement=statement, label=statement.label)
    return statement


@action("collation.dismiss_mention", roles=INTELLIGENCE)
def dismiss_mention(*, actor: Actor, mention: Mention, reason: str) -> Settlement:
    """Settle a mention without recording anything, with the reason.

    Raises:
        AlreadySettled: If somebody settled it meanwhile.
        CollationError: Without a reason.
    """
    _open_item(actor, mention)
    if not reason.strip():
        raise CollationError("reason", "The reason is missing; say why nothing is recorded of this mention.")
    return _settle(actor, mention, reason=reason.strip()[:300], label=mention.label)


def _open_item(actor: Actor, mention: Mention) -> Item:
    Mention.objects.seen_by(actor).select_for_update().get(pk=mention.pk)
    if Settlement.objects.seen_by(actor).filter(mention=mention).exists():
        raise AlreadySettled(mention.text)
    item: Item = Item.objects.seen_by(actor).get(pk=mention.item_id)
    return item


def _settle(
    actor: Actor, mention: Mention, *, label: Label, statement: Statement | None = None, reason: str = ""
) -> Settlement:
    made: Settlement = Settlement.objects.record(
        actor=actor,
        mention=mention,
        statement=statement,
        reason=reason,
        label=joined([mention.label, label]),
    )
    if _is_seen_alike(made.label, mention.label):
        waiting.close(mention, actor=actor)
    return made


def _is_seen_alike(settled: Label, mentioned: Label) -> bool:
    """Tell whether whoever sees a mention also sees what became of it; a secret settlement must not show on it."""
    return (
        settled.level == mentioned.level
        and settled.compartments == mentioned.compartments
        and settled.releasable_to == mentioned.releasable_to
        and settled.state == mentioned.state
    )


def _proposed(mention: Mention) -> NewInvolvement:
    return NewInvolvement(category=mention.proposed_category, predicate=mention.predicate)


def _span(mention: Mention, item: Item) -> tuple[int, int] | None:
    if mention.start is not None and mention.end is not None:
        return mention.start, mention.end
    at = item.text.find(mention.text)
    return (at, at + len(mention.text)) if at >= 0 else None


def _check(kind: str, new: NewStatement, item: Item | None) -> None:
    rules.check_statement(kind, new)
    if new.span is None:
        return
    start, end = new.span
    if item is None or not 0 <= start < end <= len(item.text):
        raise NotFurtherThanItsSource(start, end, len(item.text) if item else 0)


def _lawful(label: Label | None, legal_basis: str, review_on: date | None) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if label is not None:
        values["label"] = label
    if legal_basis:
        values["legal_basis"] = legal_basis
    if review_on is not None:
        values["review_on"] = review_on
    return values


def _record(
    actor: Actor, entity: Entity, new: NewStatement, item: Item | None, values: dict[str, Any]
) -> Statement:
    grade = current_evaluations([item], actor=actor).get(item.pk) if item is not None else None
    value = new.value.strip()
    made: Statement = Statement.objects.record(
        actor=actor,
        entity=entity,
        property=new.property,
        value=value,
        value_key=rules.value_key(entity.kind, new.property, value),
        kind=new.kind,
        item=item,
        evaluation=grade,
        sentence_start=new.span[0] if new.span else None,
        sentence_end=new.span[1] if new.span else None,
        valid_from=new.valid_from,
        valid_until=new.valid_until,
        **values,
    )
    if new.property == "birth_date" and new.kind == "fact":
        retention.heed_birth(entity, value, actor=actor)
    elif reference.entity_type(entity.kind).is_person:
        retention.heed_age(made, entity, actor=actor)
    return made
