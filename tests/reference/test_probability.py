"""Words of estimative probability, with their gaps."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp import reference

BANDS = [
    ("remote_chance", 0.0, 0.05),
    ("highly_unlikely", 0.10, 0.20),
    ("unlikely", 0.25, 0.35),
    ("realistic_possibility", 0.40, 0.50),
    ("likely", 0.55, 0.75),
    ("highly_likely", 0.80, 0.90),
    ("almost_certain", 0.95, 1.0),
]


def test_the_yardstick_has_the_seven_published_bands() -> None:
    """Bands are fractions, in rising order."""
    assert [(term.code, term.low, term.high) for term in reference.probability_terms()] == BANDS


@pytest.mark.parametrize(
    ("probability", "code"),
    [
        (0.0, "remote_chance"),
        (0.05, "remote_chance"),
        (0.10, "highly_unlikely"),
        (0.40, "realistic_possibility"),
        (0.4999, "realistic_possibility"),
        (0.55, "likely"),
        (0.1 + 0.2 + 0.05, "unlikely"),  # 0.35000000000000003
        (0.75, "likely"),
        (0.99, "almost_certain"),
    ],
)
def test_a_probability_has_the_term_of_its_band(probability: float, code: str) -> None:
    """Both bounds belong to a band unless the yardstick says below."""
    term = reference.probability_term(probability)

    assert term is not None
    assert term.code == code


@pytest.mark.parametrize("probability", [0.07, 0.22, 0.37, 0.50, 0.52, 0.77, 0.93, 1.0])
def test_a_gap_has_no_term(probability: float) -> None:
    """The gaps are deliberate: between two bands, and at certainty, no word is offered."""
    assert reference.probability_term(probability) is None


@pytest.mark.parametrize("probability", [-0.01, 1.01, 55.0, math.nan, math.inf])
def test_what_is_not_a_probability_is_refused(probability: float) -> None:
    """55 for 55 % is an error, not a certainty."""
    with pytest.raises(ValueError, match="is not between 0 and 1"):
        reference.probability_term(probability)


@given(probability=st.floats(0, 1))
def test_at_most_one_term_covers_a_probability(probability: float) -> None:
    """No probability has two words."""
    covering = [term for term in reference.probability_terms() if term.covers(probability)]

    assert len(covering) <= 1
    assert reference.probability_term(probability) == (covering[0] if covering else None)
