"""The store of attached files: addressed by their hash, written once, checked on every read."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from django.conf import settings

from openilp.collection import contents
from openilp.collection.errors import DamagedFile, FileEmpty, FileTooLarge

_CHUNK = 64 * 1024
_NAME_LENGTH = 160
_DIRECTORY_MODE = 0o700
_FILE_MODE = 0o600


class Readable(Protocol):
    """Anything that gives bytes piece by piece."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end."""


@dataclass(frozen=True)
class Kept:
    """A file as it lies in the store."""

    sha256: str
    size: int
    media_type: str


def incoming() -> Path:
    """Return the folder in which files wait until they are checked."""
    folder = Path(settings.OPENILP_FILES) / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=_DIRECTORY_MODE)
    return folder


def clean_name(name: str) -> str:
    """Return a file's own name, without folders and control characters, short enough to be kept."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c for c in last if c.isprintable()).strip(" .") or "file"
    stem, dot, suffix = plain.rpartition(".")
    if len(plain) <= _NAME_LENGTH or not dot:
        return plain[:_NAME_LENGTH]
    return f"{stem[: _NAME_LENGTH - len(suffix) - 1]}.{suffix}"


def keep(stream: Readable, *, name: str, limit: int | None = None) -> Kept:
    """Store a file: read it once, no further than the limit, check what it is, and move it to its address.

    It lies under its address before any row names it, so that no row ever names a file that is not there; a file
    that no row came to name is out of everybody's reach.

    Args:
        stream: The content.
        name: The file's own name, for the check of its kind and for errors.
        limit: Most bytes; by default those of the setting.

    Raises:
        FileRefused: If it is empty, too large, of a kind that is not taken, or a harmful archive.
    """
    most = settings.OPENILP_UPLOAD_LIMIT if limit is None else limit
    waiting = incoming() / uuid4().hex
    try:
        sha256, size = _copy(stream, waiting, name=name, most=most)
        if size == 0:
            raise FileEmpty(name)
        media_type = contents.check(waiting, name=name)
        _move(waiting, address(sha256))
    finally:
        waiting.unlink(missing_ok=True)
    return Kept(sha256, size, media_type)


def receive(stream: Readable, *, name: str, limit: int) -> tuple[Path, str]:
    """Write what comes in to the waiting room, no further than the limit; the caller moves it on or removes it.

    Returns:
        Where it waits, and the hash of its content.

    Raises:
        FileRefused: If it is empty or too large; then nothing stays behind.
    """
    waiting = incoming() / uuid4().hex
    try:
        sha256, size = _copy(stream, waiting, name=name, most=limit)
        if size == 0:
            raise FileEmpty(name)
    except BaseException:
        waiting.unlink(missing_ok=True)
        raise
    return waiting, sha256


def move(source: Path, target: Path) -> None:
    """Move a file on from the waiting room, so that it is there wholly or not at all."""
    _move(source, target)


def keep_own(path: Path) -> str:
    """Store a file that the program wrote itself, and return its hash."""
    waiting = incoming() / uuid4().hex
    with path.open("rb") as stream:
        sha256, _size = _copy(stream, waiting, name=path.name, most=path.stat().st_size)
    _move(waiting, address(sha256))
    return sha256


def address(sha256: str) -> Path:
    """Return where a file lies."""
    return Path(settings.OPENILP_FILES) / sha256[:2] / sha256[2:4] / sha256


def checked(sha256: str) -> Iterator[bytes]:
    """Return a file's content after checking that it is what was received.

    Raises:
        DamagedFile: If it is missing, or its hash is another one.
    """
    path = address(sha256)
    try:
        with path.open("rb") as stored:
            found = hashlib.file_digest(stored, "sha256").hexdigest()
    except OSError as error:
        raise DamagedFile(sha256) from error
    if found != sha256:
        raise DamagedFile(sha256)
    return _pieces(path)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stored:
        while piece := stored.read(_CHUNK):
            yield piece


def _copy(stream: Readable, target: Path, *, name: str, most: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
    with os.fdopen(handle, "wb") as out:
        while piece := stream.read(_CHUNK):
            size += len(piece)
            if size > most:
                raise FileTooLarge(name, most)
            digest.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest(), size


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=_DIRECTORY_MODE)
    source.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
