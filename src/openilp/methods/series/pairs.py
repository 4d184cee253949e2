"""Pairs of events that lie close together: found once, counted many times."""

import itertools
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from openilp.methods.arrays import FloatArray, IntArray, TimeArray
from openilp.methods.errors import TooLarge
from openilp.methods.series.bands import DAY_US, Bands

Metric = Literal["euclidean", "manhattan"]
Ticks = NDArray[np.signedinteger[Any]]
# 16 bytes a pair while they are found: 100 million take 1.6 GB.
MOST_PAIRS = 100_000_000
# Block times batch fits a core's second-level cache (128 KB of 16-bit ticks); so many blocks add up in one byte.
_BLOCK = 512
_MOST_ADDED = 255
_STEPS_US = (DAY_US, 3_600_000_000, 60_000_000, 1_000_000, 1)
BATCH = 128


@dataclass(frozen=True, slots=True)
class ClosePairs:
    """Pairs of events, ordered by their band of distance.

    Attributes:
        first: (m,) row of one event.
        second: (m,) row of the other.
        starts: (bands + 1,) where each band begins among the pairs.
        same: (k, 2) rows of the pairs at exactly the same place, in whichever band.
        n: Events.
    """

    first: NDArray[np.int32]
    second: NDArray[np.int32]
    starts: IntArray
    same: IntArray
    n: int

    def __len__(self) -> int:
        """This function will count the pairs."""
        return len(self.first)


def distances(xy: FloatArray, first: NDArray[Any], second: NDArray[Any], metric: Metric) -> FloatArray:
    """This function will measure pairs.

    Args:
        xy: (n, 2) metres.
        first: (m,) rows.
        second: (m,) rows.
        metric: `euclidean` or `manhattan`.

    Returns:
        (m,) metres.
    """
    east, north = (axis[first] - axis[second] for axis in np.ascontiguousarray(xy.T))
    if metric == "manhattan":
        return np.asarray(np.abs(east) + np.abs(north))
    return np.asarray(np.sqrt(east * east + north * north))


def find_close_pairs(xy: FloatArray, bands: Bands, metric: Metric) -> ClosePairs:
    """This function will find the pairs of events within the finite bands of distance.

    A k-d tree finds the pairs in O(n log n + pairs); the bands are then decided on the distance itself,
    so the tree's rounding cannot move a pair across an edge.

    Args:
        xy: (n, 2) metres.
        bands: Bands of distance; an infinite last one is left to the caller.
        metric: `euclidean` or `manhattan`.

    Returns:
        The pairs by band.

    Raises:
        TooLarge: If there are more pairs than memory should hold.
    """
    order = 1 if metric == "manhattan" else 2
    reach = bands.reach * (1 + 1e-9) + 1e-9
    # A tree that is not balanced is built faster, and nothing is slower for it here.
    tree = KDTree(xy, balanced_tree=False, compact_nodes=False)
    possible = len(xy) * (len(xy) - 1) // 2
    if possible > MOST_PAIRS and (many := _pairs_within(tree, reach, order)) > MOST_PAIRS:
        raise TooLarge("close pairs", many, MOST_PAIRS, "use smaller distances or a smaller selection")
    pairs = tree.query_pairs(reach, p=order, output_type="ndarray")
    apart = distances(xy, pairs[:, 0], pairs[:, 1], metric)
    band = bands.place(apart)
    finite = len(bands) - (not np.isfinite(bands.edges[-1]))
    band[band >= finite] = -1
    # Events next to each other in the tree's order are near in space, so that a pair's two rows share a cache line.
    by_band = np.argsort(band.astype(np.int16), kind="stable")[int((band == -1).sum()) :]
    return ClosePairs(
        first=pairs[by_band, 0].astype(np.int32),
        second=pairs[by_band, 1].astype(np.int32),
        starts=np.searchsorted(band[by_band], np.arange(finite + 1)).astype(np.int64),
        same=np.asarray(pairs[apart == 0], dtype=np.int64),
        n=len(xy),
    )


