"""A witness (C2SP tlog-witness): cosigns a log only where it continues all that was cosigned before.

It knows no event, only sizes and roots. It keeps a journal of all that it cosigned; a line of it is on the disk before
the answer leaves, and checking and writing are one step that nothing comes between.
"""

import base64
import binascii
import fcntl
import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from openilp.safeguards.log import checkpoint as checkpoints
from openilp.safeguards.log import notes, segments
from openilp.safeguards.log.checkpoint import Checkpoint
from openilp.safeguards.log.errors import (
    KeyBroken,
    NoteBroken,
    NotSigned,
    ProofBroken,
    SignatureWrong,
    WitnessStateBroken,
)
from openilp.safeguards.log.notes import COSIGNATURE_ED25519, ED25519, Note, Signer, Verifier
from openilp.safeguards.log.tree import EMPTY_ROOT, HASH_BYTES, LONGEST_PROOF, verify_consistency

_KEY, _NAME, _LOGS, _JOURNAL, _LOCK = "witness.key", "name", "logs", "journal.jsonl", "lock"
LARGEST_REQUEST = 64 * 1024


@dataclass(frozen=True)
class Answer:
    """What a witness answers: an HTTP status with its text."""

    status: int
    text: str
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Seen:
    """The latest checkpoint of a log that was cosigned."""

    size: int = 0
    root: bytes = EMPTY_ROOT
    at: int = 0
    note: str = ""


