"""Steps of the loading that are done once each, whatever happens in between.

The mark of a step is written in the transaction of the step itself, so that a demo that was broken off goes on where
it stopped; when all is loaded the marks are taken away.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from openilp.safeguards.acting import acting
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import IdempotencyKey, User
from openilp.safeguards.people import actor_for

_PREFIX = "demo/"
_BEGUN = f"{_PREFIX}begun"
#: What a step leaves for later ones: references and ids, nothing else.
Left = dict[str, Any]


def is_begun() -> bool:
    """Tell whether a loading was begun and not ended."""
    return IdempotencyKey.objects.filter(key=_BEGUN).exists()


@dataclass
class Steps:
    """The loading, as the accounts of the agency do it, each in its own role."""

    keeper: User
    done: dict[str, Left] = field(default_factory=dict)
    _users: dict[str, User] = field(default_factory=dict)
    _matters: dict[str, UUID] = field(default_factory=dict)

    @classmethod
    def begin(cls, keeper: User) -> "Steps":
        """Begin, or go on with what was begun."""
        IdempotencyKey.objects.get_or_create(
            user=keeper, key=_BEGUN, defaults={"path": "demo", "digest": "", "answer": {}}
        )
        marks = IdempotencyKey.objects.filter(user=keeper, key__startswith=_PREFIX)
        return cls(keeper, {mark.key.removeprefix(_PREFIX): mark.answer or {} for mark in marks})

    def end(self) -> None:
        """Take the marks away: all is loaded."""
        IdempotencyKey.objects.filter(user=self.keeper, key__startswith=_PREFIX).delete()

    def once(
        self, name: str, work: Callable[[Actor], Left | None], *, by: str, matter: str = "", reason: str = ""
    ) -> Left:
        """Do a step as an account unless it was done, and return what it left."""
        if name in self.done:
            return self.done[name]
        actor = self.actor(by, matter=matter, reason=reason)
        with acting(actor, "demo.load") as block:
            block.declared = True
            left = work(actor) or {}
            IdempotencyKey.objects.create(
                user=self.keeper, key=f"{_PREFIX}{name}", path="demo", digest="", answer=left
            )
        self.done[name] = left
        return left

    def actor(self, username: str, *, matter: str = "", reason: str = "") -> Actor:
        """Return an account as an actor, for a matter by its title or for a reason."""
        purpose = self.matter(matter) if matter else None
        return actor_for(self.user(username), purpose=purpose, reason=reason)

    def user(self, username: str) -> User:
        """Return an account."""
        if username not in self._users:
            self._users[username] = User.objects.get(username=username)
        return self._users[username]

    def matter(self, title: str) -> UUID:
        """Return the key of a matter."""
        if title not in self._matters:
            opened = {**self.done["agency/matters"], **self.done.get("operation", {}).get("matters", {})}
            self._matters[title] = UUID(opened[title])
        return self._matters[title]
