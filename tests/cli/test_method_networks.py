"""`openilp method network…`: the names that are fixed, nodes by identifier, dirt named, refusals in one line."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from openilp.cli.methods import group


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two triangles joined by a bridge, one repeated row, one loop, dates."""
    path = tmp_path / "edges.csv"
    path.write_text(
        "from,to,day\n1,2,2024-01-01\n2,3,2024-01-02\n3,1,2024-01-03\n3,4,2024-02-05\n4,5,2024-02-06\n"
        "5,6,2024-02-07\n6,4,2024-03-20\n2,1,2024-03-21\n6,6,\n",
        encoding="utf-8",
    )
    return path


def run(*arguments: object) -> dict[str, Any]:
    """Run a method and read its JSON from the screen."""
    result = CliRunner().invoke(group, [*map(str, arguments), "--json", "-"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_network_lists_nodes_by_identifier_with_rank_intervals(file: Path) -> None:
    """The fixed keys are there, the figures are those one can count, the dirt is named by row."""
    found = run("network", file)

    nodes = {node["id"]: node for node in found["nodes"]}
    assert list(nodes) == ["1", "2", "3", "4", "5", "6"]
    assert {
        "id", "degree", "betweenness", "closeness", "eigenvector", "community", "betweenness_rank_low",
        "betweenness_rank_high",
    } <= nodes["1"].keys()  # fmt: skip
    assert [node["degree"] for node in nodes.values()] == [2, 2, 3, 3, 2, 2]
    assert [node["betweenness"] for node in nodes.values()] == [0, 0, 6, 6, 0, 0]
    assert nodes["1"]["closeness"] == pytest.approx(1 / 10)
    assert nodes["1"]["community"] == nodes["3"]["community"] != nodes["4"]["community"]
    assert nodes["3"]["betweenness_rank_low"] == 1
    said = " ".join(caution["text"] for caution in found["cautions"])
    assert "row 8 (line 9)" in said
    assert "row 9 (line 10)" in said
    assert "not the people" in said


def test_a_curve_and_a_picture(file: Path, tmp_path: Path) -> None:
    """The curve is shares of the largest part; the picture is a file."""
    found = run("network", file, "--dismantle", "betweenness", "--svg", tmp_path / "curve.svg")

    assert found["lcc"][0] == 1.0
    assert found["lcc"][1] == 0.5
    assert "ids" not in found
    assert (tmp_path / "curve.svg").read_text(encoding="utf-8").startswith("<svg")


def test_the_other_questions_are_answered(file: Path, tmp_path: Path) -> None:
    """Groups, sets, brokers and slices of the same file, each with its picture."""
    picture = ("--svg", tmp_path / "x.svg")

    drawn = run("network-drawing", file, *picture)
    assert (drawn["n"], len(drawn["links"]), len(drawn["x"])) == (6, 7, 6)
    assert run("network-communities", file, *picture)["number"] == [1, 1, 1, 2, 2, 2]
    assert run("network-sets", file, "--size", 1, *picture)["value"] == pytest.approx(0.6)
    assert run("network-sets", file, "--size", 1, "--reach", 2, *picture)["n_equal"] == 2
    brokers = {node["id"]: node for node in run("network-brokerage", file, *picture)["nodes"]}
    assert brokers["3"]["gatekeeper"] == 2
    slices = run("network-slices", file, "--date", "day", "--every", 30, *picture)
    assert [each["n_edges"] for each in slices["slices"]] == [3, 3, 2]
    assert slices["undated"] == [9]


def test_missing_links_are_named_or_refused(file: Path, tmp_path: Path) -> None:
    """Eight edges are too few to tell; a dense network with gaps is not."""
    dense = tmp_path / "dense.csv"
    rows = [
        (10 * g + a, 10 * g + b) for g in range(5) for a in range(8) for b in range(a) if (a * 3 + b + g) % 7
    ]
    dense.write_text("from,to\n" + "".join(f"{a},{b}\n" for a, b in rows), encoding="utf-8")

    few = CliRunner().invoke(group, ["network-missing", str(file)])
    assert (few.exit_code, "7 links; the method needs at least 20" in few.output) == (2, True)
    found = run("network-missing", dense, "--most", 40, "--svg", tmp_path / "x.svg")
    assert found["chosen"]
    named = {frozenset((pair["id"], pair["other"])) for pair in found["pairs"]}
    assert all(a[:-1] == b[:-1] for a, b in map(sorted, named))


def test_refusals_are_one_line(tmp_path: Path) -> None:
    """A row without an end, a file without rows and a date to come end with the status 2."""
    gap = tmp_path / "gap.csv"
    gap.write_text("from,to\n1,\n", encoding="utf-8")
    empty = tmp_path / "empty.csv"
    empty.write_text("from,to\n", encoding="utf-8")

    future = tmp_path / "future.csv"
    future.write_text("from,to,day\n1,2,2999-01-01\n", encoding="utf-8")

    for command, path, message in (
        ("network", gap, "row 1 (line 2)"),
        ("network", empty, "0 nodes"),
        ("network-slices --date day", future, "row 1 (line 2)"),
    ):
        result = CliRunner().invoke(group, [*command.split(), str(path)])
        assert result.exit_code == 2
        assert message in result.output
