"""The registers of data protection: the agency's part, an assessment of each method, figures, a breach of the past."""

from datetime import datetime, timedelta

from django.utils import timezone

from openilp.analysis import registry
from openilp.cli.demo_agency import agency
from openilp.cli.demo_agency.steps import Left, Steps
from openilp.oversight.rules.breaches import Step, Told
from openilp.oversight.selectors import assessments
from openilp.oversight.services.assessments import answer_assessment, assess_method
from openilp.oversight.services.breaches import NewBreach, report_breach, take_breach_step
from openilp.oversight.services.processing import Own, keep_processing_entry
from openilp.oversight.services.statistics import issue_statistics
from openilp.safeguards.actor import Actor

OFFICER = "data.protection"
_OWN = Own(
    controller="Altania Police",
    controller_contact="Harbour Road 1, Altania; registry@police.altania.example",
    officer_contact="Gadorin Velkaldi, data.protection@police.altania.example",
    transfers="None to third countries. Requests of partner agencies are answered one by one.",
    recipients="Courts and prosecutors, where the law of procedure asks for it.",
    measures="Locked server room, vetting of staff every five years, yearly training on the Police Act.",
)
#: What was judged of methods, by the kind of data that they take in.
_JUDGED = {
    "incidents": {
        "necessity": "The meeting chooses places and times for patrols. Without figures the choice follows the loudest"
        " complaint; incidents without persons are the mildest data that answer the question.",
        "proportionality": "Takes in place, time and type of incidents that are recorded anyway, nobody's name. Many"
        " incidents are needed, because few would be chance.",
        "risks": "Streets that are patrolled more record more, and their people are stopped more. A map may be read as"
        " a judgement on who lives there.",
        "measures": "The caution stands on every result; the rights questions are answered before a product is"
        " finished; results are compared with calls from the public each quarter.",
    },
    "links": {
        "necessity": "A serious group is understood by who deals with whom. Reading hundreds of reports side by side"
        " leaves links unseen that are recorded already.",
        "proportionality": "Takes in links of one matter only, by its members only. People who are not suspected stay"
        " in it as the category that they have, and leave with their short time limits.",
        "risks": "Somebody with many recorded links may be a victim, or merely well watched. A central place could be"
        " taken for guilt.",
        "measures": "No list ranks people; how far the result depends on missing links stands beside it; nobody is"
        " chosen for a measure because of a figure.",
    },
}


def protect(steps: Steps) -> None:
    """Fill the registers, each entry by whoever answers for it."""
    alone = {"reason": "administration"}
    steps.once("registers/own", _own, by=OFFICER, **alone)
    steps.once("registers/assess", _assess, by=agency.HEAD, **alone)
    steps.once("registers/sign", _sign, by=OFFICER, **alone)
    steps.once("registers/breach", _breach, by=OFFICER, **alone)
    steps.once("registers/figures", _figures, by=OFFICER, **alone)


def _own(actor: Actor) -> Left:
    return {"entry": keep_processing_entry(actor=actor, own=_OWN).ref}


def _assess(actor: Actor) -> Left:
    day = timezone.localdate() + timedelta(days=365)
    for method in registry.METHODS.values():
        assess_method(
            actor=actor,
            method=method.name,
            parts=_JUDGED.get(method.kind, _JUDGED["incidents"]),
            decision="with_measures",
            review_on=day,
        )
    return {}


def _sign(actor: Actor) -> Left:
    for line in assessments.register(actor=actor):
        if line.row is not None:
            answer_assessment(actor=actor, assessment=line.row, agrees=True)
    return {}


def _figures(actor: Actor) -> Left:
    return {"statistics": issue_statistics(actor=actor).ref}


def _breach(actor: Actor) -> Left:
    aware = timezone.now() - timedelta(days=24)
    row = report_breach(
        actor=actor,
        new=NewBreach(
            title="A service telephone left on a tram",
            kind="confidentiality",
            description="An officer left a telephone on tram 4; it was logged in, and locked after a minute.",
            happened_from=aware - timedelta(hours=3),
            happened_until=aware - timedelta(hours=2),
            aware_at=aware,
            consequences="Somebody may have seen the list of one district's reports for a minute.",
            measures="The account's sessions were ended from afar; the telephone was found at the depot.",
        ),
    )
    for kind, hours, text in (
        (Step.NOTIFIED, 30, "By letter to the supervisory authority, with the numbers of the log."),
        (
            Step.PEOPLE_NOT_TOLD,
            48,
            "No reading after the loss stands in the log; no risk to anybody is left.",
        ),
        (Step.CLOSED, 200, "Telephones lock after fifteen seconds now; the loss line is on every telephone."),
    ):
        take_breach_step(actor=actor, breach=row, told=Told(kind, text, _after(aware, hours)))
    return {"breach": row.ref}


def _after(aware: datetime, hours: int) -> datetime:
    return aware + timedelta(hours=hours)
