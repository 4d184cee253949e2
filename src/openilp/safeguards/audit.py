"""The audit outbox: written in the transaction that serves, drained by one sequencer."""

import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from django.conf import settings
from django.db import connection

from openilp.safeguards.log import sealing


def record(event: dict[str, Any], detail: dict[str, str] | None = None) -> None:
    """Append one event to the outbox, in the running transaction or on its own.

    Args:
        event: Opaque ids, ints and short codes only.
        detail: What only the oversight body may read: it is sealed to its key, and the event commits to it. Where
            the instance has no such key, the detail is kept nowhere.
    """
    body = None
    if detail and (key := oversight_key()):
        sealed = sealing.seal(detail, key)
        event, body = event | {"sealed": sealed.commitment}, sealed.body
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO safeguards_audit_outbox (event, detail) VALUES (%s, %s)", [json.dumps(event), body]
        )


def oversight_key() -> X25519PublicKey | None:
    """Return the oversight body's public key, read once from its file, or nothing where there is none yet."""
    path = Path(settings.OPENILP_OVERSIGHT_KEY)
    if path not in _keys and path.exists():
        _keys[path] = sealing.public_key(path.read_text())
    return _keys.get(path)


_keys: dict[Path, X25519PublicKey] = {}
