"""Kernel density on a grid, exact to a stated tolerance whatever the unit of length."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from openilp.methods.arrays import FloatArray, IntArray, floats, freeze, same_length
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.places import Places
from openilp.methods.sentence import Sentence
from openilp.methods.space.grid import Grid
from openilp.methods.space.hot_spots import RECORDED_ONLY, SNAPPED

EDGE = Sentence(
    "edge",
    "Near the edge of the data the density is too low, because events beyond it are not in the data.",
)
# Bandwidths of margin around the events: 3 keep 99.7 % of an outermost event's mass on each axis.
MARGIN_BANDWIDTHS = 3.0
# Points per matrix product: bounds the memory at some tens of megabytes.
BLOCK = 8192


@dataclass(frozen=True, slots=True)
class Density:
    """Places (or weight) per square kilometre at the centre of each cell.

    Attributes:
        per_km2: (ny, nx) density.
        grid: The grid; row 0 is the southernmost.
        bandwidth_m: Standard deviation of the Gaussian kernel.
        error_bound: Largest possible error of a value as a share of the highest value.
        mass_inside: Share of the total weight that the grid holds.
        n: Places that entered.
        n_without_place: Places left out because their place is not known.
        method: How it was computed.
        cautions: What the reader must know.
    """

    per_km2: FloatArray
    grid: Grid
    bandwidth_m: float
    error_bound: float
    mass_inside: float
    n: int
    n_without_place: int
    method: Sentence
    cautions: tuple[Sentence, ...]


def density(
    events: Places,
    *,
    bandwidth_m: float,
    cell_m: float,
    weights: ArrayLike | None = None,
    relative_tolerance: float = 1e-6,
    snapped: bool = False,
    grid: Grid | None = None,
) -> Density:
    """This function will estimate the density of events with a Gaussian kernel.

    Args:
        events: n events.
        bandwidth_m: Standard deviation of the kernel in metres.
        cell_m: Side of a cell in metres.
        weights: (n,) weight of each event, 0 or more.
        relative_tolerance: Allowed error of any cell as a share of the highest cell; 0 sums every
            event into every cell.
        snapped: Whether the places are snapped to shared points (adds a caution).
        grid: A grid to use instead of one laid over the events.

    Returns:
        Density per square kilometre with a proven bound of its error.

    Raises:
        TooFew: If no event has a place or all weights are 0.
        BadValue: If a parameter lies outside its range.
        LengthMismatch: If there is not one weight per event.
        TooLarge: If the cell is too small for the region.

    Source:
        The Gaussian kernel is a product, so the sum over events is one matrix product per tile. Limits:
        no correction at the edge of the area; the bandwidth is the caller's choice.
    """
    for name, value in (("bandwidth_m", bandwidth_m), ("cell_m", cell_m)):
        if not (math.isfinite(value) and value > 0):
            raise BadValue(name, value, "give a length in metres above 0")
    if not 0 <= relative_tolerance < 1:
        raise BadValue("relative_tolerance", relative_tolerance, "use 0 for no cut, or a share such as 1e-6")
    located = events.located
    if not located.any():
        raise TooFew("events with a place", 0, 1)
    weight = _weight(weights, events)[located]
    known = events.only(located).on(grid.plane if grid else events.plane)
    x, y = known.x, known.y
    grid = grid or Grid.over(known.plane, x, y, cell_m=cell_m, margin_m=MARGIN_BANDWIDTHS * bandwidth_m)
    total = float(weight.sum())
    if total == 0:
        raise TooFew("events with a weight above 0", 0, 1)
    sums, bound = _within_tolerance(x, y, weight, grid, bandwidth_m, relative_tolerance)
    values = sums * (1e6 / (2 * math.pi * bandwidth_m**2))
    freeze(values)
    return Density(
        per_km2=values,
        grid=grid,
        bandwidth_m=bandwidth_m,
        error_bound=bound,
        mass_inside=float(values.sum()) * grid.cell_m**2 / 1e6 / total,
        n=int(located.sum()),
        n_without_place=int((~located).sum()),
        method=Sentence(
            "gaussian_kde",
            "Gaussian kernel density with a standard deviation of %(sigma)s m at the centres of cells of %(cell)s m; "
            "exact to %(bound)s of the highest value; %(n)s events.",
            {
                "sigma": f"{bandwidth_m:g}",
                "cell": f"{grid.cell_m:g}",
                "bound": f"{bound:.0e}",
                "n": str(int(located.sum())),
            },
        ),
        cautions=(RECORDED_ONLY, EDGE) + ((SNAPPED,) if snapped else ()),
    )


def _weight(weights: ArrayLike | None, events: Places) -> FloatArray:
    if weights is None:
        return np.ones(len(events))
    weight = floats("weights", weights)
    same_length(events=events.x, weights=weight)
    weight[np.isnan(weight)] = 0.0
    if not (np.isfinite(weight) & (weight >= 0)).all():
        raise BadValue("weights", float(weight.min()), "give weights of 0 or more")
    return weight


def _within_tolerance(
    x: FloatArray, y: FloatArray, weight: FloatArray, grid: Grid, bandwidth_m: float, tolerance: float
) -> tuple[FloatArray, float]:
    # What is left out of a cell is at most `cut` times the total weight, so the error is proven from the
    # result itself; the first radius is a guess (a hundredth of the mean over the grid) that nearly always holds.
    diagonal = math.hypot(grid.nx, grid.ny) * grid.cell_m
    total = float(weight.sum())
    guess = tolerance * min(1.0, 2 * math.pi * bandwidth_m**2 / (grid.size * grid.cell_m**2)) / 100
    if guess > 0 and (radius_m := bandwidth_m * math.sqrt(-2 * math.log(guess))) < diagonal:
        sums = kernel_sum(x, y, weight, grid, bandwidth_m, radius_m)
        highest = float(sums.max())
        if highest > 0 and guess * total / highest <= tolerance:
            return sums, guess * total / highest
    return kernel_sum(x, y, weight, grid, bandwidth_m, math.inf), 0.0


def kernel_sum(
    x: FloatArray, y: FloatArray, weight: FloatArray, grid: Grid, bandwidth_m: float, radius_m: float
) -> FloatArray:
    """This function will add `weight exp(-d² / (2 bandwidth²))` of every event to the centres around it.

    Args:
        x: (n,) metres east.
        y: (n,) metres north.
        weight: (n,).
        grid: Where to evaluate.
        bandwidth_m: Standard deviation in metres.
        radius_m: No centre within this distance on both axes is left out; infinity leaves none out.

    Returns:
        (ny, nx) sums.
    """
    points, place = np.unique(np.stack([x, y], axis=1), axis=0, return_inverse=True)
    # Snapped data repeat their points: one exponential a point, not one an event.
    merged = np.bincount(place.ravel(), weights=weight)
    centre_x, centre_y = grid.centres()
    tile = np.floor((points - points.min(axis=0)) / max(radius_m, grid.cell_m)).astype(np.int64)
    order = np.lexsort((tile[:, 0], tile[:, 1]))
    changes = np.flatnonzero((np.diff(tile[order], axis=0) != 0).any(axis=1)) + 1
    total = np.zeros((grid.ny, grid.nx))
    for members in _blocks(order, changes):
        columns = _reached(centre_x, points[members, 0], radius_m)
        rows = _reached(centre_y, points[members, 1], radius_m)
        along_x = np.exp(-0.5 * ((points[members, 0][:, None] - centre_x[columns]) / bandwidth_m) ** 2)
        along_y = np.exp(-0.5 * ((points[members, 1][:, None] - centre_y[rows]) / bandwidth_m) ** 2)
        total[rows, columns] += (along_y * merged[members][:, None]).T @ along_x
    return total


def _blocks(order: IntArray, changes: IntArray) -> list[IntArray]:
    tiles = np.split(order, changes)
    return [tile[start : start + BLOCK] for tile in tiles for start in range(0, len(tile), BLOCK)]


def _reached(centres: FloatArray, coordinates: FloatArray, radius_m: float) -> slice:
    first = int(np.searchsorted(centres, coordinates.min() - radius_m, side="left"))
    last = int(np.searchsorted(centres, coordinates.max() + radius_m, side="right"))
    return slice(first, last)
