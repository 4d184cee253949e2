"""Events counted, or their weights summed, on a grid of which only the possible cells count."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import ArrayLike
from scipy.ndimage import binary_dilation

from openilp.methods.arrays import BoolArray, FloatArray, IntArray, floats, same_length
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.places import Area, Places
from openilp.methods.sentence import Sentence
from openilp.methods.space.cautions import (
    CELL_CHOICE,
    MASK_FROM_EVENTS,
    MASK_IS_RECTANGLE,
    RECORDED_ONLY,
    SNAPPED,
)
from openilp.methods.space.grid import Grid

#: Where crime is possible: in an area, near places where it could be recorded, in the whole rectangle of the
#: events, or (None) in the cells with events and around them.
Possible = Area | Places | Literal["rectangle"] | None


@dataclass(frozen=True, slots=True)
class Counted:
    """What lies in each cell.

    Attributes:
        grid: The grid.
        mask: (ny, nx) whether an event is possible there.
        count: (ny, nx) events.
        value: (ny, nx) sums of weights; the counts without weights.
        n: Events in possible cells.
        n_without_place: Events whose place is not known.
        n_outside: Events where none was declared possible.
        n_without_weight: Events that count as events but add no weight.
        weighted: Whether weights were given.
        cautions: What the reader must know.
    """

    grid: Grid
    mask: BoolArray
    count: IntArray
    value: FloatArray
    n: int
    n_without_place: int
    n_outside: int
    n_without_weight: int
    weighted: bool
    cautions: tuple[Sentence, ...]

    @property
    def possible(self) -> IntArray:
        """This function will return the numbers of the possible cells."""
        return np.flatnonzero(self.mask)


def count_cells(
    events: Places,
    *,
    cell_m: float,
    weights: ArrayLike | None = None,
    possible: Possible = None,
    snapped: bool = False,
    grid: Grid | None = None,
) -> Counted:
    """This function will count events, or sum their weights, in square cells.

    Question:
        How many events, or how much harm, lie in each cell, and which cells could hold any?

    Assumptions:
        Places are right to within a cell.

    Traps:
        - Counts follow where people are and where police look, not risk.
        - The size and the corner of the grid change what looks like a hot cell.
        - Without a boundary, empty cells where crime is impossible would pass for safe ones.

    Question:
        How many events, or how much harm, lies in each cell?

    Assumptions:
        Each place lies in the cell where the event belongs.

    Traps:
        Snapped points fill one cell with the events of others.

    Args:
        events: n events.
        cell_m: Side of a cell in metres.
        weights: (n,) weight of each event, such as days of harm; NaN or None where an event has none.
        possible: Where crime is possible; see `Possible`.
        snapped: Whether the places are snapped to shared points (adds a caution).
        grid: A grid to use instead of one laid over the events or the area.

    Returns:
        The cells; nothing is left out without being counted.

    Raises:
        TooFew: If no event has a place.
        BadValue: If a weight is negative or infinite.
        LengthMismatch: If there is not one weight per event.
        TooLarge: If the cell is too small for the region.

    Oracle:
        Sums, and the rows that real data lack, by hand (`test_hot_spots.py`).

    Cost:
        Linear in events and cells.

    Not for:
        Telling hot from chance (`hot_spots`), or comparing areas of different population without a rate.

    Oracle:
        Published totals of Chicago, Memphis and Avon and Somerset, in `test_hot_spots.py`.

    Cost:
        Linear in events and cells.

    Not for:
        Saying that a cell is more than chance: use `hot_spots`.

    Source:
        Counting; that the choice of cells changes the picture: Openshaw, "The Modifiable Areal Unit Problem" (1984).

    Oracle:
        Published totals of Chicago, Memphis and Avon and Somerset, in `test_hot_spots.py`.

    Cost:
        Linear in events and cells.

    Not for:
        Saying that a cell is more than chance: use `hot_spots`.

    Source:
        A histogram; no publication.
    """
    located = events.located
    n = int(located.sum())
    if n == 0:
        raise TooFew("events with a place", 0, 1)
    weight, n_without_weight = _weights(weights, events)
    known = events.only(located).on(grid.plane if grid else events.plane)
    grid = grid or _grid(known, cell_m, possible)
    cells = grid.cell_of(known.x, known.y)
    on_grid = cells >= 0
    shape = (grid.ny, grid.nx)
    count = np.bincount(cells[on_grid], minlength=grid.size).reshape(shape).astype(np.int64)
    mass = np.ones(n) if weight is None else weight[located]
    value = np.bincount(cells[on_grid], weights=mass[on_grid], minlength=grid.size)
    mask = _mask(grid, possible, count)
    inside = int(count[mask].sum())
    said = {"rectangle": (MASK_IS_RECTANGLE,), "None": (MASK_FROM_EVENTS,)}.get(str(possible), ())
    return Counted(
        grid=grid,
        mask=mask,
        count=count,
        value=np.asarray(value, dtype=np.float64).reshape(shape),
        n=inside,
        n_without_place=len(events) - n,
        n_outside=n - inside,
        n_without_weight=n_without_weight,
        weighted=weight is not None,
        cautions=(RECORDED_ONLY, CELL_CHOICE, *said, *((SNAPPED,) if snapped else ())),
    )


def _weights(weights: ArrayLike | None, events: Places) -> tuple[FloatArray | None, int]:
    if weights is None:
        return None, 0
    weight = floats("weights", weights)
    same_length(events=events.x, weights=weight)
    known = ~np.isnan(weight)
    wrong = known & ~(np.isfinite(weight) & (weight >= 0))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise BadValue(
            f"weight of row {row + 1}", float(weight[row]), "give a weight of 0 or more, or nothing"
        )
    return np.where(known, weight, 0.0), int((~known & events.located).sum())


def _grid(known: Places, cell_m: float, possible: Possible) -> Grid:
    x, y = known.x, known.y
    if isinstance(possible, Places):
        extra = possible.only(possible.located).on(known.plane)
        x, y = np.concatenate([x, extra.x]), np.concatenate([y, extra.y])
    elif isinstance(possible, Area):
        west, south, east, north = shapely.bounds(possible.geometry)
        x, y = np.array([west, east]), np.array([south, north])
    elif possible == "rectangle":
        return Grid.over(known.plane, x, y, cell_m=cell_m)
    # One empty ring, so that the neighbours of the outermost events exist.
    return Grid.over(known.plane, x, y, cell_m=cell_m, margin_m=cell_m)


def _mask(grid: Grid, possible: Possible, count: IntArray) -> BoolArray:
    if isinstance(possible, Places):
        return grid.holding(possible) | (count > 0)
    if isinstance(possible, Area):
        return grid.within(possible)
    if possible == "rectangle":
        return np.ones(count.shape, dtype=np.bool_)
    ring = np.ones((3, 3), dtype=np.bool_)
    return np.asarray(binary_dilation(count > 0, structure=ring), dtype=np.bool_)
