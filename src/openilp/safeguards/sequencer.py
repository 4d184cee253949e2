"""The single sequencer: from the outbox to a gap-free log on disk, and from there to the table that is searched.

Identity order is not commit order: a reader that trusts ids loses events of slower transactions. The order is
(transaction id, id), below the oldest transaction that still runs.

The log on disk comes first: an event leaves the outbox only after its entry has reached the disk. What a crash leaves
between the two is put right from the log before anything else is done.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import psycopg

from openilp.safeguards.log.entries import Outboxed
from openilp.safeguards.log.errors import LogDamaged
from openilp.safeguards.log.ledger import AuditLog, Sequenced

_LOCK = 0x0F11F
_BATCH = 1000
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch


def drain(connection: psycopg.Connection[Any], log: AuditLog) -> int:
    """Move what is committed from the outbox to the log; only one process at a time does it.

    Returns:
        The number of events moved.

    Raises:
        LogDamaged: If the table holds events that the log on disk does not.
    """
    moved = 0
    while True:
        with connection.transaction():
            # The log on disk is what must survive a crash: what the table loses with one, `_recover` writes again.
            connection.execute("SET LOCAL synchronous_commit = off")
            locked = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK]).fetchone()
            if not locked or not locked[0]:
                return moved
            _recover(connection, log)
            batch = _move(connection, log)
        moved += batch
        if batch < _BATCH:
            return moved


def erase_details(connection: psycopg.Connection[Any], *, older_than_days: int) -> int:
    """Erase the sealed details whose time is over; events and tree stay as they are.

    Returns:
        The number of details erased.
    """
    return connection.execute(
        "DELETE FROM safeguards_auditdetail WHERE at < clock_timestamp() - make_interval(days => %s)",
        [older_than_days],
    ).rowcount


def touched(event: dict[str, Any]) -> list[str]:
    """Return the ids of all rows that an event delivered or wrote, for the question who saw them."""
    groups = [event.get("delivered", {}), *(write.get("objects", {}) for write in event.get("writes", []))]
    return sorted({found for group in groups for keys in group.values() for found in _ids(keys)})


def _ids(keys: Iterable[str]) -> Iterator[str]:
    """Yield what is a random id; rows of the organisation are numbered."""
    return (key for key in keys if _ID(key))


def _move(connection: psycopg.Connection[Any], log: AuditLog) -> int:
    rows = connection.execute(
        "SELECT id, at, event, detail FROM safeguards_audit_outbox"
        " WHERE xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, id LIMIT %s",
        [_BATCH],
    ).fetchall()
    if not rows:
        return 0
    waiting = [Outboxed(row, at, event) for row, at, event, _ in rows]
    placed = log.append(waiting)
    _insert(connection, list(zip(placed, waiting, strict=True)))
    details = [
        (p.seq, at, body) for p, (_, at, _, body) in zip(placed, rows, strict=True) if body is not None
    ]
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO safeguards_auditdetail (seq, at, body) VALUES (%s, %s, %s)", details)
    connection.execute("DELETE FROM safeguards_audit_outbox WHERE id = ANY(%s)", [[row[0] for row in rows]])
    return len(rows)


_INSERT = """
INSERT INTO safeguards_auditevent (seq, at, event, previous, digest, touched)
SELECT seq::bigint, at::timestamptz, event::jsonb, previous, digest, touched::uuid[]
FROM unnest(
    string_to_array(%s, E'\\n'), string_to_array(%s, E'\\n'), string_to_array(%s, E'\\n'),
    string_to_array(%s, E'\\n'), string_to_array(%s, E'\\n'), string_to_array(%s, E'\\n')
) AS t(seq, at, event, previous, digest, touched)
"""


def _insert(connection: psycopg.Connection[Any], rows: Sequence[tuple[Sequenced, Outboxed]]) -> None:
    """Write rows in one statement; the columns go as lines, since quoting arrays of JSON costs more than the insert."""
    columns = zip(
        *(
            (
                str(place.seq),
                event.stamp,
                event.text,
                place.previous,
                place.digest,
                "{" + ",".join(touched(event.event)) + "}",
            )
            for place, event in rows
        ),
        strict=True,
    )
    connection.execute(_INSERT, ["\n".join(column) for column in columns])


def _recover(connection: psycopg.Connection[Any], log: AuditLog) -> None:
    """Bring the table up to the log on disk: after a crash between the two, or after a restore of the database."""
    found = connection.execute(
        "SELECT seq, digest FROM safeguards_auditevent ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    last, digest = found or (0, None)
    if last > log.size:
        raise LogDamaged(log.size + 1, f"the database holds {last} events, the log on disk {log.size}.")
    if digest is not None and log.digest(last) != digest:
        raise LogDamaged(last, "the database holds another event in its place.")
    if last == log.size:
        return
    missing = log.read(last + 1)
    while some := list(islice(missing, _BATCH)):
        _insert(
            connection,
            [
                (Sequenced(entry.seq, entry.previous, digest), Outboxed(entry.row, entry.at, entry.event))
                for entry, digest in some
            ],
        )
        _settle(connection, [(entry.seq, entry.row, entry.at) for entry, _ in some])


def _settle(connection: psycopg.Connection[Any], entries: Sequence[tuple[int, int, datetime]]) -> None:
    """Clear the outbox of events that the log has; number and time must agree, since a restore counts ids anew."""
    connection.execute(
        "WITH done AS (DELETE FROM safeguards_audit_outbox o"
        " USING unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS t(seq, id, at)"
        " WHERE o.id = t.id AND o.at = t.at RETURNING t.seq, o.at, o.detail)"
        " INSERT INTO safeguards_auditdetail (seq, at, body) SELECT seq, at, detail FROM done WHERE detail IS NOT NULL",
        [[seq for seq, _, _ in entries], [row for _, row, _ in entries], [at for _, _, at in entries]],
    )
