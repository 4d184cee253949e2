"""Verify a log offline: every entry hashed again, against signatures, witnesses and what was verified last time."""

import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from openilp.safeguards.log import evidence, pins, scan, segments
from openilp.safeguards.log.entries import GENESIS
from openilp.safeguards.log.errors import NoLog
from openilp.safeguards.log.evidence import Evidence, Problem
from openilp.safeguards.log.hashes import Hashes
from openilp.safeguards.log.ledger import HASHES, LOCK, SEGMENTS
from openilp.safeguards.log.notes import Note, Verifier
from openilp.safeguards.log.pins import Pins, Policy
from openilp.safeguards.log.published import IDENTITY, Identity, Published
from openilp.safeguards.log.scan import BLOCK, Scanned
from openilp.safeguards.log.tree import HASH_BYTES, Frontier

#: How far clocks of log and witness may be apart.
_CLOCKS_S = 300
#: How long events may stand at the end of a log without a checkpoint that signs them.
_UNSIGNED_S = 3600
_SECOND = 1_000_000


@dataclass(frozen=True)
class Report:
    """What a verification found."""

    policy: Policy
    size: int
    signed: int
    witnessed: int
    checkpoints: int
    is_first: bool
    fresh: tuple[Verifier, ...]
    seconds: float
    problems: tuple[Problem, ...]

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.problems

    @property
    def first_bad(self) -> int | None:
        """The number of the first event that cannot be believed, or nothing."""
        exact = [problem.seq for problem in self.problems if not problem.until]
        return min(
            (min((seq for seq in exact if p.seq <= seq <= p.until), default=p.seq) for p in self.problems),
            default=None,
        )


@dataclass
class _Progress:
    """How far the entries have been read."""

    evidence: Evidence
    pins: Pins
    prefixes: Path
    sizes: list[int]
    now_us: int
    tree: Frontier = field(default_factory=Frontier)
    previous: str = GENESIS
    youngest_us: int = 0
    last_us: int = 0
    #: When the first event behind the last checkpoint was recorded.
    unsigned_since_us: int | None = None
    problems: list[Problem] = field(default_factory=list)

    def find(self, seq: int, kind: str, what: str, until: int = 0) -> None:
        """Note a problem."""
        self.problems.append(Problem(seq, kind, what, until))


def root_of(folder: Path) -> Path:
    """Return the folder of a log, given it or its segments."""
    if folder.name == SEGMENTS and not (folder / SEGMENTS).exists():
        return folder.parent
    return folder


def verify(
    folder: Path,
    *,
    state: Path | None = None,
    policy: Policy | None = None,
    elsewhere: Iterable[Note] = (),
    now: datetime | None = None,
) -> Report:
    """Verify a log; where it is whole, remember it for the next time.

    Args:
        folder: The log's folder.
        state: The verifier's own folder for its pins; by default one for each log, with the account.
        policy: Whose keys and witnesses count; by default those that were pinned, the first time the log's own.
        elsewhere: Checkpoints that were seen with others.
        now: The verifier's own clock, or when a copy was taken: nothing in the log is younger, and what nobody has
            signed or witnessed since counts from here, however long the log itself has said nothing.

    Raises:
        NoLog: If there is nothing that could be verified.
        LogError: If a checkpoint from elsewhere is none of this log.
    """
    begun = time.perf_counter()
    folder = root_of(folder)
    identity = Identity.read(folder) if (folder / IDENTITY).exists() else None
    if identity is None and not (folder / SEGMENTS).is_dir():
        raise NoLog(str(folder), "neither log.json nor segments are there; name its folder with --segments.")
    kept = pins.pinned(state or pins.folder_of(folder, pins.home(), identity), identity, policy)
    prefixes = kept.folder / "leaves.new"
    with _stored(folder) as (files, lengths, hashes):
        known = evidence.gather(Published(folder), kept, elsewhere)
        moment = now or datetime.now(UTC)
        at = _Progress(known, kept, prefixes, sorted(known.roots), int(moment.timestamp() * _SECOND))
        prefixes.write_bytes(b"")
        for part in scan.scan_all(files, lengths):
            if not _take(part, at, hashes):
                break
        _finish(at, hashes)
    problems = tuple(sorted({*known.problems, *at.problems}, key=lambda each: (each.seq, each.kind)))
    if not problems:
        latest = known.latest_cosignatures(kept)
        kept.keep(size=at.tree.size, root=at.tree.root(), cosigned=latest, prefixes=prefixes)
        if state is None:
            pins.keep_place(folder, pins.home(), kept.policy.origin)
    prefixes.unlink(missing_ok=True)
    seconds = time.perf_counter() - begun
    size, covered = at.tree.size, known.covered
    return Report(
        kept.policy,
        size,
        known.signed,
        covered,
        len(known.roots),
        kept.is_first,
        kept.fresh,
        seconds,
        problems,
    )


