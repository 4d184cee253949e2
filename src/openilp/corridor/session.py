"""The corridor's own transaction beside the one of an `acting` block.

It begins with the first question or verb and ends after the block: kept when the block, with its audit event, was
kept, and rolled back otherwise. What is on the corridor's side is therefore never there without its event.
"""

import hashlib
import hmac
import json
import time
from uuid import UUID

from django.db import connections, transaction

from openilp.corridor import vault
from openilp.corridor.routing import ALIAS
from openilp.safeguards import acting, claims
from openilp.safeguards.actor import Actor

#: Seconds that claims stay valid.
_LIFETIME_S = 600


def enter(actor: Actor) -> None:
    """Begin the corridor's transaction for the running block, with signed claims, unless it runs.

    Raises:
        NoActor: Outside an `acting` block.
    """
    block = acting.require("The corridor")
    if block.corridor is not None:
        return
    inner = transaction.atomic(using=ALIAS, durable=True)
    inner.__enter__()
    block.corridor = inner
    block.afterwards.append(lambda: _leave(block))
    _set(signed(actor))


def _leave(block: acting.Acting) -> None:
    if not block.is_kept:
        transaction.set_rollback(True, using=ALIAS)
    block.corridor.__exit__(None, None, None)
    block.corridor = None
    if connections[ALIAS].in_atomic_block:
        _set("")


def claims_key() -> bytes:
    """Return the key that the corridor's claims are signed with; it is not the one of the rest, and renewed with it."""
    return vault.derived(b"openilp corridor claims" + claims.key())


def signed(actor: Actor) -> str:
    """Return the claims of an actor as `json.hexmac`: account and roles, nothing else."""
    said: dict[str, str | int | list[str]] = {
        "user": str(actor.user_id),
        "roles": sorted(actor.roles),
        "exp": int(time.time()) + _LIFETIME_S,
    }
    body = json.dumps(said, separators=(",", ":"), sort_keys=True)
    return f"{body}.{hmac.new(claims_key(), body.encode(), hashlib.sha256).hexdigest()}"


def _set(value: str) -> None:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT set_config('corridor.claims', %s, true)", [value])


def blind(text: str) -> bytes:
    """Return what a pseudonym is found by without standing there."""
    return hmac.new(vault.derived(b"openilp corridor index"), text.encode(), hashlib.sha256).digest()


def key_of(text: str) -> UUID | None:
    """Return a key that came as text, or nothing."""
    try:
        return UUID(text)
    except ValueError:
        return None
