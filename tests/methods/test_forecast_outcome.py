"""A forecast's file beside what happened: our own GeoJSON, and squares of anybody's."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from openilp.methods.errors import BadValue, UnreadableFile
from openilp.methods.forecast import score_forecast
from openilp.methods.forecast.lattice import Lattice, as_lattice_record, lattice_of
from openilp.methods.forecast.outcome import read_cells
from openilp.methods.places import Area, Places, Plane

LOCAL = Plane("local-metres")


def square(ix: int, iy: int, side: float = 100.0) -> dict[str, Any]:
    """One cell as a feature."""
    box = shapely.box(ix * side, iy * side, (ix + 1) * side, (iy + 1) * side)
    return {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(box)}


def written(path: Path, features: list[dict[str, Any]], **more: Any) -> Path:
    """A file of features."""
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}), encoding="utf-8")
    return path


def points(*pairs: tuple[float, float]) -> Places:
    """Places in metres."""
    return Places(np.array([x for x, _ in pairs]), np.array([y for _, y in pairs]), LOCAL)


def test_squares_of_another_origin_are_scored(tmp_path: Path, rng: np.random.Generator) -> None:
    """Two cells of a square kilometre hold three of five events; the best two would have held four."""
    path = written(tmp_path / "cells.geojson", [square(2, 2), square(5, 5)])
    events = points((210, 210), (220, 290), (550, 550), (710, 710), (720, 720))
    cells = read_cells(path, events, study_area_ha=100.0)

    found = score_forecast(cells, events, rng=rng).to_dict()

    assert found["hit_rate"] == pytest.approx(0.6)
    assert found["pai"] == pytest.approx(0.6 / 0.02)
    assert found["pei_star"] == pytest.approx(3 / 4)
    assert found["hit_rate_low"] <= 0.6 <= found["hit_rate_high"]
    assert found["advantage"] is None
    assert {"no_window", "no_baselines"} <= {each["code"] for each in found["cautions"]}


def test_only_events_in_the_study_area_count(tmp_path: Path, rng: np.random.Generator) -> None:
    """With a boundary its size is the area, and what lies beyond is left out."""
    path = written(tmp_path / "cells.geojson", [square(2, 2)])
    events = points((210, 210), (250, 250), (950, 950), (2500, 2500))
    area = Area(shapely.box(0, 0, 1000, 1000), LOCAL)

    found = score_forecast(read_cells(path, events, area=area), events, area=area, rng=rng)

    assert (found.score.n, found.score.total) == (2, 3)
    assert found.score.pai.value == pytest.approx((2 / 3) / 0.01)


def test_our_own_file_counts_its_own_window_and_baselines(tmp_path: Path, rng: np.random.Generator) -> None:
    """Events outside the time are left out with a caution; the baseline is scored on the same events."""
    lattice = Lattice.over(np.zeros(0), np.zeros(0), cell_m=100.0, area=shapely.box(1, 1, 999, 999))
    features = [square(2, 2), square(3, 3)]
    for feature, cell, past in ((features[0], 22, 4.0), (features[1], 33, 1.0)):
        feature["properties"] = {"cell": cell, "past": past}
    path = written(
        tmp_path / "cells.geojson",
        features,
        lattice=as_lattice_record(lattice),
        plane="local-metres",
        baselines={"all_counts": [22, 55]},
        past_total=20,
        start="2024-03-01",
        days=7,
    )
    events = points((210, 210), (350, 350), (550, 550), (250, 250))
    when = np.array(["2024-03-01", "2024-03-07", "2024-03-03", "2024-03-08"], dtype="datetime64[D]")

    found = score_forecast(read_cells(path, events), events, when, rng=rng)

    assert (found.score.n, found.score.total) == (2, 3)
    assert found.score.rri is not None
    assert found.score.rri.value == pytest.approx((2 / 3) / (5 / 20))
    assert found.baselines["all_counts"].n == 2
    assert found.advantage is not None
    assert found.advantage.verdict.code == "not_told_apart"
    assert "outside_time" in {each.code for each in found.cautions}
    assert "%(" not in str(found.finding)


def test_a_lattice_survives_being_written() -> None:
    """The runs of the study area give back the same cells."""
    lattice = Lattice.over(np.array([50.0, 950.0, 955.0]), np.array([50.0, 450.0, 850.0]), cell_m=100.0)

    again = lattice_of(json.loads(json.dumps(as_lattice_record(lattice))))

    np.testing.assert_array_equal(lattice.inside, again.inside)
    assert (again.x0, again.y0, again.nx, again.ny) == (lattice.x0, lattice.y0, lattice.nx, lattice.ny)


def test_what_is_no_file_of_cells_is_refused(tmp_path: Path) -> None:
    """Broken JSON, no cells, unequal squares, and nothing about the study area: one clear error each."""
    events = points((1, 1))
    broken = tmp_path / "broken.geojson"
    broken.write_text("{", encoding="utf-8")

    with pytest.raises(UnreadableFile):
        read_cells(broken, events)
    with pytest.raises(BadValue, match="at least one cell"):
        read_cells(written(tmp_path / "empty.geojson", []), events)
    with pytest.raises(BadValue, match="equal squares"):
        read_cells(
            written(tmp_path / "a.geojson", [square(0, 0), square(1, 1, 150.0)]), events, study_area_ha=9
        )
    with pytest.raises(BadValue, match="--study-area-ha"):
        read_cells(written(tmp_path / "b.geojson", [square(0, 0)]), events)
