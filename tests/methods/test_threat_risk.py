"""Risk matrices: every field that a risk may be in, and a test of the matrix itself."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openilp.methods.errors import BadValue, TooFew
from openilp.methods.threat import Grid, PersonsRefused, RiskItem, risk_matrix

GRID = Grid((0.1, 0.5), (10.0, 50.0), 100.0, ("low", "medium", "high"), ((0, 0, 1), (0, 1, 1), (1, 1, 2)))


def ordered(most: float) -> st.SearchStrategy[tuple[float, float]]:
    """A range."""
    return st.tuples(st.floats(0, most), st.floats(0, most)).map(lambda pair: (min(pair), max(pair)))


@settings(max_examples=40)
@given(ordered(1.0), ordered(100.0))
def test_points_of_a_range_fall_into_its_fields(
    likelihood: tuple[float, float], impact: tuple[float, float]
) -> None:
    """Points drawn in the ranges fall only into the fields named, and the corners into their ends."""
    found = risk_matrix([RiskItem("r", "place", likelihood, impact)], GRID).items[0]

    rng = np.random.default_rng(1)
    columns = np.searchsorted(GRID.likelihood, rng.uniform(*likelihood, 50), side="right")
    rows = np.searchsorted(GRID.impact, rng.uniform(*impact, 50), side="right")
    assert set(zip(rows.tolist(), columns.tolist(), strict=True)) <= set(found.fields)
    corner = (
        int(np.searchsorted(GRID.impact, impact[1], side="right")),
        int(np.searchsorted(GRID.likelihood, likelihood[1], side="right")),
    )
    assert corner in found.fields
    assert found.expected_low <= found.expected_high


def test_a_wide_range_is_open() -> None:
    """What may be in two levels is in neither for sure; what is well known has one."""
    found = risk_matrix(
        [
            RiskItem("wide", "problem", (0.05, 0.9), (5, 90)),
            RiskItem("sure", "problem", (0.6, 0.7), (60, 70)),
        ],
        GRID,
    )

    assert [(each.lowest, each.highest) for each in found.items] == [("low", "high"), ("high", "high")]
    assert found.n_open == 1
    assert "surely high: sure" in str(found.finding)


def test_a_matrix_that_misleads_is_said() -> None:
    """Cox: with red where two of two classes meet and green for the rest of the middle, a green risk can be larger."""
    misleading = Grid((0.5,), (50.0,), 100.0, ("green", "red"), ((0, 0), (0, 1)))
    sound = Grid((0.5,), (50.0,), 100.0, ("green", "yellow", "red"), ((0, 1), (1, 2)))
    item = [RiskItem("r", "place", (0.1, 0.1), (1, 1))]

    assert not risk_matrix(item, misleading).is_weakly_consistent
    assert risk_matrix(item, misleading).cautions[-1].code == "weakly_inconsistent"
    assert risk_matrix(item, sound).is_weakly_consistent
    assert "factor of up to 4" in str(risk_matrix(item, sound).cautions[0])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: risk_matrix([], GRID), TooFew, "0 risks"),
        (
            lambda: risk_matrix([RiskItem("a", "person", (0, 1), (0, 1))], GRID),
            PersonsRefused,
            "never of a person",
        ),
        (
            lambda: risk_matrix([RiskItem("a", "place", (0.5, 0.4), (0, 1))], GRID),
            BadValue,
            "likelihood of 'a'",
        ),
        (lambda: risk_matrix([RiskItem("a", "place", (0, 1), (0, 101))], GRID), BadValue, "impact of 'a'"),
        (lambda: risk_matrix([RiskItem("a", "place", (0, 1), (0, 1))] * 2, GRID), BadValue, "risk is 'a'"),
        (lambda: Grid((0.5, 0.5), (1.0,), 2.0, ("l",), ((0,) * 3,) * 2), BadValue, "classes of likelihood"),
        (lambda: Grid((0.5,), (1.0,), 2.0, ("l",), ((0, 0),)), BadValue, "one for each field"),
        (lambda: Grid((0.5,), (1.0,), 2.0, ("l", "h"), ((1, 0), (1, 1))), BadValue, "let none fall"),
        (lambda: Grid((0.5,), (1.0,), 2.0, ("l",), ((0, 0), (0, 1))), BadValue, "number them 0 to 0"),
    ],
)
def test_bad_matrices_are_named(call: Callable[[], object], error: type, message: str) -> None:
    """Each error says what is wrong with which value."""
    with pytest.raises(error, match=message):
        call()