def _pairs_within(tree: KDTree, reach: float, order: int) -> int:
    return int((tree.count_neighbors(tree, reach, p=order) - tree.n) // 2)


def to_ticks(moments: TimeArray) -> tuple[Ticks, int]:
    """This function will write times as whole days, hours, minutes, seconds or microseconds, whichever fits.

    Args:
        moments: (n,) datetime64[us] without NaT, n >= 1.

    Returns:
        (n,) ticks from 0 in the smallest integer type that holds them and their differences, and the
        length of a tick in microseconds.
    """
    since = (moments - moments.min()).astype(np.int64)
    tick = next(step for step in _STEPS_US if not (since % step).any())
    ticks = since // tick
    smallest = next(kind for kind in (np.int16, np.int32, np.int64) if ticks.max() < np.iinfo(kind).max)
    return ticks.astype(smallest), tick


def count_below(pairs: ClosePairs, ticks: Ticks, limits: tuple[int, ...]) -> IntArray:
    """This function will count the pairs of each band whose delay lies below each limit.

    Args:
        pairs: m pairs of n events.
        ticks: (n, b) times of the events in b permutations.
        limits: Delays in ticks.

    Returns:
        (b, bands, limits) counts. Cost: m b, in blocks that stay in the cache.
    """
    bands = len(pairs.starts) - 1
    counts = np.zeros((bands, len(limits), ticks.shape[1]), dtype=np.int64)
    block = _Block(ticks, limits)
    for band, (begin, end) in enumerate(itertools.pairwise(pairs.starts.tolist())):
        for number, at in enumerate(range(begin, end, _BLOCK)):
            rows = slice(at, min(at + _BLOCK, end))
            block.add(pairs.first[rows], pairs.second[rows])
            if number % _MOST_ADDED == _MOST_ADDED - 1:
                counts[band] += block.total()
        counts[band] += block.total()
    return counts.transpose(2, 0, 1)


class _Block:
    """Room for a block of pairs in all permutations, used again for each block."""

    def __init__(self, ticks: Ticks, limits: tuple[int, ...]) -> None:
        shape = (_BLOCK, ticks.shape[1])
        self.ticks, self.limits = ticks, limits
        self.one, self.other = np.empty(shape, dtype=ticks.dtype), np.empty(shape, dtype=ticks.dtype)
        self.below = np.empty(shape, dtype=np.bool_)
        self.added = np.zeros((len(limits), *shape), dtype=np.uint8)

    def add(self, first: NDArray[np.int32], second: NDArray[np.int32]) -> None:
        """Count some pairs, each in its own row of the block."""
        one, other, below = (room[: len(first)] for room in (self.one, self.other, self.below))
        # numpy buffers `out` unless told not to check the rows, which the tree has made.
        self.ticks.take(first, axis=0, out=one, mode="clip")
        self.ticks.take(second, axis=0, out=other, mode="clip")
        np.abs(np.subtract(one, other, out=one), out=one)
        for limit, added in zip(self.limits, self.added, strict=True):
            if limit > 0:
                np.less(one, limit, out=below)
                added[: len(first)] += below.view(np.uint8)

    def total(self) -> IntArray:
        """Return the counts so far by limit and permutation, and begin again."""
        total: IntArray = self.added.sum(axis=1, dtype=np.int64)
        self.added[:] = 0
        return total


def count_once(pairs: ClosePairs, ticks: Ticks, limits: tuple[int, ...]) -> IntArray:
    """This function will count the pairs of each band whose delay lies between neighbouring limits.

    Args:
        pairs: m pairs of n events.
        ticks: (n,) times.
        limits: Delays in ticks, ascending.

    Returns:
        (bands, limits - 1) counts.
    """
    bands, columns = len(pairs.starts) - 1, len(limits) - 1
    delay = np.abs(ticks[pairs.first] - ticks[pairs.second])
    column = np.searchsorted(np.array(limits), delay, side="right") - 1
    band = np.repeat(np.arange(bands), np.diff(pairs.starts))
    inside = (column >= 0) & (column < columns)
    counted = np.bincount(band[inside] * columns + column[inside], minlength=bands * columns)
    return counted.reshape(bands, columns).astype(np.int64)


def count_all_below(ticks: Ticks, limits: tuple[int, ...]) -> IntArray:
    """This function will count the pairs of events, near or far, whose delay lies below each limit.

    Args:
        ticks: (n,) times.
        limits: Delays in ticks.

    Returns:
        (limits,) counts, in O(n log n).
    """
    ordered = np.sort(ticks).astype(np.int64)
    here = np.arange(len(ordered))
    later = [here - np.searchsorted(ordered, ordered - limit, side="right") for limit in limits]
    return np.array([int(np.maximum(count, 0).sum()) for count in later], dtype=np.int64)
