"""A street graph given as a file, and events placed on it."""

import math
from dataclasses import dataclass

import numpy as np
import shapely

from openilp.methods.arrays import FloatArray, IntArray, freeze
from openilp.methods.errors import BadRows, BadValue, TooFew
from openilp.methods.places import LOCAL, Area, Places, Plane
from openilp.methods.tables import Table

# Ends that lie within this distance are one junction: the rounding of files, less than a kerb.
SAME_M = 0.01


@dataclass(frozen=True, slots=True)
class Streets:
    """Segments between junctions.

    Attributes:
        lines: (m,) shapely LineStrings in metres.
        length: (m,) metres.
        start: (m,) junction where each begins.
        end: (m,) junction where each ends.
        n_junctions: Junctions, dead ends included.
        plane: What the metres are measured on.
    """

    lines: np.ndarray[tuple[int], np.dtype[np.object_]]
    length: FloatArray
    start: IntArray
    end: IntArray
    n_junctions: int
    plane: Plane

    @classmethod
    def from_table(cls, table: Table, *, plane: Plane) -> "Streets":
        """This function will read a street graph: one line a segment, which meet only at their ends.

        Args:
            table: Of LineStrings or MultiLineStrings.
            plane: What to bring them onto: that of the events.

        Raises:
            BadRows: If a row holds something else.
            TooFew: If there is no segment.
            NotInMetres: If the file and the events cannot be brought onto one plane.
        """
        shapes = np.array([], dtype=object) if table.geometry is None else table.geometry
        kinds = shapely.get_type_id(shapes)
        # 1 and 5 are LineString and MultiLineString, -1 is a missing geometry.
        wrong = np.flatnonzero(~np.isin(kinds, (-1, 1, 5)))
        if wrong.size:
            rows = tuple(wrong.tolist())
            raise BadRows("geometry", rows, table.rows(wrong), shapes[wrong[0]].geom_type, "give lines")
        crs = table.crs if table.crs is not None or not plane.is_local else LOCAL
        whole = shapely.GeometryCollection(shapely.get_parts(shapes[kinds >= 0]))
        moved = Area.measured(whole, crs=crs, plane=plane).geometry
        return cls.of(shapely.get_parts(moved), plane)

    @classmethod
    def of(cls, lines: np.ndarray[tuple[int], np.dtype[np.object_]], plane: Plane) -> "Streets":
        """This function will join lines at their ends.

        Args:
            lines: LineStrings in metres; those without length are left out.
            plane: What the metres are measured on.

        Raises:
            TooFew: If there is no segment.
        """
        length = shapely.length(lines)
        lines, length = lines[length > 0], length[length > 0]
        if not len(lines):
            raise TooFew("street segments", 0, 1)
        tips = np.concatenate([shapely.get_coordinates(shapely.get_point(lines, at)) for at in (0, -1)])
        _, junction = np.unique(np.rint(tips / SAME_M).astype(np.int64), axis=0, return_inverse=True)
        junction = junction.ravel().astype(np.int64)
        freeze(length)
        return cls(
            lines, length, junction[: len(lines)], junction[len(lines) :], int(junction.max()) + 1, plane
        )

    def snapped(self, places: Places, *, most_m: float) -> tuple[IntArray, FloatArray]:
        """This function will move places to the nearest point of the nearest segment.

        Args:
            places: n places.
            most_m: Those farther away than this are not moved.

        Returns:
            (n,) segment, -1 where none is near or the place is not known, and (n,) metres from its start.

        Raises:
            BadValue: If the places lie on another plane, or `most_m` is no length.
        """
        if places.plane != self.plane:
            raise BadValue("plane of the events", places.plane.crs, f"bring them onto {self.plane.crs}")
        if not (math.isfinite(most_m) and most_m > 0):
            raise BadValue("most_m", most_m, "give a length in metres above 0")
        segment, along = np.full(len(places), -1, dtype=np.int64), np.zeros(len(places))
        known = np.flatnonzero(places.located)
        points = shapely.points(places.x[known], places.y[known])
        which, nearest = shapely.STRtree(self.lines).query_nearest(
            points, max_distance=most_m, all_matches=False
        )
        segment[known[which]] = nearest
        along[known[which]] = shapely.line_locate_point(self.lines[nearest], points[which])
        return segment, along
