"""How often one may guess: failed tries are counted for all processes together, also those of refused requests."""

import hashlib
import threading
import time
from dataclasses import dataclass, field

from django.core.cache import cache

from openilp.safeguards import acting
from openilp.safeguards.errors import TooManyRequests, TooManyTries
from openilp.safeguards.shared import add_up


@dataclass(frozen=True)
class Limit:
    """At most so many failed tries within so many seconds, for one key."""

    name: str
    most: int
    window_s: int

    def key_of(self, whose: str) -> str:
        """Return where the tries of an account or address are kept; the name itself is not."""
        return f"tries:{self.name}:{hashlib.sha256(whose.encode()).hexdigest()}"


#: Notices that one author's new records may bring to one owner of hidden ones in a day.
SAME_SUBJECT = Limit("same-subject", 10, 86_400)
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


def left(limit: Limit, whose: str) -> int:
    """Return how many tries are left; a try is whatever the limit counts."""
    return max(0, limit.most - len(_living(limit, whose)))


def failed(limit: Limit, whose: str) -> None:
    """Count a failed try, or another thing that is limited.

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


_MINUTE_S = 60
#: Requests that a process takes at once from what an account may send, so that not each of them writes to the database.
_BLOCK = 20
#: Kept in the place of what is left, so that refusing asks the database no more.
_REFUSED = -1


@dataclass
class Allowance:
    """What every account may ask within a minute, counted for all processes together."""

    name: str
    _minute: int = 0
    _taken: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def spend(self, whose: str, *, most: int) -> None:
        """Count one request of an account.

        A process takes blocks of requests: an account that speaks to several of them may be stopped so many earlier.

        Args:
            whose: The account.
            most: Requests within a minute of the clock.

        Raises:
            TooManyRequests: If the account has sent so many in this minute.
        """
        minute, second = divmod(int(time.time()), _MINUTE_S)
        with self._lock:
            if minute != self._minute:
                self._minute, self._taken = minute, {}
            left = self._taken.get(whose, 0)
            if left == 0:
                left = self._take(whose, minute, most) or _REFUSED
            self._taken[whose] = max(left - 1, _REFUSED)
        if left == _REFUSED:
            raise TooManyRequests(most, _MINUTE_S - second)

    def _take(self, whose: str, minute: int, most: int) -> int:
        """Take a block from what all processes share and return how much of it there was."""
        block = min(_BLOCK, most)
        hidden = hashlib.sha256(whose.encode()).hexdigest()
        taken = add_up(f"spent:{self.name}:{minute}:{hidden}", block, ends_at=(minute + 2) * _MINUTE_S)
        return max(0, block - max(0, taken - most))


#: Requests to the API.
API = Allowance("api")
