"""`openilp method wdd`, `its`, `did` …: tables and JSON in, effects out, wrong rows named."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from openilp.cli.methods import group


def run(*arguments: object) -> dict[str, Any]:
    """Run a method and read its JSON from the screen."""
    result = CliRunner().invoke(group, [*map(str, arguments), "--json", "-"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def refusal(*arguments: object) -> str:
    """Run a method that refuses, and return its one line."""
    result = CliRunner().invoke(group, list(map(str, arguments)), catch_exceptions=False)
    assert result.exit_code == 2, result.output
    return result.stderr


def written(path: Path, text: str) -> Path:
    """Write a file."""
    path.write_text(text, encoding="utf-8")
    return path


def test_wdd_gives_the_published_numbers_from_a_table_and_from_json(tmp_path: Path) -> None:
    """-10, 8.3666, -1.1952; with displacement areas 10.4881, -0.9535 and -27.25 to 7.25 at 90 %."""
    plain = written(tmp_path / "wdd.json", '{"control": [20, 20], "treated": [20, 10]}')
    table = written(
        tmp_path / "wdd.csv",
        "area,before,after\ncontrol,20,20\ntreated,20,10\ntreated_displacement,10,10\ncontrol_displacement,10,10\n",
    )
    first, second = run("wdd", plain), run("wdd", table, "--level", "0.9")

    assert first["difference"]["value"] == -10
    assert (first["standard_error"], first["z"]) == pytest.approx((8.3666, -1.1952), abs=5e-5)
    assert (second["standard_error"], second["z"]) == pytest.approx((10.4881, -0.9535), abs=5e-5)
    assert (second["difference"]["low"], second["difference"]["high"]) == pytest.approx(
        (-27.25, 7.25), abs=5e-3
    )


def test_harm_weights_and_cost(tmp_path: Path) -> None:
    """Several rows of an area are several types of event; the cost follows the interval."""
    file = written(
        tmp_path / "wdd.json",
        '{"treated": [[400, 200], {"before": 40, "after": 20, "weight": 10}], "control": [[400, 400], [30, 30, 10]]}',
    )

    assert run("wdd", file)["difference"]["value"] == -400
    cost = run("wdd", file, "--cost", 4000)["per_unit"]
    assert cost["value"] == 10
    assert cost["low"] < 10 < cost["high"]


def test_wdq_e_test_and_power(tmp_path: Path) -> None:
    """Each says its number."""
    file = written(
        tmp_path / "q.json",
        '{"treated": [300, 150], "control": [900, 900], "treated_displacement": [100, 160]}',
    )

    assert run("wdq", file)["quotient"]["value"] == pytest.approx(-0.4)
    assert run("e-test", 6, 2)["probability"] == pytest.approx(0.1748748, abs=5e-8)
    power = run("power", "--treated", 100, "--control", 100, "--reduction", 0.3)
    assert 0.3 < power["probability"] < 0.4


@pytest.fixture
def panel(tmp_path: Path, rng: np.random.Generator) -> Path:
    """Twelve areas over twelve months in mixed order; two have a measure that takes a third."""
    rows = []
    for area in range(12):
        start = {0: "2024-07", 1: "2024-09"}.get(area, "")
        for month in range(12):
            label = f"2024-{month + 1:02}"
            mean = (60 + 5 * area) * (0.66 if start and label >= start else 1.0)
            rows.append(f"A{area:02},{label},{rng.poisson(mean)},{start}")
    rng.shuffle(rows)
    return written(tmp_path / "panel.csv", "area,period,count,start\n" + "\n".join(rows) + "\n")


@pytest.fixture
def rng() -> np.random.Generator:
    """Chance that repeats itself."""
    return np.random.default_rng(20_240_601)


def test_did_reads_a_long_table(panel: Path) -> None:
    """Areas and periods are sorted out, starts are labels, and the seed repeats the result."""
    found = run("did", panel, "--draws", 199)

    assert found["ratio"]["value"] == pytest.approx(0.66, abs=0.08)
    assert (found["n_treated"], found["n_controls"]) == (2, 10)
    assert run("did", panel, "--draws", 199)["probability"] == found["probability"]


def test_synthetic_control_reads_the_same_table(panel: Path) -> None:
    """The other treated area is left out of the mixture by a filter of the table."""
    lines = [row for row in panel.read_text(encoding="utf-8").splitlines() if not row.startswith("A01")]
    written(panel, "\n".join(lines) + "\n")
    found = run("synthetic-control", panel, "--treated", "A00", "--start", "2024-07")

    assert found["effect"]["value"] < -8
    assert {donor["name"] for donor in found["donors"]} == {f"A{i:02}" for i in range(2, 12)}
    assert "is 'A99'; use one of" in refusal(
        "synthetic-control", panel, "--treated", "A99", "--start", "2024-07"
    )


def test_its_takes_a_label_or_a_row(tmp_path: Path, rng: np.random.Generator) -> None:
    """Both name the same period; an empty count is a gap."""
    counts = [str(rng.poisson(80 if m < 24 else 50)) for m in range(36)]
    counts[5] = ""
    rows = [f"20{21 + m // 12}-{m % 12 + 1:02},{count},31" for m, count in enumerate(counts)]
    file = written(tmp_path / "its.csv", "month,burglaries,days\n" + "\n".join(rows) + "\n")
    options = ["its", file, "--count", "burglaries", "--no-bend", "--exposure", "days"]
    by_label = run(*options, "--period", "month", "--start", "2023-01")

    assert by_label["step"]["value"] == pytest.approx(50 / 80, abs=0.09)
    assert by_label["observed"][5] is None
    assert run(*options, "--start", "25")["step"] == by_label["step"]
    assert "start is '40'; give a row number from 1 to 36" in refusal(*options, "--start", "40")


def test_monitor_and_rings(tmp_path: Path, rng: np.random.Generator) -> None:
    """A fall is seen while it happens; displacement is seen next door."""
    weeks = written(tmp_path / "weeks.csv", "observed,expected\n" + "2,6\n" * 12)
    rows = ["x,y,day"]
    for inner, outer, factor in ((0, 100, 0.4), (100, 300, 1.6), (300, 900, 1.0)):
        for day in range(-140, 140):
            for _ in range(rng.poisson(3 * (factor if day >= 0 else 1))):
                date = np.datetime64("2024-06-01") + day
                rows.append(f"{1000 + rng.uniform(inner, outer):.1f},2000,{date}")
    events = written(tmp_path / "events.csv", "\n".join(rows) + "\n")
    sites = written(tmp_path / "sites.csv", "x,y\n1000,2000\n")
    found = run(
        "rings", events, sites, "--x", "x", "--y", "y", "--date", "day", "--start", "2024-06-01",
        "--edges", "100,300,900",
    )  # fmt: skip

    assert run("monitor", weeks)["direction"] == "fewer"
    inside, next_door, _ = found["rings"]
    assert inside["relative"]["high"] < 1 < next_door["relative"]["low"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("area,before,after\ntreated,20,10\n", "area is without 'control'"),
        (
            "area,before,after\ntreated,20,10.5\ncontrol,1,1\n",
            "after of row 1 (line 2) is 10.5; give whole counts",
        ),
        ("area,before,after\ntreated,20,\ncontrol,1,1\n", "'after' of row 1 (line 2) is missing"),
        ("area,before,after\ntreated,2,1\ncontrols,1,1\n", "area is 'controls'; use one of treated, control"),
    ],
)
def test_wrong_rows_are_named(tmp_path: Path, text: str, message: str) -> None:
    """One line says which row, which value, and what to give."""
    assert message in refusal("wdd", written(tmp_path / "wdd.csv", text))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("A03,2024-05", "A03,2024-06"), "'A03, 2024-06'; give each area and period once"),
        (("A00,2024-03,", "A00,2024-03,x"), "give a number"),
        ((",2024-09\n", ",2025-09\n"), "give all rows of A01 the same"),
    ],
)
def test_wrong_panels_are_named(panel: Path, change: tuple[str, str], message: str) -> None:
    """Doubled cells, words for counts, and starts that differ within an area."""
    written(panel, panel.read_text(encoding="utf-8").replace(*change, 1))

    assert message in refusal("did", panel)
