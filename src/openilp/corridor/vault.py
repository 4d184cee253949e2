"""The keys of the sources: one file a source, outside the database, and two keys of the installation above them.

Each source has two data keys. Notes are sealed with its working key, which the first key of the installation wraps.
Identities are sealed with another one that stands nowhere: it is the exclusive-or of two shares, one wrapped by each
key of the installation. Destroying a source's file makes everything that was ever written of it unreadable, in old
dumps and in the write-ahead log too.
"""

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from openilp.corridor.errors import SealBroken, SourceErased

_NONCE = 12
_KEY = 32


@dataclass(frozen=True)
class DataKeys:
    """The two data keys of one source."""

    working: bytes
    identity: bytes

    def __repr__(self) -> str:
        """Return nothing of the keys: a traceback may show it."""
        return "DataKeys(…)"


def seal(key: bytes, content: dict[str, Any], bound_to: str) -> bytes:
    """Return content encrypted with AES-256-GCM, bound to the place where it is to lie."""
    nonce = secrets.token_bytes(_NONCE)
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to.encode())


def unseal(key: bytes, sealed: bytes, bound_to: str) -> dict[str, Any]:
    """Return sealed content.

    Raises:
        SealBroken: If it was changed, moved to another row, or sealed with another key.
    """
    held = bytes(sealed)
    try:
        plain = AESGCM(key).decrypt(held[:_NONCE], held[_NONCE:], bound_to.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken(bound_to) from error
    found: dict[str, Any] = json.loads(plain)
    return found


def create(source: UUID) -> DataKeys:
    """Make the data keys of a new source and write their wraps; they are on disk before any row is."""
    working, first, second = (secrets.token_bytes(_KEY) for _ in range(3))
    one, other = _installation_keys()
    wraps = {
        "working": _wrap(one, working, f"{source}/working"),
        "first": _wrap(one, first, f"{source}/first"),
        "second": _wrap(other, second, f"{source}/second"),
    }
    path = _file(source)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(wraps, file)
        file.flush()
        os.fsync(file.fileno())
    _sync(path.parent)
    return DataKeys(working, _xor(first, second))


def keys_of(source: UUID) -> DataKeys:
    """Return the data keys of a source.

    Raises:
        SourceErased: If its wraps were destroyed.
    """
    path = _file(source)
    if not path.exists():
        raise SourceErased
    wraps = json.loads(path.read_text())
    one, other = _installation_keys()
    first = _unwrap(one, wraps["first"], f"{source}/first")
    second = _unwrap(other, wraps["second"], f"{source}/second")
    return DataKeys(_unwrap(one, wraps["working"], f"{source}/working"), _xor(first, second))


def exists(source: UUID) -> bool:
    """Tell whether a source can still be read."""
    return _file(source).exists()


def destroy(source: UUID) -> None:
    """Overwrite and remove the wraps of a source."""
    path = _file(source)
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(secrets.token_bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    _sync(path.parent)


def derived(purpose: bytes) -> bytes:
    """Return a key for one purpose, derived from the first key of the installation."""
    return hmac.new(_installation_keys()[0], purpose, hashlib.sha256).digest()


def guard_word(source: UUID, word: str) -> str:
    """Return the mark of a word of a source's identity, by which the word is known again without standing there."""
    secret = hmac.new(_installation_keys()[1], source.bytes, hashlib.sha256).digest()
    return hmac.new(secret, word.encode(), hashlib.sha256).hexdigest()[:32]


def _installation_keys() -> tuple[bytes, bytes]:
    one, other = (bytes.fromhex(Path(path).read_text().strip()) for path in settings.OPENILP_CORRIDOR_KEYS)
    return one, other


def _file(source: UUID) -> Path:
    return Path(settings.OPENILP_CORRIDOR_WRAPS) / f"{source}.wrap"


def _wrap(key: bytes, held: bytes, bound_to: str) -> str:
    nonce = secrets.token_bytes(_NONCE)
    return (nonce + AESGCM(key).encrypt(nonce, held, bound_to.encode())).hex()


def _unwrap(key: bytes, wrapped: str, bound_to: str) -> bytes:
    held = bytes.fromhex(wrapped)
    try:
        return AESGCM(key).decrypt(held[:_NONCE], held[_NONCE:], bound_to.encode())
    except InvalidTag as error:
        raise SealBroken(bound_to) from error


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
