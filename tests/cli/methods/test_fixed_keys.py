"""Names of commands and keys of their JSON that others build on: they never change."""

import json
from pathlib import Path
from typing import Any

import pytest

from openilp.cli.methods import group
from tests.cli.methods.test_bad_tables import CASES, Case, edges, run

FIXED = {
    "near-repeat": {"observed", "expected", "ratio", "p"},
    "kde": {"density", "transform", "integral", "max"},
    "hotspots": {"cells", "n_hot", "z_max"},
    "network": {"nodes"},
    "wdd": {"difference"},
    "fairness": {"exposure"},
    "allocate": {"operations"},
    "link-cases": {"pairs"},
}
COMMON = {"n", "method", "cautions", "finding"}


def written(folder: Path, case: Case) -> dict[str, Any]:
    """Run a command on its table and return what it wrote."""
    assert run(folder, case, case.rows).exit_code == 0
    found: dict[str, Any] = json.loads((folder / "out.json").read_text())
    return found


@pytest.mark.parametrize("name", FIXED)
def test_the_keys_of_a_method_stay(name: str, tmp_path: Path) -> None:
    """Beside n, the method in words, the cautions and the finding that every result has."""
    case = next(case for case in CASES if case.words.split()[0] == name)

    assert set(written(tmp_path, case)) >= FIXED[name] | COMMON


def test_a_cell_and_a_node_have_their_keys(tmp_path: Path) -> None:
    """Hot means z above 0 and q of at most the rate; nodes stand in the order of their identifiers."""
    spots = written(tmp_path, next(case for case in CASES if case.words.startswith("hotspots")))
    nodes = written(tmp_path, Case("network FILE --trials 2", edges()))["nodes"]

    assert {"x", "y", "count", "z", "p", "q", "hot"} <= set(spots["cells"][0])
    assert all(cell["hot"] == (cell["z"] > 0 and cell["q"] <= 0.05) for cell in spots["cells"])
    assert {"id", "degree", "betweenness", "closeness", "eigenvector", "community"} <= set(nodes[0])
    assert {"betweenness_rank_low", "betweenness_rank_high"} <= set(nodes[0])
    assert [node["id"] for node in nodes] == sorted(node["id"] for node in nodes)


def test_hours_days_and_curves_have_their_lengths(tmp_path: Path) -> None:
    """24 hours, 7 weekdays, 168 hours of a week, and a curve that begins whole."""
    case = next(case for case in CASES if case.words.startswith("aoristic"))
    week = written(tmp_path, case)
    curve = written(tmp_path, Case("network FILE --dismantle betweenness", edges()))

    assert (len(week["hour"]), len(week["weekday"]), len(week["week"])) == (24, 7, 168)
    assert week["excluded"] == []
    assert curve["lcc"][0] == 1


def test_the_names_of_the_commands_stay() -> None:
    """Each takes --json and --svg."""
    names = {
        *("near-repeat", "kde", "hotspots", "aoristic", "network", "forecast", "forecast-score"),
        *("wdd", "ach", "threat", "allocate", "fairness", "link-cases"),
    }
    context = group.make_context("method", ["kde"], resilient_parsing=True)

    for name in names:
        command = group.get_command(context, name)
        assert command is not None
        assert {"--json", "--svg"} <= {option for each in command.params for option in each.opts}
