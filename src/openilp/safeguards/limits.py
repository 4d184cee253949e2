"""How often one may guess: failed tries are counted for all processes together, also those of refused requests."""

import hashlib
import time
from dataclasses import dataclass

from django.core.cache import cache

from openilp.safeguards import acting
from openilp.safeguards.errors import TooManyTries


@dataclass(frozen=True)
class Limit:
    """At most so many failed tries within so many seconds, for one key."""

    name: str
    most: int
    window_s: int

    def key_of(self, whose: str) -> str:
        """Return where the tries of an account or address are kept; the name itself is not."""
        return f"tries:{self.name}:{hashlib.sha256(whose.encode()).hexdigest()}"


#: The present password, asked for when it is changed: whoever took over a session does not find it out.
OWN_PASSWORD = Limit("own-password", 5, 900)
#: The password at the terminal, by account.
TERMINAL = Limit("terminal", 5, 300)
#: Tokens that do not exist, by address.
TOKEN = Limit("token", 30, 60)


def check(limit: Limit, whose: str) -> None:
    """Refuse a further try when there were too many failed ones.

    Raises:
        TooManyTries: With the seconds to wait.
    """
    tries = _living(limit, whose)
    if len(tries) >= limit.most:
        raise TooManyTries(limit.name, int(min(tries) + limit.window_s - time.time()) + 1)


def failed(limit: Limit, whose: str) -> None:
    """Count a failed try.

    Inside an `acting` block it is counted when the block has ended, because a refusal rolls the block back.
    """
    block = acting.current()
    if block is not None:
        block.afterwards.append(lambda: _count(limit, whose))
    else:
        _count(limit, whose)


def _living(limit: Limit, whose: str) -> list[float]:
    kept: list[float] = cache.get(limit.key_of(whose), [])
    return [at for at in kept if at > time.time() - limit.window_s]


def _count(limit: Limit, whose: str) -> None:
    cache.set(limit.key_of(whose), [*_living(limit, whose), time.time()], limit.window_s)
