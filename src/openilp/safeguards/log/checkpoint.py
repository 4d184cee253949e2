"""Checkpoints (C2SP tlog-checkpoint) and their cosignatures (C2SP tlog-cosignature, cosignature/v1)."""

import base64
import binascii
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from openilp.safeguards.log import notes
from openilp.safeguards.log.errors import NoteBroken, NotSigned, SignatureWrong
from openilp.safeguards.log.notes import Note, Signer, Verifier
from openilp.safeguards.log.tree import HASH_BYTES

_COSIGNATURE = struct.Struct(">Q64s")
_LATEST_TIME = 2**63 - 1


@dataclass(frozen=True)
class Checkpoint:
    """How large a log was and what its root was: three lines of text."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def of(cls, note: Note) -> "Checkpoint":
        """Read the text of a note; extension lines are refused, since nobody could audit them.

        Raises:
            NoteBroken: If it is no checkpoint.
        """
        lines = note.text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0]:
            raise NoteBroken("origin, size and root are needed, a line each.")
        origin, size, coded = lines[:3]
        if not (size.isascii() and size.isdigit()) or (size[0] == "0" and size != "0") or len(size) > 19:
            raise NoteBroken(f"'{size[:40]}' is no size.")
        try:
            root = base64.b64decode(coded, validate=True)
        except (binascii.Error, ValueError) as error:
            raise NoteBroken("the root is not base64.") from error
        if len(root) != HASH_BYTES:
            raise NoteBroken(f"the root has {len(root)} bytes, not {HASH_BYTES}.")
        return cls(origin, int(size), root)


@dataclass(frozen=True)
class Cosignature:
    """That a witness saw, at a time, a checkpoint that continues all that it saw before."""

    witness: Verifier
    at: int


def signed(checkpoint: Checkpoint, signer: Signer) -> str:
    """Return the note that a log publishes."""
    return f"{checkpoint.text}\n{signer.sign(checkpoint.text)}"


def opened(note: Note, keys: Sequence[Verifier]) -> Checkpoint:
    """Return the checkpoint of a note that one of the keys has signed under its own origin.

    Raises:
        NotSigned, SignatureWrong: If the signature is missing or wrong.
        NoteBroken: If it is no checkpoint.
    """
    by = notes.verified(note, keys)
    found = Checkpoint.of(note)
    if all(key.name != found.origin for key in by):
        raise NotSigned(tuple(key.name for key in keys))
    return found


def _message(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def cosign(text: str, witness: Signer, at: int) -> str:
    """Return the cosignature line of a witness over a checkpoint's text.

    Args:
        text: The checkpoint's text, without its signatures.
        witness: A signer of type 4.
        at: Seconds since the epoch.
    """
    if not 0 <= at <= _LATEST_TIME:
        raise ValueError(f"{at} is no time in seconds since the epoch.")
    return witness.line(_COSIGNATURE.pack(at, witness.private.sign(_message(text, at))))


def cosignatures(note: Note, witnesses: Sequence[Verifier]) -> tuple[Cosignature, ...]:
    """Return the cosignatures of known witnesses on a note; those of others are ignored.

    Raises:
        SignatureWrong: If a line bears the name and id of a witness and is not its cosignature.
    """
    found = []
    for witness in witnesses:
        for line in note.by(witness):
            if len(line.body) != _COSIGNATURE.size:
                raise SignatureWrong(witness.name)
            at, signature = _COSIGNATURE.unpack(line.body)
            if at > _LATEST_TIME or not witness.verify(_message(note.text, at), signature):
                raise SignatureWrong(witness.name)
            found.append(Cosignature(witness, at))
    return tuple(found)
