"""`openilp method allocate` and `patrol`: JSON and tables in, plans out, refusals in one line."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from openilp.cli.methods import group

OPERATIONS = """name,harm,half_hours,most_hours,least_hours,money,skills,first,last,basis,must,low
patrols,100,20,100,,0,,,,an order,,0.5
watch,80,10,40,10,500,surveillance:10,2026-03-01,2026-03-10,an authorisation,,
letters,5,2,10,,20,,,,a policy,yes,
tap,900,1,50,,0,,,,,,
"""
UNITS = """name,hours,first,last,skills,cost_per_hour
Team 1,60,,,,0
Team 2,40,2026-03-01,2026-03-20,surveillance,10
Team 2,20,2026-04-01,2026-04-20,surveillance,10
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A table of operations and one of units."""
    operations, units = tmp_path / "operations.csv", tmp_path / "units.csv"
    operations.write_text(OPERATIONS, encoding="utf-8")
    units.write_text(UNITS, encoding="utf-8")
    return operations, units


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """The same kind of problem as one document."""
    path = tmp_path / "problem.json"
    path.write_text(
        json.dumps(
            {
                "operations": [
                    {"name": "a", "steps": [[10, 50], [30, 70]], "most_hours": 40, "basis": "x", "money": 10},
                    {
                        "name": "b",
                        "harm": 40,
                        "half_hours": 5,
                        "most_hours": 40,
                        "basis": "x",
                        "excludes": [],
                    },
                ],
                "units": [{"name": "U", "hours": [{"hours": 20}, {"hours": 5}]}],
                "coverages": [{"name": "duty", "operations": ["b"], "least_hours": 2}],
                "money": 10,
            }
        ),
        encoding="utf-8",
    )
    return path


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
    assert len(result.stderr.strip().splitlines()) == 1
    return result.stderr


def test_a_plan_from_two_tables(files: tuple[Path, Path]) -> None:
    """Bound and gap are there, the duty runs, what has no basis does not, and dates hold."""
    operations, units = files
    found = run("allocate", operations, "--units", units, "--money", 1000)

    chosen = {each["name"]: each for each in found["operations"]}
    assert set(chosen) == {"patrols", "watch", "letters"}
    assert found["bound"] >= found["harm_prevented"]["value"]
    assert 0 <= found["gap"] < 0.01
    assert found["money"] <= 1000 + 1e-6
    assert sum(a["hours"] for a in chosen["watch"]["assignments"] if a["unit"] == "Team 2") >= 10 - 1e-6
    assert [(row["name"], row["reason"]["code"]) for row in found["left_out"]] == [("tap", "no_basis")]
    assert found["harm_prevented"]["low"] < found["harm_prevented"]["value"]


def test_a_plan_from_a_document(document: Path) -> None:
    """Hours, coverage and steps are read; the words say what the next hour buys."""
    result = CliRunner().invoke(group, ["allocate", str(document)], catch_exceptions=False)

    assert result.exit_code == 0
    assert "The plan runs a, b, with 25.0 hours" in result.stdout
    assert "One more hour of U would prevent" in result.stdout
    assert "a person decides" in result.stdout


def test_what_if_front_and_protection(files: tuple[Path, Path], document: Path) -> None:
    """Other limits, every budget, and every number of disappointments. [OPS-06]"""
    operations, units = files
    scenario = run("allocate", document, "--what-if", "money=0", "--what-if", "money=+50%")
    front = run("allocate", document, "--front", "money", "--points", "3")
    safe = run("allocate", operations, "--units", units, "--protection", "1")

    assert [each["dropped"] for each in scenario["differences"]] == [["a"], []]
    assert front["budgets"] == [0, 10]
    assert front["plans"][0]["harm_prevented"]["value"] < front["plans"][1]["harm_prevented"]["value"]
    assert len(safe["plans"]) == 2


def test_patrol(tmp_path: Path) -> None:
    """Visits by place, districts covered, a picture."""
    spots, picture = tmp_path / "spots.csv", tmp_path / "visits.svg"
    spots.write_text("name,harm,half_visits,district\na,100,2,North\nb,1,2,South\n", encoding="utf-8")
    found = run("patrol", spots, "--hours", 2, "--district", "South=2", "--svg", picture)

    assert [row["visits"] for row in found["spots"]] == [6, 2]
    assert found["gap"] == 0
    assert picture.read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("patrols,100", "patrols,many"),
            "harm of row 1 (line 2) of operations.csv is 'many'; give a number",
        ),
        (("2026-03-10", "10.3.2026"), "last of row 2 (line 3) of operations.csv is '10.3.2026'"),
        ((",yes,", ",perhaps,"), "must of row 3 (line 4) of operations.csv is 'perhaps'"),
        (("surveillance:10", "surveillance"), "skills of row 2 (line 3) of operations.csv"),
        (("watch,80", "patrols,80"), "name of operations is patrols"),
    ],
)
def test_wrong_rows_are_named(files: tuple[Path, Path], change: tuple[str, str], message: str) -> None:
    """One line says which row, which value, and what to give."""
    operations, units = files
    operations.write_text(OPERATIONS.replace(*change, 1), encoding="utf-8")

    assert message in refusal("allocate", operations, "--units", units)


def test_missing_parts_are_named(files: tuple[Path, Path], document: Path, tmp_path: Path) -> None:
    """Units, limits and duties that cannot be met."""
    half = tmp_path / "half.json"
    half.write_text('{"operations": []}', encoding="utf-8")

    assert "units is missing; give the table of units (--units)" in refusal("allocate", files[0])
    assert "'units' of half.json is missing" in refusal("allocate", half)
    assert "there is no limit on hours to change" in refusal("allocate", document, "--what-if", "hours=+10%")
    assert "No plan meets every duty: coverage 'duty' falls 1.0 of 2.0 hours short" in refusal(
        "allocate", document, "--hours", 1
    )
