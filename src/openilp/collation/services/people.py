"""Verbs on persons: a category in a matter, a marking that asks for care."""

from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone

from openilp import reference
from openilp.collation import retention, rules
from openilp.collation.errors import CollationError, NotAPerson
from openilp.collation.models import Entity, Involvement, Marking
from openilp.collation.rules import NewInvolvement
from openilp.collection.models import Item
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import NotAMember, PurposeNeeded
from openilp.safeguards.labels import Label
from openilp.safeguards.models import Matter
from openilp.safeguards.roles import INTELLIGENCE


@action("collation.involve_person", roles=INTELLIGENCE)
def involve_person(
    *,
    actor: Actor,
    person: Entity,
    new: NewInvolvement,
    item: Item | None = None,
    supersedes: Involvement | None = None,
    label: Label | None = None,
    legal_basis: str = "",
    review_on: date | None = None,
) -> Involvement:
    """Give a person a category in a matter, with the facts that make a suspect; a new one supersedes the old one.

    Raises:
        NotAPerson: If the entity is not a person.
        CategoryMissing, PredicateMissing: If the category or the facts behind it are missing.
        NotAMember: If the actor is no member of the matter.
    """
    _require_person(person)
    rules.check_involvement(new)
    values: dict[str, Any] = {"supersedes": supersedes}
    if label is not None:
        values["label"] = label
    if legal_basis:
        values["legal_basis"] = legal_basis
    if review_on is not None:
        values["review_on"] = review_on
    return record_involvement(actor, person, new, item, values)


@action("collation.end_involvement", roles=INTELLIGENCE)
def end_involvement(*, actor: Actor, involvement: Involvement, until: date) -> Involvement:
    """End a person's category in a matter: from then on it is history.

    Raises:
        CollationError: If it would end before it began.
    """
    if until < involvement.since:
        raise CollationError("until", f"{until} lies before {involvement.since}; give a day on or after it.")
    Involvement.objects.seen_by(actor).filter(pk=involvement.pk, until=None).amend(until=until)
    ended: Involvement = Involvement.objects.seen_by(actor).get(pk=involvement.pk)
    return ended


@action("collation.mark_entity", roles=INTELLIGENCE)
def mark_entity(
    *,
    actor: Actor,
    entity: Entity,
    marking: str,
    reason: str,
    item: Item | None = None,
    legal_basis: str = "",
) -> Marking:
    """Mark a person as child, vulnerable, victim or privileged: care is due whatever the category.

    Raises:
        NotAPerson: If the entity is not a person.
        CollationError: If the marking is unknown or has no reason.
    """
    _require_person(entity)
    rules.require("marking", marking, "markings")
    if not reason.strip():
        raise CollationError("reason", "The reason is missing; say what the marking rests on.")
    values = {"legal_basis": legal_basis} if legal_basis else {}
    made: Marking = Marking.objects.record(
        actor=actor, entity=entity, marking=marking, reason=reason.strip()[:300], item=item, **values
    )
    if marking == "child":
        retention.heed_child(entity, actor=actor)
    return made


def record_involvement(
    actor: Actor, person: Entity, new: NewInvolvement, item: Item | None, values: dict[str, Any]
) -> Involvement:
    """Insert an involvement; one in a matter of some only is visible to its members only."""
    matter = _matter(actor, new)
    label: Label = values.get("label") or (item.label if item is not None else actor.label())
    if not matter.is_agency_wide:
        label = label.join(actor.label(level=label.level, compartments=frozenset({matter.pk})))
    kept = {k: v for k, v in values.items() if k != "label"}
    if item is None and not kept.get("legal_basis"):
        kept["legal_basis"] = matter.legal_basis
    if "review_on" not in kept:
        kept["review_on"] = _first_review(new.category, item)
    made: Involvement = Involvement.objects.record(
        actor=actor,
        person=person,
        matter=matter,
        category=new.category,
        predicate=new.predicate.strip(),
        since=new.since or timezone.localdate(),
        until=new.until,
        item=item,
        label=label,
        **kept,
    )
    retention.heed_age(made, person, actor=actor)
    return made


def _first_review(category: str, item: Item | None) -> date:
    """Return the day that the national profile sets for a category, or the item's where that comes first."""
    due = reference.national_profile(settings.OPENILP_PROFILE).review_due_on(timezone.localdate(), category)
    return due if item is None else min(due, item.review_on)


def _matter(actor: Actor, new: NewInvolvement) -> Matter:
    wanted = new.matter or actor.purpose
    if wanted is None:
        raise PurposeNeeded
    found: Matter | None = Matter.objects.seen_by(actor).filter(pk=wanted).first()
    if found is None or found.pk not in actor.compartments:
        raise NotAMember(str(wanted))
    return found


def _require_person(row: Entity) -> None:
    if not reference.entity_type(row.kind).is_person:
        raise NotAPerson(row.ref, row.kind)
