"""The signed side of a log: its checkpoints and cosignatures, checked against the verifier's pins."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from openilp.safeguards.log import checkpoint as checkpoints
from openilp.safeguards.log.checkpoint import Checkpoint
from openilp.safeguards.log.errors import NoteBroken, NotSigned, SignatureWrong
from openilp.safeguards.log.notes import Note
from openilp.safeguards.log.pins import Pins
from openilp.safeguards.log.published import Published

_ANY = 2**63


@dataclass(frozen=True)
class Problem:
    """Something that is not right, and the first event that it touches.

    Where a signature covers many events, any of those up to `until` may be the one; else `until` is 0.
    """

    seq: int
    kind: str
    what: str
    until: int = 0


@dataclass(frozen=True)
class Witnessed:
    """A checkpoint that a witness cosigned at a time (seconds since the epoch)."""

    key: str
    size: int
    at: int


@dataclass
class Evidence:
    """What the signatures say that the log must be."""

    roots: dict[int, bytes] = field(default_factory=dict)
    witnessed: list[Witnessed] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    #: The largest size that so many witnesses cosigned as the policy asks for, and when they had.
    covered: int = 0
    covered_at: int = 0

    @property
    def signed(self) -> int:
        """The largest size that the log has signed."""
        return max(self.roots, default=0)

    def before(self, size: int) -> int:
        """Return the largest size below a size that was signed."""
        return max((known for known in self.roots if known < size), default=0)

    def demand(self, size: int, root: bytes, kind: str, what: str) -> None:
        """Ask for a root at a size; two roots for one size are two logs under one name."""
        if self.roots.setdefault(size, root) != root:
            self.problems.append(Problem(self.before(size) + 1, kind, what, until=size))

    def latest_cosignatures(self, pins: Pins) -> dict[str, tuple[int, int]]:
        """Return size and time of each witness's latest cosignature, those of the pins included."""
        found = dict(pins.cosigned)
        for each in self.witnessed:
            if each.at >= found.get(each.key, (0, -1))[1]:
                found[each.key] = (each.size, each.at)
        return found

    def earliest(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return sizes and times: an event behind a size cannot be older than the time at which it was cosigned."""
        sizes, times = self._sorted()
        return sizes, np.maximum.accumulate(times) if times.size else times

    def latest(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return sizes and times: an event within a size cannot be younger than the time at which it was cosigned."""
        sizes, times = self._sorted()
        return sizes, np.minimum.accumulate(times[::-1])[::-1] if times.size else times

    def _sorted(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        pairs = sorted((each.size, each.at) for each in self.witnessed)
        return (
            np.array([size for size, _ in pairs], dtype=np.int64),
            np.array([at for _, at in pairs], dtype=np.int64),
        )


def gather(published: Published, pins: Pins, elsewhere: Iterable[Note] = ()) -> Evidence:
    """Read all that was signed.

    Args:
        published: The log's own notes.
        pins: Whose signatures count, and what was verified last.
        elsewhere: Checkpoints that were seen with others: partners, witnesses, minutes of the oversight body.
    """
    found = Evidence()
    _own(published, pins, found)
    for note in elsewhere:
        _foreign(note, pins, found)
    if pins.size:
        what = f"the log of {pins.size} events is not the one that was verified on {pins.verified_at}."
        if pins.size in found.roots and found.roots[pins.size] != pins.root:
            found.problems.append(Problem(found.before(pins.size) + 1, "rewritten", what, until=pins.size))
        found.roots[pins.size] = pins.root
    found.problems.extend(_rollbacks(found.witnessed, pins))
    _cover(found, pins)
    return found


def _own(published: Published, pins: Pins, found: Evidence) -> None:
    known: set[str] = set()
    largest = 0
    try:
        for note in [*published.all(), *([latest] if (latest := published.latest()) else [])]:
            if str(note) in known:
                continue
            known.add(str(note))
            made = _checked(note, pins, found)
            if made is None:
                return
            if made.size < largest:
                what = f"a checkpoint of {made.size} events was signed after one of {largest}."
                found.problems.append(Problem(made.size + 1, "rollback", what))
            largest = max(largest, made.size)
    except NoteBroken as error:
        found.problems.append(Problem(found.signed + 1, "checkpoint", str(error), until=_ANY))


def _checked(note: Note, pins: Pins, found: Evidence) -> Checkpoint | None:
    policy = pins.policy
    try:
        made = checkpoints.opened(note, policy.keys)
        cosignatures = checkpoints.cosignatures(note, policy.witnesses)
    except (NoteBroken, NotSigned, SignatureWrong) as error:
        found.problems.append(Problem(found.signed + 1, "signature", str(error), until=_ANY))
        return None
    if made.origin != policy.origin:
        what = f"a checkpoint is of the log '{made.origin}', not of '{policy.origin}'."
        found.problems.append(Problem(found.signed + 1, "origin", what, until=_ANY))
        return None
    found.demand(
        made.size, made.root, "split view", f"two checkpoints of {made.size} events have different roots."
    )
    found.witnessed.extend(Witnessed(str(each.witness), made.size, each.at) for each in cosignatures)
    return made


def _foreign(note: Note, pins: Pins, found: Evidence) -> None:
    """Take a checkpoint that was seen elsewhere: one that the log's key did not sign says nothing about the log."""
    made = checkpoints.opened(note, pins.policy.keys)
    what = (
        f"a checkpoint of {made.size} events that was seen elsewhere is of another log: the key has signed two logs "
        "under one name."
    )
    found.demand(made.size, made.root, "split view", what)
    found.witnessed.extend(
        Witnessed(str(each.witness), made.size, each.at)
        for each in checkpoints.cosignatures(note, pins.policy.witnesses)
    )


def _rollbacks(witnessed: list[Witnessed], pins: Pins) -> list[Problem]:
    """Return where a witness cosigned less than it had cosigned before: its memory was put back."""
    found = []
    for key in {each.key for each in witnessed}:
        own = sorted((each.at, each.size) for each in witnessed if each.key == key)
        if key in pins.cosigned:
            size, at = pins.cosigned[key]
            own = sorted([*own, (at, size)])
        largest = 0
        for _, size in own:
            if size < largest:
                what = (
                    f"witness '{key.split('+')[0]}' cosigned {size} events after it had cosigned {largest}: its "
                    "memory was rolled back."
                )
                found.append(Problem(size + 1, "witness rollback", what))
                break
            largest = size
    return found


def _cover(found: Evidence, pins: Pins) -> None:
    quorum = pins.policy.quorum
    if not quorum:
        return
    sizes: dict[int, dict[str, int]] = {}
    for each in found.witnessed:
        first = sizes.setdefault(each.size, {})
        first[each.key] = min(each.at, first.get(each.key, each.at))
    for size in sorted(sizes, reverse=True):
        if len(sizes[size]) >= quorum:
            found.covered, found.covered_at = size, sorted(sizes[size].values())[quorum - 1]
            return
