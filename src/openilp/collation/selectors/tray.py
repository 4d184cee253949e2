"""What waits for a collator: graded reports with unsettled mentions, and rows in quarantine."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from openilp.collation import rules
from openilp.collation.models import Entity, Link, Settlement, Statement
from openilp.collection.models import Item, Mention, Report
from openilp.evaluation.models import Evaluation
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.labels import State
from openilp.safeguards.models import Matter

QUARANTINED = (State.QUARANTINED,)
#: Unsettled mentions that one tray is made of; what is older comes up as these are settled.
_MOST_OPEN = 600


def unsettled_mentions(*, actor: Actor) -> Any:
    """Return the mentions of graded items of which nothing was recorded yet."""
    settled = Settlement.objects.seen_by(actor).filter(mention=OuterRef("pk"))
    graded = Evaluation.objects.seen_by(actor).filter(item=OuterRef("item_id"))
    return Mention.objects.seen_by(actor).filter(~Exists(settled), Exists(graded), is_settled=False)


def in_tray(*, actor: Actor) -> Any:
    """Return the reports that are graded but hold mentions that nobody settled, the newest ones of a long tray.

    The mentions are looked up first, along the index of open ones: asked report by report, an agency that has
    settled nearly all of its mentions would walk through all of its reports.
    """
    newest = unsettled_mentions(actor=actor).order_by("-created_at", "-pk")
    items = set(newest.values_list("item_id", flat=True)[:_MOST_OPEN])
    reports = set(Item.objects.seen_by(actor).filter(pk__in=items).values_list("report_id", flat=True))
    return Report.objects.seen_by(actor).filter(pk__in=reports)


def mention(key: UUID, *, actor: Actor) -> Mention:
    """Return a mention by its key.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Mention | None = Mention.objects.seen_by(actor).filter(pk=key).first()
    if found is None:
        raise RecordNotFound(str(key))
    return found


def mentions_in(report: Report, *, actor: Actor) -> list[Mention]:
    """Return a report's unsettled mentions in the order of its items."""
    items = {item.pk: item for item in Item.objects.seen_by(actor).filter(report=report)}
    rows = unsettled_mentions(actor=actor).filter(item__in=list(items))
    return sorted(rows, key=lambda m: (items[m.item_id].number, m.created_at, str(m.pk)))


def item(ref: str, *, actor: Actor) -> Item:
    """Return an item by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Item | None = Item.objects.seen_by(actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def quarantined_entities(*, actor: Actor) -> Any:
    """Return the entities that have a statement in quarantine, for those who work at the quarantine desk."""
    held = Statement.objects.seen_by(actor, states=QUARANTINED).filter(state=State.QUARANTINED)
    return Entity.objects.seen_by(actor, states=QUARANTINED).filter(pk__in=held.values("entity_id"))


def quarantined_entity(ref: str, *, actor: Actor) -> Entity:
    """Return an entity in quarantine by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see there.
    """
    found: Entity | None = quarantined_entities(actor=actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def quarantined_statements(row: Entity, *, actor: Actor) -> Any:
    """Return an entity's statements in quarantine."""
    return Statement.objects.seen_by(actor, states=QUARANTINED).filter(entity=row)


def quarantined_names(rows: Iterable[Entity], *, actor: Actor) -> dict[UUID, str]:
    """Return what entities in quarantine are called there."""
    wanted = {row.pk: row.kind for row in rows}
    said: dict[UUID, list[rules.Named]] = {}
    held = Statement.objects.seen_by(actor, states=QUARANTINED).filter(entity__in=list(wanted))
    for key, about, value, folded, at in held.values_list(
        "entity_id", "property", "value", "value_key", "created_at"
    ):
        said.setdefault(key, []).append(rules.Named(about, value, folded, at))
    return {key: rules.label_of(wanted[key], named)[0] for key, named in said.items()}


def report_ref(row: Mention, *, actor: Actor) -> str:
    """Return the reference of the report that a mention stands in."""
    item = Item.objects.seen_by(actor).get(pk=row.item_id)
    return str(Report.objects.seen_by(actor).get(pk=item.report_id).ref)


def quarantined_links(*, actor: Actor) -> Any:
    """Return the links in quarantine."""
    return Link.objects.seen_by(actor, states=QUARANTINED)


def matter(ref: str, *, actor: Actor) -> Matter:
    """Return a matter by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may know of.
    """
    found: Matter | None = Matter.objects.seen_by(actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found
