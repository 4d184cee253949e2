"""Sums of kernels over a grid: the Gaussian is a product, so the sum over events is one matrix product a tile.

Each event may have its own bandwidth (adaptive density) and its own uniform error of place (snapped points): the
kernel of one event stays a product of a function of x and a function of y, so both are summed without approximation.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from openilp.methods.arrays import BoolArray, FloatArray, IntArray
from openilp.methods.space.grid import Grid

# Points per matrix product: bounds the memory at some tens of megabytes.
BLOCK = 8192


@dataclass(frozen=True, slots=True)
class Kernels:
    """One kernel an event: a Gaussian, or a Gaussian spread evenly over a square.

    Attributes:
        x: (n,) metres east.
        y: (n,) metres north.
        weight: (n,) mass of each.
        sigma: (n,) standard deviations in metres.
        half: (n,) half the side of the square over which the place is uncertain; 0 for none.
    """

    x: FloatArray
    y: FloatArray
    weight: FloatArray
    sigma: FloatArray
    half: FloatArray

    @classmethod
    def merged(
        cls, x: FloatArray, y: FloatArray, weight: FloatArray, sigma: FloatArray, half: FloatArray
    ) -> "Kernels":
        """This function will add up the weights of equal kernels: snapped data repeat their points.

        Args:
            x: (n,) metres east.
            y: (n,) metres north.
            weight: (n,) mass.
            sigma: (n,) standard deviations.
            half: (n,) half sides.
        """
        columns = (x, y, sigma, half)
        order = np.lexsort(columns)
        sorted_columns = [column[order] for column in columns]
        first = np.ones(len(x), dtype=np.bool_)
        first[1:] = np.any([np.diff(column) != 0 for column in sorted_columns], axis=0)
        sums = np.add.reduceat(weight[order], np.flatnonzero(first))
        at = order[first]
        return cls(x[at], y[at], sums, sigma[at], half[at])

    @property
    def highest(self) -> FloatArray:
        """This function will return (n,) an upper bound of each kernel's density."""
        return self.weight / (2 * math.pi * self.sigma**2)

    def along(self, axis: FloatArray, at: FloatArray, members: IntArray) -> FloatArray:
        """This function will return one factor of some kernels at coordinates of one axis.

        Args:
            axis: (n,) the events' coordinates on it.
            at: (k,) where to evaluate.
            members: (m,) which events.

        Returns:
            (m, k) densities per metre.
        """
        sigma = self.sigma[members][:, None]
        away = axis[members][:, None] - at
        half = self.half[members]
        if not half.any():
            away /= sigma
            return np.asarray(np.exp(-0.5 * away * away) / (math.sqrt(2 * math.pi) * sigma))
        wide = np.maximum(half, 1e-6 * self.sigma[members])[:, None]
        return np.asarray((ndtr((away + wide) / sigma) - ndtr((away - wide) / sigma)) / (2 * wide))


def kernel_sum(
    kernels: Kernels, grid: Grid, *, cut: float, mask: BoolArray | None = None
) -> tuple[FloatArray, float]:
    """This function will add the kernels of all events at the centres of cells.

    Args:
        kernels: n kernels.
        grid: Where to evaluate.
        cut: A kernel is left out where it is below this share of its own highest value; 0 for nowhere.
        mask: (ny, nx) cells inside the study area: each kernel is scaled so that its whole mass lies
            there (Jones and Diggle's correction of the edge); None for no correction.

    Returns:
        (ny, nx) densities, 0 outside the mask, and an upper bound of the error of any of them.

    Source:
        The correction: Jones, "Simple boundary correction for kernel density estimation", Statistics and
        Computing 3 (1993); Diggle, Applied Statistics 34 (1985). It keeps the total at the number of events.
    """
    reach = kernels.half + kernels.sigma * (math.sqrt(-2 * math.log(cut)) if cut > 0 else math.inf)
    centre_x, centre_y = grid.centres()
    inside = None if mask is None else mask.astype(np.float64)
    total = np.zeros((grid.ny, grid.nx))
    error = 0.0 if inside is not None else cut * float(kernels.highest.sum())
    for members in _tiles(kernels, reach, grid.cell_m):
        radius = float(reach[members].max())
        columns = _reached(centre_x, kernels.x[members], radius)
        rows = _reached(centre_y, kernels.y[members], radius)
        east = kernels.along(kernels.x, centre_x[columns], members)
        north = kernels.along(kernels.y, centre_y[rows], members)
        mass = kernels.weight[members]
        if inside is not None:
            kept = ((north @ inside[rows, columns]) * east).sum(axis=1) * grid.cell_m**2
            # What the cut leaves out of a kernel's mass makes the scale too large by this share.
            lost = cut * kernels.highest[members] / mass * inside.sum() * grid.cell_m**2 / kept
            mass = mass / kept
            error += float((cut * kernels.highest[members] / kept * (1 + lost)).sum())
        total[rows, columns] += (north * mass[:, None]).T @ east
    return (total if inside is None else total * inside), error


def _tiles(kernels: Kernels, reach: FloatArray, cell_m: float) -> list[IntArray]:
    """Return the events in groups of near neighbours whose kernels reach equally far, up to a factor of 2."""
    finite = np.where(np.isfinite(reach), reach, 1e300)
    octave = np.ceil(np.log2(np.maximum(finite, cell_m))) - 1
    side = np.exp2(octave)
    column = np.floor((kernels.x - kernels.x.min()) / side)
    row = np.floor((kernels.y - kernels.y.min()) / side)
    order = np.lexsort((column, row, octave))
    changes = np.any([np.diff(key[order]) != 0 for key in (column, row, octave)], axis=0)
    tiles = np.split(order, np.flatnonzero(changes) + 1)
    return [tile[start : start + BLOCK] for tile in tiles for start in range(0, len(tile), BLOCK)]


def _reached(centres: FloatArray, coordinates: FloatArray, radius_m: float) -> slice:
    first = int(np.searchsorted(centres, coordinates.min() - radius_m, side="left"))
    last = int(np.searchsorted(centres, coordinates.max() + radius_m, side="right"))
    return slice(first, last)
