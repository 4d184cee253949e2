"""Entries: the exact bytes of one event in the log, and how they are read back without trusting them.

An entry is one line of canonical JSON (sorted keys, no blanks, UTF-8): `at`, `event`, `id`, `previous`, `seq`, `v`.
Its leaf is SHA-256(0x00 ‖ line); `previous` is the leaf of the entry before, in hex, so that two neighbours can be
checked without a proof.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from openilp.safeguards.log.errors import LogError

GENESIS = "0" * 64
_HEAD = b'{"at":"'
_EVENT = b'","event":'
_AT_ENDS = len(_HEAD) + len("2026-11-24T00:00:00.000000Z")
_EVENT_BEGINS = _AT_ENDS + len(_EVENT)


class EntryBroken(LogError):
    """Say that a line is not the entry that has to stand in its place."""

    def __init__(self, seq: int, why: str) -> None:
        self.seq, self.why = seq, why
        super().__init__(f"Event {seq}: {why}")


@dataclass(frozen=True)
class Outboxed:
    """An event as it waits in the outbox: its row there, its time, and what happened."""

    row: int
    at: datetime
    event: dict[str, Any]

    @cached_property
    def text(self) -> str:
        """What happened, as canonical JSON."""
        return canonical(self.event)

    @cached_property
    def stamp(self) -> str:
        """Its time, as it stands in entries."""
        return stamp(self.at)


@dataclass(frozen=True)
class Entry:
    """An event with its place in the log."""

    seq: int
    at: datetime
    row: int
    event: dict[str, Any]
    previous: str


def canonical(value: Any) -> str:
    """Return JSON with sorted keys and no blanks: one value, one text (events hold no fractions)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def stamp(at: datetime) -> str:
    """Return a time as it stands in entries: UTC, microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def line(seq: int, previous: str, waiting: Outboxed) -> bytes:
    """Return the bytes of an entry."""
    return (
        f'{{"at":"{waiting.stamp}","event":{waiting.text},"id":{waiting.row}'
        f',"previous":"{previous}","seq":{seq},"v":1}}'
    ).encode()


def read(raw: bytes, seq: int, previous: str) -> Entry:
    """Read the entry that has to stand in a place of the log.

    Raises:
        EntryBroken: If the line is not formed as an entry, has another number, or follows another entry.
    """
    at, event, row = taken_apart(raw, seq, previous)
    return Entry(seq, at, row, event, previous)


def taken_apart(raw: bytes, seq: int, previous: str) -> tuple[datetime, dict[str, Any], int]:
    """Return time, event and outbox row of a line; `read` without the object, for the verifier's inner loop.

    Head and tail are compared as bytes, so what lies between can be read as exactly one event in one way only.

    Raises:
        EntryBroken: As `read`.
    """
    tail = f',"previous":"{previous}","seq":{seq},"v":1}}'.encode()
    if not raw.endswith(tail):
        raise EntryBroken(seq, _why_another(raw, seq))
    event, mark, row = raw[_EVENT_BEGINS : -len(tail)].rpartition(b',"id":')
    if not raw.startswith(_HEAD) or raw[_AT_ENDS:_EVENT_BEGINS] != _EVENT or not mark or not row.isdigit():
        raise EntryBroken(seq, "the line is not formed as an entry.")
    try:
        at = datetime.fromisoformat(raw[len(_HEAD) : _AT_ENDS].decode("ascii"))
        found = json.loads(event)
    except ValueError as error:
        raise EntryBroken(seq, f"the line cannot be read: {error}") from error
    if not isinstance(found, dict) or at.tzinfo is None:
        raise EntryBroken(seq, "the line is not formed as an entry.")
    return at, found, int(row)


def _why_another(raw: bytes, seq: int) -> str:
    try:
        found = json.loads(raw)
        number = int(found["seq"])
    except (ValueError, KeyError, TypeError):
        return "the line is not formed as an entry."
    if number != seq:
        return f"event {number} stands in its place."
    return "it does not follow the event before it (its `previous` is another hash)."
