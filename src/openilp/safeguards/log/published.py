"""What a log has published: its identity, its checkpoints in order, and what its witnesses answered."""

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openilp.safeguards.log import notes
from openilp.safeguards.log.checkpoint import Checkpoint
from openilp.safeguards.log.errors import NoLog, NoteBroken
from openilp.safeguards.log.notes import Note, Verifier
from openilp.safeguards.log.segments import replace, write_all

IDENTITY = "log.json"
CHECKPOINTS = "checkpoints.jsonl"
LATEST = "checkpoint"
STANDING = "witnesses.json"
_writing = threading.Lock()


@dataclass(frozen=True)
class Witness:
    """A witness of a log: its key, and where it is asked."""

    key: Verifier
    url: str


@dataclass(frozen=True)
class Identity:
    """Who a log says it is: its origin, its keys, its witnesses."""

    origin: str
    keys: tuple[Verifier, ...]
    witnesses: tuple[Witness, ...] = ()

    @classmethod
    def read(cls, folder: Path) -> "Identity":
        """Read the identity that lies in a log's folder.

        Raises:
            NoLog: If there is none, or it cannot be read.
        """
        path = folder / IDENTITY
        try:
            found: dict[str, Any] = json.loads(path.read_text())
            witnesses = tuple(Witness(Verifier.parse(w["key"]), w["url"]) for w in found.get("witnesses", []))
            return cls(found["origin"], tuple(Verifier.parse(key) for key in found["keys"]), witnesses)
        except FileNotFoundError as error:
            raise NoLog(str(folder), f"{IDENTITY} is missing.") from error
        except (ValueError, KeyError, TypeError) as error:
            raise NoLog(str(folder), f"{IDENTITY} cannot be read: {error}") from error

    def write(self, folder: Path) -> None:
        """Write it into a log's folder."""
        witnesses = [{"key": str(w.key), "url": w.url} for w in self.witnesses]
        body = {"origin": self.origin, "keys": [str(key) for key in self.keys], "witnesses": witnesses}
        replace(folder / IDENTITY, json.dumps(body, indent=2) + "\n")


@dataclass(frozen=True)
class Standing:
    """How a witness stood when it was last asked."""

    cosigned: int = 0
    at: int = 0
    trouble: str = ""


class Published:
    """The checkpoints of a log, oldest first; a checkpoint that was cosigned stands there again with the line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> Iterator[Note]:
        """Yield every note that was published.

        Raises:
            NoteBroken: If a line is none.
        """
        path = self.folder / CHECKPOINTS
        if not path.exists():
            return
        with path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                if not raw.endswith(b"\n"):
                    return
                try:
                    text = json.loads(raw)
                except ValueError as error:
                    raise NoteBroken(f"line {number} of {CHECKPOINTS} cannot be read.") from error
                if not isinstance(text, str):
                    raise NoteBroken(f"line {number} of {CHECKPOINTS} is no text.")
                yield notes.parse(text)

    def latest(self) -> Note | None:
        """Return the newest note, with the cosignatures that it has so far."""
        path = self.folder / LATEST
        return notes.parse(path.read_bytes()) if path.exists() else None

    def add(self, note: Note) -> None:
        """Publish a note: first among all, then as the latest unless a larger one is there already."""
        with _writing:
            path = self.folder / CHECKPOINTS
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                _drop_torn_line(handle)
                write_all(handle, json.dumps(str(note), ensure_ascii=False).encode() + b"\n")
                os.fsync(handle)
            finally:
                os.close(handle)
            latest = self.latest()
            if latest is None or Checkpoint.of(latest).size <= Checkpoint.of(note).size:
                replace(self.folder / LATEST, str(note))

    def standings(self) -> dict[str, Standing]:
        """Return how each witness stood, by its key."""
        path = self.folder / STANDING
        if not path.exists():
            return {}
        found: dict[str, dict[str, Any]] = json.loads(path.read_text())
        return {key: Standing(**values) for key, values in found.items()}

    def note_standing(self, key: Verifier, standing: Standing) -> None:
        """Remember how a witness stood."""
        with _writing:
            known = self.standings() | {str(key): standing}
            body = {name: vars(values) for name, values in known.items()}
            replace(self.folder / STANDING, json.dumps(body, indent=2) + "\n")


def _drop_torn_line(handle: int) -> None:
    """Remove a last line that a crash cut off; it was never answered to anybody."""
    size = os.fstat(handle).st_size
    if not size or os.pread(handle, 1, size - 1) == b"\n":
        return
    tail = os.pread(handle, min(size, 1 << 17), max(0, size - (1 << 17)))
    os.ftruncate(handle, max(0, size - (1 << 17)) + tail.rfind(b"\n") + 1)
