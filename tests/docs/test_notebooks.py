"""The notebooks run from top to bottom on the real data, and show what a run printed and drew."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.run_notebooks import NOTEBOOKS, run

FILES = sorted(NOTEBOOKS.glob("*.ipynb"))


def read(path: Path) -> dict[str, Any]:
    """A notebook as its file holds it."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """Its cells with code."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def kinds(cell: dict[str, Any]) -> list[tuple[str, ...]]:
    """What a cell shows: the kind of each output, and of what is in it."""
    return [(each["output_type"], *sorted(each.get("data", {}))) for each in cell["outputs"]]


@pytest.mark.real_data
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_cell_runs_and_shows_what_is_stored(
    path: Path, test_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No cell fails in a fresh namespace, and each shows the kinds of output that the file holds."""
    monkeypatch.setenv("OPENILP_TEST_DATA", str(test_data))
    stored = read(path)
    fresh = run(stored, path.name)

    assert [kinds(cell) for cell in code_cells(fresh)] == [kinds(cell) for cell in code_cells(stored)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_stored_notebook_was_run_in_order_without_an_error(path: Path) -> None:
    """Who reads it in a browser sees results, and no traceback or path of a machine."""
    cells = code_cells(read(path))
    text = path.read_text(encoding="utf-8")

    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert any(cell["outputs"] for cell in cells)
    assert "Traceback" not in text
    assert "/home/" not in text
    assert "/work/" not in text


def test_a_cell_prints_shows_and_remembers() -> None:
    """Standard output, a last expression, a picture, and names that later cells use."""
    cells = [
        {"cell_type": "markdown", "source": ["# Words"]},
        {"cell_type": "code", "source": ["x = 2\n", "print(x)"]},
        {"cell_type": "code", "source": ["class P:\n", "    def _repr_svg_(self): return '<svg/>'\n", "P()"]},
        {"cell_type": "code", "source": ["x * 21"]},
    ]
    words, first, second, third = run({"cells": cells}, "a.ipynb")["cells"]

    assert words == cells[0]
    assert first["outputs"] == [{"name": "stdout", "output_type": "stream", "text": ["2\n"]}]
    assert second["outputs"][0]["data"]["image/svg+xml"] == ["<svg/>"]
    assert third["outputs"][0]["data"]["text/plain"] == ["42"]
    assert third["execution_count"] == 3


def test_a_cell_that_fails_is_named() -> None:
    """The traceback says which notebook and which cell."""
    cells = [{"cell_type": "code", "source": ["1"]}, {"cell_type": "code", "source": ["1 / 0"]}]

    with pytest.raises(ZeroDivisionError) as caught:
        run({"cells": cells}, "a.ipynb")
    assert "a.ipynb, cell 2" in str(caught.getrepr())
