"""Signed claims: what the database knows about the actor, for one transaction."""

import hashlib
import hmac
import json
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

from openilp.safeguards import keys
from openilp.safeguards.actor import Actor

#: Seconds that claims stay valid: the longest transaction is an import or an export.
LIFETIME_S = 3600
_BLOCK = 64


def key() -> bytes:
    """Return the signing key, read once from its file (never from the database)."""
    return keys.read(Path(settings.OPENILP_CLAIMS_KEY))


def pads(secret: bytes) -> tuple[bytes, bytes]:
    """Return the inner and outer padded keys of HMAC-SHA-256 (RFC 2104), as the database keeps them."""
    padded = secret.ljust(_BLOCK, b"\0")
    return bytes(b ^ 0x36 for b in padded), bytes(b ^ 0x5C for b in padded)


def signed(actor: Actor) -> str:
    """Return the claims of an actor as `json.hexmac`."""
    body = json.dumps(
        {
            "user": str(actor.user_id),
            "unit": str(actor.unit_id),
            "level": actor.level,
            "comps": sorted(str(c) for c in actor.compartments),
            "states": sorted(actor.states),
            "partner": actor.partner,
            "roles": sorted(actor.roles),
            "exp": int(time.time()) + LIFETIME_S,
        },
        separators=(",", ":"),
        sort_keys=True,
    )
    return f"{body}.{hmac.new(key(), body.encode(), hashlib.sha256).hexdigest()}"


def set_for_transaction(actor: Actor) -> None:
    """Set the claims until the end of the running transaction."""
    _set(signed(actor))


def clear() -> None:
    """Drop the claims inside a transaction that goes on (only a test's outer transaction does)."""
    _set("")


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.claims', %s, true)", [value])
