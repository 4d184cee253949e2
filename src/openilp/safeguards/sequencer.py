"""The single sequencer: from the outbox to a gap-free chain of events.

Identity order is not commit order: a reader that trusts ids loses events of slower transactions. The order is
(transaction id, id), below the oldest transaction that still runs.
"""

import hashlib
import json
from typing import Any

import psycopg

_LOCK = 0x0F11F
_BATCH = 1000
GENESIS = "0" * 64


def canonical(event: dict[str, Any]) -> bytes:
    """Return the bytes that are hashed: JSON with sorted keys and no blanks."""
    return json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(seq: int, at: str, event: dict[str, Any], previous: str) -> str:
    """Return the hash of one link of the chain."""
    return hashlib.sha256(canonical({"seq": seq, "at": at, "event": event, "previous": previous})).hexdigest()


def drain(connection: psycopg.Connection[Any]) -> int:
    """Move what is committed from the outbox to the chain; only one process at a time does it.

    Returns:
        The number of events moved.
    """
    moved = 0
    while True:
        with connection.transaction():
            locked = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK]).fetchone()
            if not locked or not locked[0]:
                return moved
            batch = _move(connection)
        moved += batch
        if batch < _BATCH:
            return moved


def _move(connection: psycopg.Connection[Any]) -> int:
    rows = connection.execute(
        "SELECT id, at, event FROM safeguards_audit_outbox"
        " WHERE xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, id LIMIT %s",
        [_BATCH],
    ).fetchall()
    last = connection.execute(
        "SELECT seq, digest FROM safeguards_auditevent ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    seq, previous = last or (0, GENESIS)
    with connection.cursor() as cursor:
        links = []
        for _, at, event in rows:
            seq += 1
            digest = digest_of(seq, at.isoformat(), event, previous)
            links.append((seq, at, json.dumps(event), previous, digest))
            previous = digest
        cursor.executemany(
            "INSERT INTO safeguards_auditevent (seq, at, event, previous, digest) VALUES (%s, %s, %s, %s, %s)",
            links,
        )
        cursor.execute("DELETE FROM safeguards_audit_outbox WHERE id = ANY(%s)", [[row[0] for row in rows]])
    return len(rows)
