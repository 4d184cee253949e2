"""Details of an event that only the oversight body may read: sealed to its key, bound to the log by a commitment.

The log holds SHA-256(salt ‖ detail); salt and detail lie beside it, encrypted by HPKE (RFC 9180: X25519, HKDF-SHA-256,
ChaCha20-Poly1305). When the sealed bytes are erased, what is left in the log tells nothing and still verifies.
"""

import base64
import binascii
import json
import secrets
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from openilp.safeguards.log.entries import canonical
from openilp.safeguards.log.errors import CannotUnseal, KeyBroken

_INFO = b"openilp audit detail v1"
_SALT_BYTES = 32
_PUBLIC, _PRIVATE = "oversight-public:", "oversight-private:"


@dataclass(frozen=True)
class Sealed:
    """A sealed detail: the commitment that goes into the event, and the bytes that lie beside the log."""

    commitment: str
    body: bytes


@dataclass(frozen=True)
class Opened:
    """A detail that was opened: with its salt it can be compared with the log's commitment by anybody."""

    salt: bytes
    text: str

    @property
    def commitment(self) -> str:
        """Return what the log holds of it."""
        return sha256(self.salt + self.text.encode()).hexdigest()

    @property
    def detail(self) -> dict[str, str]:
        """Return the detail itself."""
        found: dict[str, str] = json.loads(self.text)
        return found


def _suite() -> Suite:
    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def key_pair() -> tuple[str, str]:
    """Return a fresh pair of keys as text: the private one for the oversight body, the public one for the instance."""
    private = X25519PrivateKey.generate()
    return (
        _PRIVATE + base64.b64encode(private.private_bytes_raw()).decode(),
        _PUBLIC + base64.b64encode(private.public_key().public_bytes_raw()).decode(),
    )


def public_key(text: str) -> X25519PublicKey:
    """Read a public key.

    Raises:
        KeyBroken: If it is none, or the private one by mistake.
    """
    if text.strip().startswith(_PRIVATE):
        raise KeyBroken(
            _PRIVATE + "…", "this is the private key; it belongs to the oversight body, not here."
        )
    return X25519PublicKey.from_public_bytes(_raw(text, _PUBLIC))


def private_key(text: str) -> X25519PrivateKey:
    """Read a private key.

    Raises:
        KeyBroken: If it is none.
    """
    return X25519PrivateKey.from_private_bytes(_raw(text, _PRIVATE))


def _raw(text: str, prefix: str) -> bytes:
    try:
        raw = base64.b64decode(text.strip().removeprefix(prefix), validate=True)
    except binascii.Error as error:
        raise KeyBroken(prefix + "…", "it is not base64.") from error
    if not text.strip().startswith(prefix) or len(raw) != 32:
        raise KeyBroken(prefix + "…", f"'{prefix}' and 32 bytes in base64 are needed.")
    return raw


def seal(detail: dict[str, str], to: X25519PublicKey) -> Sealed:
    """Seal a detail to the oversight key; neither text nor salt is kept in the clear."""
    opened = Opened(secrets.token_bytes(_SALT_BYTES), canonical(detail))
    return Sealed(opened.commitment, _suite().encrypt(opened.salt + opened.text.encode(), to, _INFO))


def unseal(body: bytes, key: X25519PrivateKey, commitment: str) -> Opened:
    """Open a sealed detail and check it against the log.

    Raises:
        CannotUnseal: If the key is another one, the bytes were changed, or the log commits to another detail.
    """
    try:
        plain = _suite().decrypt(body, key, _INFO)
    except (InvalidTag, ValueError) as error:
        raise CannotUnseal("This key does not open the detail, or the detail was changed.") from error
    opened = Opened(plain[:_SALT_BYTES], plain[_SALT_BYTES:].decode())
    if opened.commitment != commitment:
        raise CannotUnseal("The detail opens, but it is not the one that the log commits to.")
    return opened
