"""`openilp method forecast` and `forecast-score`: files in, GeoJSON and fixed keys out, refusals in one line."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from openilp.cli.methods import group
from tests.methods.planted import hot_city


def run(*arguments: object) -> Result:
    """Run a method."""
    return CliRunner().invoke(group, [*map(str, arguments)])


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A planted city in feet of Oregon: what was known, and the month after."""
    folder = tmp_path_factory.mktemp("forecast")
    places, when, _ = hot_city(np.random.default_rng(31), n=900)
    x, y = ((places + np.array([2_328_600, 207_200])) / 0.3048).T
    known = when < np.datetime64("2022-05-15")
    for name, chosen in (("train.csv", known), ("actual.csv", ~known)):
        rows = [
            f"{a:.2f},{b:.2f},{day}" for a, b, day in zip(x[chosen], y[chosen], when[chosen], strict=True)
        ]
        (folder / name).write_text("east,north,day\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return folder / "train.csv", folder / "actual.csv"


def districts() -> dict[str, Any]:
    """Sixteen square districts of the city in feet, with two groups of people."""
    west, south, side = 2_328_600 / 0.3048, 207_200 / 0.3048, 1000 / 0.3048
    features = []
    for i in range(16):
        x, y = west + i % 4 * side, south + i // 4 * side
        ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"a": 10 + i, "b": 30 - i}, "geometry": geometry})
    crs = {"type": "name", "properties": {"name": "EPSG:2913"}}
    return {"type": "FeatureCollection", "crs": crs, "features": features}


PLACE = ("--x", "east", "--y", "north", "--date", "day", "--crs", "EPSG:2913")
WANTED = ("--horizon", "31d", "--area-ha", "24", "--cell", "200")


def test_cells_in_the_files_own_system_are_scored_against_what_happened(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    """Cells of 200 m in feet, and the fixed keys with intervals beside three baselines."""
    train, actual = files
    cells, areas = tmp_path / "cells.geojson", tmp_path / "areas.geojson"
    areas.write_text(json.dumps(districts()), encoding="utf-8")

    made = run("forecast", train, *PLACE, *WANTED, "--areas", areas, "--groups", "a,b", "--json", cells)
    scored = run("forecast-score", cells, actual, *PLACE, "--json", "-")

    assert made.exit_code == 0, made.output
    written: dict[str, Any] = json.loads(cells.read_text(encoding="utf-8"))
    assert len(written["features"]) == 6
    attention = written["fairness"]["exposure"]["groups"]["a"]["attention"]["value"]
    assert 0 < attention < 0.1
    assert written["crs"]["properties"]["name"] == "EPSG:2913"
    ring = np.array(written["features"][0]["geometry"]["coordinates"][0])
    assert np.ptp(ring[:, 0]) * 0.3048 == pytest.approx(200)
    assert scored.exit_code == 0, scored.output
    found: dict[str, Any] = json.loads(scored.stdout)
    for name in ("hit_rate", "pai", "pei_star", "rri"):
        assert found[f"{name}_low"] <= found[name] <= found[f"{name}_high"]
    assert set(found["baselines"]) == {"all_counts", "year_counts", "recent_counts"}
    assert found["hit_rate"] > 0.25


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"--horizon": "soon"}, "7d, 14d, 31d"),
        ({"--crs": None}, "no column"),
        ({"--area-ha": "0.5"}, "one cell has 4 ha"),
    ],
)
def test_a_refusal_is_one_line(files: tuple[Path, Path], change: dict[str, str | None], said: str) -> None:
    """What is wrong, with which value, and what to do; status 2."""
    options = dict(zip((*PLACE, *WANTED)[::2], (*PLACE, *WANTED)[1::2], strict=True)) | change
    if change.get("--crs", "") is None:
        options["--crs"], options["--x"] = "EPSG:2913", "longitude"
    flat = [part for pair in options.items() for part in pair]

    result = run("forecast", files[0], *flat)

    assert result.exit_code == 2
    assert said in result.output


def test_a_table_of_people_is_refused(tmp_path: Path) -> None:
    """[ANA-15] A column about people ends the command, whether it is used or not."""
    file = tmp_path / "people.csv"
    file.write_text("x,y,day,suspect_id\n1000,2000,2024-01-01,7\n", encoding="utf-8")

    result = run("forecast", file, "--x", "x", "--y", "y", "--date", "day", *WANTED)

    assert result.exit_code == 2
    assert "'suspect_id' is about people" in result.output


def test_thin_data_say_no_forecast(tmp_path: Path) -> None:
    """[ANA-06] One event is none to forecast from, and the answer says so."""
    file = tmp_path / "thin.csv"
    file.write_text("x,y,day\n1000,2000,2024-01-01\n", encoding="utf-8")

    result = run("forecast", file, "--x", "x", "--y", "y", "--date", "day", *WANTED)

    assert result.exit_code == 2
    assert "No forecast: there are 1 events" in result.output
