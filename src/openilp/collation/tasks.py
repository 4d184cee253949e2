"""Jobs of the worker: saved searches look again.

There is no system actor. One job per owner and matter is put in the queue; it carries that account and matter, and
is authorised again when it runs.
"""

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from openilp.collation import services
from openilp.safeguards.acting import acting
from openilp.safeguards.models import User
from openilp.safeguards.people import actor_for, own_matters
from openilp.safeguards.roles import CONTENT


@app.periodic(cron="*/5 * * * *")
@app.task(name="collation.look_again", queueing_lock="collation.look_again", pass_context=False)
def look_again(timestamp: int) -> int:
    """Put one job for each account and matter in the queue and return how many."""
    return defer_for_owners()


def defer_for_owners() -> int:
    """Defer the saved searches of every open account, once for each of its matters."""
    deferred = 0
    holders = User.objects.filter(is_active=True, roles__overlap=[role.value for role in CONTENT])
    for owner in holders.order_by("full_name"):
        for matter_id in own_matters(owner):
            alert_saved_searches.defer(actor_id=str(owner.pk), matter_id=str(matter_id))
            deferred += 1
    return deferred


@app.task(name="collation.alert_saved_searches")
def alert_saved_searches(actor_id: str, matter_id: str) -> int:
    """Run one owner's saved searches under that owner's account as it is now, and tell of new hits."""
    actor = actor_for(User.objects.get(pk=actor_id), purpose=UUID(matter_id))
    with acting(actor, "collation.alert_saved_searches"):
        return len(services.alert_saved_searches(actor=actor, now=timezone.now()))
