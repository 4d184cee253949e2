"""Longitude and latitude to metres and back, without a projection library.

Transverse Mercator on the WGS 84 ellipsoid by Krüger's series to the sixth order.
Source: C. F. F. Karney, "Transverse Mercator with an accuracy of a few nanometers", Journal of Geodesy
85 (2011), equations 7 to 15 and 35 to 36.
"""

from dataclasses import dataclass

import numpy as np

from openilp.methods.arrays import FloatArray, floats, same_length
from openilp.methods.errors import BadValue

# WGS 84, NIMA TR8350.2.
SEMI_MAJOR_M = 6_378_137.0
FLATTENING = 1 / 298.257223563

_N = FLATTENING / (2 - FLATTENING)
_ECCENTRICITY = float(np.sqrt(FLATTENING * (2 - FLATTENING)))
_RECTIFYING_M = SEMI_MAJOR_M / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64 + _N**6 / 256)
_ALPHA = (
    _N / 2 - 2 / 3 * _N**2 + 5 / 16 * _N**3 + 41 / 180 * _N**4 - 127 / 288 * _N**5 + 7891 / 37800 * _N**6,
    13 / 48 * _N**2 - 3 / 5 * _N**3 + 557 / 1440 * _N**4 + 281 / 630 * _N**5 - 1983433 / 1935360 * _N**6,
    61 / 240 * _N**3 - 103 / 140 * _N**4 + 15061 / 26880 * _N**5 + 167603 / 181440 * _N**6,
    49561 / 161280 * _N**4 - 179 / 168 * _N**5 + 6601661 / 7257600 * _N**6,
    34729 / 80640 * _N**5 - 3418889 / 1995840 * _N**6,
    212378941 / 319334400 * _N**6,
)
_BETA = (
    _N / 2 - 2 / 3 * _N**2 + 37 / 96 * _N**3 - 1 / 360 * _N**4 - 81 / 512 * _N**5 + 96199 / 604800 * _N**6,
    1 / 48 * _N**2 + 1 / 15 * _N**3 - 437 / 1440 * _N**4 + 46 / 105 * _N**5 - 1118711 / 3870720 * _N**6,
    17 / 480 * _N**3 - 37 / 840 * _N**4 - 209 / 4480 * _N**5 + 5569 / 90720 * _N**6,
    4397 / 161280 * _N**4 - 11 / 504 * _N**5 - 830251 / 7257600 * _N**6,
    4583 / 161280 * _N**5 - 108847 / 3991680 * _N**6,
    20648693 / 638668800 * _N**6,
)
# Newton's iteration for the latitude converges to machine precision in three steps (Karney 2011, section 2).
_NEWTON_STEPS = 4


@dataclass(frozen=True, slots=True)
class Plane:
    """A transverse Mercator plane in metres.

    The series itself errs by less than a micrometre within 30 degrees of the central meridian. What
    remains is the scale: a length at x metres east of the central meridian is drawn too long by the
    factor `1 + x² / (2 R²)`, that is 0.003 % at 50 km and 0.012 % at 100 km.

    Attributes:
        central_meridian: Longitude of x = 0, in degrees.
        scale: Scale on the central meridian.
        false_east_m: Added to x.
        false_north_m: Added to y.
    """

    central_meridian: float
    scale: float = 1.0
    false_east_m: float = 0.0
    false_north_m: float = 0.0

    @classmethod
    def local(cls, lon: FloatArray, lat: FloatArray) -> "Plane":
        """This function will return a plane centred on the middle of the given places.

        Args:
            lon: Longitudes in degrees.
            lat: Latitudes in degrees.

        Returns:
            A plane whose origin is the middle of the bounding box, rounded to 0.1 degree so that
            nearly equal selections share one grid.

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
        _, north = cls(middle_lon).forward(np.array([middle_lon]), np.array([middle_lat]))
        return cls(middle_lon, false_north_m=-float(north[0]))

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
        return cls(6 * zone - 183, 0.9996, 500_000.0, 0.0 if northern else 10_000_000.0)

    def forward(self, lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
        """This function will project longitudes and latitudes to metres.

        Args:
            lon: (n,) degrees, -180 to 180.
            lat: (n,) degrees, -90 to 90.

        Returns:
            x east and y north, (n,) each, in metres.
        """
        same_length(lon=lon, lat=lat)
        away = np.radians(floats("lon", lon) - self.central_meridian)
        tangent = np.tan(np.radians(floats("lat", lat)))
        conformal = _conformal(tangent)
        xi = np.arctan2(conformal, np.cos(away))
        eta = np.arcsinh(np.sin(away) / np.hypot(conformal, np.cos(away)))
        complex_angle = xi + 1j * eta
        series = sum(a * np.sin(2 * (j + 1) * complex_angle) for j, a in enumerate(_ALPHA))
        result = self.scale * _RECTIFYING_M * (complex_angle + series)
        return result.imag + self.false_east_m, result.real + self.false_north_m

    def inverse(self, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """This function will turn metres back into longitudes and latitudes.

        Args:
            x: (n,) metres east.
            y: (n,) metres north.

        Returns:
            Longitude and latitude in degrees, (n,) each.
        """
        same_length(x=x, y=y)
        factor = self.scale * _RECTIFYING_M
        angle = (floats("y", y) - self.false_north_m) / factor + 1j * (
            floats("x", x) - self.false_east_m
        ) / factor
        angle = angle - sum(b * np.sin(2 * (j + 1) * angle) for j, b in enumerate(_BETA))
        xi, eta = angle.real, angle.imag
        target = np.sin(xi) / np.hypot(np.sinh(eta), np.cos(xi))
        tangent = target / (1 - _ECCENTRICITY**2)
        for _ in range(_NEWTON_STEPS):
            guess = _conformal(tangent)
            step = (target - guess) / np.hypot(1, guess)
            step *= (1 + (1 - _ECCENTRICITY**2) * tangent**2) / (
                (1 - _ECCENTRICITY**2) * np.hypot(1, tangent)
            )
            tangent = tangent + step
        lon = self.central_meridian + np.degrees(np.arctan2(np.sinh(eta), np.cos(xi)))
        return lon, np.degrees(np.arctan(tangent))

    def scale_error(self, x: FloatArray) -> float:
        """This function will return the largest relative error of a length drawn on the plane.

        Args:
            x: Metres east of the places in question.

        Returns:
            A fraction: 0.0001 is ten centimetres in a kilometre.
        """
        east = np.abs(floats("x", x) - self.false_east_m).max()
        # 6,356,752 m is the polar radius: the smaller radius gives the larger, safe error.
        return float(abs(self.scale * (1 + (east / 6_356_752.0) ** 2 / 2) - 1))


def _conformal(tangent: FloatArray) -> FloatArray:
    sigma = np.sinh(_ECCENTRICITY * np.arctanh(_ECCENTRICITY * tangent / np.hypot(1, tangent)))
    conformal: FloatArray = tangent * np.hypot(1, sigma) - sigma * np.hypot(1, tangent)
    return conformal
