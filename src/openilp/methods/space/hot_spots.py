"""Hot spots on a grid, by count or by weight, with a test that allows for the number of cells."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from openilp.methods.arrays import FloatArray, IntArray, freeze
from openilp.methods.drawing import cells as draw_cells
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.places import Places
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence
from openilp.methods.space.counts import Counted, Possible, count_cells
from openilp.methods.space.grid import Grid
from openilp.methods.space.permutation import total_tails
from openilp.methods.space.significance import false_discovery_rate, getis_ord_star, two_sided, window_sum


@dataclass(frozen=True, slots=True)
class HotCell:
    """One cell of the map.

    Attributes:
        cell: Number of the cell in its grid.
        count: Events in the cell.
        value: Sum of the weights, or the count without weights.
        z: Gi* of the cell's window.
        probability: Two-sided p-value of z.
        adjusted: The same, adjusted for the number of cells.
        direction: 1 hot, -1 cold, 0 neither, at the chosen rate.
        outline: Closed ring of (longitude, latitude), five points.
    """

    cell: int
    count: int
    value: float
    z: float
    probability: float
    adjusted: float
    direction: int
    outline: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class HotSpots(Result):
    """The possible cells, the highest value first; ties by z, then by cell number.

    Attributes:
        cell: (k,) cell numbers.
        count: (k,) events.
        value: (k,) sum of weights, or the count without weights.
        z: (k,) Gi*.
        probability: (k,) two-sided p-values.
        adjusted: (k,) adjusted for the number of cells (Benjamini and Hochberg).
        direction: (k,) 1 hot, -1 cold, 0 neither.
        grid: The grid.
        false_discovery: The rate behind `direction`.
        n: Events that entered.
        n_without_place: Events left out because their place is not known.
        n_outside: Events left out because they lie where crime was declared impossible.
        n_without_weight: Events that count as events but add no weight.
        n_cells: Cells that were tested, including those that `minimum_count` leaves out of the list.
        weighted: Whether weights were given.
        draws: Random draws behind the p-values; 0 for the normal law.
        method: How it was computed.
        cautions: What the reader must know.
    """

    cell: IntArray
    count: IntArray
    value: FloatArray
    z: FloatArray
    probability: FloatArray
    adjusted: FloatArray
    direction: IntArray
    grid: Grid
    false_discovery: float
    n: int
    n_without_place: int
    n_outside: int
    n_without_weight: int
    n_cells: int
    weighted: bool
    draws: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def n_hot(self) -> int:
        """This function will count the hot cells that are listed."""
        return int((self.direction == 1).sum())

    @property
    def finding(self) -> Sentence:
        """This function will say how many cells are hot, and how much lies in them."""
        hot = self.direction == 1
        everything = float(self.value.sum())
        return Sentence(
            "hot_cells",
            "%(hot)s of %(cells)s cells are hot; they hold %(share)s of the %(what)s. The highest z is %(z)s.",
            {
                "hot": f"{self.n_hot:,}",
                "cells": f"{self.n_cells:,}",
                "share": f"{self.value[hot].sum() / everything:.0%}" if everything else "none",
                "what": "weight" if self.weighted else "events",
                "z": f"{self.z.max():.2f}" if self.z.size else "not known",
            },
        )

    def to_dict(self) -> dict[str, Any]:
        """This function will list the cells as `x, y, count, value, z, p, q, hot`, with `n_hot` and `z_max`.

        Returns:
            x and y are the centres in metres; a cell is hot when z > 0 and q is at most the rate.
        """
        record = Result.to_dict(self)
        for column in ("cell", "count", "value", "z", "probability", "adjusted", "direction"):
            del record[column]
        x, y = self.grid.centres_of(self.cell)
        names = ("x", "y", "count", "value", "z", "p", "q", "hot")
        columns = (x, y, self.count, self.value, self.z, self.probability, self.adjusted, self.direction == 1)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return record | {
            "cells": [dict(zip(names, row, strict=True)) for row in rows],
            "n_hot": self.n_hot,
            "z_max": float(self.z.max()) if self.z.size else None,
            "crs": self.grid.plane.crs,
        }

    def plot(self) -> Plot:
        """This function will draw the values as a map, the hot cells outlined."""
        x, y = self.grid.centres_of(self.cell)
        unit = "weight" if self.weighted else "events"
        hot = self.direction == 1
        return draw_cells(
            "Hot spots (outlined)", x, y, self.value, cell_m=self.grid.cell_m, unit=unit, marked=hot
        )

    @property
    def outlines(self) -> FloatArray:
        """This function will return the (k, 5, 2) rings of the cells in degrees."""
        return self.grid.corners(self.cell)

    def cells(self, limit: int | None = None) -> tuple[HotCell, ...]:
        """This function will return the first cells as rows for a table.

        Args:
            limit: At most so many; None for all.

        Returns:
            The cells with the highest values first.
        """
        outlines = self.outlines[:limit]
        rows = range(len(self.cell) if limit is None else min(limit, len(self.cell)))
        return tuple(
            HotCell(
                cell=int(self.cell[row]),
                count=int(self.count[row]),
                value=float(self.value[row]),
                z=float(self.z[row]),
                probability=float(self.probability[row]),
                adjusted=float(self.adjusted[row]),
                direction=int(self.direction[row]),
                outline=tuple((float(lon), float(lat)) for lon, lat in outlines[row]),
            )
            for row in rows
        )

    def geojson(self, limit: int | None = None) -> dict[str, Any]:
        """This function will return the first cells as a GeoJSON feature collection.

        Args:
            limit: At most so many; None for all.

        Returns:
            A FeatureCollection (RFC 7946) with seven decimals, about a centimetre.
        """
        features = [
            {
                "type": "Feature",
                "id": hot.cell,
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [[[round(lon, 7), round(lat, 7)] for lon, lat in hot.outline]],
                },
                "properties": {
                    "count": hot.count,
                    "value": hot.value,
                    "z": hot.z,
                    "probability": hot.probability,
                    "adjusted": hot.adjusted,
                    "direction": hot.direction,
                },
            }
            for hot in self.cells(limit)
        ]
        return {"type": "FeatureCollection", "features": features}


def hot_spots(
    events: Places,
    *,
    cell_m: float,
    weights: ArrayLike | None = None,
    possible: Possible = None,
    reach: int = 1,
    false_discovery: float = 0.05,
    minimum_count: int = 0,
    snapped: bool = False,
    grid: Grid | None = None,
    draws: int = 0,
    rng: Generator | None = None,
) -> HotSpots:
    """This function will find the cells where events lie closer together than chance explains.

    Question:
        In which cells do events lie closer together than chance explains?

    Assumptions:
        - Under chance, values could be exchanged among all cells where crime is possible.
        - Neighbours are the cells of the window.

    Traps:
        - Without a boundary, cells where crime is impossible make everything else look hot.
        - Thousands of cells are tested: without false-discovery control, hundreds are hot by chance.
        - A hot cell is compared with the mean of the area, not with the people who could be victims there.
        - The size of the cell changes the list: see `cell_sensitivity`.

    Question:
        Which cells hold more events than chance explains?

    Assumptions:
        An event was equally possible in each possible cell.

    Traps:
        Cells are compared with the mean of the area, not with people or targets. Empty cells beyond the area make
        the others look hot: give the boundary. Another cell size can give another map.

    Args:
        events: n events.
        cell_m: Side of a cell in metres.
        weights: (n,) weight of each event, such as days of harm; NaN or None where an event has none.
        possible: Where crime is possible: the boundary of the area, the places where an event could be
            recorded, or "rectangle". Without it, the cells with events and their neighbours.
        reach: Cells on each side of the tested window; 1 is the cell and its eight neighbours.
        false_discovery: Expected share of false finds among the cells marked hot or cold.
        minimum_count: Cells with fewer events are tested but not listed.
        snapped: Whether the places are snapped to shared points (adds a caution).
        grid: A grid to use instead of one laid over the events, to compare two selections.
        draws: Random draws for p-values by permutation; 0 takes the normal law.
        rng: Random generator for the draws.

    Returns:
        The possible cells with count, value, Gi*, p and adjusted p. A p by permutation is twice the smaller
        tail, so it has a sign: cells that are too high and cells that are too low are told apart.

    Raises:
        TooFew: If no event has a place, or there are too few cells to draw from.
        BadValue: If a parameter lies outside its range or a weight is negative or infinite.
        LengthMismatch: If there is not one weight per event.
        TooLarge: If the cell is too small for the region.

    Oracle:
        esda and spdep on the Chicago assaults (highest z 22.3300, 2,784 cells above 1.96), spdep cell by cell on the
        Memphis robberies, and a naive twin (`test_hot_spots.py`).

    Cost:
        Linear in cells; with draws, times the number of draws.

    Not for:
        Rare events whose windows expect less than one, persons, or the reason why a place is hot.

    Oracle:
        spdep 1.2-7 cell by cell (Memphis) and esda (Chicago); naive twins, in `test_hot_spots.py`.

    Cost:
        Linear in events and cells; 22,477 cells with 999 permutations take 0.03 s.

    Not for:
        Comparing two periods or areas with different populations; places smaller than a cell.

    Source:
        Ord and Getis 1995 (Gi*, closed form); Benjamini and Hochberg 1995. Limits: the normal law assumes
        that windows expect several events; cells are compared with the mean of the area, not with the
        population at risk. With few draws no p is small enough to survive the adjustment: take 100 times
        the number of cells, which costs little.
    """
    _check(reach, false_discovery, minimum_count, draws, rng)
    counted = count_cells(
        events, cell_m=cell_m, weights=weights, possible=possible, snapped=snapped, grid=grid
    )
    tested = counted.possible
    if tested.size == 0:
        raise TooFew("cells where crime is possible", 0, 1)
    z = getis_ord_star(counted.value, counted.mask, reach=reach).ravel()[tested]
    probability = two_sided(z) if rng is None else _permuted(counted, reach, draws, rng)
    return _result(counted, z, probability, reach, false_discovery, minimum_count, draws)


def _check(reach: int, false_discovery: float, minimum_count: int, draws: int, rng: Generator | None) -> None:
    if reach < 1:
        raise BadValue("reach", reach, "use 1 for the cell and its eight neighbours, or more")
    if not 0 < false_discovery < 1:
        raise BadValue("false_discovery", false_discovery, "use a share between 0 and 1, for example 0.05")
    if minimum_count < 0:
        raise BadValue("minimum_count", minimum_count, "use 0 to list every cell, or a positive count")
    if draws < 0 or (draws > 0) != (rng is not None):
        raise BadValue("draws", draws, "give a positive number together with rng, or neither")


def _permuted(counted: Counted, reach: int, draws: int, rng: Generator) -> FloatArray:
    inside = np.where(counted.mask, counted.value, 0.0)
    sums = window_sum(inside, reach)[counted.mask]
    sizes = np.rint(window_sum(counted.mask.astype(float), reach)[counted.mask]).astype(np.int64)
    above, below = total_tails(inside[counted.mask], sums, sizes, draws=draws, rng=rng)
    return np.asarray(np.minimum(1.0, 2 * np.minimum(above, below)))


def _result(
    counted: Counted,
    z: FloatArray,
    probability: FloatArray,
    reach: int,
    rate: float,
    minimum: int,
    draws: int,
) -> HotSpots:
    tested = counted.possible
    adjusted = false_discovery_rate(probability)
    direction = np.where(adjusted <= rate, np.sign(z), 0).astype(np.int64)
    value, count = counted.value.ravel()[tested], counted.count.ravel()[tested]
    order = np.lexsort((tested, -z, -value))
    order = order[count[order] >= minimum]
    result = HotSpots(
        cell=tested[order],
        count=count[order],
        value=value[order],
        z=z[order],
        probability=probability[order],
        adjusted=adjusted[order],
        direction=direction[order],
        grid=counted.grid,
        false_discovery=rate,
        n=counted.n,
        n_without_place=counted.n_without_place,
        n_outside=counted.n_outside,
        n_without_weight=counted.n_without_weight,
        n_cells=int(tested.size),
        weighted=counted.weighted,
        draws=draws,
        method=_method(counted, reach, rate, draws),
        cautions=counted.cautions,
    )
    freeze(result.cell, result.count, result.value, result.z)
    freeze(result.probability, result.adjusted, result.direction)
    return result


def _method(counted: Counted, reach: int, rate: float, draws: int) -> Sentence:
    return Sentence(
        "gi_star",
        "%(what)s per cell of %(cell)s m; Getis-Ord Gi* over the cell and its neighbours within %(reach)s cells, "
        "closed form, among %(cells)s cells where crime is possible; two-sided p %(law)s, adjusted for the number "
        "of cells (Benjamini and Hochberg, rate %(rate)s); %(n)s events.",
        {
            "what": "Weight" if counted.weighted else "Events",
            "cell": f"{counted.grid.cell_m:g}",
            "reach": str(reach),
            "cells": str(len(counted.possible)),
            "law": f"by {draws:,} permutations" if draws else "by the normal law",
            "rate": f"{rate:g}",
            "n": str(counted.n),
        },
    )
