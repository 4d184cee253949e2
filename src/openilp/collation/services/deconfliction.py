"""The verb that tells the owner of a hidden record that somebody works on the same."""

from datetime import datetime, timedelta

from django.urls import reverse

from openilp.collation import selectors
from openilp.collation.selectors import Overlap
from openilp.safeguards import notices
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Notice
from openilp.safeguards.roles import INTELLIGENCE

KIND = "same_subject"
#: A worker that stood still for a night catches up; a pair is told of once, however often it is seen.
_LOOK_BACK = timedelta(days=1)


@action("collation.deconflict", roles=INTELLIGENCE, operation="combination")
def deconflict(*, actor: Actor, now: datetime) -> list[Overlap]:
    """Tell the actor of new records of others that may be the same as what the actor keeps hidden from them.

    Only records that the actor may see anyway; their authors are told nothing, and nothing is written but the notice.
    """
    found = {_address(each): each for each in selectors.overlaps(actor=actor, since=now - _LOOK_BACK)}
    mine = Notice.objects.seen_by(actor).filter(kind=KIND, url__in=list(found))
    told = set(mine.values_list("url", flat=True))
    fresh = [(url, each) for url, each in found.items() if url not in told]
    for url, each in fresh:
        notices.notify(actor=actor, recipients=[actor.user_id], kind=KIND, ref=each.new.ref, url=url)
    return [each for _url, each in fresh]


def _address(each: Overlap) -> str:
    return f"{reverse('collation:compare', args=[each.mine.ref])}?with={each.new.ref}"
