"""What the log's examination leaves in a world: it is written as it would be, since no sequencer fills a test's log."""

from datetime import timedelta

from django.utils import timezone

from openilp.oversight.models import LogExamination, LogFigure, LookUpSample, MisuseSign
from openilp.oversight.services.misuse import answer_sign, keep_pattern
from openilp.oversight.services.samples import give_reason, review_sample
from openilp.safeguards.roles import Role
from tests.worlds.agency import Agency
from tests.worlds.knowing import Known


def oversee(agency: Agency, known: Known, rows: int) -> None:
    """Write signs of misuse, one of them answered, and drawn look-ups, one of them reviewed."""
    now = timezone.now()
    officer, chair = agency.plain[Role.INTELLIGENCE_OFFICER], agency.plain[Role.CHAIR]
    with agency.acting(Role.OVERSIGHT) as actor:
        keep_pattern(actor=actor, user=officer, shifts=[[0, "08:00", "16:00"]])
        run = LogExamination.objects.record(
            actor=actor, since=now - timedelta(days=1), until=now, events=20, signs=rows + 1, samples=rows + 1
        )
        LogFigure.objects.record(
            actor=actor,
            day=timezone.localdate(),
            unit=officer.unit,
            duty="intelligence_officer",
            look_ups=9,
            delivered=40,
            examination=run,
        )
        signs = [
            MisuseSign.objects.record(
                actor=actor,
                rule="off_shift",
                case=f"2026-03-{n + 1:02}",
                about=officer,
                first_at=now - timedelta(hours=2),
                last_at=now - timedelta(hours=1),
                events=[n + 1],
                figures={"events": 1, "records": 3},
            )
            for n in range(rows + 1)
        ]
        samples = [
            LookUpSample.objects.record(
                actor=actor,
                seq=n + 1,
                at=now - timedelta(hours=1),
                about=officer,
                reviewer=chair,
                purpose=str(agency.desk.pk),
                opened={"report": [str(known.reports[0].pk)]},
                due_on=timezone.localdate() + timedelta(days=7),
            )
            for n in range(rows + 1)
        ]
        answer_sign(actor=actor, sign=signs[0], outcome="explained", reason="The shift was moved that day.")
    with agency.acting(Role.INTELLIGENCE_OFFICER) as actor:
        give_reason(actor=actor, sample=samples[0], reason="Asked for by the meeting of the day.")
    with agency.acting(Role.CHAIR) as actor:
        review_sample(actor=actor, sample=samples[0], is_justified=True, finding="The minutes ask for it.")
