"""Effects: the published displacement figures, coverage of intervals, and costs without invented bounds."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from openilp.methods.errors import BadValue, LengthMismatch, TooFew
from openilp.methods.impact import BeforeAfter, before_after, cost_per_unit, weighted_displacement_difference
from openilp.methods.sentence import Estimate


def test_displacement_difference_equals_the_published_example() -> None:
    """Control (20, 20), treated (20, 10): -10, standard error 8.3666, z -1.1952."""
    result = weighted_displacement_difference(treated=BeforeAfter(20, 10), control=BeforeAfter(20, 20))

    assert result.difference.value == -10
    assert result.standard_error == pytest.approx(8.3666, abs=5e-5)
    assert result.z == pytest.approx(-1.1952, abs=5e-5)
    assert result.difference.n == 70


def test_displacement_areas_widen_the_published_interval() -> None:
    """With (10, 10) around both: standard error 10.4881, z -0.9535, 90 % interval -27.25 to 7.25."""
    result = weighted_displacement_difference(
        treated=BeforeAfter(20, 10),
        control=BeforeAfter(20, 20),
        treated_displacement=BeforeAfter(10, 10),
        control_displacement=BeforeAfter(10, 10),
        level=0.9,
    )

    assert result.standard_error == pytest.approx(10.4881, abs=5e-5)
    assert result.z == pytest.approx(-0.9535, abs=5e-5)
    assert (result.difference.low, result.difference.high) == pytest.approx((-27.25, 7.25), abs=0.005)
    assert result.probability == pytest.approx(2 * stats.norm.cdf(-0.9535), abs=1e-4)


def test_crime_that_moved_counts_against_the_measure() -> None:
    """Ten fewer here and ten more next door is no effect."""
    result = weighted_displacement_difference(
        treated=BeforeAfter(20, 10),
        control=BeforeAfter(20, 20),
        treated_displacement=BeforeAfter(10, 20),
        control_displacement=BeforeAfter(10, 10),
    )

    assert result.difference.value == 0


def test_the_interval_covers_the_truth(rng: np.random.Generator) -> None:
    """Of 400 simulated measures that prevent 30 events, about 95 % of the intervals hold -30."""
    covered = 0
    for _ in range(400):
        t0, t1, c0, c1 = rng.poisson([100, 80, 90, 100]).tolist()
        change = weighted_displacement_difference(treated=BeforeAfter(t0, t1), control=BeforeAfter(c0, c1))
        covered += change.difference.low <= -30 <= change.difference.high

    # Binomial(400, 0.95): below 366 has a probability of about 0.001.
    assert covered >= 366


def test_harm_weights_enter_the_variance_squared() -> None:
    """Two types with weights 1 and 10: difference and variance add up by hand."""
    result = weighted_displacement_difference(
        treated=[BeforeAfter(20, 10), BeforeAfter(4, 2, weight=10)],
        control=[BeforeAfter(20, 20), BeforeAfter(3, 3, weight=10)],
    )

    assert result.difference.value == -10 - 20
    assert result.standard_error == pytest.approx(np.sqrt(30 + 40 + 100 * (6 + 6)))


def test_relative_change_recovers_a_halving(rng: np.random.Generator) -> None:
    """Halved against a control that doubled is a quarter, with an interval that holds it."""
    result = before_after(
        rng.poisson(200, 12).tolist(),
        rng.poisson(100, 12).tolist(),
        control_before=rng.poisson(100, 12).tolist(),
        control_after=rng.poisson(200, 12).tolist(),
    )

    assert result.relative is not None
    assert result.relative.value == pytest.approx(0.25, rel=0.1)
    assert result.relative.low < 0.25 < result.relative.high
    assert result.treated.ratio.value == pytest.approx(0.5, rel=0.1)


def test_a_zero_gives_no_ratio_of_ratios() -> None:
    """Nothing divided by nothing is not an effect."""
    result = before_after([3], [0], control_before=[4], control_after=[4])

    assert result.relative is None
    assert result.treated.ratio.value == 0.0


def test_without_control_there_is_only_the_plain_ratio() -> None:
    """The control is not invented, and the caution about cause stays."""
    result = before_after([30, 28], [20, 22])

    assert (result.control, result.relative) == (None, None)
    assert "not_cause" in {caution.code for caution in result.cautions}


def test_cost_follows_the_interval() -> None:
    """10 prevented (5 to 20) for 1,000 cost 100 each (50 to 200)."""
    result = cost_per_unit(1000, Estimate(value=-10, low=-20, high=-5, level=0.95, n=70))

    assert (result.per_unit.value, result.per_unit.low, result.per_unit.high) == (100, 50, 200)


def test_no_effect_has_no_price() -> None:
    """An interval with zero has no upper bound, an increase no value."""
    open_end = cost_per_unit(1000, Estimate(value=-10, low=-27, high=7, level=0.95, n=70))
    increase = cost_per_unit(1000, Estimate(value=5, low=-5, high=15, level=0.95, n=70))

    assert (open_end.per_unit.value, open_end.per_unit.high) == (100, None)
    assert increase.per_unit.value is None
    assert {"nothing_prevented", "unbounded"} <= {caution.code for caution in increase.cautions}


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: BeforeAfter(-1, 2), BadValue, "before is -1"),
        (lambda: BeforeAfter(1, 2, weight=float("nan")), BadValue, "weight is nan"),
        (
            lambda: weighted_displacement_difference(
                treated=BeforeAfter(1, 2), control=BeforeAfter(1, 2), treated_displacement=BeforeAfter(1, 2)
            ),
            LengthMismatch,
            "treated_displacement has 1, control_displacement has 0",
        ),
        (lambda: before_after([1], [2], control_before=[1]), TooFew, "control"),
        (lambda: cost_per_unit(-1, Estimate(-1, -2, -1, 0.95, 3)), BadValue, "cost is -1"),
    ],
)
def test_bad_input_is_named(call: Callable[[], object], error: type, message: str) -> None:
    """Each error names the value and the remedy."""
    with pytest.raises(error, match=message):
        call()
