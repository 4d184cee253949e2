"""Hot spots on a grid, by count or by weight, with a test that allows for the number of cells."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike
from scipy.ndimage import binary_dilation

from openilp.methods.arrays import BoolArray, FloatArray, IntArray, floats, freeze, same_length
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.places import Area, Places
from openilp.methods.sentence import Sentence
from openilp.methods.space.grid import Grid
from openilp.methods.space.significance import false_discovery_rate, getis_ord_star, two_sided

SNAPPED = Sentence(
    "snapped",
    "The places are snapped to shared points, so a cell may hold the events of its neighbours; "
    "read areas, never single addresses.",
)
MASK_FROM_EVENTS = Sentence(
    "mask_from_events",
    "No boundary was given: crime counts as possible in cells with an event and in the cells around "
    "them. A boundary of the area makes the test more trustworthy.",
)
RECORDED_ONLY = Sentence(
    "recorded_only",
    "The map shows recorded events, which follow reporting and police presence as well as crime.",
)
CELL_CHOICE = Sentence(
    "cell_choice",
    "Size and position of the cells influence the result; compare a second cell size before acting.",
)


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
class HotSpots:
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
    method: Sentence
    cautions: tuple[Sentence, ...]

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
    possible: Area | Places | None = None,
    reach: int = 1,
    false_discovery: float = 0.05,
    minimum_count: int = 0,
    snapped: bool = False,
    grid: Grid | None = None,
) -> HotSpots:
    """This function will find the cells where events lie closer together than chance explains.

    Args:
        events: n events.
        cell_m: Side of a cell in metres.
        weights: (n,) weight of each event, such as days of harm; NaN or None where an event has none.
        possible: Where crime is possible: the boundary of the area, or the places where an
            event could be recorded. Without it, the cells with events and their neighbours.
        reach: Cells on each side of the tested window; 1 is the cell and its eight neighbours.
        false_discovery: Expected share of false finds among the cells marked hot or cold.
        minimum_count: Cells with fewer events are tested but not listed.
        snapped: Whether the places are snapped to shared points (adds a caution).
        grid: A grid to use instead of one laid over the events, to compare two selections.

    Returns:
        The possible cells with count, value, Gi*, p and adjusted p.

    Raises:
        TooFew: If no event has a place.
        BadValue: If a parameter lies outside its range or a weight is negative or infinite.
        LengthMismatch: If there is not one weight per event.
        TooLarge: If the cell is too small for the region.

    Source:
        Ord and Getis 1995 (Gi*, closed form); Benjamini and Hochberg 1995. Limits: z assumes that
        windows expect several events; cells are compared with the mean of the area, not with the
        population at risk.
    """
    _check(reach, false_discovery, minimum_count)
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
    count = np.bincount(cells[on_grid], minlength=grid.size).reshape(shape)
    value = count.astype(np.float64)
    if weight is not None:
        np.add.at(value := np.zeros(shape), np.divmod(cells[on_grid], grid.nx), weight[located][on_grid])
    mask = _mask(grid, possible, count)
    z = getis_ord_star(value, mask, reach=reach)
    return _result(
        grid, mask, count, value, z,
        false_discovery=false_discovery, minimum_count=minimum_count, reach=reach,
        n=int(count[mask].sum()),
        n_without_place=len(events) - n,
        n_outside=n - int(count[mask].sum()),
        n_without_weight=n_without_weight,
        weighted=weight is not None,
        cautions=(RECORDED_ONLY, CELL_CHOICE)
        + ((MASK_FROM_EVENTS,) if possible is None else ())
        + ((SNAPPED,) if snapped else ()),
    )  # fmt: skip


def _check(reach: int, false_discovery: float, minimum_count: int) -> None:
    if reach < 1:
        raise BadValue("reach", reach, "use 1 for the cell and its eight neighbours, or more")
    if not 0 < false_discovery < 1:
        raise BadValue("false_discovery", false_discovery, "use a share between 0 and 1, for example 0.05")
    if minimum_count < 0:
        raise BadValue("minimum_count", minimum_count, "use 0 to list every cell, or a positive count")


def _weights(weights: ArrayLike | None, events: Places) -> tuple[FloatArray | None, int]:
    if weights is None:
        return None, 0
    weight = floats("weights", weights)
    same_length(events=events.x, weights=weight)
    known = ~np.isnan(weight)
    wrong = known & ~(np.isfinite(weight) & (weight >= 0))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise BadValue(f"weight of row {row}", float(weight[row]), "give a weight of 0 or more, or nothing")
    missing = int((~known & events.located).sum())
    return np.where(known, weight, 0.0), missing


def _grid(known: Places, cell_m: float, possible: Area | Places | None) -> Grid:
    x, y = known.x, known.y
    if isinstance(possible, Places):
        extra = possible.only(possible.located).on(known.plane)
        x, y = np.concatenate([x, extra.x]), np.concatenate([y, extra.y])
    elif possible is not None:
        west, south, east, north = shapely.bounds(possible.geometry)
        x, y = np.array([west, east]), np.array([south, north])
    # One empty ring, so that the neighbours of the outermost events exist.
    return Grid.over(known.plane, x, y, cell_m=cell_m, margin_m=cell_m)


def _mask(grid: Grid, possible: Area | Places | None, count: IntArray) -> BoolArray:
    if isinstance(possible, Places):
        return grid.holding(possible) | (count > 0)
    if possible is not None:
        return grid.within(possible)
    ring = np.ones((3, 3), dtype=np.bool_)
    return np.asarray(binary_dilation(count > 0, structure=ring), dtype=np.bool_)


def _result(
    grid: Grid,
    mask: BoolArray,
    count: IntArray,
    value: FloatArray,
    z: FloatArray,
    *,
    reach: int,
    false_discovery: float,
    minimum_count: int,
    n: int,
    n_without_place: int,
    n_outside: int,
    n_without_weight: int,
    weighted: bool,
    cautions: tuple[Sentence, ...],
) -> HotSpots:
    tested = np.flatnonzero(mask)
    if tested.size == 0:
        raise TooFew("cells where crime is possible", 0, 1)
    z_tested = z.ravel()[tested]
    probability = two_sided(z_tested)
    adjusted = false_discovery_rate(probability)
    direction = np.where(adjusted <= false_discovery, np.sign(z_tested), 0).astype(np.int64)
    value_tested, count_tested = value.ravel()[tested], count.ravel()[tested]
    order = np.lexsort((tested, -z_tested, -value_tested))
    order = order[count_tested[order] >= minimum_count]
    listed = tested[order]
    result = HotSpots(
        cell=listed,
        count=count_tested[order],
        value=value_tested[order],
        z=z_tested[order],
        probability=probability[order],
        adjusted=adjusted[order],
        direction=direction[order],
        grid=grid,
        false_discovery=false_discovery,
        n=n,
        n_without_place=n_without_place,
        n_outside=n_outside,
        n_without_weight=n_without_weight,
        n_cells=int(tested.size),
        weighted=weighted,
        method=Sentence(
            "gi_star",
            "%(what)s per cell of %(cell)s m; Getis-Ord Gi* over the cell and its neighbours within %(reach)s cells, "
            "closed form, among %(cells)s cells where crime is possible; two-sided p, adjusted for the number of "
            "cells (Benjamini and Hochberg, rate %(rate)s); %(n)s events.",
            {
                "what": "Weight" if weighted else "Events",
                "cell": f"{grid.cell_m:g}",
                "reach": str(reach),
                "cells": str(tested.size),
                "rate": f"{false_discovery:g}",
                "n": str(n),
            },
        ),
        cautions=cautions,
    )
    freeze(result.cell, result.count, result.value, result.z)
    freeze(result.probability, result.adjusted, result.direction)
    return result
