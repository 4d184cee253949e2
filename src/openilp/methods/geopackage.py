"""GeoPackage in: a SQLite file whose geometries are well-known binary behind a short header.

Source: OGC 12-128r19, GeoPackage Encoding Standard, clauses 1.1 and 2.1.3 (the header of a geometry).
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from openilp.methods.errors import BadValue, UnreadableFile

# Bytes of the envelope by the indicator in bits 1 to 3 of the flags.
_ENVELOPE = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}


def read_geopackage(path: Path, layer: str | None) -> dict[str, Any]:
    """This function will read one layer of a GeoPackage.

    Args:
        path: The file.
        layer: The layer's name; None when there is only one.

    Returns:
        `data` (Arrow table), `source`, `crs` (None for an undefined one) and `geometry`.

    Raises:
        BadValue: If the layer is absent, or not named among several.
        UnreadableFile: If the file is no GeoPackage.
    """
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as file:
        try:
            layers = dict(_layers(file))
            chosen = _chosen(layers, layer, path)
            column, crs = layers[chosen]
            cursor = file.execute(f"SELECT * FROM {_quoted(chosen)}")  # noqa: S608 -- quoted, and read from the file
            names = [entry[0] for entry in cursor.description]
            rows = cursor.fetchall()
        except sqlite3.DatabaseError as error:
            raise UnreadableFile(path, f"is no GeoPackage ({error})", "export it again") from error
    at = names.index(column)
    columns = {name: pa.array([row[i] for row in rows]) for i, name in enumerate(names) if i != at}
    return {
        "data": pa.table(columns),
        "source": path.name,
        "crs": crs,
        "geometry": np.array([_shape(row[at]) for row in rows], dtype=object),
    }


def _layers(file: sqlite3.Connection) -> list[tuple[str, tuple[str, str | None]]]:
    found = file.execute(
        "SELECT g.table_name, g.column_name, s.organization, s.organization_coordsys_id "
        "FROM gpkg_geometry_columns g JOIN gpkg_spatial_ref_sys s USING (srs_id)"
    )
    return [
        (table, (column, None if body.upper() == "NONE" else f"{body}:{number}"))
        for table, column, body, number in found
    ]


def _chosen(layers: dict[str, Any], layer: str | None, path: Path) -> str:
    if layer is None and len(layers) == 1:
        return next(iter(layers))
    if layer not in layers:
        known = ", ".join(layers) or "(none)"
        raise BadValue("layer", repr(layer), f"{path.name} holds {known}; name one with --layer")
    return layer


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _shape(blob: bytes | None) -> shapely.Geometry | None:
    if blob is None:
        return None
    flags = blob[3]
    # Bit 4: the geometry is empty.
    return None if flags & 0b10000 else shapely.from_wkb(blob[8 + _ENVELOPE[flags >> 1 & 0b111] :])
