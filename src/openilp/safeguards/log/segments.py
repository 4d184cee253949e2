"""Segments: the entries on disk, a line each, 65,536 to a file; appended to, never changed."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from openilp.safeguards.log.errors import NoLog

#: Entries of one file: a perfect subtree, so that files can be checked beside each other.
ENTRIES = 65_536


@dataclass(frozen=True)
class Segment:
    """One file of entries and the number of its first one."""

    path: Path
    first: int


def name(first: int) -> str:
    """Return the name of the file that begins with an entry."""
    return f"{first:012d}.jsonl"


def listed(folder: Path) -> list[Segment]:
    """Return the files of a log in order.

    Raises:
        NoLog: If the folder is missing, or a file bears a name that no segment has.
    """
    if not folder.is_dir():
        raise NoLog(str(folder), "there is no such folder.")
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        if not path.stem.isdigit() or path.name != name(int(path.stem)) or (int(path.stem) - 1) % ENTRIES:
            raise NoLog(str(folder), f"'{path.name}' is no name of a segment.")
        found.append(Segment(path, int(path.stem)))
    return found


def entry(folder: Path, seq: int) -> bytes:
    """Return the bytes of one entry.

    Raises:
        NoLog: If the segments end before it.
    """
    first = (seq - 1) // ENTRIES * ENTRIES + 1
    for raw in lines(folder, seq):
        return raw
    raise NoLog(str(folder), f"{name(first)} does not hold event {seq}.")


def lines(folder: Path, seq: int) -> Iterator[bytes]:
    """Yield the entries from a number on; a last line that is not ended is not yielded."""
    while True:
        first = (seq - 1) // ENTRIES * ENTRIES + 1
        path = folder / name(first)
        if not path.exists():
            return
        with path.open("rb") as file:
            for number, raw in enumerate(file, start=first):
                if not raw.endswith(b"\n"):
                    return
                if number >= seq:
                    yield raw[:-1]
                    seq = number + 1
        if seq != first + ENTRIES:
            return


class Writer:
    """Appends to the last segment; on opening, a line that a crash cut off is removed (nobody relied on it)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        present = listed(folder)
        first = present[-1].first if present else 1
        self._handle = self._open(first)
        self.size = first - 1 + self._whole_lines()

    def _open(self, first: int) -> int:
        path = self._folder / name(first)
        is_new = not path.exists()
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        if is_new:
            sync_folder(self._folder)
        return handle

    def _whole_lines(self) -> int:
        count, whole, at = 0, 0, 0
        while chunk := os.pread(self._handle, 1 << 20, at):
            count += chunk.count(b"\n")
            last = chunk.rfind(b"\n")
            whole = at + last + 1 if last >= 0 else whole
            at += len(chunk)
        if whole != at:
            os.ftruncate(self._handle, whole)
        return count

    def append(self, entries: Sequence[bytes]) -> None:
        """Write entries and bring them to the disk before returning."""
        at = 0
        while at < len(entries):
            used = self.size % ENTRIES
            if used == 0 and self.size:
                os.close(self._handle)
                self._handle = self._open(self.size + 1)
            some = entries[at : at + ENTRIES - used]
            write_all(self._handle, b"\n".join(some) + b"\n")
            os.fsync(self._handle)
            at += len(some)
            self.size += len(some)

    def close(self) -> None:
        """Close the file."""
        os.close(self._handle)


def write_all(handle: int, raw: bytes) -> None:
    """Write all bytes, however many calls it takes."""
    rest = memoryview(raw)
    while rest:
        rest = rest[os.write(handle, rest) :]


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace(path: Path, text: str) -> None:
    """Write a file anew, whole or not at all."""
    beside = path.with_name(path.name + ".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)
