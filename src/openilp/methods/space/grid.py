"""A grid of square cells over a plane."""

from dataclasses import dataclass

import numpy as np
import shapely

from openilp.methods.arrays import BoolArray, FloatArray, IntArray
from openilp.methods.errors import BadValue, TooLarge
from openilp.methods.places import Area, Places, Plane

# 4 million cells are a city of 40 x 40 km at 20 m; beyond it a page can show nothing of them.
CELL_LIMIT = 4_000_000


@dataclass(frozen=True, slots=True)
class Grid:
    """`nx` by `ny` square cells; cell `iy * nx + ix` has its lower left corner at `(x0 + ix c, y0 + iy c)`.

    Attributes:
        plane: The projection.
        x0: Left edge in metres.
        y0: Lower edge in metres.
        cell_m: Side of a cell in metres.
        nx: Columns.
        ny: Rows.
    """

    plane: Plane
    x0: float
    y0: float
    cell_m: float
    nx: int
    ny: int

    @classmethod
    def over(
        cls,
        plane: Plane,
        x: FloatArray,
        y: FloatArray,
        *,
        cell_m: float,
        margin_m: float = 0.0,
        snapped_to_cell: bool = True,
    ) -> "Grid":
        """This function will lay the smallest grid over the given points.

        Args:
            plane: The projection in which x and y are measured.
            x: Metres east.
            y: Metres north.
            cell_m: Side of a cell in metres.
            margin_m: Added on each side.
            snapped_to_cell: Whether the edges are multiples of `cell_m`, so that two selections of
                one region share their cells; otherwise the grid begins at the lowest coordinates.

        Returns:
            A grid that holds every point.

        Raises:
            BadValue: If the cell is not a positive length.
            TooLarge: If there would be more than `CELL_LIMIT` cells.
        """
        if not (np.isfinite(cell_m) and cell_m > 0):
            raise BadValue("cell_m", cell_m, "give the side of a cell in metres, for example 250")
        x0, y0 = float(x.min()) - margin_m, float(y.min()) - margin_m
        if snapped_to_cell:
            x0, y0 = np.floor(x0 / cell_m) * cell_m, np.floor(y0 / cell_m) * cell_m
        nx = int((float(x.max()) + margin_m - x0) // cell_m) + 1
        ny = int((float(y.max()) + margin_m - y0) // cell_m) + 1
        if nx * ny > CELL_LIMIT:
            raise TooLarge("cells", nx * ny, CELL_LIMIT, "choose a larger cell or a smaller region")
        return cls(plane, float(x0), float(y0), float(cell_m), nx, ny)

    @classmethod
    def around(cls, area: Area, *, cell_m: float, snapped_to_cell: bool = False) -> "Grid":
        """This function will lay the smallest grid over an area.

        Args:
            area: The study area.
            cell_m: Side of a cell in metres.
            snapped_to_cell: As `over`.

        Raises:
            BadValue: If the cell is not a positive length.
            TooLarge: If there would be more than `CELL_LIMIT` cells.
        """
        west, south, east, north = shapely.bounds(area.geometry)
        # An area that ends where a cell begins does not reach into that cell.
        x, y = np.array([west, np.nextafter(east, west)]), np.array([south, np.nextafter(north, south)])
        return cls.over(area.plane, x, y, cell_m=cell_m, snapped_to_cell=snapped_to_cell)

    @property
    def size(self) -> int:
        """This function will return the number of cells."""
        return self.nx * self.ny

    def cell_of(self, x: FloatArray, y: FloatArray) -> IntArray:
        """This function will return the cell of each point.

        Args:
            x: (n,) metres east.
            y: (n,) metres north.

        Returns:
            (n,) cell numbers; -1 for a point outside the grid.
        """
        ix = np.floor((x - self.x0) / self.cell_m).astype(np.int64)
        iy = np.floor((y - self.y0) / self.cell_m).astype(np.int64)
        inside = (ix >= 0) & (ix < self.nx) & (iy >= 0) & (iy < self.ny)
        return np.where(inside, iy * self.nx + ix, -1)

    def centres(self) -> tuple[FloatArray, FloatArray]:
        """This function will return the x of each column's centre and the y of each row's centre."""
        x: FloatArray = self.x0 + (np.arange(self.nx, dtype=np.float64) + 0.5) * self.cell_m
        y: FloatArray = self.y0 + (np.arange(self.ny, dtype=np.float64) + 0.5) * self.cell_m
        return x, y

    def centres_of(self, cells: IntArray) -> tuple[FloatArray, FloatArray]:
        """This function will return the centres of cells in metres.

        Args:
            cells: (k,) cell numbers.

        Returns:
            x and y, (k,) each.
        """
        x, y = self.centres()
        return x[cells % self.nx], y[cells // self.nx]

    def corners(self, cells: IntArray) -> FloatArray:
        """This function will return the outline of cells in degrees.

        Args:
            cells: (k,) cell numbers.

        Returns:
            (k, 5, 2) closed rings of longitude and latitude, counter-clockwise.

        Raises:
            NotInMetres: If the plane's place on the globe is unknown.
        """
        ix, iy = cells % self.nx, cells // self.nx
        across = np.array([0, 1, 1, 0, 0])
        along = np.array([0, 0, 1, 1, 0])
        x = self.x0 + (ix[:, None] + across) * self.cell_m
        y = self.y0 + (iy[:, None] + along) * self.cell_m
        lon, lat = self.plane.inverse(x.ravel(), y.ravel())
        return np.stack([lon, lat], axis=-1).reshape(len(cells), 5, 2)

    def within(self, area: Area) -> BoolArray:
        """This function will say which cells touch an area.

        Args:
            area: On the plane of the grid.

        Returns:
            (ny, nx) truth values.

        Raises:
            BadValue: If the area lies on another plane.
        """
        if area.plane != self.plane:
            raise BadValue("plane of the area", area.plane.crs, f"bring it onto {self.plane.crs}")
        x0, y0 = (axis.ravel() - self.cell_m / 2 for axis in np.meshgrid(*self.centres()))
        squares = shapely.box(x0, y0, x0 + self.cell_m, y0 + self.cell_m)
        shapely.prepare(area.geometry)
        return np.asarray(shapely.intersects(area.geometry, squares), dtype=np.bool_).reshape(
            self.ny, self.nx
        )

    def holding(self, places: Places) -> BoolArray:
        """This function will say which cells hold at least one of the places.

        Args:
            places: Places where an event could be recorded, such as addresses or street points.

        Returns:
            (ny, nx) truth values.
        """
        known = places.only(places.located).on(self.plane)
        cells = self.cell_of(known.x, known.y)
        mask = np.zeros(self.size, dtype=np.bool_)
        mask[cells[cells >= 0]] = True
        return mask.reshape(self.ny, self.nx)
