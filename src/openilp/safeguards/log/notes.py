"""Signed notes (C2SP signed-note): a text, a blank line, and signature lines with key ids."""

import base64
import binascii
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from openilp.safeguards.log.errors import KeyBroken, NoteBroken, NotSigned, SignatureWrong

#: Signature types of C2SP signed-note.
ED25519 = 0x01
COSIGNATURE_ED25519 = 0x04
_DASH = "— "
_LARGEST_NOTE = 64 * 1024
_MOST_SIGNATURES = 32


@dataclass(frozen=True)
class Verifier:
    """A public key with its name; `kind` is the type of signatures that it verifies."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Return SHA-256(name ‖ 0x0A ‖ type ‖ public key)[:4]."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    @property
    def fingerprint(self) -> str:
        """Return what two people compare by telephone: the SHA-256 of the key, in groups of four."""
        digits = sha256(self.public).hexdigest()[:32]
        return " ".join(digits[at : at + 4] for at in range(0, 32, 4))

    def __str__(self) -> str:
        """Return the verifier key as text: name+id+key."""
        coded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{coded}"

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        """Read a verifier key.

        Raises:
            KeyBroken: If it is not one, or its id is not that of name and key.
        """
        parts = text.strip().split("+", 2)
        if len(parts) != 3:
            raise KeyBroken(text, "it needs three parts.")
        name, key_id, coded = parts
        try:
            raw = base64.b64decode(coded, validate=True)
        except binascii.Error as error:
            raise KeyBroken(text, str(error)) from error
        if len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE_ED25519):
            raise KeyBroken(text, "only Ed25519 keys (types 1 and 4) are known here.")
        check_name(name)
        found = cls(name, raw[0], raw[1:])
        if found.key_id.hex() != key_id:
            raise KeyBroken(text, f"its id is {found.key_id.hex()}, not {key_id}.")
        return found

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Tell whether a plain Ed25519 signature is by this key."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A private key with its name."""

    name: str
    kind: int
    private: Ed25519PrivateKey

    @classmethod
    def from_seed(cls, name: str, kind: int, seed: bytes) -> "Signer":
        """Return the signer of a seed of 32 bytes."""
        check_name(name)
        return cls(name, kind, Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def verifier(self) -> Verifier:
        """Return the public half."""
        return Verifier(self.name, self.kind, self.private.public_key().public_bytes_raw())

    def line(self, signature: bytes) -> str:
        """Return the signature line for signature bytes."""
        return signature_line(self.name, self.verifier.key_id, signature)

    def sign(self, text: str) -> str:
        """Return the signature line over a note's text (type 1)."""
        return self.line(self.private.sign(text.encode()))


@dataclass(frozen=True)
class Signature:
    """One signature line of a note, taken apart."""

    name: str
    key_id: bytes
    body: bytes

    @property
    def line(self) -> str:
        """Return the line as it stands in the note."""
        return signature_line(self.name, self.key_id, self.body)


@dataclass(frozen=True)
class Note:
    """A note that was read; nothing in it is to be trusted before its signatures are checked."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        """Return the note as it is written."""
        return self.text + "\n" + "".join(each.line for each in self.signatures)

    def by(self, key: Verifier) -> tuple[Signature, ...]:
        """Return the signatures that bear a key's name and id."""
        return tuple(s for s in self.signatures if (s.name, s.key_id) == (key.name, key.key_id))


def signature_line(name: str, key_id: bytes, signature: bytes) -> str:
    """Return one signature line, its newline included."""
    return f"{_DASH}{name} {base64.b64encode(key_id + signature).decode()}\n"


def check_name(name: str) -> None:
    """Check the name of a key.

    Raises:
        KeyBroken: If it is empty or holds a blank or a plus.
    """
    if not name or "+" in name or any(letter.isspace() for letter in name):
        raise KeyBroken(name, "a name has no blanks and no plus.")


def parse(raw: bytes | str) -> Note:
    """Read a note without trusting it.

    Raises:
        NoteBroken: If it is not formed as one.
    """
    written = _decoded(raw)
    text, blank, tail = written.rpartition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise NoteBroken("text, a blank line and signature lines are needed.")
    lines = tail[:-1].split("\n")
    if not 1 <= len(lines) <= _MOST_SIGNATURES:
        raise NoteBroken(f"it has {len(lines)} signature lines; 1 to {_MOST_SIGNATURES} are taken.")
    return Note(text + "\n", tuple(_signature(line) for line in lines))


def _decoded(raw: bytes | str) -> str:
    if len(raw) > _LARGEST_NOTE:
        raise NoteBroken(f"it is longer than {_LARGEST_NOTE} bytes.")
    try:
        written = raw.decode("utf-8") if isinstance(raw, bytes) else raw
    except UnicodeDecodeError as error:
        raise NoteBroken("it is not UTF-8.") from error
    if any(letter < " " and letter != "\n" for letter in written):
        raise NoteBroken("it holds control characters.")
    return written


def _signature(line: str) -> Signature:
    name, blank, coded = line.removeprefix(_DASH).partition(" ")
    try:
        raw = base64.b64decode(coded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteBroken(f"signature line '{line[:60]}' is not base64.") from error
    if not line.startswith(_DASH) or not name or not blank or len(raw) < 5:
        raise NoteBroken(f"'{line[:60]}' is no signature line.")
    return Signature(name, raw[:4], raw[4:])


def verified(note: Note, keys: Sequence[Verifier]) -> tuple[Verifier, ...]:
    """Return which of the trusted keys (type 1) have signed a note.

    Raises:
        SignatureWrong: If a line bears the name and id of a trusted key and is not its signature.
        NotSigned: If none of them has signed.
    """
    found = []
    for key in keys:
        for signature in note.by(key):
            if not key.verify(note.text.encode(), signature.body):
                raise SignatureWrong(key.name)
            found.append(key)
    if not found:
        raise NotSigned(tuple(key.name for key in keys))
    return tuple(dict.fromkeys(found))


def read_seed(path: Path) -> bytes:
    """Return the 32 bytes of a private key from its file (hex)."""
    try:
        seed = bytes.fromhex(path.read_text().strip())
    except ValueError as error:
        raise KeyBroken(str(path), "the file holds no 64 hexadecimal digits.") from error
    if len(seed) != 32:
        raise KeyBroken(str(path), "the file holds no 64 hexadecimal digits.")
    return seed


def write_seed(path: Path) -> bytes:
    """Make a fresh private key and write it to a file that must not exist yet (0600, hex).

    Raises:
        FileExistsError: If the file exists: a key is never overwritten.
    """
    seed = secrets.token_bytes(32)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(seed.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return seed
