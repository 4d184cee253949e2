"""Square cells on a plane, and which of them belong to the study area."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from scipy.ndimage import binary_dilation

from openilp.methods.arrays import BoolArray, FloatArray, IntArray, freeze
from openilp.methods.errors import BadValue, TooLarge

# A city of 100 x 100 km in cells of 100 m; the features of a learner need some gigabytes beyond it.
CELL_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Lattice:
    """`nx` by `ny` cells; cell `iy * nx + ix` has its lower left corner at `(x0 + ix c, y0 + iy c)`.

    Attributes:
        x0: Left edge in metres.
        y0: Lower edge in metres.
        cell_m: Side of a cell in metres.
        nx: Columns.
        ny: Rows.
        inside: (ny nx,) whether a cell belongs to the study area.
    """

    x0: float
    y0: float
    cell_m: float
    nx: int
    ny: int
    inside: BoolArray

    @classmethod
    def over(
        cls, x: FloatArray, y: FloatArray, *, cell_m: float, area: shapely.Geometry | None = None
    ) -> "Lattice":
        """This function will lay cells over the study area.

        Args:
            x: (n,) metres east of the known events.
            y: (n,) metres north.
            cell_m: Side of a cell in metres.
            area: The study area in the same metres. Without it the area is every cell with an event and
                the eight cells around it.

        Returns:
            A lattice whose edges are multiples of the cell, so that two files of one city share their cells.

        Raises:
            BadValue: If the cell is not a positive length or the area is empty.
            TooLarge: If there would be more than `CELL_LIMIT` cells.
        """
        if not (math.isfinite(cell_m) and cell_m > 0):
            raise BadValue("cell", cell_m, "give the side of a cell in metres, for example 200")
        if area is None:
            left, low, right, high = _bounds(x, y)
        elif area.is_empty:
            raise BadValue("area", "empty", "give a polygon that covers the study area")
        else:
            left, low, right, high = area.bounds
        margin = 1 if area is None else 0
        ix0, iy0 = math.floor(left / cell_m) - margin, math.floor(low / cell_m) - margin
        nx = math.floor(right / cell_m) - ix0 + 1 + margin
        ny = math.floor(high / cell_m) - iy0 + 1 + margin
        if nx * ny > CELL_LIMIT:
            raise TooLarge("cells", nx * ny, CELL_LIMIT, "choose a larger cell or a smaller area")
        blank = np.ones(nx * ny, dtype=np.bool_)
        lattice = cls(ix0 * cell_m, iy0 * cell_m, cell_m, nx, ny, blank)
        inside = lattice._around(x, y) if area is None else lattice._touching(area)
        freeze(inside)
        return cls(lattice.x0, lattice.y0, cell_m, nx, ny, inside)

    @property
    def n(self) -> int:
        """This function will count the cells of the study area."""
        return int(self.inside.sum())

    @property
    def cell_ha(self) -> float:
        """This function will return the area of one cell in hectares."""
        return self.cell_m**2 / 1e4

    def cell_of(self, x: FloatArray, y: FloatArray) -> IntArray:
        """This function will return the cell of each point; -1 outside the study area.

        Args:
            x: (n,) metres east.
            y: (n,) metres north.
        """
        ix = np.floor((x - self.x0) / self.cell_m).astype(np.int64)
        iy = np.floor((y - self.y0) / self.cell_m).astype(np.int64)
        held = (ix >= 0) & (ix < self.nx) & (iy >= 0) & (iy < self.ny)
        cell = np.where(held, iy * self.nx + ix, 0)
        return np.where(held & self.inside[cell], cell, -1)

    def counts(self, x: FloatArray, y: FloatArray, weight: FloatArray | None = None) -> FloatArray:
        """This function will add up events (or their weights) by cell.

        Args:
            x: (n,) metres east.
            y: (n,) metres north.
            weight: (n,) or None for ones.

        Returns:
            (ny nx,) sums; 0 outside the study area.
        """
        cell = self.cell_of(x, y)
        held = cell >= 0
        chosen = None if weight is None else weight[held]
        return np.bincount(cell[held], weights=chosen, minlength=self.nx * self.ny).astype(np.float64)

    def boxes(self, cells: IntArray) -> FloatArray:
        """This function will return the outlines of cells.

        Args:
            cells: (k,) cell numbers.

        Returns:
            (k, 5, 2) closed counter-clockwise rings in metres.
        """
        ix, iy = (cells % self.nx)[:, None], (cells // self.nx)[:, None]
        x = self.x0 + (ix + np.array([0, 1, 1, 0, 0])) * self.cell_m
        y = self.y0 + (iy + np.array([0, 0, 1, 1, 0])) * self.cell_m
        return np.stack([x, y], axis=-1)

    def _around(self, x: FloatArray, y: FloatArray) -> BoolArray:
        held = (self.counts(x, y) > 0).reshape(self.ny, self.nx)
        grown: BoolArray = binary_dilation(held, np.ones((3, 3))).ravel()
        return grown

    def _touching(self, area: shapely.Geometry) -> BoolArray:
        outlines = shapely.polygons(self.boxes(np.arange(self.nx * self.ny, dtype=np.int64)))
        shapely.prepare(area)
        return np.asarray(shapely.intersects(area, outlines), dtype=np.bool_)


def _bounds(x: FloatArray, y: FloatArray) -> tuple[float, float, float, float]:
    if not x.size:
        raise BadValue("events", "none", "give at least one event with a place")
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def as_lattice_record(lattice: Lattice) -> dict[str, Any]:
    """This function will turn a lattice into plain data, the study area into runs (first cell, number of cells).

    Args:
        lattice: The cells.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], lattice.inside, [False]]).astype(np.int8)))
    runs = np.stack([edges[::2], edges[1::2] - edges[::2]], axis=1)
    return {name: getattr(lattice, name) for name in ("x0", "y0", "cell_m", "nx", "ny")} | {
        "inside": runs.tolist()
    }


def lattice_of(record: Mapping[str, Any]) -> Lattice:
    """This function will return the lattice of `as_lattice_record`.

    Args:
        record: Plain data.
    """
    inside = np.zeros(record["nx"] * record["ny"], dtype=np.bool_)
    for first, length in record["inside"]:
        inside[first : first + length] = True
    freeze(inside)
    return Lattice(**{name: record[name] for name in ("x0", "y0", "cell_m", "nx", "ny")}, inside=inside)
