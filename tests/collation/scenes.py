"""Reports, grades and entities for the tests of this room."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from openilp.collation import services
from openilp.collation.models import Entity, Link, Statement
from openilp.collation.rules import NewInvolvement, NewStatement
from openilp.collation.services import NewLink
from openilp.collection.models import Item, Report
from openilp.collection.rules import NewItem, NewMention, NewReport
from openilp.collection.services import submit_report
from openilp.evaluation.models import Evaluation
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import Label, Level
from tests.factories import LEGAL_BASIS, World, lawful

WITNESS = NewInvolvement(category="WIT")
SUSPECT = NewInvolvement(category="SUS", predicate="Seen at the yard with the stolen van.")


def secret(world: World, level: Level = Level.INTERNAL) -> Label:
    """Return the label of the operation's compartment."""
    return Label(level=level, compartments=frozenset({world.operation.pk}), owner_unit=world.region.pk)


def item(
    actor: Actor,
    text: str = "Bat-Erdene drove the van.",
    mentions: Sequence[NewMention] = (),
    label: Label | None = None,
) -> Item:
    """Hand in a report with one item and return the item."""
    new = NewReport(items=[NewItem(text, "fact", mentions)], urgency="low", provenance="seen")
    report = submit_report(actor=actor, new=new, legal_basis=LEGAL_BASIS, label=label)
    found: Item = Item.objects.seen_by(actor).get(report=report)
    return found


def report_of(row: Item, actor: Actor) -> Report:
    """Return the report of an item."""
    found: Report = Report.objects.seen_by(actor).get(pk=row.report_id)
    return found


def grade(actor: Actor, row: Item, source: str = "B", information: str = "2") -> Evaluation:
    """Grade an item."""
    made: Evaluation = Evaluation.objects.record(
        actor=actor,
        item=row,
        scheme="europol-4x4",
        scheme_version="1",
        source_grade=source,
        information_grade=information,
        handling_scheme="europol-h",
        handling="H1",
    )
    return made


def person(
    actor: Actor,
    name: str = "Bat-Erdene Ganbold",
    *more: NewStatement,
    source: Item | None = None,
    label: Label | None = None,
    involvement: NewInvolvement = WITNESS,
) -> Entity:
    """Record a person."""
    values = {} if source else lawful()
    return services.record_entity(
        actor=actor,
        kind="person",
        statements=[NewStatement("name", name), *more],
        item=source,
        involvement=involvement,
        label=label,
        **values,
    )


def vehicle(
    actor: Actor, plate: str = "4127 ӨҮА", *, source: Item | None = None, label: Label | None = None
) -> Entity:
    """Record a vehicle."""
    values = {} if source else lawful()
    return services.record_entity(
        actor=actor,
        kind="vehicle",
        statements=[NewStatement("plate", plate)],
        item=source,
        label=label,
        **values,
    )


def phone(actor: Actor, number: str = "+999 5550 0142", label: Label | None = None) -> Entity:
    """Record a telephone number."""
    return services.record_entity(
        actor=actor, kind="phone", statements=[NewStatement("number", number)], label=label, **lawful()
    )


def say(
    actor: Actor,
    entity: Entity,
    about: str,
    value: str,
    source: Item | None = None,
    label: Label | None = None,
    since: date | None = None,
) -> Statement:
    """Record one more statement."""
    values: dict[str, Any] = {} if source else lawful()
    return services.record_statement(
        actor=actor,
        entity=entity,
        new=NewStatement(about, value, valid_from=since),
        item=source,
        label=label,
        **values,
    )


def link(
    actor: Actor,
    source: Entity,
    target: Entity,
    kind: str = "uses",
    confirmation: str = "probable",
    label: Label | None = None,
    by: Item | None = None,
) -> Link:
    """Link two entities."""
    values: dict[str, Any] = {} if by else lawful()
    return services.link_entities(
        actor=actor,
        source=source,
        target=target,
        new=NewLink(kind, confirmation),
        item=by,
        label=label,
        **values,
    )


def judge(actor: Actor, left: Entity, right: Entity, verdict: str = "same", **more: Any) -> Any:
    """Judge the identity of two entities."""
    return services.judge_identity(
        actor=actor, left=left, right=right, verdict=verdict, reason="Same fingerprints.", **more
    )
