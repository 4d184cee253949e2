"""Exposure, calibration and discovered offences by group: by hand, and with a planted bias."""

import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from openilp.methods.errors import BadValue, LengthMismatch, TooFew
from openilp.methods.fairness import (
    Areas,
    calibration_by_group,
    disparate_impact,
    exposure,
    reported_against_discovered,
)
from openilp.methods.fairness.areas import covered_shares


def town(rng: np.random.Generator, n: int = 200) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """People of two groups: the first lives in the first half of the areas, mostly."""
    half = np.arange(n) < n // 2
    return np.where(half, 80, 20) + rng.integers(0, 10, n), np.where(half, 20, 80) + rng.integers(0, 10, n)


def test_exposure_by_hand(rng: np.random.Generator) -> None:
    """Of a's 100 people 30 live in chosen areas, of b's 100 people 10: ratio a third."""
    attention = [1, 1] + [0] * 8
    a, b = [15, 15] + [8.75] * 8, [5, 5] + [11.25] * 8

    found = exposure(Areas(attention, {"a": a, "b": b}), rng=rng)

    assert found.groups["a"].attention.value == pytest.approx(0.3)
    assert found.groups["b"].attention.value == pytest.approx(0.1)
    assert found.groups["a"].ratio.value == pytest.approx(0.3 / 0.2)
    assert found.disparity.value == pytest.approx(1 / 3)
    assert (found.least, found.most) == ("b", "a")


@settings(max_examples=20)
@given(seed=st.integers(0, 999), hours=st.floats(0.1, 50))
def test_the_same_everywhere_is_equal_for_all(seed: int, hours: float) -> None:
    """Whoever lives where: equal hours give every group the ratio 1."""
    rng = np.random.default_rng(seed)
    people = {name: rng.integers(1, 99, 20) for name in "abc"}

    found = exposure(Areas(np.full(20, hours), people), rng=rng)

    for group in found.groups.values():
        assert group.ratio.value == pytest.approx(1)
    assert not found.unequal


def test_a_planted_bias_is_called_unequal(rng: np.random.Generator) -> None:
    """Attention on the first group's half only; the unit of the hours and the order of areas change nothing."""
    a, b = town(rng)
    attention = (np.arange(200) < 100) * (rng.random(200) < 0.5)
    order = rng.permutation(200)

    found = exposure(Areas(attention, {"a": a, "b": b}), rng=rng)
    again = exposure(Areas(attention[order] * 7.5, {"a": a[order], "b": b[order]}), rng=rng)

    assert found.unequal
    assert found.finding.code == "unequal"
    assert again.disparity.value == pytest.approx(found.disparity.value)


def test_a_planted_miscalibration_is_found(rng: np.random.Generator) -> None:
    """Twice too much is expected where the first group lives; an unbiased forecast is even."""
    a, b = town(rng)
    areas = Areas(np.ones(200), {"a": a, "b": b})
    observed = rng.poisson(20, 200)
    biased = np.where(np.arange(200) < 100, 40.0, 20.0)

    uneven = calibration_by_group(areas, biased, observed, rng=rng)
    even = calibration_by_group(areas, np.full(200, 20.0), observed, rng=rng)

    assert set(uneven.uneven) == {"a", "b"}
    assert uneven.groups["a"].ratio.value < 0.75
    assert even.uneven == ()
    assert sum(group.observed for group in even.groups.values()) == pytest.approx(observed.sum())
    assert sum(group.expected for group in even.groups.values()) == pytest.approx(4000)


def test_discovered_offences_in_one_groups_areas_raise_its_attention(rng: np.random.Generator) -> None:
    """Reports are even; discoveries lie where patrols are, with the first group."""
    a, b = town(rng)
    attention = (np.arange(200) < 100).astype(float)
    reported = rng.poisson(10, 200)
    discovered = rng.poisson(np.where(attention > 0, 12.0, 1.0))

    found = reported_against_discovered(
        Areas(attention, {"a": a, "b": b}), reported, discovered, n_chosen=50, rng=rng
    )

    assert found.shift["a"] > 1.2 > 1 > found.shift["b"]
    assert found.with_attention is not None
    assert found.with_attention.low > 0.5
    assert found.chosen_alike < 0.9
    assert found.share_discovered.value == pytest.approx(discovered.sum() / (discovered + reported).sum())


def test_the_report_raises_planted_concerns_and_names_what_it_did_not_see(rng: np.random.Generator) -> None:
    """[ANA-14] [ANA-15] Bias raises concerns; without counts the report says what was not looked at."""
    a, b = town(rng)
    attention = (np.arange(200) < 100).astype(float)
    areas = Areas(attention, {"a": a, "b": b})
    discovered = rng.poisson(np.where(attention > 0, 20.0, 1.0))

    full = disparate_impact(
        areas,
        expected=np.where(attention > 0, 40.0, 20.0),
        observed=rng.poisson(20, 200),
        reported=rng.poisson(2, 200),
        discovered=discovered,
        rng=rng,
    )
    short = disparate_impact(areas, rng=rng)

    assert {each.code for each in full.concerns} >= {"unequal", "uneven", "runaway"}
    assert full.corrected.distance < full.feedback.distance
    assert {"no_calibration", "no_discovered"} <= {each.code for each in short.cautions}
    json.dumps(full.to_dict(), allow_nan=False)
    assert full.plot().svg.startswith("<svg")


def test_a_fair_choice_raises_no_concern(rng: np.random.Generator) -> None:
    """Attention drawn without regard to who lives where."""
    people = {"a": rng.integers(40, 60, 400), "b": rng.integers(40, 60, 400)}

    found = disparate_impact(Areas((rng.random(400) < 0.4).astype(float), people), rng=rng)

    assert found.concerns == ()
    assert found.finding.code == "no_concern"


def test_cells_cover_their_share_of_an_area() -> None:
    """A cell of 100 m over two areas: a quarter of the one, an eighth of the other, none of the third."""
    areas = np.array(
        [shapely.box(0, 0, 200, 100), shapely.box(200, 0, 600, 100), shapely.box(900, 0, 999, 9)]
    )
    cells = np.array([shapely.box(150, 0, 250, 100)])

    np.testing.assert_allclose(covered_shares(areas, cells), [0.25, 0.125, 0])


def test_bad_areas_are_refused_by_row() -> None:
    """Missing, negative, too few, unequal columns, an empty group."""
    good = {"a": np.ones(12), "b": np.ones(12)}
    hole = np.ones(12)
    hole[4] = np.nan

    with pytest.raises(BadValue, match="a of row 5"):
        Areas(np.ones(12), {"a": hole, "b": np.ones(12)})
    with pytest.raises(BadValue, match="attention of row 1"):
        Areas(-np.ones(12), good)
    with pytest.raises(TooFew, match="areas"):
        Areas(np.ones(3), {"a": np.ones(3), "b": np.ones(3)})
    with pytest.raises(TooFew, match="groups"):
        Areas(np.ones(12), {"a": np.ones(12)})
    with pytest.raises(LengthMismatch):
        Areas(np.ones(12), {"a": np.ones(12), "b": np.ones(11)})
    with pytest.raises(BadValue, match="0 people"):
        Areas(np.ones(12), {"a": np.ones(12), "b": np.zeros(12)})


def test_nothing_chosen_is_nothing_to_compare(rng: np.random.Generator) -> None:
    """No attention anywhere is an error, not an equal share of nothing."""
    with pytest.raises(BadValue, match="attention"):
        exposure(Areas(np.zeros(12), {"a": np.ones(12), "b": np.ones(12)}), rng=rng)
