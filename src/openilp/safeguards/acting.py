"""One `acting` block around every request, verb and job: claims in, one audit event out."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from openilp.safeguards import audit, claims
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import NoActor
from openilp.safeguards.justifications import fingerprint


@dataclass
class Acting:
    """What happened inside one block so far."""

    actor: Actor
    action: str
    request_id: UUID = field(default_factory=uuid4)
    operation: str = "consultation"
    declared: bool = False
    delivered: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    opened: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    counted: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    writes: list[dict[str, Any]] = field(default_factory=list)
    confined: dict[UUID, bool] = field(default_factory=dict)
    afterwards: list[Callable[[], None]] = field(default_factory=list)
    corridor: Any = None
    is_kept: bool = False
    sealed: dict[str, str] = field(default_factory=dict)
    words: str = ""

    def deliver(self, kind: str, keys: list[str]) -> None:
        """Remember the ids of rows that were handed out."""
        self.delivered[kind].update(keys)

    def open(self, kind: str, keys: list[str]) -> None:
        """Remember the ids of rows that were asked for by their reference: a look-up, not a place in a list."""
        self.opened[kind].update(keys)

    def justify(self, words: str) -> None:
        """Remember which words justified it: as a fingerprint, so that the same words given again are seen."""
        self.words = fingerprint(words, self.actor.user_id)
        self.seal(justification=words)

    def count(self, kind: str, rows: int) -> None:
        """Remember how many rows a figure was computed from."""
        self.counted[kind] = max(self.counted[kind], rows)

    def wrote(self, action: str, operation: str, objects: dict[str, list[str]], **facts: Any) -> None:
        """Remember a write event of a service."""
        self.writes.append({"action": action, "operation": operation, "objects": objects, **facts})

    def seal(self, **detail: str) -> None:
        """Add what only the oversight body may read, such as the words of a search: it is sealed to its key."""
        self.sealed.update(detail)

    def event(self, outcome: str = "done") -> dict[str, Any]:
        """Return the audit event of the block: opaque ids, ints and short codes only."""
        event: dict[str, Any] = {
            "v": 1,
            "request": str(self.request_id),
            "actor": str(self.actor.user_id),
            "purpose": str(self.actor.purpose) if self.actor.purpose else self.actor.reason,
            "action": self.action,
            "operation": self.writes[-1]["operation"] if self.writes else self.operation,
            "outcome": outcome,
            "delivered": {kind: sorted(keys) for kind, keys in sorted(self.delivered.items())},
            "counted": dict(sorted(self.counted.items())),
            "writes": self.writes,
        }
        if self.opened:
            event["opened"] = {kind: sorted(keys) for kind, keys in sorted(self.opened.items())}
        if self.words:
            event["justified"] = self.words
        if self.actor.on_behalf_of:
            event["on_behalf_of"] = str(self.actor.on_behalf_of)
        return event


_current: ContextVar[Acting | None] = ContextVar("openilp_acting", default=None)


def current() -> Acting | None:
    """Return the running block, or nothing outside one."""
    return _current.get()


def require(what: str) -> Acting:
    """Return the running block.

    Raises:
        NoActor: Outside a block.
    """
    running = _current.get()
    if running is None:
        raise NoActor(what)
    return running


@contextmanager
def acting(actor: Actor, action: str) -> Iterator[Acting]:
    """Run one request, verb or job as an actor, in one durable transaction with signed claims.

    On leaving, one event goes to the audit outbox in the same transaction: no log, no read. When the block raises,
    everything is rolled back and the refusal is logged on its own afterwards. What stands in `afterwards` is done
    when the transaction has ended, whichever way; `is_kept` tells it whether what was done stands.
    """
    block = Acting(actor, action)
    try:
        with transaction.atomic(durable=True):
            claims.set_for_transaction(actor)
            token = _current.set(block)
            try:
                yield block
                if transaction.get_rollback():
                    raise _RolledBack
                audit.record(block.event(), block.sealed)
            finally:
                _current.reset(token)
        block.is_kept = True
        if connection.in_atomic_block:
            claims.clear()
    except _RolledBack:
        audit.record(block.event("refused"), block.sealed)
    except Exception as error:
        audit.record(block.event(f"failed: {type(error).__name__}"), block.sealed)
        raise
    finally:
        for then in block.afterwards:
            then()


class _RolledBack(Exception):
    """Leave the transaction because the answer was a refusal; nothing of it is kept."""
