"""Keys of an installation: files beside the database, never in it."""

import os
import secrets
from pathlib import Path


def key_file(home: Path, name: str) -> Path:
    """Return the path of a key, making a fresh random one (32 bytes, hex) the first time.

    In production `OPENILP_<NAME>_KEY_FILE` may name another file, such as a mounted secret.
    """
    configured = os.environ.get(f"OPENILP_{name.upper()}_KEY_FILE")
    path = Path(configured) if configured else home / "keys" / f"{name}.key"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0 and not home.joinpath("database").exists():
            home.chmod(0o711)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
    return path
