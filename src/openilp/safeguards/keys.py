"""Keys of an installation: files beside the database, never in it."""

import hashlib
import hmac
import os
import secrets
from functools import cache
from pathlib import Path

from django.conf import settings

#: The key that claims are signed with, and the one behind fingerprints and ids of imported things, which must last.
CLAIMS, FINGERPRINTS = "claims", "fingerprints"


def key_file(home: Path, name: str, *, formerly: str = "") -> Path:
    """Return the path of a key, making a fresh random one (32 bytes, hex) the first time.

    In production `OPENILP_<NAME>_KEY_FILE` may name another file, such as a mounted secret.

    Args:
        home: Folder of the installation.
        name: Name of the key.
        formerly: The key that did its work in earlier versions: an installation that has it goes on with a copy.
    """
    path = _place(home, name)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0 and not home.joinpath("database").exists():
            home.chmod(0o711)
        before = _place(home, formerly) if formerly else None
        fresh = before.read_text() if before and before.exists() else secrets.token_hex(32)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path
        with os.fdopen(handle, "w") as file:
            file.write(fresh)
    return path


@cache
def read(path: Path) -> bytes:
    """Return a key, read once from its file."""
    return bytes.fromhex(path.read_text().strip())


def keyed(text: bytes) -> bytes:
    """Return SHA-256 of a text, keyed by the installation's secret for fingerprints, which outlasts every restore."""
    return hmac.new(read(Path(settings.OPENILP_FINGERPRINTS_KEY)), text, hashlib.sha256).digest()


def renew_claims(home: Path) -> bool:
    """Have a new key made for signing claims, before anything reads it: a copy of the old one lies in the database.

    Returns:
        Whether it is ours to renew; a key that `OPENILP_CLAIMS_KEY_FILE` names is its operator's.
    """
    key_file(home, FINGERPRINTS, formerly=CLAIMS)
    if os.environ.get("OPENILP_CLAIMS_KEY_FILE"):
        return False
    _place(home, CLAIMS).unlink(missing_ok=True)
    return True


def _place(home: Path, name: str) -> Path:
    configured = os.environ.get(f"OPENILP_{name.upper()}_KEY_FILE")
    return Path(configured) if configured else home / "keys" / f"{name}.key"
