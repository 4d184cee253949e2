"""What has left a world: one report of former years, erased by the night's work."""

from django.utils import timezone

from openilp.collection import services as collection
from openilp.collection.rules import NewItem, NewReport
from openilp.oversight import selectors
from openilp.oversight import services as oversight
from openilp.oversight.rules.reviews import QUESTIONS, Asked
from openilp.oversight.tasks import run_night
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import Role
from tests.oversight.making import LAPSED, days_ago
from tests.worlds.agency import BASIS, Agency


def erase_an_old_report(agency: Agency) -> None:
    """Hand in a report of former years, and let the night erase it."""
    with days_ago(LAPSED), agency.acting(Role.REPORTING_OFFICER) as actor:
        collection.submit_report(
            actor=actor,
            new=NewReport(
                items=[NewItem("A van stood in the yard.", "fact", ())], urgency="low", provenance="seen"
            ),
            legal_basis=BASIS,
        )
    run_night(actor_for(agency.plain[Role.DATA_PROTECTION_OFFICER], reason="administration"))


def look_at_clocks(agency: Agency) -> None:
    """Review one record, and report that a suspicion has ended."""
    with agency.acting(Role.HEAD_OF_INTELLIGENCE) as actor:
        kept = (
            selectors.clocks(actor=actor).filter(kind="report", rule="LED-REV").order_by("created_at", "pk")
        )
        answers = dict.fromkeys(QUESTIONS, True) | {"less_intrusive": False}
        asked = Asked("retain", answers, "The series of break-ins goes on in the yards.")
        oversight.review_record(actor=actor, clock=kept[0], asked=asked)
        places = selectors.clocks(actor=actor).filter(kind="involvement").order_by("created_at", "pk")
        oversight.report_event(
            actor=actor, clock=places[0], event="no_crime", happened_on=timezone.localdate()
        )
