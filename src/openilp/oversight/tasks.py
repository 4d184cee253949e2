"""Jobs of the worker: every six hours the log is examined for signs of misuse; by night, retention does its work.

There is no system actor: each job carries the account of whoever answers for it, and is authorised again when it runs.
"""

from django.utils import timezone
from procrastinate.contrib.django import app

from openilp.oversight import services
from openilp.oversight.services import misuse
from openilp.safeguards.acting import acting
from openilp.safeguards.actor import Actor
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


@app.periodic(cron="20 2 * * *")
@app.task(name="oversight.retention_night", queueing_lock="oversight.retention_night", pass_context=False)
def retention_night(timestamp: int) -> int:
    """Put the night's work in the queue for the account that answers for it; return how many jobs."""
    return defer_for_keeper()


def defer_for_keeper() -> int:
    """Defer the night's work for the first data-protection officer, or else the first head of intelligence."""
    keeper = first_keeper()
    if keeper is None:
        return 0
    lapse_for.defer(actor_id=str(keeper.pk))
    return 1


def first_keeper() -> User | None:
    """Return the account that answers for retention, or nothing where the agency has named nobody."""
    for role in services.KEEPERS:
        holders = User.objects.filter(is_active=True, partner="", roles__contains=[role.value])
        if found := holders.order_by("full_name").first():
            return found
    return None


@app.task(name="oversight.lapse_for", lock="oversight.lapse_for")
def lapse_for(actor_id: str) -> dict[str, int]:
    """Do the night's work under one account as it is now."""
    return run_night(actor_for(User.objects.get(pk=actor_id), reason="administration"))


def run_night(actor: Actor) -> dict[str, int]:
    """Wind, restrict, erase: each batch in a transaction of its own, so that a fault stops one batch only."""
    done = {"wound": 0, "restricted": 0, "erasures": 0}
    with acting(actor, "oversight.lapse_for"):
        done["wound"] = services.wind_clocks(actor=actor)
    while True:
        with acting(actor, "oversight.lapse_for"):
            batch = services.restrict_lapsed(actor=actor)
        done["restricted"] += batch
        if not batch:
            break
    while True:
        with acting(actor, "oversight.lapse_for"):
            made = services.erase_lapsed(actor=actor)
        if made is None:
            return done
        done["erasures"] += 1
