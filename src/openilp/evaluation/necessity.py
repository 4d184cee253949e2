"""Special categories in the words of items: which are approved as strictly necessary, and what may be quoted.

Nothing is stored about the words but an approval: they are found anew each time, cannot be searched by, and are no
feature of any analysis.
"""

import hashlib
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from openilp import reference
from openilp.collection.models import Item
from openilp.evaluation.models import Necessity, NecessityAnswer
from openilp.safeguards.actor import Actor
from openilp.safeguards.roles import INTELLIGENCE, Role

#: Who says that special words are strictly necessary.
CLAIMANTS = INTELLIGENCE
#: Who is the second person.
APPROVERS = frozenset({Role.HEAD_OF_INTELLIGENCE, Role.DATA_PROTECTION_OFFICER})


def digest_of(text: str) -> str:
    """Return the hash by which an approval is bound to the very words."""
    return hashlib.sha256(text.encode()).hexdigest()


def kinds_of(text: str) -> list[str]:
    """Return the codes of the special categories that a text touches, in the order of the list."""
    found = {passage.code for passage in reference.special_passages(text)}
    return [code for code in reference.special_categories().codes if code in found]


def allowed(items: Iterable[Item], *, actor: Actor) -> dict[UUID, frozenset[str]]:
    """Return by item the special categories that a second person approved for its present words: one query."""
    rows = {item.pk: item for item in items}
    approved = NecessityAnswer.objects.seen_by(actor).filter(necessity=OuterRef("pk"), agrees=True)
    found: dict[UUID, frozenset[str]] = {key: frozenset() for key in rows}
    for row in Necessity.objects.seen_by(actor).filter(Exists(approved), item__in=list(rows)):
        if row.digest == digest_of(rows[row.item_id].text):
            found[row.item_id] |= frozenset(row.kinds)
    return found


def awaiting(*, actor: Actor) -> Any:
    """Return what others hold strictly necessary and no second person has answered."""
    answered = NecessityAnswer.objects.seen_by(actor).filter(necessity=OuterRef("pk"))
    return Necessity.objects.seen_by(actor).filter(~Exists(answered)).exclude(created_by_id=actor.user_id)


def claims_of(item: Item, *, actor: Actor) -> list[tuple[Necessity, NecessityAnswer | None]]:
    """Return what was said of an item's words, the newest first, each with its answer."""
    rows = list(
        Necessity.objects.seen_by(actor)
        .filter(item=item)
        .select_related("created_by")
        .order_by("-created_at")
    )
    answers = NecessityAnswer.objects.seen_by(actor).filter(necessity__in=rows).select_related("created_by")
    by_row = {answer.necessity_id: answer for answer in answers}
    return [(row, by_row.get(row.pk)) for row in rows]


def answer_of(row: Necessity, *, actor: Actor) -> NecessityAnswer | None:
    """Return the second person's word, or nothing."""
    found: NecessityAnswer | None = (
        NecessityAnswer.objects.seen_by(actor).filter(necessity=row).select_related("created_by").first()
    )
    return found
