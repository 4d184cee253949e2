"""Read one segment without trusting it: numbers, chain, form and times of its entries, and their hashes.

This is the inner loop of verification, and segments are read beside each other on all processors.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from json import JSONDecoder
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt

from openilp.safeguards.log.entries import GENESIS, EntryBroken, taken_apart
from openilp.safeguards.log.segments import Segment
from openilp.safeguards.log.tree import HASH_BYTES, fold

BLOCK = 256
#: Below this many bytes, starting processes takes longer than reading.
_WORTH_PROCESSES = 48 * 1024 * 1024
_HEAD, _EVENT = b'{"at":"', b'","event":'
_decode = JSONDecoder().raw_decode


@dataclass(frozen=True)
class Scanned:
    """What a segment holds, up to the first entry that is not right; `at` in microseconds since the epoch."""

    first: int
    follows: str
    leaves: bytes
    blocks: list[bytes]
    at: npt.NDArray[np.int64]
    broken: EntryBroken | None = None
    is_cut: bool = False

    @property
    def count(self) -> int:
        """The number of entries that are right by themselves."""
        return len(self.leaves) // HASH_BYTES


@dataclass
class _Reading:
    previous: bytes
    leaves: list[bytes] = field(default_factory=list)
    at: list[bytes] = field(default_factory=list)


def scan(segment: Segment, *, limit: int | None = None) -> Scanned:
    """Read a segment.

    Args:
        segment: The file.
        limit: Bytes that were written when the log was looked at; None for all.
    """
    raw = segment.path.read_bytes()[:limit]
    lines = raw.split(b"\n")
    is_cut = bool(lines.pop())
    follows = _claimed(lines[0]) if lines else GENESIS
    reading = _Reading(follows.encode())
    broken = _read(lines, segment.first, reading)
    leaves = reading.leaves
    blocks = [fold(leaves[at : at + BLOCK]) for at in range(0, len(leaves) - BLOCK + 1, BLOCK)]
    at = np.array(reading.at, dtype="S26").astype("U26").astype("datetime64[us]").astype(np.int64)
    return Scanned(segment.first, follows, b"".join(leaves), blocks, at, broken, is_cut)


def _read(lines: Sequence[bytes], seq: int, reading: _Reading) -> EntryBroken | None:
    """Read lines until one is wrong; most are right, so the careful reading is left for those that are not."""
    previous, add_leaf, add_time = reading.previous, reading.leaves.append, reading.at.append
    for raw in lines:
        tail = b',"previous":"%b","seq":%d,"v":1}' % (previous, seq)
        well = raw.endswith(tail) and raw[:7] == _HEAD and raw[34:44] == _EVENT and raw[33:34] == b"Z"
        if not (well and _is_event(raw[44 : -len(tail)])):
            try:
                taken_apart(raw, seq, previous.decode())
            except EntryBroken as error:
                return error
        add_time(raw[7:33])
        leaf = sha256(b"\x00" + raw).digest()
        add_leaf(leaf)
        previous = leaf.hex().encode()
        seq += 1
    return None


def _is_event(raw: bytes) -> bool:
    """Tell whether bytes are one JSON object and the number of its row, and nothing else."""
    try:
        text = raw.decode()
        found, end = _decode(text)
    except ValueError:
        return False
    return type(found) is dict and text[end : end + 6] == ',"id":' and text[end + 6 :].isdigit()


def _claimed(raw: bytes) -> str:
    """Return which hash the first entry of a file says that it follows; whether that is so is checked outside."""
    mark = raw.rfind(b',"previous":"')
    return raw[mark + 13 : mark + 77].decode("ascii", errors="replace") if mark >= 0 else GENESIS


def scan_all(files: Sequence[Segment], sizes: dict[Path, int]) -> Iterator[Scanned]:
    """Yield what the segments hold, in order; large logs are read on all processors.

    Args:
        files: The segments in order.
        sizes: Bytes of each file when the log was looked at.
    """
    if sum(sizes.values()) < _WORTH_PROCESSES:
        for segment in files:
            yield scan(segment, limit=sizes[segment.path])
        return
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as workers:
        yield from workers.map(partial(_scan_known, sizes), files)


def _scan_known(sizes: dict[Path, int], segment: Segment) -> Scanned:
    return scan(segment, limit=sizes[segment.path])
