"""An entry to the NIJ challenge: its rules hold in what is written, and the shapefile reads back."""

import itertools
import struct
from pathlib import Path

import numpy as np
import pytest
import shapely

from openilp.methods.errors import BadValue
from openilp.methods.forecast import nij_submission
from openilp.methods.forecast.nij import SQUARE_MILE_FT2, _hot
from openilp.methods.forecast.shapefile import write_polygons


def read_back(path: Path) -> tuple[list[shapely.Geometry], dict[str, np.ndarray]]:  # type: ignore[type-arg]
    """Read a shapefile by its specification, through its index."""
    shp, shx, dbf = (path.with_suffix(end).read_bytes() for end in (".shp", ".shx", ".dbf"))
    assert struct.unpack(">i", shp[:4]) == struct.unpack(">i", shx[:4]) == (9994,)
    assert struct.unpack(">i", shp[24:28])[0] * 2 == len(shp)
    shapes = []
    for at in range(100, len(shx), 8):
        offset, length = (2 * number for number in struct.unpack(">2i", shx[at : at + 8]))
        record = shp[offset + 8 : offset + 8 + length]
        kind, *_, parts, points = struct.unpack("<i4d2i", record[:44])
        assert kind == 5
        starts = [*struct.unpack(f"<{parts}i", record[44 : 44 + 4 * parts]), points]
        xy = np.frombuffer(record[44 + 4 * parts :], "<f8").reshape(-1, 2)
        rings = [xy[a:b] for a, b in itertools.pairwise(starts)]
        shells = [ring for ring in rings if not shapely.LinearRing(ring).is_ccw]
        holes = [ring for ring in rings if shapely.LinearRing(ring).is_ccw]
        shape = shapely.union_all(shapely.polygons([shapely.LinearRing(ring) for ring in shells]))
        for hole in holes:
            shape = shape - shapely.Polygon(hole)
        shapes.append(shape)
    n, head, size = struct.unpack("<I2H", dbf[4:12])
    fields = [dbf[at : at + 32] for at in range(32, head - 1, 32)]
    columns, start = {}, 1
    for field in fields:
        width = field[16]
        cells = [dbf[head + row * size + start : head + row * size + start + width] for row in range(n)]
        columns[field[:11].rstrip(b"\0").decode()] = np.array([float(cell) for cell in cells])
        start += width
    return shapes, columns


def test_a_shapefile_reads_back(tmp_path: Path) -> None:
    """A square, a shape with a hole and one of two parts come back with their numbers."""
    ring = shapely.box(0, 0, 10, 10) - shapely.box(4, 4, 6, 6)
    two = shapely.union_all([shapely.box(20, 0, 21, 1), shapely.box(23, 0, 25, 1)])
    shapes = [shapely.box(-5, -5, 0, 0), ring, two]

    write_polygons(
        tmp_path / "a.shp", shapes, {"id": np.array([1, 2, 3]), "area": np.array([25.0, 96.0, 3.5])}, wkt="X"
    )

    found, columns = read_back(tmp_path / "a.shp")
    for one, other in zip(found, shapes, strict=True):
        assert one.symmetric_difference(other).area == pytest.approx(0)
    np.testing.assert_allclose(columns["id"], [1, 2, 3])
    np.testing.assert_allclose(columns["area"], [25, 96, 3.5])
    assert (tmp_path / "a.prj").read_text() == "X"


def test_cells_are_chosen_in_order_until_the_area_is_reached() -> None:
    """Trimmed cells count what they cover; a ranked cell that is not there is passed over."""
    numbers = np.array([3, 5, 8, 9])
    covered = np.array([0.1, 0.1, 0.02, 0.1]) * SQUARE_MILE_FT2

    hot = _hot(np.array([9, 4, 8, 3, 5]), numbers, covered, 0.2)

    assert hot.tolist() == [True, False, True, True]


@pytest.mark.parametrize(
    "options",
    [
        {"cell_ft": 240},
        {"cell_ft": 601},
        {"area_sqmi": 0.2},
        {"area_sqmi": 0.8},
        {"horizons": ("6MO",)},
        {"categories": ("SC",)},
    ],
)
def test_what_breaks_the_rules_is_refused(
    options: dict[str, object], tmp_path: Path, rng: np.random.Generator
) -> None:
    """Cells too small or large, area too small or large, another horizon or category."""
    with pytest.raises(BadValue):
        nij_submission(tmp_path, tmp_path, rng=rng, **options)  # type: ignore[arg-type]


@pytest.mark.real_data
@pytest.mark.deep
def test_the_rules_hold_in_what_is_written(crime: Path, tmp_path: Path, rng: np.random.Generator) -> None:
    """Cells cover the bureau's 147.70 square miles, none is too large, the hot ones fill the allowed area."""
    found = nij_submission(
        crime / "portland_nij",
        tmp_path,
        team="TEST",
        cell_ft=600.0,
        horizons=("1WK", "1MO"),
        categories=("Burg",),
        rng=rng,
    )

    assert [entry.file for entry in found.entries] == [
        "Burg/1WK/TEST_BURG_1WK.shp",
        "Burg/1MO/TEST_BURG_1MO.shp",
    ]
    for entry in found.entries:
        shapes, columns = read_back(tmp_path / entry.file)
        area, hot = np.array([shape.area for shape in shapes]), columns["hotspot"] == 1
        np.testing.assert_allclose(area, columns["area"], atol=1e-3)
        assert area.max() <= 360_000 * (1 + 1e-9)
        assert area.sum() / SQUARE_MILE_FT2 == pytest.approx(147.70, abs=0.01)
        assert 0.25 <= area[hot].sum() / SQUARE_MILE_FT2 <= 0.75
        assert set(columns) == {"id", "hotspot", "area"}
        assert "Oregon" in (tmp_path / entry.file).with_suffix(".prj").read_text()
        assert entry.verdict.code in {"better", "worse", "not_told_apart"}
