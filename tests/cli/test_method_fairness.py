"""`openilp method fairness` and `feedback`: areas in, concerns out, refusals in one line."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from openilp.cli.methods import group


def run(*arguments: object) -> Result:
    """Run a method."""
    return CliRunner().invoke(group, [*map(str, arguments)])


@pytest.fixture
def rows() -> list[dict[str, int]]:
    """Forty areas; patrols go where the first group lives."""
    rng = np.random.default_rng(5)
    return [
        {
            "a": 80 if i < 20 else 20,
            "b": 20 if i < 20 else 80,
            "patrolled": int(i < 20),
            "told": int(rng.poisson(3)),
            "found": int(rng.poisson(20 if i < 20 else 1)),
        }
        for i in range(40)
    ]


def test_a_csv_and_a_json_of_rows_say_the_same(rows: list[dict[str, int]], tmp_path: Path) -> None:
    """Exposure four times as high, and discovered offences that raise it."""
    text = "a,b,patrolled,told,found\n" + "\n".join(",".join(map(str, row.values())) for row in rows)
    (tmp_path / "areas.csv").write_text(text + "\n", encoding="utf-8")
    (tmp_path / "areas.json").write_text(json.dumps(rows), encoding="utf-8")
    options = ("--groups", "a,b", "--selected", "patrolled", "--reported", "told", "--discovered", "found")

    found = [
        json.loads(run("fairness", tmp_path / name, *options, "--json", "-").stdout)
        for name in ("areas.csv", "areas.json")
    ]

    assert found[0] == found[1]
    assert found[0]["exposure"]["disparity"]["value"] == pytest.approx(0.25)
    assert {each["code"] for each in found[0]["concerns"]} >= {"unequal", "discovered"}


def test_the_cells_of_a_forecast_cover_areas(tmp_path: Path) -> None:
    """Two of ten squares are covered, by a half and by all."""

    def square(left: float, right: float, **more: object) -> dict[str, object]:
        ring = [[left, 0], [right, 0], [right, 100], [left, 100], [left, 0]]
        return {
            "type": "Feature",
            "properties": more,
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }

    system = {"crs": {"type": "name", "properties": {"name": "local-metres"}}, "type": "FeatureCollection"}
    areas = [square(i * 100, i * 100 + 100, a=10 - i, b=1 + i) for i in range(10)]
    (tmp_path / "areas.geojson").write_text(json.dumps({**system, "features": areas}), encoding="utf-8")
    (tmp_path / "cells.geojson").write_text(
        json.dumps({**system, "features": [square(50, 200)]}), encoding="utf-8"
    )

    result = run(
        "fairness", tmp_path / "areas.geojson", "--groups", "a,b", "--cells", tmp_path / "cells.geojson",
        "--json", "-",
    )  # fmt: skip

    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)["exposure"]["groups"]
    assert found["a"]["attention"]["value"] == pytest.approx((10 * 0.5 + 9) / 55)
    assert found["b"]["attention"]["value"] == pytest.approx((1 * 0.5 + 2) / 55)


def test_the_urn_is_played(tmp_path: Path) -> None:
    """Uncorrected it runs away, corrected it settles."""
    options = ("--discovered", "0.8,0.2", "--rounds", "3000", "--runs", "50", "--json", "-")

    loop = json.loads(run("feedback", *options).stdout)
    mended = json.loads(run("feedback", *options, "--corrected").stdout)

    assert loop["finding"]["code"] == "runaway"
    assert mended["mean_share"][0] == pytest.approx(0.8, abs=0.05)


def test_a_refusal_is_one_line(rows: list[dict[str, int]], tmp_path: Path) -> None:
    """A column that is not there, a word for a number, neither attention nor cells: status 2."""
    file = tmp_path / "areas.json"
    file.write_text(json.dumps(rows), encoding="utf-8")

    absent = run("fairness", file, "--groups", "a,c", "--selected", "patrolled")
    neither = run("fairness", file, "--groups", "a,b")
    word = run("feedback", "--discovered", "much,little")

    assert (absent.exit_code, neither.exit_code, word.exit_code) == (2, 2, 2)
    assert "no column 'c'" in absent.output
    assert "--selected" in neither.output
    assert "much,little" in word.output
