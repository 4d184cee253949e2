"""The erasure ledger: a file outside the database that says what was erased, so that no restore brings it back.

One line an erased record: kind, id, rule, day, who; no name and no content. Each line repeats the hash of the line
before, so that a lost or changed one shows. Lines are only ever added.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

from openilp.safeguards.errors import SafeguardError

FILE = "ledger.jsonl"
_FIRST = "0" * 64


class BrokenLedger(SafeguardError):
    """Say that a line of the ledger is not what was written."""

    def __init__(self, path: Path, line: int, why: str) -> None:
        self.path, self.line, self.why = path, line, why
        super().__init__(f"Line {line} of the erasure ledger {path} {why}; take the copy of the last backup.")


@dataclass(frozen=True)
class Line:
    """One erased record."""

    erasure: str
    kind: str
    id: str
    rule: str
    on: str
    by: str

    @property
    def key(self) -> UUID:
        """Return the key of the record."""
        return UUID(self.id)


def path() -> Path:
    """Return where the ledger lies: beside the database's folder, or where the operator wants it."""
    return Path(settings.OPENILP_ERASURES) / FILE


def append(lines: Iterable[Line]) -> int:
    """Add lines and sync them to the disk; those that stand there already are left out.

    Returns:
        How many were added.
    """
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with file.open("a+b") as out:
        os.fchmod(out.fileno(), 0o600)
        fcntl.flock(out, fcntl.LOCK_EX)
        out.seek(0)
        body = out.read()
        # Half a line is what a crash left; its erasure stands in the database, from which `heal` writes it again.
        whole = body[: body.rfind(b"\n") + 1]
        out.truncate(len(whole))
        known, previous = _known(whole, file)
        fresh = [line for line in dict.fromkeys(lines) if (line.kind, line.id) not in known]
        for line in fresh:
            text = json.dumps({**asdict(line), "previous": previous}, sort_keys=True, separators=(",", ":"))
            out.write(text.encode() + b"\n")
            previous = hashlib.sha256(text.encode()).hexdigest()
        out.flush()
        os.fsync(out.fileno())
    return len(fresh)


def read(file: Path | None = None) -> Iterator[Line]:
    """Yield the lines of the ledger, or of a copy (file or folder), after checking each against the one before.

    Raises:
        BrokenLedger: At the first line that is not what was written.
    """
    where = file or path()
    if where.is_dir():
        where = where / FILE
    if where.exists():
        yield from (line for line, _hash in _checked(where.read_bytes(), where))


def _known(body: bytes, file: Path) -> tuple[set[tuple[str, str]], str]:
    known, previous = set(), _FIRST
    for line, digest in _checked(body, file):
        known.add((line.kind, line.id))
        previous = digest
    return known, previous


def _checked(body: bytes, file: Path) -> Iterator[tuple[Line, str]]:
    previous = _FIRST
    for number, text in enumerate(body.splitlines(), start=1):
        try:
            held = json.loads(text)
            before = held.pop("previous")
            line = Line(**held)
        except (ValueError, KeyError, TypeError) as error:
            raise BrokenLedger(file, number, "cannot be read") from error
        if before != previous:
            raise BrokenLedger(file, number, "does not continue the line before")
        previous = hashlib.sha256(text).hexdigest()
        yield line, previous
