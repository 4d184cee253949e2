"""The tree's hashes on disk: one append-only file for every eighth level, so that proofs read a few hundred bytes.

File `hashes/0` holds the leaves, `hashes/1` the roots of each 256 leaves, `hashes/2` of each 65,536, and so on (the
tiles of C2SP tlog-tiles, laid end to end). They follow from the entries and can be made again from them.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from openilp.safeguards.log.segments import write_all
from openilp.safeguards.log.tree import EMPTY_ROOT, HASH_BYTES, fold, node_hash, split

_STEP = 8
_TILE = 1 << _STEP
_LEVELS = 8


class Hashes:
    """The stored hashes of a log; `writing` also completes what a crash left unfinished."""

    def __init__(self, folder: Path, *, writing: bool = False) -> None:
        self._folder, self._writing = folder, writing
        if writing:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._files: list[int] = []
        self._counts: list[int] = []
        self._unsynced: set[int] = set()
        self._open()

    def _open(self) -> None:
        for level in range(_LEVELS):
            path = self._folder / str(level)
            if self._writing:
                handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            elif path.exists():
                handle = os.open(path, os.O_RDONLY)
            else:
                break
            self._files.append(handle)
            self._counts.append(os.fstat(handle).st_size // HASH_BYTES)
        for level in range(1, len(self._counts)):
            self._counts[level] = min(self._counts[level], self._counts[level - 1] >> _STEP)
        if self._writing:
            for handle, count in zip(self._files, self._counts, strict=True):
                os.ftruncate(handle, count * HASH_BYTES)
            self._complete()

    @property
    def size(self) -> int:
        """The number of leaves."""
        return self._counts[0] if self._counts else 0

    def append(self, leaves: Sequence[bytes]) -> None:
        """Add leaf hashes, and what follows from them on higher levels."""
        write_all(self._files[0], b"".join(leaves))
        self._unsynced.add(0)
        self._counts[0] += len(leaves)
        self._complete()

    def _complete(self) -> None:
        for level in range(1, _LEVELS):
            missing = range(self._counts[level], self._counts[level - 1] >> _STEP)
            if not missing:
                break
            made = [fold(self._read(level - 1, at << _STEP, _TILE)) for at in missing]
            write_all(self._files[level], b"".join(made))
            self._unsynced.add(level)
            self._counts[level] += len(made)

    def sync(self) -> None:
        """Bring what was added to the disk."""
        while self._unsynced:
            os.fsync(self._files[self._unsynced.pop()])

    def close(self) -> None:
        """Close the files."""
        for handle in self._files:
            os.close(handle)
        self._files, self._counts = [], []

    def leaf(self, number: int) -> bytes:
        """Return one leaf hash, counted from 0."""
        return self._read(0, number, 1)[0]

    def leaves(self, start: int, count: int) -> bytes:
        """Return leaf hashes end to end; fewer where the file ends."""
        return os.pread(self._files[0], count * HASH_BYTES, start * HASH_BYTES) if self._files else b""

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` leaves."""
        return self.subtree(0, size) if size else EMPTY_ROOT

    def subtree(self, start: int, end: int) -> bytes:
        """Return the root over leaves `start` to `end`, as RFC 9162 divides the tree."""
        width = end - start
        if width & (width - 1) == 0 and start % width == 0:
            return self._perfect(width.bit_length() - 1, start)
        middle = start + split(width)
        return node_hash(self.subtree(start, middle), self.subtree(middle, end))

    def _perfect(self, height: int, start: int) -> bytes:
        level = min(height // _STEP, len(self._counts) - 1)
        while level and self._counts[level] < (start + (1 << height)) >> (level * _STEP):
            level -= 1
        across = height - level * _STEP
        if across > _STEP:
            half = 1 << (height - 1)
            return node_hash(self._perfect(height - 1, start), self._perfect(height - 1, start + half))
        return fold(self._read(level, start >> (level * _STEP), 1 << across))

    def _read(self, level: int, start: int, count: int) -> list[bytes]:
        raw = os.pread(self._files[level], count * HASH_BYTES, start * HASH_BYTES)
        if len(raw) != count * HASH_BYTES:
            raise IndexError(f"hashes/{level} ends before {start + count}; it holds {self._counts[level]}.")
        return [raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES)]