@dataclass(frozen=True)
class Request:
    """What a log asks: the size that was cosigned last, a consistency proof from there, and a checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    note: Note

    @property
    def body(self) -> bytes:
        """Return the request as it is sent."""
        lines = [f"old {self.old}\n", *(base64.b64encode(step).decode() + "\n" for step in self.proof)]
        return ("".join(lines) + "\n" + str(self.note)).encode()

    @classmethod
    def read(cls, raw: bytes) -> "Request":
        """Read a request.

        Raises:
            NoteBroken: If it is not formed as one.
        """
        head, blank, rest = raw.partition(b"\n\n")
        lines = head.decode("ascii", errors="replace").split("\n")
        word, _, size = lines[0].partition(" ")
        formed = word == "old" and size.isascii() and size.isdigit() and (size == "0" or size[0] != "0")
        if not blank or not formed or len(size) > 19:
            raise NoteBroken("'old' and a size, proof lines, a blank line and a checkpoint are needed.")
        if len(lines) - 1 > LONGEST_PROOF:
            raise NoteBroken(f"a proof has at most {LONGEST_PROOF} lines.")
        return cls(int(size), tuple(_hash(line) for line in lines[1:]), notes.parse(rest))


def _hash(line: str) -> bytes:
    try:
        raw = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteBroken(f"proof line '{line[:60]}' is not base64.") from error
    if len(raw) != HASH_BYTES:
        raise NoteBroken(f"proof line '{line[:60]}' is no hash.")
    return raw


def found(folder: Path, name: str) -> Verifier:
    """Make a witness: its key and its empty journal.

    Raises:
        WitnessStateBroken: If the folder holds a witness already.
    """
    witness = Signer.from_seed(
        name, COSIGNATURE_ED25519, bytes(32)
    )  # checks the name before anything is written
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / _KEY).exists() or (folder / _JOURNAL).exists():
        raise WitnessStateBroken(str(folder), "there is a witness already; choose another folder.")
    seed = notes.write_seed(folder / _KEY)
    segments.replace(folder / _NAME, witness.name + "\n")
    segments.replace(folder / _LOGS, "")
    segments.replace(folder / _JOURNAL, "")
    return Signer.from_seed(name, COSIGNATURE_ED25519, seed).verifier


def trust(folder: Path, log: Verifier) -> None:
    """Let a witness cosign a log, named by its verifier key (its name is the log's origin).

    Raises:
        KeyBroken: If the key is none of a log.
    """
    if log.kind != ED25519:
        raise KeyBroken(str(log), "this is the key of a witness, not of a log.")
    known = _logs(folder)
    if log not in known:
        segments.replace(folder / _LOGS, "".join(f"{key}\n" for key in [*known, log]))


def _logs(folder: Path) -> list[Verifier]:
    path = folder / _LOGS
    if not path.exists():
        raise WitnessStateBroken(
            str(folder), f"'{_LOGS}' is missing; make a witness with `openilp witness init`."
        )
    return [Verifier.parse(line) for line in path.read_text().splitlines()]


class Witness:
    """A witness at work; one process at a time."""

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.time) -> None:
        """Open the state of a witness.

        Raises:
            WitnessStateBroken: If a part of it is missing, contradicts itself, or another process uses it.
        """
        self._folder, self._clock = folder, clock
        logs = _logs(folder)
        for part in (_KEY, _NAME, _JOURNAL):
            if not (folder / part).exists():
                raise WitnessStateBroken(
                    str(folder), f"'{part}' is missing. A witness without memory would cosign a forged past."
                )
        self.signer = Signer.from_seed(
            (folder / _NAME).read_text().strip(), COSIGNATURE_ED25519, notes.read_seed(folder / _KEY)
        )
        self._keys: dict[str, list[Verifier]] = {}
        for log in logs:
            self._keys.setdefault(log.name, []).append(log)
        self._one_at_a_time = threading.Lock()
        self._held = self._hold()
        self._journal = os.open(folder / _JOURNAL, os.O_RDWR | os.O_APPEND)
        self._seen = self._remembered()

    def latest(self, origin: str) -> Seen | None:
        """Return what was cosigned last for a log, or nothing for a log that is not known."""
        return self._seen.get(origin, Seen()) if origin in self._keys else None

    @property
    def origins(self) -> list[str]:
        """The logs that are cosigned here."""
        return sorted(self._keys)

    def add_checkpoint(self, raw: bytes) -> Answer:
        """Answer a request to cosign: statuses and order of the checks are those of C2SP tlog-witness."""
        try:
            asked = Request.read(raw)
            made = Checkpoint.of(asked.note)
        except NoteBroken as error:
            return Answer(400, f"{error}\n")
        if made.origin not in self._keys:
            return Answer(404, "This witness does not know a log of this origin.\n")
        try:
            checkpoints.opened(asked.note, self._keys[made.origin])
        except (NotSigned, SignatureWrong) as error:
            return Answer(403, f"{error}\n")
        if asked.old > made.size:
            return Answer(400, "The old size is larger than the checkpoint's.\n")
        with self._one_at_a_time:
            return self._check_and_persist(asked, made)

    def _check_and_persist(self, asked: Request, made: Checkpoint) -> Answer:
        before = self._seen.get(made.origin, Seen())
        if asked.old != before.size:
            return Answer(409, f"{before.size}\n", "text/x.tlog.size")
        if before.size == made.size and before.root != made.root:
            return Answer(409, f"{before.size}\n", "text/x.tlog.size")
        try:
            verify_consistency(before.size, made.size, before.root, made.root, asked.proof)
        except ProofBroken as error:
            return Answer(422, f"{error}\n")
        at = max(int(self._clock()), before.at)
        self._persist(made.origin, Seen(made.size, made.root, at, str(asked.note)))
        return Answer(200, checkpoints.cosign(made.text, self.signer, at))

    def _persist(self, origin: str, seen: Seen) -> None:
        line = {
            "at": seen.at,
            "note": seen.note,
            "origin": origin,
            "root": base64.b64encode(seen.root).decode(),
            "size": seen.size,
        }
        segments.write_all(self._journal, json.dumps(line, ensure_ascii=False).encode() + b"\n")
        os.fsync(self._journal)
        self._seen[origin] = seen

    def _remembered(self) -> dict[str, Seen]:
        raw = (self._folder / _JOURNAL).read_bytes()
        whole = raw.rfind(b"\n") + 1
        os.ftruncate(self._journal, whole)  # a line that a crash cut off was never answered
        found: dict[str, Seen] = {}
        for number, line in enumerate(raw[:whole].splitlines(), start=1):
            try:
                values = json.loads(line)
                root = base64.b64decode(values["root"])
                seen = Seen(values["size"], root, values["at"], values["note"])
                origin = values["origin"]
            except (ValueError, KeyError, TypeError) as error:
                raise WitnessStateBroken(
                    str(self._folder), f"line {number} of the journal: {error}"
                ) from error
            before = found.get(origin, Seen())
            if seen.size < before.size or (
                seen.size == before.size and before.note and seen.root != before.root
            ):
                raise WitnessStateBroken(
                    str(self._folder), f"line {number} of the journal goes behind what was cosigned before."
                )
            found[origin] = seen
        return found

    def _hold(self) -> int:
        handle = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise WitnessStateBroken(
                str(self._folder), "another process uses it; one witness, one process."
            ) from error
        return handle

    def close(self) -> None:
        """Let go of the state, for the next process."""
        os.close(self._journal)
        os.close(self._held)
