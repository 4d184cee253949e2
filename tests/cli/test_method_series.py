"""`openilp method near-repeat`, `aoristic`, `link-cases` and their kin: the fixed keys, and refusals in one line."""

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
    """Run a method that must refuse with one line and the status 2."""
    result = CliRunner().invoke(group, list(map(str, arguments)))
    assert result.exit_code == 2, result.output
    return result.output


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """Two years of events; some rows lack a place or a date."""
    rng = np.random.default_rng(4)
    when = np.datetime64("2022-01-03", "D") + np.sort(rng.integers(0, 730, 400))
    lines = ["east,north,day,address"]
    for row, (x, y, day) in enumerate(
        zip(rng.uniform(1e4, 1.2e4, 400), rng.uniform(1e4, 1.2e4, 400), when, strict=True)
    ):
        lines.append(f"{x:.1f},{y:.1f},{day},street {row % 150}")
    lines += [",,2023-05-05,", "10500,10500,,street 3"]
    path = tmp_path / "events.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_near_repeat_has_bands_of_distance_as_rows_and_of_delay_as_columns(events: Path) -> None:
    """The fixed keys hold tables of the stated shape, and the rows left out are named."""
    call = (
        "near-repeat", events, "--x", "east", "--y", "north", "--date", "day", "--space", "0,0.1,100,200", "--time",
        "0,7,14", "--metric", "euclidean", "--closed", "right", "--permutations", "19", "--seed", "1",
    )  # fmt: skip
    found, again = run(*call), run(*call)

    for key in ("observed", "expected", "ratio", "p"):
        assert np.array(found[key], dtype=float).shape == (3, 2)
    assert found["time_bands"] == ["[0, 7]", "(7, 14]"]
    assert found == again
    assert sum(caution["code"] == "left_out" for caution in found["cautions"]) == 2


