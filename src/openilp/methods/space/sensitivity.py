"""What of a map of hot spots stays when the cells change size and place."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from openilp.methods.arrays import BoolArray, FloatArray, freeze
from openilp.methods.drawing import cells as draw_cells
from openilp.methods.errors import BadValue
from openilp.methods.places import Places
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence
from openilp.methods.space.cautions import RECORDED_ONLY
from openilp.methods.space.counts import Possible, count_cells
from openilp.methods.space.grid import Grid
from openilp.methods.space.hot_spots import HotSpots, hot_spots


@dataclass(frozen=True, slots=True)
class Variant:
    """One map among those compared.

    Attributes:
        cell_m: Side of its cells in metres.
        shift_x: How far the grid was moved west, as a share of a cell.
        shift_y: How far it was moved south.
        n_hot: Hot cells.
        hot_m2: Their area.
        share_of_events: Share of the events that lie in them.
        agreement: Area that is hot here and in the first variant, as a share of the area that is hot in either.
    """

    cell_m: float
    shift_x: float
    shift_y: float
    n_hot: int
    hot_m2: float
    share_of_events: float
    agreement: float


@dataclass(frozen=True, slots=True)
class CellSensitivity(Result):
    """How often each place is hot, over all variants.

    Attributes:
        persistence: (ny, nx) share of the variants in which the centre of the cell is hot.
        grid: Cells of the smallest size, where persistence is read.
        variants: The maps, the smallest cells first, unmoved before moved.
        always_m2: Area that is hot in every variant.
        ever_m2: Area that is hot in at least one.
        n: Events that entered.
        method: How it was computed.
        cautions: What the reader must know.
    """

    persistence: FloatArray
    grid: Grid
    variants: tuple[Variant, ...]
    always_m2: float
    ever_m2: float
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say what share of all that is ever hot is always hot."""
        return Sentence(
            "persistence",
            "Of %(ever)s km² that are hot on at least one of %(maps)s maps, %(share)s are hot on all of them.",
            {
                "ever": f"{self.ever_m2 / 1e6:.3g}",
                "maps": str(len(self.variants)),
                "share": f"{self.always_m2 / self.ever_m2:.0%}" if self.ever_m2 else "none",
            },
        )

    def to_dict(self) -> dict[str, Any]:
        """This function will list the places that are ever hot as `x, y, persistence` instead of the grid of shares."""
        record = Result.to_dict(self)
        at = np.flatnonzero(self.persistence)
        x, y = self.grid.centres_of(at)
        rows = zip(x.tolist(), y.tolist(), self.persistence.ravel()[at].tolist(), strict=True)
        cells = [{"x": east, "y": north, "persistence": share} for east, north, share in rows]
        del record["persistence"]
        return record | {"cells": cells}

    def plot(self) -> Plot:
        """This function will draw the persistence, what is hot on all maps outlined."""
        x, y = (axis.ravel() for axis in np.meshgrid(*self.grid.centres()))
        share = self.persistence.ravel()
        title = f"Share of {len(self.variants)} maps on which a place is hot (outlined: all)"
        return draw_cells(title, x, y, share, cell_m=self.grid.cell_m, unit="of the maps", marked=share >= 1)


