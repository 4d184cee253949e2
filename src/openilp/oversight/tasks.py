"""Jobs of the worker: every six hours the log is examined for signs of misuse.

There is no system actor: the job carries the account of whoever oversees, and is authorised again when it runs.
"""

from django.utils import timezone
from procrastinate.contrib.django import app

from openilp.oversight.services import misuse
from openilp.safeguards.acting import acting
from openilp.safeguards.models import User
from openilp.safeguards.people import actor_for
from openilp.safeguards.roles import Role


@app.periodic(cron="7 */6 * * *")
@app.task(name="oversight.watch_the_log", queueing_lock="oversight.watch_the_log", pass_context=False)
def watch_the_log(timestamp: int) -> int:
    """Put an examination of the log in the queue for the account that oversees it; return how many jobs."""
    return defer_for_overseer()


def defer_for_overseer() -> int:
    """Defer it for the first account of the oversight body, or else the first data-protection officer."""
    for role in (Role.OVERSIGHT, Role.DATA_PROTECTION_OFFICER):
        holders = User.objects.filter(is_active=True, partner="", roles__contains=[role.value])
        if found := holders.order_by("full_name").first():
            examine_for.defer(actor_id=str(found.pk))
            return 1
    return 0


@app.task(name="oversight.examine_for", lock="oversight.examine_for")
def examine_for(actor_id: str) -> dict[str, int]:
    """Examine the log under one account as it is now."""
    actor = actor_for(User.objects.get(pk=actor_id), reason="administration")
    with acting(actor, "oversight.examine_for"):
        row = misuse.examine_log(actor=actor, until=timezone.now())
    return {"events": row.events, "signs": row.signs, "samples": row.samples}
