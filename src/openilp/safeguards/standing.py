"""Whether an actor still stands: what is taken away ends a stream or an export that is already on its way."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import AccountError, NotAMember, SafeguardError

T = TypeVar("T")

#: Seconds after which a long answer asks again whether it may go on.
EVERY_S = 1.0


class Revoked(SafeguardError):
    """Say that an answer ends here because what it stood on was taken away."""

    def __init__(self) -> None:
        super().__init__("What this answer stood on was taken away meanwhile; it ends here. Ask again.")


def still_stands(actor: Actor) -> bool:
    """Tell whether the account would be given at least this reach now: duties, clearance, matters, conflicts, place."""
    from openilp.safeguards.models import User
    from openilp.safeguards.people import actor_for, actor_in_place_of, stand_ins

    user = User.objects.filter(pk=actor.user_id).first()
    if user is None:
        return False
    try:
        if actor.on_behalf_of is None:
            now = actor_for(user, purpose=actor.purpose, reason=actor.reason)
        else:
            place = next(row for row in stand_ins(user.pk) if row.grantor_id == actor.on_behalf_of)
            now = actor_in_place_of(user, delegation=place.pk, purpose=actor.purpose)
    except (AccountError, NotAMember, StopIteration):
        return False
    return (
        now.roles >= actor.roles
        and now.level >= actor.level
        and now.compartments >= actor.compartments
        and now.states >= actor.states
        and now.partner == actor.partner
    )


@dataclass
class Watch:
    """Asks now and then, not at each row, whether an actor still stands."""

    actor: Actor
    every_s: float = EVERY_S
    asked_at: float = field(default_factory=time.monotonic)

    def check(self) -> None:
        """Go on, or stop.

        Raises:
            Revoked: If something was taken away.
        """
        now = time.monotonic()
        if now - self.asked_at < self.every_s:
            return
        self.asked_at = now
        if not still_stands(self.actor):
            raise Revoked


def guarded(chunks: Iterable[T], actor: Actor, *, every_s: float = EVERY_S) -> Iterator[T]:
    """Yield chunks as long as the actor stands; it ends in an error, so that half a file is not taken for a whole one.

    Raises:
        Revoked: As soon as something was taken away.
    """
    watch = Watch(actor, every_s)
    for chunk in chunks:
        watch.check()
        yield chunk