@contextmanager
def _stored(folder: Path) -> Iterator[tuple[list[segments.Segment], dict[Path, int], Hashes]]:
    """Hand out the files of a log as they were at one moment, even while it is written."""
    lock = folder / LOCK
    handle = os.open(lock, os.O_RDONLY) if lock.exists() else None
    try:
        if handle is not None:
            fcntl.flock(handle, fcntl.LOCK_SH)
        files = segments.listed(folder / SEGMENTS)
        lengths = {each.path: each.path.stat().st_size for each in files}
        hashes = Hashes(folder / HASHES)
    except OSError as error:
        raise NoLog(str(folder), f"{error.strerror}: {error.filename}") from error
    finally:
        if handle is not None:
            os.close(handle)
    try:
        yield files, lengths, hashes
    finally:
        hashes.close()


def _take(part: Scanned, at: _Progress, hashes: Hashes) -> bool:
    """Add a segment to what was read; return whether reading on makes sense."""
    first = part.first
    if first != at.tree.size + 1:
        at.find(at.tree.size + 1, "missing", f"the next file begins with event {first}.")
        return False
    if part.count and part.follows != at.previous:
        at.find(first, "chain", "it does not follow the event before it (its `previous` is another hash).")
    _compare(part, at, hashes)
    _check_times(part, at)
    _grow(part, at)
    if part.count:
        at.previous = part.leaves[-HASH_BYTES:].hex()
        at.last_us = int(part.at[-1])
        if first <= (unsigned := at.evidence.signed + 1) < first + part.count:
            at.unsigned_since_us = int(part.at[unsigned - first])
    with at.prefixes.open("ab") as file:
        file.write(pins.shortened(part.leaves))
    if part.broken:
        at.find(part.broken.seq, "entry", part.broken.why)
    elif part.is_cut:
        at.find(first + part.count, "cut off", "its line is cut off.")
    return not at.problems


def _compare(part: Scanned, at: _Progress, hashes: Hashes) -> None:
    """Compare leaves with the hashes that were stored beside them, and with what is kept of the last time."""
    start = part.first - 1
    stored = hashes.leaves(start, part.count)
    fresh = part.leaves[: len(stored)]
    if fresh != stored:
        differ = next(
            n
            for n in range(0, len(stored), HASH_BYTES)
            if stored[n : n + HASH_BYTES] != fresh[n : n + HASH_BYTES]
        )
        at.find(
            part.first + differ // HASH_BYTES, "changed", "it is not what was hashed when it was recorded."
        )
    differs = pins.first_difference(at.pins.prefixes(start, part.count), part.leaves)
    if differs is not None:
        at.find(part.first + differs, "rewritten", f"it is not what was verified on {at.pins.verified_at}.")


