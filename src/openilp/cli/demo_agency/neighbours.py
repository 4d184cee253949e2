"""What a neighbouring police sent as a file: reports that wait at the quarantine desk, one of them refused."""

from pathlib import Path

from openilp.cli.demo_agency.agency import DESK
from openilp.cli.demo_agency.steps import Left, Steps
from openilp.cli.imports import DEMO_ACCOUNT
from openilp.collection.imports import quarantine
from openilp.collection.imports.mapping import mapping
from openilp.collection.imports.reports_csv import import_reports
from openilp.safeguards.actor import Actor

REPORTS = Path(__file__).with_name("data") / "neighbour_reports.csv"
#: A rumour that says nothing about anybody; the desk refuses it.
_REFUSED = "NB-2060"


def bring_in(steps: Steps) -> None:
    """Import the file as the import officer, and refuse what says nothing."""
    steps.once("neighbours", _import, by=DEMO_ACCOUNT, matter=DESK)
    steps.once("neighbours/refused", _refuse, by=DEMO_ACCOUNT, matter=DESK)


def _import(actor: Actor) -> Left:
    return {"batch": import_reports(actor=actor, path=REPORTS, mapping=mapping("records-reports")).batch}


def _refuse(actor: Actor) -> Left:
    report = quarantine.quarantined_reports(actor=actor).get(foreign_key=_REFUSED)
    why = "A rumour about nobody in particular; nothing to check, nothing to act on."
    quarantine.refuse_report(actor=actor, report=report, reason=why)
    return {"report": report.ref}
