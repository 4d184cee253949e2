"""Reports to evaluate, valid by default."""

from collections.abc import Callable
from typing import Any

from openilp.collection import services as collection
from openilp.collection.models import Item, Report
from openilp.collection.rules import NewItem, NewMention, NewReport
from openilp.evaluation.rules import NewGrade
from openilp.safeguards.labels import Label, Level
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
