"""Editions to release, valid by default: one graded, settled item, written by an analyst."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from openilp.analysis.models import Edition, Product
from openilp.collation.models import Entity, Involvement, Settlement, Statement
from openilp.collection.models import Item, Mention
from openilp.collection.rules import NewItem, NewMention
from openilp.dissemination import services
from openilp.evaluation import services as evaluation
from openilp.evaluation.rules import NewGrade
from openilp.safeguards.roles import Role
from tests.evaluation.making import GRADE, Act, hand_in, item_of
from tests.factories import World, lawful

ANALYST, HEAD, OFFICER = Role.OPERATIONAL_ANALYST, Role.HEAD_OF_INTELLIGENCE, Role.INTELLIGENCE_OFFICER
TEXT = NewItem("A white van left the yard.", "fact", [NewMention("vehicle", "white van")])
PERSON = NewItem("Ольга Мост drove it.", "fact", [NewMention("person", "Ольга Мост")])


def graded_item(
    world: World, act: Act, *, grade: NewGrade | None = GRADE, item: NewItem = TEXT, **more: Any
) -> Item:
    """Hand in a report with one item and grade it."""
    with act(world.user(OFFICER), world.desk) as actor:
        report = hand_in(actor, items=(item,), **more)
        made = item_of(report, actor)
        if grade is not None:
            evaluation.evaluate_item(actor=actor, item=made, grade=grade)
    return made


def content_of(product: Product, items: tuple[Item, ...], evaluations: dict[UUID, str]) -> dict[str, Any]:
    """Return the frozen content of an edition that cites items, in the form that analysis writes."""
    return {
        "schema": 1,
        "product": product.ref,
        "product_type": product.product_type,
        "type_label": "Problem profile",
        "title": product.title,
        "number": 1,
        "terms": product.terms,
        "asker": "Chair",
        "author": "Operational Analyst",
        "unit": "Harbour Region",
        "finished_on": timezone.localdate().isoformat(),
        "language": "en",
        "blocks": [
            {
                "id": "b1",
                "kind": "text",
                "section": "findings",
                "heading": "Findings",
                "text": "The yard is used at night.",
                "is_unsupported": False,
            }
        ],
        "citations": [
            {
                "number": number,
                "ref": item.ref,
                "text": item.text,
                "kind": item.kind,
                "evaluation": evaluations.get(item.pk, ""),
                "scheme": "europol-4x4",
                "scheme_version": "1",
                "grade": "B/2, H1",
                "handling": "H1",
                "graded_on": timezone.localdate().isoformat(),
            }
            for number, item in enumerate(items, start=1)
        ],
        "recommendations": [],
        "rights_check": [],
        "flags": [],
    }


def edition_on(
    world: World, act: Act, *items: Item, author: Role = ANALYST, is_reviewed: bool = True, **more: Any
) -> Edition:
    """Finish an edition that cites items in the grade that stands, and have a colleague review it."""
    from openilp.evaluation.selectors import current_evaluations

    with act(world.user(author), world.desk) as actor:
        current = current_evaluations(items, actor=actor)
        product = Product.objects.record(
            actor=actor,
            product_type="problem_profile",
            title="Vans at the yard",
            terms="Who moves the goods?",
            asker=world.user(Role.CHAIR),
            **lawful(),
        )
        content = content_of(product, items, {key: row.ref for key, row in current.items()})
        made: Edition = Edition.objects.record(
            actor=actor,
            product=product,
            number=1,
            title="Vans at the yard",
            content=content,
            sha256="0" * 64,
            rights_check={},
            **more,
        )
    return reviewed(world, act, made) if is_reviewed else made


def reviewed(world: World, act: Act, edition: Edition, *, by: Role = OFFICER) -> Edition:
    """Have a colleague review an edition, whom one of its authors names."""
    with act(edition.created_by, world.desk) as actor:
        services.name_reviewer(actor=actor, edition=edition, reviewer=world.user(by))
    with act(world.user(by), world.desk) as actor:
        services.review_edition(actor=actor, edition=edition, is_sound=True)
    return edition


def approved(world: World, act: Act, edition: Edition) -> Edition:
    """Approve an edition as the head of intelligence."""
    with act(world.user(HEAD), world.desk) as actor:
        services.approve_edition(actor=actor, edition=edition, is_approved=True)
    return edition


def ready(world: World, act: Act) -> Edition:
    """Return an edition that may go out."""
    return approved(world, act, edition_on(world, act, graded_item(world, act)))


def released(world: World, act: Act, edition: Edition, *roles: Role, expires_on: date | None = None) -> Any:
    """Release an edition to the accounts of roles."""
    with act(world.user(ANALYST), world.desk) as actor:
        return services.release_edition(
            actor=actor,
            edition=edition,
            readers=[world.user(role) for role in roles],
            reason="They patrol the yard.",
            now=timezone.now(),
            expires_on=expires_on,
        )


def describe_person(actor: Any, item: Item, mention: Mention | None = None) -> Entity:
    """Say that an item describes a person, and settle the mention of it."""
    person: Entity = Entity.objects.record(actor=actor, kind="person")
    statement = Statement.objects.record(
        actor=actor,
        entity=person,
        property="name",
        value="Ольга Мост",
        value_key="olga most",
        kind="fact",
        item=item,
    )
    if mention is not None:
        Settlement.objects.record(actor=actor, mention=mention, statement=statement)
    return person


def involve(world: World, actor: Any, item: Item, person: Entity, **more: Any) -> Any:
    """Give a person a category in the desk's matter."""
    values = {"category": "WIT", "since": timezone.localdate() - timedelta(days=1), **more}
    return Involvement.objects.record(actor=actor, person=person, matter=world.desk, item=item, **values)
