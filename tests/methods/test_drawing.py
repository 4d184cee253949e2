"""Drawing: one picture in two forms, both whole, both plain."""

import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp.methods.drawing import Line, bars, cells, graph, lines, matrix, nice
from openilp.methods.result import Plot

NAN = float("nan")
AXES = {"x_name": "days", "y_name": "events <&>"}


def pictures() -> dict[str, Plot]:
    """One of each kind, with gaps, marks and signs that XML minds."""
    grid = np.arange(4.0)
    return {
        "lines": lines(
            "A & B",
            [1, 2, 3],
            [Line("a", [1, NAN, 3], [0, NAN, 2], [2, NAN, 4]), Line("b", [-1, 0, 1], dashed=True)],
            **AXES,
        ),
        "labels": lines("L", ["2024-01", "2024-02"], [Line("a", [0.0, 0.0])], **AXES),
        "bars": bars("B", ["x", "y"], [1.0, NAN], low=[0.5, NAN], high=[2.0, NAN], **AXES),
        "matrix": matrix("M", ["r"], ["c", "d"], [[1.0, NAN]], marked=[[True, False]], **AXES),
        "graph": graph("G", ["a", "b<", "c", "d"], grid, grid % 2, [(0, 1), (2, 3)]),
        "cells": cells(
            "C", grid * 100, grid * 100, np.array([0, 1, 2, NAN]), cell_m=100, unit="events", marked=grid == 0
        ),
    }


@pytest.mark.parametrize("kind", ["lines", "labels", "bars", "matrix", "graph", "cells"])
def test_a_picture_is_well_formed_and_plain(kind: str) -> None:
    """The SVG parses and names itself; the option is JSON without NaN and has a series."""
    plot = pictures()[kind]

    root = ET.fromstring(plot.svg)
    option = json.loads(json.dumps(dict(plot.option), allow_nan=False))

    assert root.attrib["aria-label"] == option["title"]["text"]
    assert "nan" not in plot.svg
    assert option["series"][0]["data"]


def test_a_gap_breaks_the_line() -> None:
    """A missing value is neither zero nor bridged."""
    plot = lines("T", [1, 2, 3, 4], [Line("a", [1, 2, NAN, 4])], **AXES)

    path = next(
        node.attrib["d"] for node in ET.fromstring(plot.svg).iter() if node.attrib.get("stroke-linecap")
    )
    assert path.count("M") == 2
    assert plot.option["series"][0]["data"][2] == [3, None]


def test_cells_lie_where_they_are() -> None:
    """North is up: the cell with the greater y is drawn higher."""
    plot = cells(
        "C", np.array([50.0, 50.0]), np.array([50.0, 150.0]), np.array([1.0, 9.0]), cell_m=100, unit="n"
    )

    heights = {
        node[0].text: float(node.attrib["y"])
        for node in ET.fromstring(plot.svg).iter()
        if len(node) and "rect" in node.tag
    }
    assert heights["9 n"] < heights["1 n"]


@given(st.floats(1e-9, 1e12))
def test_a_nice_step_is_the_next_of_one_two_five(step: float) -> None:
    """Never below the step, never more than two and a half times it."""
    found = nice(step)

    assert step * (1 - 1e-8) <= found <= 2.5 * step * (1 + 1e-8)
    assert round(found / 10 ** np.floor(np.log10(found) + 1e-9), 6) in (1, 2, 5)
