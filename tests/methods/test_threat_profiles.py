"""Indicator profiles: gaps span a range, and the range is all ways to fill them."""

from itertools import product

import numpy as np
import pytest

from openilp.methods.errors import BadValue, TooFew, UnknownType
from openilp.methods.threat import Indicator, PersonsRefused, indicator_profiles

INDICATORS = [
    Indicator("size", "structure", 2.0),
    Indicator("roles", "structure"),
    Indicator("violence", "methods", 3.0),
    Indicator("corruption", "methods"),
]


def test_a_profile_by_hand() -> None:
    """Structure: high of weight 2 and a gap of 1; methods: medium of 3 and low of 1."""
    found = indicator_profiles(
        {"g": ("group", {"size": "high", "violence": "medium", "corruption": "low"})}, INDICATORS
    ).subjects[0]

    structure, methods = found.domains
    assert (structure.known, structure.low, structure.high) == pytest.approx((2 / 3, 2 / 3, 1.0))
    assert (methods.known, methods.low, methods.high) == pytest.approx((1.0, 3 / 8, 3 / 8))
    assert (structure.gaps, methods.gaps) == (("roles",), ())
    assert (found.known, found.low, found.high) == pytest.approx((6 / 7, 3.5 / 7, 4.5 / 7))


def test_the_range_is_all_ways_to_fill_the_gaps(rng: np.random.Generator) -> None:
    """Filling every gap in every way stays inside the range, and reaches both ends."""
    grades = {"size": "medium", "corruption": "unknown"}
    whole = indicator_profiles({"g": ("group", grades)}, INDICATORS).subjects[0]

    filled = [
        indicator_profiles(
            {"g": ("group", grades | dict(zip(("roles", "violence", "corruption"), fill, strict=True)))}, INDICATORS
        ).subjects[0].low
        for fill in product(("low", "medium", "high"), repeat=3)
    ]  # fmt: skip

    assert (min(filled), max(filled)) == pytest.approx((whole.low, whole.high))


def test_thin_profiles_are_said_and_weights_shown() -> None:
    """Nothing known is the whole range and a caution. [ANA-11]"""
    found = indicator_profiles({"g": ("group", {}), "a": ("crime area", {"violence": "high"})}, INDICATORS)

    assert (found.subjects[0].low, found.subjects[0].high, found.subjects[0].known) == (0.0, 1.0, 0.0)
    assert "for g, a:" in str(found.cautions[-1])
    assert [each.weight for each in found.indicators] == [2.0, 1.0, 3.0, 1.0]


def test_bad_profiles_are_named() -> None:
    """Persons, unknown indicators and grades, and weights of nothing."""
    with pytest.raises(PersonsRefused):
        indicator_profiles({"p": ("person", {})}, INDICATORS)
    with pytest.raises(UnknownType, match="'speed'"):
        indicator_profiles({"g": ("group", {"speed": "low"})}, INDICATORS)
    with pytest.raises(UnknownType, match="'huge'"):
        indicator_profiles({"g": ("group", {"size": "huge"})}, INDICATORS)
    with pytest.raises(BadValue, match="weight of indicator 'x'"):
        indicator_profiles({"g": ("group", {})}, [Indicator("x", "d", 0)])
    with pytest.raises(BadValue, match="indicator is 'x'"):
        indicator_profiles({"g": ("group", {})}, [Indicator("x", "d"), Indicator("x", "e")])
    with pytest.raises(TooFew, match="0 subjects"):
        indicator_profiles({}, INDICATORS)