def cell_sensitivity(
    events: Places,
    *,
    cells_m: Sequence[float],
    shifts: int = 2,
    weights: ArrayLike | None = None,
    possible: Possible = None,
    false_discovery: float = 0.05,
) -> CellSensitivity:
    """This function will draw the map of hot spots with cells of several sizes and places, and keep what stays.

    Question:
        Which hot spots are there whatever the cells, and which come from the choice of cells?

    Assumptions:
        As `hot_spots`, for each map.

    Traps:
        The window grows with the cell, so large cells smooth; what only small cells show may still be real.
        The maps share their events: agreement between them is no independent evidence.

    Args:
        events: n events.
        cells_m: Sides of cells in metres, at least one.
        shifts: Each size is drawn with its grid moved in `shifts` steps of a cell along both axes.
        weights: (n,) weight of each event.
        possible: Where crime is possible; see `Possible`.
        false_discovery: As `hot_spots`.

    Returns:
        One line for each of the `len(cells_m) · shifts²` maps, and how often each place is hot.

    Raises:
        TooFew: If no event has a place.
        BadValue: If a parameter lies outside its range.
        TooLarge: If the smallest cell is too small for the region.

    Oracle:
        A naive twin and a planted cluster, in `test_sensitivity.py`.

    Cost:
        That of `hot_spots`, times the number of maps.

    Not for:
        Choosing the size that shows most: say the sizes before looking.

    Source:
        Openshaw, "The Modifiable Areal Unit Problem", CATMOG 38 (1984).
    """
    sizes = sorted(float(size) for size in cells_m)
    if (
        not sizes
        or not all(math.isfinite(size) and size > 0 for size in sizes)
        or len(set(sizes)) < len(sizes)
    ):
        raise BadValue(
            "cells_m", list(cells_m), "give different lengths in metres above 0, for example 150, 250, 400"
        )
    if not 1 <= shifts <= 10:
        raise BadValue("shifts", shifts, "use 1 for grids that do not move, up to 10")
    base = count_cells(events, cell_m=sizes[0], possible=possible).grid
    x, y = (axis.ravel() for axis in np.meshgrid(*base.centres()))
    total, first = np.zeros(base.size), np.zeros(base.size, dtype=np.bool_)
    found: list[Variant] = []
    steps = [(i / shifts, j / shifts) for j in range(shifts) for i in range(shifts)]
    for size in sizes:
        unmoved = count_cells(events, cell_m=size, possible=possible).grid
        for east, north in steps:
            hot = _map(events, unmoved, east, north, weights, possible, false_discovery)
            here = _hot_at(hot, x, y)
            first = here if not found else first
            total += here
            found.append(_variant(hot, east, north, here, first))
    share = (total / len(found)).reshape(base.ny, base.nx)
    freeze(share)
    cell = base.cell_m**2
    return CellSensitivity(
        persistence=share,
        grid=base,
        variants=tuple(found),
        always_m2=float((share >= 1).sum()) * cell,
        ever_m2=float((share > 0).sum()) * cell,
        n=hot.n,
        method=Sentence(
            "cell_sensitivity",
            "Gi* with cells of %(sizes)s m, each grid moved in %(shifts)s steps along both axes; rate of false finds "
            "%(rate)s; %(n)s events.",
            {
                "sizes": ", ".join(f"{size:g}" for size in sizes),
                "shifts": str(shifts),
                "rate": f"{false_discovery:g}",
                "n": f"{hot.n:,}",
            },
        ),
        cautions=(RECORDED_ONLY, *(c for c in hot.cautions if c.code.startswith("mask"))),
    )


def _map(
    events: Places,
    unmoved: Grid,
    east: float,
    north: float,
    weights: ArrayLike | None,
    possible: Possible,
    rate: float,
) -> HotSpots:
    cell = unmoved.cell_m
    moved = replace(
        unmoved,
        x0=unmoved.x0 - east * cell,
        y0=unmoved.y0 - north * cell,
        nx=unmoved.nx + (east > 0),
        ny=unmoved.ny + (north > 0),
    )
    return hot_spots(
        events, cell_m=cell, weights=weights, possible=possible, false_discovery=rate, grid=moved
    )


def _hot_at(found: HotSpots, x: FloatArray, y: FloatArray) -> BoolArray:
    hot = np.zeros(found.grid.size + 1, dtype=np.bool_)
    hot[found.cell[found.direction == 1]] = True
    # Cell -1, beyond the grid, is the last entry, which is never hot.
    return hot[found.grid.cell_of(x, y)]


def _variant(found: HotSpots, east: float, north: float, here: BoolArray, first: BoolArray) -> Variant:
    either = int((here | first).sum())
    hot = found.direction == 1
    return Variant(
        cell_m=found.grid.cell_m,
        shift_x=east,
        shift_y=north,
        n_hot=found.n_hot,
        hot_m2=found.n_hot * found.grid.cell_m**2,
        share_of_events=float(found.count[hot].sum() / found.n) if found.n else 0.0,
        agreement=int((here & first).sum()) / either if either else 1.0,
    )