def _check_times(part: Scanned, at: _Progress) -> None:
    """Find events that claim a time at which the log already stood further, or has not been yet."""
    if not part.count:
        return
    slack_s = at.pins.policy.slack_s
    times = part.at
    youngest = np.maximum(np.maximum.accumulate(times), at.youngest_us)
    _note_first(
        part,
        at,
        times < youngest - slack_s * _SECOND,
        "back-dated",
        "its time lies before events that were recorded before it.",
    )
    at.youngest_us = int(youngest[-1])
    ahead = times > at.now_us + _CLOCKS_S * _SECOND
    _note_first(part, at, ahead, "post-dated", "its time lies after the moment of this verification.")
    places = np.arange(part.first, part.first + part.count)
    seconds = times // _SECOND
    sizes, moments = at.evidence.earliest()
    if sizes.size:
        behind = np.searchsorted(sizes, places, side="left") - 1
        bound = np.where(behind >= 0, moments[np.maximum(behind, 0)] - slack_s, seconds)
        why = "its time lies before a checkpoint without it that a witness had cosigned."
        _note_first(part, at, seconds < bound, "back-dated", why)
        sizes, moments = at.evidence.latest()
        within = np.searchsorted(sizes, places, side="left")
        bound = np.where(
            within < sizes.size, moments[np.minimum(within, sizes.size - 1)] + _CLOCKS_S, seconds
        )
        _note_first(
            part, at, seconds > bound, "post-dated", "its time lies after the cosignature that covers it."
        )


def _note_first(part: Scanned, at: _Progress, wrong: npt.NDArray[np.bool_], kind: str, why: str) -> None:
    if wrong.any():
        at.find(part.first + int(np.argmax(wrong)), kind, why)


def _grow(part: Scanned, at: _Progress) -> None:
    """Add the leaves to the tree, whole blocks at once, and compare its root wherever one was signed."""
    taken = 0
    wanted = [size for size in at.sizes if at.tree.size < size <= at.tree.size + part.count]
    for size in [*wanted, part.first - 1 + part.count]:
        while (rest := size - at.tree.size) > 0:
            if rest >= BLOCK and taken % BLOCK == 0:
                at.tree.append_subtree(part.blocks[taken // BLOCK], BLOCK)
                taken += BLOCK
            else:
                at.tree.append(part.leaves[taken * HASH_BYTES : (taken + 1) * HASH_BYTES])
                taken += 1
        if size in at.evidence.roots and size == at.tree.size:
            _compare_root(size, part, at)


def _compare_root(size: int, part: Scanned, at: _Progress) -> None:
    if at.tree.root() == at.evidence.roots[size]:
        return
    if any(problem.seq <= size for problem in at.problems):
        return
    since = at.evidence.before(size) + 1
    what = f"the log of {size} events is not the one whose root was signed; one of events {since} to {size} is another."
    at.find(since, "rewritten", what, until=size)


def _finish(at: _Progress, hashes: Hashes) -> None:
    """Look for what should be there behind the last entry."""
    size, known = at.tree.size, at.evidence
    if at.problems:
        return
    should = max(known.signed, hashes.size)
    if should > size:
        says = "a checkpoint or pin" if known.signed > size else "the stored hashes"
        at.find(size + 1, "truncated", f"the log ends after event {size}; {says} had {should}.")
        return
    if size and not known.signed:
        at.find(1, "unsigned", "no checkpoint of this log is there.")
        return
    since_us = at.unsigned_since_us
    if since_us is not None and at.now_us - since_us > _UNSIGNED_S * _SECOND:
        at.find(
            known.signed + 1, "unsigned", "events stand behind the last checkpoint for more than an hour."
        )
    policy = at.pins.policy
    is_late = not known.covered or at.now_us // _SECOND - known.covered_at > policy.unwitnessed_s
    if policy.quorum and size > known.covered and is_late:
        asked = f"{policy.quorum} of {len(policy.witnesses)} witnesses"
        at.find(known.covered + 1, "unwitnessed", f"no checkpoint with it is cosigned by {asked}.")
