"""Pairs of events that lie close together: found once, counted many times."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from openilp.methods.arrays import FloatArray, IntArray, TimeArray
from openilp.methods.errors import TooLarge
from openilp.methods.series.bands import Bands

Metric = Literal["euclidean", "manhattan"]
Ticks = NDArray[np.signedinteger[Any]]
# 16 bytes a pair while they are found: 100 million take 1.6 GB.
MOST_PAIRS = 100_000_000
# A count of a block fits one byte, and block times batch fits a core's second-level cache (64 KB of 16-bit ticks).
_BLOCK = 255
BATCH = 128


@dataclass(frozen=True, slots=True)
class ClosePairs:
    """Pairs of events, ordered by their band of distance.

    Attributes:
        first: (m,) row of one event.
        second: (m,) row of the other.
        starts: (bands + 1,) where each band begins among the pairs.
        n: Events.
    """

    first: NDArray[np.int32]
    second: NDArray[np.int32]
    starts: IntArray
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
    step = xy[first] - xy[second]
    if metric == "manhattan":
        return np.asarray(np.abs(step).sum(axis=1))
    return np.asarray(np.sqrt((step * step).sum(axis=1)))


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
    tree = KDTree(xy)
    if len(xy) > 1000 and (many := _pairs_within(tree, reach, order)) > MOST_PAIRS:
        raise TooLarge("close pairs", many, MOST_PAIRS, "use smaller distances or a smaller selection")
    pairs = tree.query_pairs(reach, p=order, output_type="ndarray")
    band = bands.place(distances(xy, pairs[:, 0], pairs[:, 1], metric))
    finite = len(bands) - (not np.isfinite(bands.edges[-1]))
    band[band >= finite] = -1
    # Events next to each other in the tree's order are near in space, so that a pair's two rows share a cache line.
    by_band = np.argsort(band.astype(np.int16), kind="stable")[int((band == -1).sum()) :]
    return ClosePairs(
        first=pairs[by_band, 0].astype(np.int32),
        second=pairs[by_band, 1].astype(np.int32),
        starts=np.searchsorted(band[by_band], np.arange(finite + 1)).astype(np.int64),
        n=len(xy),
    )


def _pairs_within(tree: KDTree, reach: float, order: int) -> int:
    return int((tree.count_neighbors(tree, reach, p=order) - tree.n) // 2)


def to_ticks(moments: TimeArray) -> tuple[Ticks, int]:
    """This function will write times as whole numbers of their largest common step.

    Args:
        moments: (n,) datetime64[us] without NaT, n >= 1.

    Returns:
        (n,) ticks from 0 in the smallest integer type that holds them and their differences, and the
        length of a tick in microseconds.
    """
    since = (moments - moments.min()).astype(np.int64)
    tick = int(np.gcd.reduce(since)) or 1
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
    batch = ticks.shape[1]
    bands = len(pairs.starts) - 1
    counts = np.zeros((bands, len(limits), batch), dtype=np.int64)
    one, other = (np.empty((_BLOCK, batch), dtype=ticks.dtype) for _ in range(2))
    below = np.empty((_BLOCK, batch), dtype=np.bool_)
    for band in range(bands):
        for begin in range(int(pairs.starts[band]), int(pairs.starts[band + 1]), _BLOCK):
            size = min(_BLOCK, int(pairs.starts[band + 1]) - begin)
            rows = slice(begin, begin + size)
            # numpy buffers `out` unless told not to check the rows, which the tree has made.
            np.take(ticks, pairs.first[rows], axis=0, out=one[:size], mode="clip")
            np.take(ticks, pairs.second[rows], axis=0, out=other[:size], mode="clip")
            delay = np.abs(np.subtract(one[:size], other[:size], out=one[:size]), out=one[:size])
            for place, limit in enumerate(limits):
                if limit <= 0:
                    continue
                np.less(delay, limit, out=below[:size])
                counts[band, place] += np.add.reduce(below[:size].view(np.uint8), axis=0, dtype=np.uint8)
    return counts.transpose(2, 0, 1)


def count_all_below(ticks: Ticks, limits: tuple[int, ...]) -> IntArray:
    """This function will count the pairs of events, near or far, whose delay lies below each limit.

    Args:
        ticks: (n,) times.
        limits: Delays in ticks.

    Returns:
        (limits,) counts, in O(n log n).
    """
    ordered = np.sort(ticks.astype(np.int64))
    here = np.arange(len(ordered))
    later = [here - np.searchsorted(ordered, ordered - limit, side="right") for limit in limits]
    return np.array([int(np.maximum(count, 0).sum()) for count in later], dtype=np.int64)
