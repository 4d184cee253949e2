"""What the registers of data protection hold in a world: one row of each, written as the desks would."""

from datetime import timedelta

from django.utils import timezone

from openilp.oversight.models import (
    AssessmentAnswer,
    AuthorityAnswer,
    AuthorityRequest,
    Breach,
    BreachScope,
    BreachStep,
    ImpactAssessment,
    ProcessingEntry,
)
from openilp.oversight.services.statistics import issue_statistics
from openilp.safeguards.roles import Role
from tests.worlds.agency import Agency


def keep_registers(agency: Agency, rows: int) -> None:
    """Write the registers: several of what is listed, one of what stands alone."""
    now = timezone.now()
    with agency.acting(Role.SUPERVISORY_AUTHORITY) as actor:
        asked = [
            AuthorityRequest.objects.record(
                actor=actor,
                kind="record",
                about=f"R-2222-22{n:02}",
                reason="A complaint of the person concerned.",
                due_on=now.date() + timedelta(days=30),
            )
            for n in range(rows + 1)
        ]
    with agency.acting(Role.DATA_PROTECTION_OFFICER) as actor:
        issue_statistics(actor=actor)
        AuthorityAnswer.objects.record(
            actor=actor, request=asked[0], finding="nothing_to_change", reason="Looked at; nothing."
        )
        ProcessingEntry.objects.record(
            actor=actor,
            controller="Police",
            controller_contact="1 Road",
            officer_contact="dpo",
            transfers="None.",
        )
        breaches = [
            Breach.objects.record(
                actor=actor,
                title=f"A lost telephone {n}",
                kind="confidentiality",
                description="It was left on a bus.",
                happened_from=now - timedelta(hours=9),
                happened_until=now - timedelta(hours=8),
                aware_at=now - timedelta(hours=7),
                due_at=now + timedelta(hours=65),
                consequences="Reports may have been read.",
                measures="The account was closed.",
            )
            for n in range(rows + 1)
        ]
        BreachScope.objects.record(
            actor=actor,
            breach=breaches[0],
            since=now - timedelta(hours=9),
            until=now - timedelta(hours=8),
            events=3,
            accounts=1,
            records=9,
            kinds={"report": 9},
            categories={"SUS": 5, "WIT": None},
        )
        BreachStep.objects.record(
            actor=actor,
            breach=breaches[0],
            kind="notified",
            text="By letter.",
            done_at=now - timedelta(hours=1),
        )
    with agency.acting(Role.HEAD_OF_INTELLIGENCE) as actor:
        assessment = ImpactAssessment.objects.record(
            actor=actor,
            method="monthly_trend",
            method_version="1",
            card={},
            card_digest="0" * 64,
            necessity="Needed.",
            proportionality="In proportion.",
            risks="Few.",
            measures="Cautions.",
            decision="may_be_used",
            review_on=now.date() + timedelta(days=300),
        )
    with agency.acting(Role.DATA_PROTECTION_OFFICER) as actor:
        AssessmentAnswer.objects.record(actor=actor, assessment=assessment, agrees=True)
