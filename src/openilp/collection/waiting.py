"""Which reports can still be waiting for a grade: a narrow index for the inbox, which asks the grades themselves."""

from openilp.collection.models import Report
from openilp.safeguards.actor import Actor


def settle(report: Report, *, actor: Actor) -> None:
    """Take a report out of the index, because all who see it see also what settled it.

    A report that stays in it by mistake costs a look and no more.
    """
    row = Report.objects.seen_by(actor).filter(pk=report.pk)
    if row.filter(awaits_grade=True).exists():
        row.amend(awaits_grade=False)
