"""Reports to evaluate, valid by default."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone

from openilp.collection import services as collection
from openilp.collection.models import Item, Report
from openilp.collection.rules import NewItem, NewMention, NewReport
from openilp.evaluation.rules import NewGrade
from openilp.safeguards import people
from openilp.safeguards.acting import acting
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import Label, Level
from openilp.safeguards.models import User
from openilp.safeguards.roles import Role
from tests.factories import LEGAL_BASIS, World

Act = Callable[..., Any]

GRADE = NewGrade("europol-4x4", "1", "B", "2", "H1")
ITEMS = (
    NewItem("A white van left the yard at 21:40.", "fact", [NewMention("vehicle", "white van")]),
    NewItem(
        "The caretaker said that the driver is Ольга Мост.",
        "third_party_claim",
        [NewMention("person", "Ольга Мост")],
    ),
)


def hand_in(actor: Any, *, urgency: str = "low", items: tuple[NewItem, ...] = ITEMS, **more: Any) -> Report:
    """Hand in a report with two items."""
    new = NewReport(items=items, urgency=urgency, provenance="seen", title=more.pop("title", ""))
    made: Report = collection.submit_report(actor=actor, new=new, legal_basis=LEGAL_BASIS, **more)
    return made


def reported(world: World, act: Act, **more: Any) -> Report:
    """Hand in a report as the reporting officer."""
    with act(world.user(Role.REPORTING_OFFICER), world.desk) as actor:
        return hand_in(actor, **more)


def confidential(world: World) -> Label:
    """Return a label above the evaluators' clearance."""
    return Label(level=Level.CONFIDENTIAL, compartments=frozenset(), owner_unit=world.region.pk)


def item_of(report: Report, actor: Any, number: int = 1) -> Item:
    """Return one item of a report."""
    found: Item = Item.objects.seen_by(actor).get(report=report, number=number)
    return found


def in_place_of(world: World, act: Act, author: Role) -> Actor:
    """Return the analyst as he stands in for somebody."""
    standing_in = world.user(Role.OPERATIONAL_ANALYST)
    with act(world.user(author), world.desk) as actor:
        row = people.delegate(
            actor=actor,
            to=standing_in,
            roles=[author],
            matters=[world.desk],
            until=timezone.now() + timedelta(days=3),
            reason="leave until Monday",
        )
    return people.actor_in_place_of(standing_in, delegation=row.pk, purpose=world.desk.pk)


def not_second(world: World, act: Act, author: Role) -> Iterator[Actor]:
    """Yield, each in a block of its own, who is no second person to an author: a stand-in, and the second account."""
    other, stand_in = world.user(Role.LIAISON_OFFICER), in_place_of(world, act, author)
    with acting(stand_in, "test"):
        yield stand_in
    User.objects.filter(pk=world.user(author).pk).update(staff_number="47-11")
    User.objects.filter(pk=other.pk).update(staff_number="47 11", roles=[author], clearance=3)
    with act(User.objects.get(pk=other.pk), world.desk) as actor:
        yield actor
