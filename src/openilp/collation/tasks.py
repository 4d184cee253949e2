"""Jobs of the worker: saved searches look again, owners of hidden records learn who works on the same.

There is no system actor. One job per owner and matter is put in the queue; it carries that account and matter, and
is authorised again when it runs.
"""

from typing import Any
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from openilp.collation import services
from openilp.safeguards.acting import acting
from openilp.safeguards.models import User
from openilp.safeguards.people import actor_for, own_matters
from openilp.safeguards.roles import CONTENT, INTELLIGENCE, Role


@app.periodic(cron="*/5 * * * *")
@app.task(name="collation.look_again", queueing_lock="collation.look_again", pass_context=False)
def look_again(timestamp: int) -> int:
    """Put one job for each account and matter in the queue and return how many."""
    return defer_for_owners()


def defer_for_owners() -> int:
    """Defer the saved searches of every open account, once for each of its matters."""
    return _defer(alert_saved_searches, CONTENT)


@app.periodic(cron="*/5 * * * *")
@app.task(name="collation.look_for_others", queueing_lock="collation.look_for_others", pass_context=False)
def look_for_others(timestamp: int) -> int:
    """Put one look at the new records of others in the queue for each collator and matter and return how many."""
    return _defer(deconflict, INTELLIGENCE)


def _defer(job: Any, roles: frozenset[Role]) -> int:
    """Defer a job for every open account with one of the roles, once for each of its matters."""
    deferred = 0
    holders = User.objects.filter(is_active=True, roles__overlap=[role.value for role in roles])
    for owner in holders.order_by("full_name"):
        for matter_id in own_matters(owner):
            job.defer(actor_id=str(owner.pk), matter_id=str(matter_id))
            deferred += 1
    return deferred


@app.task(name="collation.deconflict")
def deconflict(actor_id: str, matter_id: str) -> int:
    """Look as one owner, under that owner's account as it is now, who works on the same, and tell the owner."""
    actor = actor_for(User.objects.get(pk=actor_id), purpose=UUID(matter_id))
    with acting(actor, "collation.deconflict"):
        return len(services.deconflict(actor=actor, now=timezone.now()))


@app.task(name="collation.alert_saved_searches")
def alert_saved_searches(actor_id: str, matter_id: str) -> int:
    """Run one owner's saved searches under that owner's account as it is now, and tell of new hits."""
    actor = actor_for(User.objects.get(pk=actor_id), purpose=UUID(matter_id))
    with acting(actor, "collation.alert_saved_searches"):
        return len(services.alert_saved_searches(actor=actor, now=timezone.now()))
