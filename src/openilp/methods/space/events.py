"""Events with a place, some of which may be missing."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from openilp.methods.arrays import BoolArray, FloatArray, floats, freeze, same_length
from openilp.methods.errors import BadValue


@dataclass(frozen=True, slots=True)
class Events:
    """n events in degrees (WGS 84); an event without a place has NaN in both columns.

    Attributes:
        lon: (n,) longitudes.
        lat: (n,) latitudes.
    """

    lon: FloatArray
    lat: FloatArray

    def __post_init__(self) -> None:
        """This function will check ranges, and drop a place of which only one half is known."""
        lon, lat = floats("lon", self.lon), floats("lat", self.lat)
        same_length(lon=lon, lat=lat)
        for name, column, limit in (("lon", lon, 180), ("lat", lat, 90)):
            wrong = np.flatnonzero(np.abs(column) > limit)
            if wrong.size:
                raise BadValue(
                    f"{name} of row {wrong[0]}",
                    float(column[wrong[0]]),
                    f"give degrees between -{limit} and {limit}, or nothing when the place is not known",
                )
        half = np.isnan(lon) | np.isnan(lat)
        lon[half] = lat[half] = np.nan
        freeze(lon, lat)
        object.__setattr__(self, "lon", lon)
        object.__setattr__(self, "lat", lat)

    @classmethod
    def from_table(cls, table: Any, *, lon: str = "longitude", lat: str = "latitude") -> "Events":
        """This function will take the places from two columns of an Arrow table.

        Args:
            table: A pyarrow Table.
            lon: Name of the column of longitudes.
            lat: Name of the column of latitudes.

        Returns:
            The events in the order of the table's rows.

        Raises:
            BadValue: If a column is absent or a value is out of range.
        """
        for name in (lon, lat):
            if name not in table.column_names:
                raise BadValue("column", repr(name), f"choose one of {', '.join(table.column_names)}")
        return cls(floats(lon, table[lon]), floats(lat, table[lat]))

    @property
    def located(self) -> BoolArray:
        """This function will say for each event whether its place is known."""
        return ~np.isnan(self.lon)

    def __len__(self) -> int:
        """This function will count the events, with and without a place."""
        return int(self.lon.size)
