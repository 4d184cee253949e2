"""Jobs of the worker: urgent reports do not wait until somebody looks.

There is no system actor. Each minute one job per head of intelligence is put in the queue; it carries that account
and its matter, and is authorised again when it runs.
"""

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from openilp.evaluation import services
from openilp.safeguards.acting import acting
from openilp.safeguards.models import User
from openilp.safeguards.people import actor_for, own_matters
from openilp.safeguards.roles import Role


@app.periodic(cron="* * * * *")
@app.task(name="evaluation.watch_urgent", queueing_lock="evaluation.watch_urgent", pass_context=False)
def watch_urgent(timestamp: int) -> int:
    """Put one job for each head of intelligence in the queue and return how many."""
    return defer_for_heads()


def defer_for_heads() -> int:
    """Defer the watch over urgent reports once for each account that answers for them."""
    heads = User.objects.filter(is_active=True, partner="", roles__contains=[Role.HEAD_OF_INTELLIGENCE.value])
    deferred = 0
    for head in heads.order_by("full_name"):
        for matter in own_matters(head)[:1]:
            watch_for.defer(actor_id=str(head.pk), matter_id=str(matter))
            deferred += 1
    return deferred


@app.task(name="evaluation.watch_for", lock="evaluation.watch_for")
def watch_for(actor_id: str, matter_id: str) -> dict[str, int]:
    """Tell duty officers of urgent reports and escalate those that nobody acknowledged, under one head's account."""
    actor = actor_for(User.objects.get(pk=actor_id), purpose=UUID(matter_id))
    with acting(actor, "evaluation.watch_for"):
        told = services.raise_alerts(actor=actor)
        up = services.escalate_overdue(actor=actor, now=timezone.now())
    return {"told": len(told), "escalated": len(up)}
