"""The verb that tells the owner of a hidden record that somebody works on the same."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse

from openilp.collation import selectors
from openilp.collation.selectors import Overlap
from openilp.safeguards import limits, notices
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Notice
from openilp.safeguards.roles import INTELLIGENCE

KIND = "same_subject"
#: Said once a day of an author whose records bring more notices than a person reads.
FLOOD = "same_subject_flood"
#: A worker that stood still for a night catches up, and what was held back is told the next day; a pair is told of
#: once, however often it is seen.
_LOOK_BACK = timedelta(days=2)


@action("collation.deconflict", roles=INTELLIGENCE, operation="combination")
def deconflict(*, actor: Actor, now: datetime) -> list[Overlap]:
    """Tell the actor of new records of others that may be the same as what the actor keeps hidden from them.

    Only records that the actor may see anyway; their authors are told nothing, and nothing is written but the notice.
    Of one author an owner gets ten a day, so that nobody can bury a notice under others; then one that says so.
    """
    found = {_address(each): each for each in selectors.overlaps(actor=actor, since=now - _LOOK_BACK)}
    mine = Notice.objects.seen_by(actor).filter(kind__in=[KIND, FLOOD], url__in=list(found))
    told = set(mine.values_list("url", flat=True))
    fresh = [(url, each) for url, each in found.items() if url not in told]
    said = []
    for kind, url, each in _limited(actor.user_id, fresh):
        notices.notify(actor=actor, recipients=[actor.user_id], kind=kind, ref=each.new.ref, url=url)
        limits.failed(limits.SAME_SUBJECT, _pair(actor.user_id, each.author))
        said.append(each)
    return said


def _limited(owner: UUID, fresh: Iterable[tuple[str, Overlap]]) -> Iterator[tuple[str, str, Overlap]]:
    """Return what may still be told today; the last place of an author says that more is held back."""
    left: Counter[UUID] = Counter()
    for url, each in fresh:
        if each.author not in left:
            left[each.author] = limits.left(limits.SAME_SUBJECT, _pair(owner, each.author))
        if left[each.author] > 0:
            yield (KIND if left[each.author] > 1 else FLOOD), url, each
        left[each.author] -= 1


def _pair(owner: UUID, author: UUID) -> str:
    return f"{owner} {author}"


def _address(each: Overlap) -> str:
    return f"{reverse('collation:compare', args=[each.mine.ref])}?with={each.new.ref}"
