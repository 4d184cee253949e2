"""The log that the sequencer writes: entries durable first, then signed, and nothing signed that contradicts itself."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from openilp.safeguards.log import entries, notes, segments
from openilp.safeguards.log.checkpoint import Checkpoint, signed
from openilp.safeguards.log.entries import GENESIS, Entry, Outboxed
from openilp.safeguards.log.errors import LogDamaged, LogForked, NoLog
from openilp.safeguards.log.hashes import Hashes
from openilp.safeguards.log.notes import ED25519, Signer
from openilp.safeguards.log.published import IDENTITY, Identity, Published
from openilp.safeguards.log.tree import leaf_hash

SEGMENTS = "segments"
HASHES = "hashes"
LOCK = "lock"
_WRITER_LOCK = "writer.lock"
_REPAIR = 1000


@dataclass(frozen=True)
class Sequenced:
    """The place that an event got: its number, the hash before it and its own, in hex."""

    seq: int
    previous: str
    digest: str


class AuditLog:
    """A log open for appending; one process at a time."""

    def __init__(self, folder: Path, signer: Signer) -> None:
        """Open the log in a folder, or begin it; what a crash left half-written is put right.

        Raises:
            NoLog: If another process writes it, or it is the log of another key.
            LogDamaged: If its files contradict each other.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder, self._signer = folder, signer
        self._held = _hold(folder)
        self.published = Published(folder)
        self._begin()
        with self._locked():
            self._entries = segments.Writer(folder / SEGMENTS)
            self._hashes = Hashes(folder / HASHES, writing=True)
            self._catch_up()
        self._check_signed()

    def _begin(self) -> None:
        if not (self.folder / IDENTITY).exists():
            if (self.folder / SEGMENTS).exists():
                raise NoLog(str(self.folder), f"{IDENTITY} is missing beside the segments; put it back.")
            Identity(self._signer.name, (self._signer.verifier,)).write(self.folder)
        known = Identity.read(self.folder)
        if known.origin != self._signer.name or self._signer.verifier not in known.keys:
            raise NoLog(str(self.folder), f"it is the log '{known.origin}' of another key.")

    @property
    def size(self) -> int:
        """The number of events, and so the number of the last one."""
        return self._hashes.size

    @property
    def unsigned(self) -> int:
        """The number of events that no checkpoint signs yet."""
        latest = self.published.latest()
        return self.size - (Checkpoint.of(latest).size if latest else 0)

    @property
    def last_digest(self) -> str:
        """The leaf of the last event in hex: what the next one has to name."""
        return self._hashes.leaf(self.size - 1).hex() if self.size else GENESIS

    def digest(self, seq: int) -> str:
        """Return the leaf of an event, in hex."""
        return self._hashes.leaf(seq - 1).hex()

    def append(self, waiting: Sequence[Outboxed]) -> list[Sequenced]:
        """Give events their numbers and bring them to the disk before returning."""
        placed, lines, leaves = [], [], []
        seq, previous = self.size, self.last_digest
        for event in waiting:
            seq += 1
            raw = entries.line(seq, previous, event)
            leaf = leaf_hash(raw)
            placed.append(Sequenced(seq, previous, digest := leaf.hex()))
            lines.append(raw)
            leaves.append(leaf)
            previous = digest
        with self._locked():
            self._entries.append(lines)
            self._hashes.append(leaves)
        self._hashes.sync()
        return placed

    def read(self, first: int) -> Iterator[tuple[Entry, str]]:
        """Yield the events from a number on, each with its leaf in hex."""
        previous = self._hashes.leaf(first - 2).hex() if first > 1 else GENESIS
        for seq, raw in enumerate(segments.lines(self.folder / SEGMENTS, first), start=first):
            digest = leaf_hash(raw).hex()
            yield entries.read(raw, seq, previous), digest
            previous = digest

    def publish(self) -> Checkpoint | None:
        """Sign the log as it is, and publish that.

        Returns:
            The checkpoint, or nothing where no event came since the last one.

        Raises:
            LogForked: If the log does not continue what was signed before.
        """
        latest = self.published.latest()
        before = Checkpoint.of(latest) if latest else None
        if self.size == (before.size if before else 0):
            return None
        self._check_signed()
        made = Checkpoint(self._signer.name, self.size, self._hashes.root(self.size))
        self.published.add(notes.parse(signed(made, self._signer)))
        return made

    def close(self) -> None:
        """Let go of the files, for the next process."""
        self._entries.close()
        self._hashes.close()
        os.close(self._held)

    def _check_signed(self) -> None:
        latest = self.published.latest()
        if latest is None:
            return
        before = Checkpoint.of(latest)
        if before.size > self.size or self._hashes.root(before.size) != before.root:
            raise LogForked(self.size, before.size)

    def _catch_up(self) -> None:
        """Hash the entries that were written before a crash and not hashed; entries are written first."""
        if self._hashes.size > self._entries.size:
            raise LogDamaged(self._entries.size + 1, "its entry is missing, its hash is there.")
        if self.size and leaf_hash(segments.entry(self.folder / SEGMENTS, self.size)) != self._hashes.leaf(
            self.size - 1
        ):
            raise LogDamaged(self.size, "its entry is not the one that was hashed.")
        missing = segments.lines(self.folder / SEGMENTS, self.size + 1)
        seq, previous = self.size, self.last_digest
        while some := list(islice(missing, _REPAIR)):
            leaves = []
            for raw in some:
                seq += 1
                try:
                    entries.read(raw, seq, previous)
                except entries.EntryBroken as error:
                    raise LogDamaged(seq, error.why) from error
                leaves.append(leaf := leaf_hash(raw))
                previous = leaf.hex()
            self._hashes.append(leaves)
        self._hashes.sync()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep verifiers of the living log from looking between two writes."""
        handle = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _hold(folder: Path) -> int:
    handle = os.open(folder / _WRITER_LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise NoLog(str(folder), "another process writes it; only one sequencer may.") from error
    return handle


def signer_of(origin: str, key: Path) -> Signer:
    """Return the signer of a log from the file of its key."""
    return Signer.from_seed(origin, ED25519, notes.read_seed(key))
