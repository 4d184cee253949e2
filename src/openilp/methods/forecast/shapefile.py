"""Polygons as an ESRI shapefile, without a library for it.

Source: ESRI Shapefile Technical Description (July 1998); dBASE III header as in its appendix of use.
"""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import shapely

from openilp.methods.arrays import FloatArray, IntArray
from openilp.methods.errors import BadValue

POLYGON = 5
FILE_CODE, VERSION = 9994, 1000


def write_polygons(
    path: Path, shapes: Sequence[shapely.Geometry], columns: Mapping[str, IntArray | FloatArray], *, wkt: str
) -> None:
    """This function will write polygons with numbers into `.shp`, `.shx`, `.dbf` and `.prj`.

    Args:
        path: Where to, ending in `.shp`; its folder exists.
        shapes: n polygons or multipolygons, none of them empty.
        columns: Integers (10 digits) or floats (20 digits, 4 after the point), n each; names of up to ten letters.
        wkt: The reference system in the older well-known text.

    Raises:
        BadValue: If a shape is empty or a name is longer than ten letters.
    """
    records = [_record(number, shape) for number, shape in enumerate(shapes)]
    bounds = np.array([shape.bounds for shape in shapes])
    box = (*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0))
    index, offset = [], 50
    for number, record in enumerate(records):
        index.append(struct.pack(">2i", offset, len(record) // 2))
        records[number] = struct.pack(">2i", number + 1, len(record) // 2) + record
        offset += len(records[number]) // 2
    path.write_bytes(_header(offset, box) + b"".join(records))
    path.with_suffix(".shx").write_bytes(_header(50 + 4 * len(index), box) + b"".join(index))
    path.with_suffix(".dbf").write_bytes(_table(columns, len(shapes)))
    path.with_suffix(".prj").write_text(wkt, encoding="ascii")


def _header(words: int, box: tuple[float, ...]) -> bytes:
    return struct.pack(">7i", FILE_CODE, 0, 0, 0, 0, 0, words) + struct.pack(
        "<2i8d", VERSION, POLYGON, *box, 0.0, 0.0, 0.0, 0.0
    )


def _record(number: int, shape: shapely.Geometry) -> bytes:
    """Return one polygon; outer rings run clockwise, holes the other way."""
    rings = []
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon" and not part.is_empty:
            right = shapely.geometry.polygon.orient(part, sign=-1.0)
            rings += [np.asarray(ring.coords)[:, :2] for ring in (right.exterior, *right.interiors)]
    if not rings:
        raise BadValue(f"shape {number + 1}", "empty", "leave empty shapes out")
    starts = np.cumsum([0, *(len(ring) for ring in rings[:-1])]).astype("<i4")
    points = np.concatenate(rings).astype("<f8")
    head = struct.pack("<i4d2i", POLYGON, *shape.bounds, len(rings), len(points))
    return head + starts.tobytes() + points.tobytes()


def _table(columns: Mapping[str, IntArray | FloatArray], n: int) -> bytes:
    fields, cells = [], []
    for name, values in columns.items():
        if len(name) > 10:
            raise BadValue("column", name, "use a name of up to ten letters")
        column = np.asarray(values)
        whole = column.dtype.kind in "iub"
        width, decimals = (10, 0) if whole else (20, 4)
        fields.append(struct.pack("<11sc4x2B14x", name.encode("ascii"), b"N", width, decimals))
        cells.append([f"{value:{width}.{decimals}f}".encode("ascii") for value in column.tolist()])
    size = 1 + sum(len(column[0]) for column in cells) if n else 1
    # The date of the last change is fixed, so that the same forecast gives the same bytes.
    head = struct.pack("<4B I 2H 20x", 3, 117, 2, 28, n, 32 + 32 * len(fields) + 1, size)
    rows = b"".join(b" " + b"".join(row) for row in zip(*cells, strict=True))
    return head + b"".join(fields) + b"\r" + rows + b"\x1a"
