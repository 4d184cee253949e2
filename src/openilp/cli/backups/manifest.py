"""What a backup says of itself: when, of what, and the hash of each of its files."""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from openilp.cli.backups.errors import BackupDamaged, NoBackup

NAME = "manifest.json"
FORMAT = 1
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """The first thing that is read of a backup and the last that is written.

    `kind` is `base` (the files of the embedded server) or `dump` (one dump of an external one); `steps` the last
    migration of each application; `audit_size` the events of the audit log in it; `rows` the rows of each table, where
    they were counted in the snapshot that was dumped; `parts` path, size and hash of each file.
    """

    kind: str
    taken_at: str
    openilp: str
    postgres: str
    steps: dict[str, str]
    audit_size: int
    rows: dict[str, int] = field(default_factory=dict)
    parts: dict[str, tuple[int, str]] = field(default_factory=dict)
    format: int = FORMAT

    def write(self, folder: Path) -> str:
        """Write it and return its hash; with it the backup is finished."""
        raw = json.dumps(asdict(self), indent=1, sort_keys=True).encode()
        unfinished = folder / f".{NAME}"
        with unfinished.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(folder / NAME)
        sync(folder)
        return hashlib.sha256(raw).hexdigest()


def read(folder: Path, *, digest: str = "") -> Manifest:
    """Read the manifest of a backup.

    Args:
        folder: The backup.
        digest: The hash that was printed when it was taken, where somebody kept it.

    Raises:
        NoBackup: If there is none, or it is not of a form that is known.
        BackupDamaged: If its hash is another one.
    """
    try:
        raw = (folder / NAME).read_bytes()
        found: dict[str, Any] = json.loads(raw)
        if found["format"] != FORMAT:
            raise NoBackup(folder, f"its form is {found['format']}, this OpenILP knows form {FORMAT}.")
        found["parts"] = {name: (int(size), str(hashed)) for name, (size, hashed) in found["parts"].items()}
        made = Manifest(**found)
    except OSError as error:
        raise NoBackup(folder, f"{NAME} cannot be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError) as error:
        raise NoBackup(folder, f"{NAME} cannot be understood ({error!r}).") from error
    if digest and hashlib.sha256(raw).hexdigest() != digest.lower():
        raise BackupDamaged(folder, NAME, "has another hash than the one that was noted")
    return made


def check(folder: Path, manifest: Manifest) -> None:
    """Hash every file of a backup and compare.

    Raises:
        BackupDamaged: Names the first file that is missing, changed, or not in the manifest.
    """
    present = {path.relative_to(folder).as_posix(): path for path in files_in(folder)}
    present.pop(NAME, None)
    for name in sorted(present.keys() | manifest.parts.keys()):
        if name not in manifest.parts:
            raise BackupDamaged(folder, name, "was put there later")
        if name not in present:
            raise BackupDamaged(folder, name, "is missing")
        if (present[name].stat().st_size, hash_of(present[name])) != manifest.parts[name]:
            raise BackupDamaged(folder, name, "is not what was written")


def files_in(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder.

    Raises:
        BackupDamaged: If something is neither file nor folder; a link would lead out of the backup.
    """
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise BackupDamaged(folder, path.relative_to(folder).as_posix(), "is neither file nor folder")
        if path.is_file():
            yield path


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy(source: Path, target: Path, *, length: int | None = None) -> None:
    """Copy a file to the disk, no further than a length."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    left = source.stat().st_size if length is None else length
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as read_from, os.fdopen(handle, "wb") as out:
        while left and (piece := read_from.read(min(_CHUNK, left))):
            out.write(piece)
            left -= len(piece)
        out.flush()
        os.fsync(out.fileno())


def sync(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
