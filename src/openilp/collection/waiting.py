"""What can still be waiting: narrow indexes for the trays of later rooms, which ask their own rows what waits.

A report or a mention that stays in its index by mistake costs a look and no more.
"""

from openilp.collection.models import Mention, Report
from openilp.safeguards.actor import Actor


def settle(report: Report, *, actor: Actor) -> None:
    """Take a report out of the index of the inbox, because all who see it see also what settled it."""
    row = Report.objects.seen_by(actor).filter(pk=report.pk)
    if row.filter(awaits_grade=True).exists():
        row.amend(awaits_grade=False)


def close(mention: Mention, *, actor: Actor) -> None:
    """Take a mention out of the index of open ones, because all who see it see also what became of it."""
    row = Mention.objects.seen_by(actor).filter(pk=mention.pk)
    if row.filter(is_settled=False).exists():
        row.amend(is_settled=True)
