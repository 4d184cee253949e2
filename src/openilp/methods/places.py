"""Where events lie: coordinates that carry their reference system and are measured in metres.

A method takes `Places` (or an `Area`) and so never sees a degree: whoever makes them says what the numbers mean,
and what cannot be measured in metres is refused here, once, for every method.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyproj
import shapely
from pyproj.exceptions import CRSError

from openilp.methods.arrays import BoolArray, FloatArray, floats, freeze, same_length
from openilp.methods.errors import BadValue, NotInMetres

#: The name of a plane whose place on the globe is not known, only that its unit is the metre.
LOCAL = "local-metres"
#: Asks for the projection that would be proposed.
AUTO = "auto"
# A plane that draws a kilometre more than ten metres too long or too short is not used for distances: the
# limit keeps every national grid and UTM zone, and refuses the Mercator of web maps (60 % at 51 degrees).
MOST_SCALE_ERROR = 0.01
#: The way around the earth is 40 million metres, 131 million feet; false origins add some millions.
MOST_UNITS = 2e8
WORLD = "EPSG:4326"


@lru_cache(maxsize=64)
def _crs(name: str) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_user_input(name)
    except CRSError as error:
        raise BadValue("crs", repr(name), f"give an EPSG code such as EPSG:4326, or {LOCAL}") from error


@lru_cache(maxsize=64)
def _between(source: str, target: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(_crs(source), _crs(target), always_xy=True)


def _projected(name: str) -> pyproj.CRS:
    crs = _crs(name)
    if not crs.is_projected:
        raise NotInMetres(
            f"{name} ({crs.name}) measures degrees, not metres",
            "name a projected system, for example --project EPSG:32630 for UTM zone 30",
        )
    return crs


@dataclass(frozen=True, slots=True)
class Plane:
    """A flat coordinate system, measured in metres whatever its own unit is.

    Attributes:
        crs: A projected system as PROJ knows it (`EPSG:32616`), or `local-metres`.
    """

    crs: str

    def __post_init__(self) -> None:
        """This function will check that the system is projected."""
        if self.crs != LOCAL:
            _projected(self.crs)

    @classmethod
    def local(cls, lon: FloatArray, lat: FloatArray) -> "Plane":
        """This function will return a plane centred on the middle of the given places.

        Args:
            lon: Longitudes in degrees.
            lat: Latitudes in degrees.

        Returns:
            A transverse Mercator plane whose origin is the middle of the bounding box, rounded to 0.1
            degree so that nearly equal selections share one grid.

        Raises:
            BadValue: If the places lie more than 20 degrees of longitude apart.
        """
        if float(np.ptp(lon)) > 20:
            raise BadValue(
                "extent of longitude",
                f"{np.ptp(lon):.1f} degrees",
                "analyse one region of at most 20 degrees at a time",
            )
        middle_lon = round((float(lon.min()) + float(lon.max())) / 2, 1)
        middle_lat = round((float(lat.min()) + float(lat.max())) / 2, 1)
        return cls(f"+proj=tmerc +lat_0={middle_lat} +lon_0={middle_lon} +datum=WGS84 +units=m")

    @classmethod
    def utm(cls, zone: int, *, northern: bool = True) -> "Plane":
        """This function will return the plane of a UTM zone.

        Args:
            zone: 1 to 60.
            northern: Whether the northern hemisphere is meant.

        Returns:
            The plane of EPSG:326zz or EPSG:327zz.

        Raises:
            BadValue: If there is no such zone.
        """
        if not 1 <= zone <= 60:
            raise BadValue("zone", zone, "use a UTM zone from 1 to 60")
        return cls(f"EPSG:{(32600 if northern else 32700) + zone}")

    @property
    def is_local(self) -> bool:
        """This function will say whether the plane's place on the globe is unknown."""
        return self.crs == LOCAL

    @property
    def metres_per_unit(self) -> float:
        """This function will return the length of the system's own unit in metres (0.3048 for feet)."""
        return 1.0 if self.is_local else float(_projected(self.crs).axis_info[0].unit_conversion_factor)

    def forward(self, lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
        """This function will project longitudes and latitudes to metres.

        Args:
            lon: (n,) degrees (WGS 84).
            lat: (n,) degrees.

        Returns:
            x east and y north, (n,) each, in metres; infinite where the plane does not reach.

        Raises:
            NotInMetres: If the plane's place on the globe is unknown.
        """
        same_length(lon=lon, lat=lat)
        x, y = self._to(WORLD, inverse=True).transform(floats("lon", lon), floats("lat", lat))
        return np.asarray(x) * self.metres_per_unit, np.asarray(y) * self.metres_per_unit

    def inverse(self, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """This function will turn metres back into longitudes and latitudes.

        Args:
            x: (n,) metres east.
            y: (n,) metres north.

        Returns:
            Longitude and latitude in degrees (WGS 84), (n,) each.

        Raises:
            NotInMetres: If the plane's place on the globe is unknown.
        """
        same_length(x=x, y=y)
        unit = self.metres_per_unit
        lon, lat = self._to(WORLD).transform(floats("x", x) / unit, floats("y", y) / unit)
        return np.asarray(lon), np.asarray(lat)

    def _to(self, other: str, *, inverse: bool = False) -> pyproj.Transformer:
        if self.is_local:
            raise NotInMetres(
                f"{LOCAL} coordinates have no longitude and latitude", "give the files' own system with --crs"
            )
        return _between(other, self.crs) if inverse else _between(self.crs, other)

    def scale_error(self, x: FloatArray, y: FloatArray) -> float:
        """This function will return the largest relative error of a length at some places of the plane.

        Args:
            x: (n,) metres east.
            y: (n,) metres north.

        Returns:
            A fraction: 0.0001 is ten centimetres in a kilometre; 0 for a local plane.
        """
        if self.is_local or len(x) == 0:
            return 0.0
        lon, lat = self.inverse(x, y)
        factors = pyproj.Proj(_crs(self.crs)).get_factors(lon, lat)
        both = np.concatenate([np.ravel(factors.meridional_scale), np.ravel(factors.parallel_scale)])
        return float(np.abs(both - 1).max())


@dataclass(frozen=True, slots=True)
class Places:
    """n places on one plane, in metres; a place that is not known has NaN in both columns.

    Attributes:
        x: (n,) metres east.
        y: (n,) metres north.
        plane: What the metres are measured on.
    """

    x: FloatArray
    y: FloatArray
    plane: Plane

    def __post_init__(self) -> None:
        """This function will check the columns, and drop a place of which only one half is known."""
        x, y = floats("x", self.x), floats("y", self.y)
        same_length(x=x, y=y)
        for name, column in (("x", x), ("y", y)):
            wrong = np.flatnonzero(np.isinf(column))
            if wrong.size:
                raise BadValue(
                    f"{name} of row {wrong[0] + 1}", "infinite", "give metres, or nothing when not known"
                )
        half = np.isnan(x) | np.isnan(y)
        x[half] = y[half] = np.nan
        freeze(x, y)
        object.__setattr__(self, "x", x)
        object.__setattr__(self, "y", y)

    @classmethod
    def from_degrees(cls, lon: Any, lat: Any, *, plane: Plane | None = None) -> "Places":
        """This function will project longitudes and latitudes (WGS 84).

        Args:
            lon: (n,) degrees; None or NaN where a place is not known. An Arrow column will do.
            lat: (n,) degrees.
            plane: Where to; by default a plane centred on the places.

        Returns:
            The places in metres, in the same order.

        Raises:
            BadValue: If a value is out of range, or the places lie too far apart for one plane.
        """
        east, north = floats("lon", lon), floats("lat", lat)
        same_length(lon=east, lat=north)
        _check_degrees(east, north, lambda i: f"row {i + 1}")
        known = ~(np.isnan(east) | np.isnan(north))
        x, y = np.full(len(east), np.nan), np.full(len(east), np.nan)
        if plane is None:
            plane = Plane.local(east[known], north[known]) if known.any() else Plane(LOCAL)
        if known.any():
            x[known], y[known] = plane.forward(east[known], north[known])
        return cls(x, y, plane)

    @classmethod
    def measured(
        cls,
        x: Any,
        y: Any,
        *,
        crs: str | None = None,
        project: str | None = None,
        row: Callable[[int], str] = lambda i: f"row {i + 1}",
    ) -> "Places":
        """This function will take coordinates in the system that they are said to be in, and give metres.

        Args:
            x: (n,) eastings or longitudes; NaN where a place is not known.
            y: (n,) northings or latitudes.
            crs: The system of x and y, such as `EPSG:4326`; `local-metres` when it does not matter where
                on the globe they lie; None when they are metres and look like it.
            project: The projected system to measure in; `auto` takes the one that would be proposed.
            row: Names a row in an error, by its index.

        Returns:
            The places in metres, in the same order.

        Raises:
            NotInMetres: If they are degrees and no projection is named, look like degrees and nothing is
                said about them, or the projection distorts lengths by more than 1 per cent there.
            BadValue: If a system is not known or a degree is out of range.
        """
        east, north = floats("x", x), floats("y", y)
        same_length(x=east, y=north)
        known = ~(np.isnan(east) | np.isnan(north))
        _check_size(east, north, row)
        if crs is None or crs == LOCAL:
            _check_unsaid(east[known], north[known], crs, project)
            return cls(east, north, Plane(LOCAL))
        source = _crs(crs)
        if source.is_geographic:
            _check_degrees(east, north, row)
            if project is None:
                raise NotInMetres(
                    f"{crs} ({source.name}) is in degrees", _remedy(crs, east[known], north[known])
                )
        target = project or crs
        if target == AUTO:
            target = proposal(*_world(crs, east[known], north[known]))
        plane = Plane(target)
        if known.any():
            moved = _between(crs, target).transform(east[known], north[known])
            east[known], north[known] = (np.asarray(axis) * plane.metres_per_unit for axis in moved)
        _check_reach(plane, crs, x, y, east, north, known, row)
        return cls(east, north, plane)

    @property
    def located(self) -> BoolArray:
        """This function will say for each place whether it is known."""
        return ~np.isnan(self.x)

    def __len__(self) -> int:
        """This function will count the places, known or not."""
        return int(self.x.size)

    def only(self, chosen: BoolArray) -> "Places":
        """This function will return the chosen places.

        Args:
            chosen: (n,) truth values.
        """
        return Places(self.x[chosen], self.y[chosen], self.plane)

    def on(self, plane: Plane) -> "Places":
        """This function will return the same places on another plane.

        Args:
            plane: Where to.

        Raises:
            NotInMetres: If one of the two planes is local and the other is not.
        """
        if plane == self.plane:
            return self
        lon, lat = self.plane.inverse(self.x, self.y)
        return Places.from_degrees(lon, lat, plane=plane)


@dataclass(frozen=True, slots=True)
class Area:
    """A study area on a plane.

    Attributes:
        geometry: Polygon or MultiPolygon in metres.
        plane: What the metres are measured on.
    """

    geometry: shapely.Geometry
    plane: Plane

    @classmethod
    def from_degrees(cls, geometry: shapely.Geometry, *, plane: Plane) -> "Area":
        """This function will project an area given in longitude and latitude (WGS 84).

        Args:
            geometry: Polygon or MultiPolygon in degrees.
            plane: Where to.
        """
        return cls(
            shapely.transform(geometry, lambda xy: np.stack(plane.forward(xy[:, 0], xy[:, 1]), axis=1)), plane
        )

    @classmethod
    def measured(cls, geometry: shapely.Geometry, *, crs: str | None, plane: Plane) -> "Area":
        """This function will bring an area onto a plane from the system that it is said to be in.

        Args:
            geometry: Polygon or MultiPolygon.
            crs: Its system; None for metres of the same local plane.
            plane: Where to.

        Raises:
            NotInMetres: If the area has a system and the plane has none, or the other way round.
        """
        if (crs is None or crs == LOCAL) and plane.is_local:
            return cls(geometry, plane)
        if crs is None or crs == LOCAL or plane.is_local:
            raise NotInMetres(
                f"The area is in {crs or 'no stated system'} and the events are in {plane.crs}",
                "state the systems of both (--crs for the events; the area's file carries its own)",
            )
        through, unit = _between(crs, plane.crs), plane.metres_per_unit
        moved = shapely.transform(
            geometry, lambda xy: np.stack(through.transform(xy[:, 0], xy[:, 1]), axis=1) * unit
        )
        return cls(moved, plane)


def proposal(lon: FloatArray, lat: FloatArray) -> str:
    """This function will name a metric projection that fits some places.

    Args:
        lon: (n,) degrees, n > 0.
        lat: (n,) degrees.

    Returns:
        The UTM zone of their middle as an EPSG code.
    """
    # The median, so that a few wrong places, such as 0 and 0, do not decide.
    middle_lon, middle_lat = float(np.median(lon)), float(np.median(lat))
    zone = min(max(math.floor((middle_lon + 180) / 6) + 1, 1), 60)
    return f"EPSG:{(32600 if middle_lat >= 0 else 32700) + zone}"


def _world(crs: str, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    lon, lat = _between(crs, WORLD).transform(x, y)
    return np.asarray(lon), np.asarray(lat)


def _remedy(crs: str, x: FloatArray, y: FloatArray) -> str:
    if len(x) == 0:
        return "name a projection in metres with --project"
    return f"name a projection in metres; {proposal(*_world(crs, x, y))} fits these places: --project {AUTO} takes it"


def _check_unsaid(x: FloatArray, y: FloatArray, crs: str | None, project: str | None) -> None:
    if project is not None:
        raise NotInMetres(
            f"--project {project} is given but not what the coordinates are in",
            "give their system with --crs",
        )
    if crs is None and len(x) and np.abs(x).max() <= 180 and np.abs(y).max() <= 90:
        raise NotInMetres(
            "The coordinates carry no reference system and all lie within ±180 and ±90, as degrees do",
            f"if they are longitude and latitude say so: --crs {WORLD} --project {proposal(x, y)}; "
            f"if they are metres say --crs {LOCAL}",
        )


def _check_size(x: FloatArray, y: FloatArray, row: Callable[[int], str]) -> None:
    for name, column in (("x", x), ("y", y)):
        wrong = np.flatnonzero(np.abs(column) > MOST_UNITS)
        if wrong.size:
            raise BadValue(
                f"{name} of {row(int(wrong[0]))}",
                f"{column[wrong[0]]:g}",
                "no place on earth has such a coordinate: correct it, or give nothing where it is not known",
            )


def _check_degrees(lon: FloatArray, lat: FloatArray, row: Callable[[int], str]) -> None:
    for name, column, limit in (("lon", lon, 180), ("lat", lat, 90)):
        wrong = np.flatnonzero(np.abs(column) > limit)
        if wrong.size:
            raise BadValue(
                f"{name} of {row(int(wrong[0]))}",
                float(column[wrong[0]]),
                f"give degrees between -{limit} and {limit}, or nothing when the place is not known",
            )


def _check_reach(
    plane: Plane, crs: str, raw_x: Any, raw_y: Any, x: FloatArray, y: FloatArray, known: BoolArray,
    row: Callable[[int], str],
) -> None:  # fmt: skip
    beyond = np.flatnonzero(known & ~(np.isfinite(x) & np.isfinite(y)))
    if beyond.size:
        raise NotInMetres(
            f"{plane.crs} does not reach {row(int(beyond[0]))}",
            "correct that place, or name a projection made for the region",
        )
    if not known.any():
        return
    extremes = np.unique([f(axis[known]) for axis in (x, y) for f in (np.argmin, np.argmax)])
    at = np.flatnonzero(known)[extremes]
    errors = [plane.scale_error(x[[one]], y[[one]]) for one in at]
    if (error := max(errors)) > MOST_SCALE_ERROR:
        fits = _remedy(crs, floats("x", raw_x)[known], floats("y", raw_y)[known])
        worst = row(int(at[errors.index(error)]))
        raise NotInMetres(
            f"{plane.crs} draws lengths wrong by up to {error:.0%}, most at {worst}",
            f"if that place is wrong correct it, else {fits}",
        )
