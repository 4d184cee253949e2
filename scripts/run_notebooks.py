"""Run the notebooks of docs/notebooks and write what they print and draw into them.

python3 scripts/run_notebooks.py [NAME…]     all of them, or those named

A notebook is run as plain Python: its code cells in one namespace, in order, without Jupyter. The real data lie in the
folder that OPENILP_TEST_DATA names.
"""

import ast
import io
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "docs" / "notebooks"


def run(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a notebook with the outputs of a fresh run.

    Args:
        notebook: As its file holds it.
        name: Of the notebook, for the traceback of a cell that fails.
    """
    space: dict[str, Any] = {"__name__": "__main__"}
    cells, number = [], 0
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            cells.append(cell)
            continue
        number += 1
        printed = io.StringIO()
        with redirect_stdout(printed):
            shown = _execute("".join(cell["source"]), f"{name}, cell {number}", space)
        outputs = _stream(printed.getvalue()) + _display(shown, number)
        cells.append({**cell, "execution_count": number, "outputs": outputs})
    return {**notebook, "cells": cells}


def _execute(source: str, where: str, space: dict[str, Any]) -> object:
    """Run the statements of a cell and return the value of a last expression, as a notebook shows it."""
    body = ast.parse(source, where).body
    last = body[-1] if body and isinstance(body[-1], ast.Expr) else None
    rest = ast.Module(body[:-1] if last else body, type_ignores=[])
    # The notebook is a file of this repository; running it is what this script is for.
    exec(compile(rest, where, "exec"), space)  # noqa: S102
    if last is None:
        return None
    shown: object = eval(compile(ast.Expression(last.value), where, "eval"), space)  # noqa: S307
    return shown


def _stream(text: str) -> list[dict[str, Any]]:
    lines = text.splitlines(keepends=True)
    return [{"name": "stdout", "output_type": "stream", "text": lines}] if lines else []


def _display(shown: Any, number: int) -> list[dict[str, Any]]:
    if shown is None:
        return []
    data: dict[str, Any] = {"text/plain": [f"<{type(shown).__name__}>"]}
    if hasattr(shown, "_repr_svg_"):
        data["image/svg+xml"] = shown._repr_svg_().splitlines(keepends=True)
    else:
        data["text/plain"] = repr(shown).splitlines(keepends=True)
    return [{"data": data, "execution_count": number, "metadata": {}, "output_type": "execute_result"}]


def main(names: list[str]) -> int:
    """Run the notebooks and write them."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        if names and path.stem not in names:
            continue
        fresh = run(json.loads(path.read_text(encoding="utf-8")), path.name)
        path.write_text(json.dumps(fresh, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"ran {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
