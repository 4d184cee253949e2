"""From a point to the district that it lies in."""

from collections.abc import Sequence
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry import shape

from openilp.safeguards.models import Unit


class Districts:
    """The areas of the units that have no drawn unit below them, as a search tree."""

    def __init__(self, areas: Sequence[tuple[UUID, object]]) -> None:
        """Take unit keys with GeoJSON geometries; where areas touch, the first one wins."""
        self.keys = [key for key, _ in areas]
        self.tree = shapely.STRtree([shape(geometry) for _, geometry in areas])

    @classmethod
    def drawn(cls) -> "Districts":
        """Return the districts that the agency has drawn, in the order of their codes."""
        units = list(Unit.objects.exclude(boundary=None).order_by("code"))
        above = {unit.parent_id for unit in units}
        return cls([(unit.pk, unit.boundary) for unit in units if unit.pk not in above])

    def of(self, longitudes: Sequence[float | None], latitudes: Sequence[float | None]) -> list[UUID | None]:
        """Return the district of each point; nothing where there is no point, or none around it."""
        found: list[UUID | None] = [None] * len(longitudes)
        located = [i for i, x in enumerate(longitudes) if x is not None]
        if not located or not self.keys:
            return found
        xy = np.array([(longitudes[i], latitudes[i]) for i in located], dtype=float)
        points, areas = self.tree.query(shapely.points(xy), predicate="intersects")
        best = np.full(len(located), len(self.keys))
        np.minimum.at(best, points, areas)
        for place, area in zip(located, best.tolist(), strict=True):
            if area < len(self.keys):
                found[place] = self.keys[area]
        return found
