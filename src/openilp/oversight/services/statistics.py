"""Issuing declared statistics: counted once, frozen, with time between two issues."""

from datetime import date, timedelta

from django.utils import timezone

from openilp import reference
from openilp.oversight.errors import OversightConflict
from openilp.oversight.models import StatisticIssue
from openilp.oversight.selectors import statistics as selectors
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.roles import Role

#: Between two issues lie four weeks: figures of every day would tell of each person who joined. Our own figure.
SHORTEST_DAYS = 28


class TooSoon(OversightConflict):
    """Say that the last figures are too young for new ones."""

    def __init__(self, last: date) -> None:
        self.last = last
        free = last + timedelta(days=SHORTEST_DAYS)
        super().__init__(
            f"Figures were issued on {last}; issue new ones from {free} on. Issued more often, they"
            " would tell of single people."
        )


@action("oversight.issue_statistics", roles=[Role.DATA_PROTECTION_OFFICER], operation="disclosure")
def issue_statistics(*, actor: Actor) -> StatisticIssue:
    """Count every declared statistic of today, leave out what is small, and keep the figures as they are.

    Raises:
        TooSoon: If the last issue is younger than four weeks.
    """
    today = timezone.localdate()
    last = selectors.latest(actor=actor)
    if last is not None and today < last.on + timedelta(days=SHORTEST_DAYS):
        raise TooSoon(last.on)
    row: StatisticIssue = StatisticIssue.objects.record(
        actor=actor,
        on=today,
        list_version=reference.declared_statistics().version,
        tables=selectors.count(on=today, actor=actor),
    )
    return row
