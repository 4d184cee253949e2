"""Hot spots in H3 hexagons: cells that many systems share, whose six neighbours lie equally far."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import h3
import numpy as np
import shapely
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from openilp.methods.arrays import FloatArray, IntArray, floats, freeze, same_length
from openilp.methods.drawing import points as draw_points
from openilp.methods.errors import BadValue, TooFew, TooLarge
from openilp.methods.places import Area, Places, Plane
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence
from openilp.methods.space.cautions import CELL_CHOICE, MASK_FROM_EVENTS, RECORDED_ONLY
from openilp.methods.space.significance import false_discovery_rate, star_z, two_sided

UNEQUAL = Sentence(
    "unequal_hexagons",
    "H3 hexagons differ in area over the globe; within one city by less than 1 per cent.",
)
# A map of more hexagons than this shows nothing of them.
HEXAGON_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Hexagons(Result):
    """The possible hexagons, the highest value first; ties by their names.

    Attributes:
        cell: k names of H3 cells.
        count: (k,) events.
        value: (k,) sums of weights, or the counts.
        z: (k,) Gi* over the cell and its six neighbours.
        probability: (k,) two-sided p by the normal law.
        adjusted: (k,) adjusted for the number of cells.
        direction: (k,) 1 hot, -1 cold, 0 neither.
        resolution: H3 resolution; 9 has edges of about 200 m.
        plane: What the events are measured on.
        false_discovery: The rate behind `direction`.
        n: Events that entered.
        n_without_place: Events left out because their place is not known.
        n_outside: Events left out because they lie outside the area.
        method: How it was computed.
        cautions: What the reader must know.
    """

    cell: tuple[str, ...]
    count: IntArray
    value: FloatArray
    z: FloatArray
    probability: FloatArray
    adjusted: FloatArray
    direction: IntArray
    resolution: int
    plane: Plane
    false_discovery: float
    n: int
    n_without_place: int
    n_outside: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say how many hexagons are hot."""
        return Sentence(
            "hot_hexagons",
            "%(hot)s of %(cells)s hexagons are hot; the highest z is %(z)s.",
            {
                "hot": f"{int((self.direction == 1).sum()):,}",
                "cells": f"{len(self.cell):,}",
                "z": f"{self.z.max():.2f}",
            },
        )

    def to_dict(self) -> dict[str, Any]:
        """This function will list the cells as `h3, longitude, latitude, count, value, z, p, q, hot`."""
        record = Result.to_dict(self)
        for column in ("cell", "count", "value", "z", "probability", "adjusted", "direction"):
            del record[column]
        lat, lon = zip(*(h3.cell_to_latlng(name) for name in self.cell), strict=True)
        names = ("h3", "longitude", "latitude", "count", "value", "z", "p", "q", "hot")
        numbers = (self.count, self.value, self.z, self.probability, self.adjusted, self.direction == 1)
        rows = zip(self.cell, lon, lat, *(column.tolist() for column in numbers), strict=True)
        cells = [dict(zip(names, row, strict=True)) for row in rows]
        return record | {
            "cells": cells,
            "n_hot": int((self.direction == 1).sum()),
            "z_max": float(self.z.max()),
        }

    def geojson(self) -> dict[str, Any]:
        """This function will return the hexagons as a GeoJSON feature collection."""
        features = []
        for record in self.to_dict()["cells"]:
            ring = [[round(lon, 7), round(lat, 7)] for lat, lon in h3.cell_to_boundary(record["h3"])]
            geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
            features.append(
                {"type": "Feature", "id": record["h3"], "geometry": geometry, "properties": record}
            )
        return {"type": "FeatureCollection", "features": features}

    def plot(self) -> Plot:
        """This function will draw the centres of the hexagons, the hot ones outlined."""
        lat, lon = (
            np.array(axis) for axis in zip(*(h3.cell_to_latlng(name) for name in self.cell), strict=True)
        )
        x, y = self.plane.forward(lon, lat)
        size = h3.average_hexagon_edge_length(self.resolution, unit="m") * 1.7
        title = "Hot hexagons (outlined)"
        return draw_points(title, x, y, self.value, size_m=size, unit="", marked=self.direction == 1)