def test_an_infinite_band_is_allowed(events: Path) -> None:
    """`inf` closes the table: all pairs are counted."""
    found = run(
        "near-repeat", events, "--x", "east", "--y", "north", "--date", "day", "--space", "0,inf", "--time", "0,inf",
        "--permutations", "1",
    )  # fmt: skip

    assert found["observed"] == [[400 * 399 // 2]]


def test_degrees_are_refused_with_the_remedy(tmp_path: Path) -> None:
    """Longitude and latitude name the options that turn them into metres, and work with them."""
    path = tmp_path / "degrees.csv"
    rows = "\n".join(f"{-87.6 + k / 1000},{41.8 + k / 1000},2024-01-{k + 2:02d}" for k in range(20))
    path.write_text(f"lon,lat,day\n{rows}\n", encoding="utf-8")
    call = ("near-repeat", path, "--x", "lon", "--y", "lat", "--date", "day", "--permutations", "9")

    assert "--crs" in refusal(*call)
    found = run(*call, "--crs", "EPSG:4326", "--project", "EPSG:32616")
    assert found["n"] == 20
    assert found["observed"][1][0] > 0


def test_aoristic_has_hours_weekdays_and_the_week(tmp_path: Path) -> None:
    """The fixed keys sum to the events that entered; an end before its start is named."""
    path = tmp_path / "windows.csv"
    path.write_text(
        "from,to\n2024-06-03 10:50,2024-06-03 11:10\n2024-06-04 10:00,2024-06-04 10:00\n"
        "2024-06-04 10:00,2024-06-03 10:00\n2024-06-04 10:00,\n2024-06-03 00:00,2024-06-17 00:00\n",
        encoding="utf-8",
    )

    found = run("aoristic", path, "--start", "from", "--end", "to")
    clipped = run("aoristic", path, "--start", "from", "--end", "to", "--longest-h", "24", "--long", "last")

    assert [len(found[key]) for key in ("hour", "weekday", "week")] == [24, 7, 168]
    assert [sum(found[key]) for key in ("hour", "weekday", "week")] == pytest.approx([3, 3, 3])
    assert found["excluded"] == [{"row": 3, "reason": "end_before_start"}, {"row": 4, "reason": "no_end"}]
    assert clipped["weekday"][6] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("name", "key", "more"),
    [
        ("trend", "yearly_ratio", []),
        ("season", "seasonal", ["--unit", "month"]),
        ("change-points", "changes", ["--unit", "week", "--no-season"]),
        ("exceptional", "watched", ["--unit", "month"]),
        ("repeats", "again", ["--place", "address", "--permutations", "9"]),
        ("mantel", "correlation", ["--x", "east", "--y", "north", "--permutations", "9"]),
    ],
)
def test_the_other_methods_answer_in_words_json_and_a_picture(
    events: Path, tmp_path: Path, name: str, key: str, more: list[str]
) -> None:
    """Each writes its numbers and draws them."""
    picture = tmp_path / "picture.svg"

    found = run(name, events, "--date", "day", *more, "--svg", picture)

    assert key in found
    assert found["finding"]["text"]
    assert picture.read_text(encoding="utf-8").startswith("<svg")


def cases(path: Path, form: str) -> Path:
    """Forty known series of four cases near in place, time and way of acting, singles, and unsolved cases."""
    rng = np.random.default_rng(9)
    records = []
    for number in range(40):
        x, y = rng.uniform(10_000, 20_000, 2)
        day, entry = int(rng.integers(0, 150)), str(rng.choice(["window", "door", "roof"]))
        for k in range(4):
            records.append(
                (
                    x + rng.normal(0, 200),
                    y + rng.normal(0, 200),
                    day + 3 * k,
                    entry,
                    "cash;tools",
                    f"s{number}",
                )
            )
    for k in range(150):
        x, y = rng.uniform(10_000, 20_000, 2)
        entry, taken = (
            str(rng.choice(["window", "door", "roof"])),
            str(rng.choice(["cash", "cash;tools", "phones"])),
        )
        records.append((x, y, int(rng.integers(0, 150)), entry, taken, f"single {k}" if k < 100 else ""))
    records += [(15_000.0 + k, 15_000.0, 70 + k, "roof", "cash;tools", "") for k in range(3)]
    rows = [
        {
            "id": f"c{k}", "x": round(x, 1), "y": round(y, 1), "date": str(np.datetime64("2024-01-02") + day),
            "entry": entry, "taken": taken, "series": series,
        }
        for k, (x, y, day, entry, taken, series) in enumerate(records)
    ]  # fmt: skip
    if form == "json":
        path.write_text(
            json.dumps({"cases": [row | {"taken": row["taken"].split(";")} for row in rows]}),
            encoding="utf-8",
        )
    else:
        lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("form", ["csv", "json"])
def test_linked_cases_are_read_from_csv_and_json(tmp_path: Path, form: str) -> None:
    """Three unsolved cases that belong together are linked, with their evidence, from either file."""
    found = run("link-cases", cases(tmp_path / f"cases.{form}", form), "--least", "0.2")

    last = {"c310", "c311", "c312"}
    linked = [{pair["first"], pair["second"]} for pair in found["pairs"]]
    assert sum(pair <= last for pair in linked) == 3
    assert set(found["pairs"][0]["evidence"]) == {"distance", "delay", "entry", "taken"}
    assert found["validation"]["auc"] > 0.8
    assert "link_is_a_lead" in {caution["code"] for caution in found["cautions"]}
    assert any(last <= set(each["cases"]) for each in found["groups"])


def test_without_known_series_planted_ones_must_be_asked_for(tmp_path: Path) -> None:
    """The refusal counts the known series; with `--planted` the result says what it learnt from."""
    path = cases(tmp_path / "cases.csv", "csv")
    text = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rpartition(",")[0] for line in text) + "\n", encoding="utf-8")

    assert "0 known series" in refusal("link-cases", path)
    found = run("link-cases", path, "--planted")
    assert "planted_training" in {caution["code"] for caution in found["cautions"]}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--space", "0,wide"], "no list of numbers"),
        (["--space", "100,50"], "ascending edges"),
        (["--date", "when"], "has no column 'when'"),
        (["--snapped"], "snapped"),
    ],
)
def test_refusals_are_one_line(events: Path, arguments: list[str], words: str) -> None:
    """Status 2, what is wrong, and what to give instead."""
    said = refusal("near-repeat", events, "--x", "east", "--y", "north", "--date", "day", *arguments)

    assert words in said


def test_months_can_be_counted_by_month_only(tmp_path: Path) -> None:
    """A column of months gives a trend with its gaps; counting it by week is refused."""
    path = tmp_path / "months.csv"
    months = [f"{year}-{month:02d}" for year in (2022, 2023, 2024) for month in range(1, 13)]
    path.write_text(
        "Month\n" + "\n".join(m for m in months for _ in range(0 if m == "2023-07" else 20)), encoding="utf-8"
    )

    found = run("trend", path, "--date", "Month", "--gap", "2023-07")

    assert found["months"][18] == {"month": "2023-07", "count": None, "expected": pytest.approx(20.4, abs=1)}
    assert found["yearly_ratio"]["low"] < 1 < found["yearly_ratio"]["high"]
    assert "carry only the month" in refusal("exceptional", path, "--date", "Month", "--unit", "week")


def test_repeats_are_of_places_never_of_people(events: Path) -> None:
    """A column about people is no place."""
    said = refusal("repeats", events, "--date", "day", "--place", "suspect_id")

    assert "about people" in said
    assert "addresses" in said
