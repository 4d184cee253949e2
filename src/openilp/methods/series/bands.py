"""Bands of distance or delay that say which of their ends they include."""

import itertools
from dataclasses import dataclass
from typing import Literal

import numpy as np

from openilp.methods.arrays import FloatArray, IntArray
from openilp.methods.errors import BadValue

Closed = Literal["left", "right"]
DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Bands:
    """Neighbouring intervals, each closed at one end: `[a, b)` or `(a, b]`.

    The end matters: with data by day, `[0, 7)` is seven delays, 0 to 6, and `(0, 7]` another seven, 1 to
    7. Zero itself always belongs to a first band that begins at 0, whichever end is closed, so that pairs
    at the same place or on the same day are never lost.

    Attributes:
        edges: Two or more ascending numbers of 0 or more; the last may be infinite.
        closed: `left` for `[a, b)`, `right` for `(a, b]`.
    """

    edges: tuple[float, ...]
    closed: Closed = "left"

    def __post_init__(self) -> None:
        """This function will refuse edges that do not make bands."""
        edges = tuple(float(edge) for edge in self.edges)
        rising = all(low < high for low, high in itertools.pairwise(edges))
        # `not >= 0` also catches NaN, which compares false with everything.
        if len(edges) < 2 or not rising or not edges[0] >= 0:
            raise BadValue(
                "bands", list(self.edges), "give two or more ascending edges of 0 or more, as in 0,100,200"
            )
        if self.closed not in ("left", "right"):
            raise BadValue("closed", repr(self.closed), "use left for [a, b) or right for (a, b]")
        object.__setattr__(self, "edges", edges)

    def __len__(self) -> int:
        """This function will count the bands."""
        return len(self.edges) - 1

    @property
    def labels(self) -> tuple[str, ...]:
        """This function will write each band with its brackets, as `[0, 7)`."""
        pairs = list(zip(self.edges, self.edges[1:], strict=False))
        if self.closed == "left":
            return tuple(f"[{low:g}, {high:g})" for low, high in pairs)
        return tuple(f"{'[' if low == 0 else '('}{low:g}, {high:g}]" for low, high in pairs)

    @property
    def reach(self) -> float:
        """This function will return the largest finite edge."""
        return max(edge for edge in self.edges if np.isfinite(edge))

    def place(self, values: FloatArray) -> IntArray:
        """This function will find the band of each value.

        Args:
            values: (n,) numbers of 0 or more.

        Returns:
            (n,) band, or -1 outside all bands.
        """
        side: Literal["left", "right"] = "right" if self.closed == "left" else "left"
        band = np.searchsorted(np.array(self.edges), values, side=side).astype(np.int64) - 1
        if self.closed == "right" and self.edges[0] == 0:
            band[values == 0] = 0
        band[band == len(self)] = -1
        return band

    def ticks_below(self, tick_us: int, longest: int) -> tuple[int, ...]:
        """This function will turn edges in days into whole ticks, without a rounding error.

        Args:
            tick_us: Length of a tick in microseconds.
            longest: Longest delay in the data, in ticks.

        Returns:
            For each edge the number of ticks L such that a delay of d ticks lies below the edge exactly
            when d < L; at most `longest + 1`.
        """
        return tuple(self._below(edge, tick_us, longest) for edge in self.edges)

    def _below(self, edge: float, tick_us: int, longest: int) -> int:
        if not np.isfinite(edge):
            return longest + 1
        edge_us = round(edge * DAY_US)
        if self.closed == "left" or edge == 0:
            return min(-(-edge_us // tick_us), longest + 1)
        return min(edge_us // tick_us + 1, longest + 1)