def hot_hexagons(
    events: Places,
    *,
    resolution: int,
    weights: ArrayLike | None = None,
    area: Area | None = None,
    false_discovery: float = 0.05,
) -> Hexagons:
    """This function will count events in H3 hexagons and test each with its six neighbours (Gi*).

    Question:
        Which hexagons hold more events than chance explains, in cells that partners can share?

    Assumptions:
        As `hot_spots`; the events' place on the globe is known.

    Traps:
        As `hot_spots`. Hexagons of two resolutions do not nest exactly.

    Args:
        events: n events on a plane with a known system.
        resolution: H3 resolution, 0 to 15; 8 has edges of about 530 m, 9 of 200 m, 10 of 76 m.
        weights: (n,) weight of each event, 0 or more; NaN or None adds nothing.
        area: Where crime is possible: hexagons whose centre lies in it; without
            it those with events and their neighbours.
        false_discovery: Expected share of false finds among the hot and cold.

    Returns:
        Count, Gi*, p and adjusted p of each possible hexagon.

    Raises:
        TooFew: If no event has a place in the area.
        NotInMetres: If the plane's place on the globe is unknown.
        BadValue: If a parameter lies outside its range.
        TooLarge: If there would be more than a million hexagons.

    Oracle:
        A naive twin over `h3.grid_disk`, in `test_hexagons.py`.

    Cost:
        Linear in different places and in hexagons; about a second for 150,000 events.

    Not for:
        Distances or areas that must be equal to the metre: use square cells on a plane.

    Source:
        Uber, "H3: a hexagonal hierarchical geospatial indexing system" (h3geo.org); Ord and Getis 1995.
    """
    if not 0 <= resolution <= 15:
        raise BadValue("resolution", resolution, "use an H3 resolution from 0 to 15")
    if not 0 < false_discovery < 1:
        raise BadValue("false_discovery", false_discovery, "use a share between 0 and 1, for example 0.05")
    names, mass = _cells_of(events, resolution, weights)
    possible = _possible(names, area, events.plane, resolution)
    index = {name: at for at, name in enumerate(possible)}
    at = np.array([index.get(name, -1) for name in names])
    inside = at >= 0
    if not inside.any():
        raise TooFew("events with a place in the area", 0, 1)
    count = np.bincount(at[inside], minlength=len(possible)).astype(np.int64)
    value = np.asarray(
        np.bincount(at[inside], weights=mass[inside], minlength=len(possible)), dtype=np.float64
    )
    joined = _adjacency(possible, index)
    z = star_z(value, joined @ value, np.asarray(joined.sum(axis=1), dtype=np.float64))
    probability = two_sided(z)
    adjusted = false_discovery_rate(probability)
    direction = np.where(adjusted <= false_discovery, np.sign(z), 0).astype(np.int64)
    order = np.lexsort((np.arange(len(possible)), -z, -value))
    result = Hexagons(
        cell=tuple(possible[i] for i in order),
        count=count[order],
        value=value[order],
        z=z[order],
        probability=probability[order],
        adjusted=adjusted[order],
        direction=direction[order],
        resolution=resolution,
        plane=events.plane,
        false_discovery=false_discovery,
        n=int(inside.sum()),
        n_without_place=int((~events.located).sum()),
        n_outside=int((~inside).sum()),
        method=Sentence(
            "hexagons",
            "Gi* over H3 hexagons of resolution %(resolution)s and their neighbours, closed form, among %(cells)s "
            "hexagons; two-sided p adjusted for their number (rate %(rate)s); %(n)s events.",
            {
                "resolution": str(resolution),
                "cells": f"{len(possible):,}",
                "rate": f"{false_discovery:g}",
                "n": f"{int(inside.sum()):,}",
            },
        ),
        cautions=(RECORDED_ONLY, CELL_CHOICE, UNEQUAL, *(() if area is not None else (MASK_FROM_EVENTS,))),
    )
    freeze(result.count, result.value, result.z, result.probability, result.adjusted, result.direction)
    return result


def _cells_of(events: Places, resolution: int, weights: ArrayLike | None) -> tuple[list[str], FloatArray]:
    known = events.located
    if not known.any():
        raise TooFew("events with a place", 0, 1)
    weight = np.ones(len(events)) if weights is None else np.nan_to_num(floats("weights", weights), nan=0.0)
    same_length(events=events.x, weights=weight)
    if weight.min() < 0 or not np.isfinite(weight).all():
        raise BadValue("weights", float(weight.min()), "give a weight of 0 or more, or nothing")
    lon, lat = events.plane.inverse(events.x[known], events.y[known])
    places, which = np.unique(np.stack([lat, lon], axis=1), axis=0, return_inverse=True)
    names = [h3.latlng_to_cell(north, east, resolution) for north, east in places.tolist()]
    return [names[i] for i in which.ravel()], weight[known]


def _possible(names: list[str], area: Area | None, plane: Plane, resolution: int) -> list[str]:
    if area is None:
        found = {near for name in set(names) for near in h3.grid_disk(name, 1)}
        return sorted(found)
    size = h3.average_hexagon_area(resolution, unit="m^2")
    if (expected := int(area.geometry.area / size)) > HEXAGON_LIMIT:
        raise TooLarge("hexagons", expected, HEXAGON_LIMIT, "choose a lower resolution or a smaller area")

    def degrees(xy: FloatArray) -> FloatArray:
        return np.stack(plane.inverse(xy[:, 0], xy[:, 1]), axis=1)

    shape = shapely.transform(area.geometry, degrees)
    return sorted(_inside(shape, resolution))


def _inside(shape: shapely.Geometry, resolution: int) -> Iterable[str]:
    return set(h3.geo_to_cells(shape.__geo_interface__, resolution))


def _adjacency(possible: list[str], index: dict[str, int]) -> Any:
    rows, columns = [], []
    for at, name in enumerate(possible):
        near = [index[other] for other in h3.grid_disk(name, 1) if other in index]
        rows += [at] * len(near)
        columns += near
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(possible), len(possible)))
