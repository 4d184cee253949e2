"""The E-test: the published value, a double loop, and its size."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from openilp.methods.errors import BadValue, TooFew
from openilp.methods.impact import e_test


def double_loop(first: int, second: int, over_first: float, over_second: float) -> float:
    """The p-value by trying every pair of counts up to a hopeless one."""
    mean = (first + second) / (over_first + over_second)

    def statistic(a: int, b: int) -> float:
        variance = a / over_first**2 + b / over_second**2
        return abs(a / over_first - b / over_second) / math.sqrt(variance) if variance else 0.0

    observed = statistic(first, second)
    most = [int(stats.poisson.ppf(1 - 1e-12, mean * over)) + 2 for over in (over_first, over_second)]
    weights = [
        stats.poisson.pmf(range(n), mean * over)
        for n, over in zip(most, (over_first, over_second), strict=True)
    ]
    return sum(
        weights[0][a] * weights[1][b]
        for a in range(most[0])
        for b in range(most[1])
        if statistic(a, b) >= observed - 1e-9
    )


def test_the_published_value_is_met() -> None:
    """6 against 2: 0.1748748, as the package ptools prints it."""
    assert e_test(6, 2).probability == pytest.approx(0.1748748, abs=5e-8)


@settings(max_examples=40)
@given(st.integers(0, 15), st.integers(0, 15), st.sampled_from([1.0, 2.0, 0.5, 3.7]))
def test_it_equals_the_double_loop(first: int, second: int, exposure: float) -> None:
    """Quadratic roots pick the same pairs of counts as trying each."""
    if first + second == 0:
        return
    found = e_test(first, second, exposure_second=exposure)

    assert found.probability == pytest.approx(min(double_loop(first, second, 1.0, exposure), 1.0), abs=1e-9)


@settings(max_examples=25)
@given(st.integers(0, 60), st.integers(1, 60), st.floats(0.1, 100))
def test_order_and_unit_of_exposure_do_not_matter(first: int, second: int, unit: float) -> None:
    """Swapped counts have the same p; so have rates a day and rates a week."""
    base = e_test(first, second, exposure_first=1, exposure_second=2)

    swapped = e_test(second, first, exposure_first=2, exposure_second=1)
    weekly = e_test(first, second, exposure_first=unit, exposure_second=2 * unit)
    assert swapped.probability == pytest.approx(base.probability, abs=1e-9)
    assert weekly.probability == pytest.approx(base.probability, abs=1e-9)


@pytest.mark.parametrize("mean", [2.0, 10.0])
def test_true_nulls_are_rarely_rejected(mean: float) -> None:
    """Added up over all pairs of counts, p below 0.05 has a probability of 0.05, give or take a little."""
    weights = stats.poisson.pmf(range(40), mean)
    size = sum(
        weights[a] * weights[b]
        for a in range(40)
        for b in range(40)
        if weights[a] * weights[b] > 1e-8 and a + b and e_test(a, b).probability <= 0.05
    )

    assert 0.02 < size < 0.055


def test_counts_in_the_millions_take_no_time() -> None:
    """The sum runs over the spread of one count only; far differences have p near 0, equal ones 1."""
    assert e_test(4_000_000, 4_000_000).probability == 1.0
    assert e_test(4_000_000, 4_006_000).probability == pytest.approx(
        2 * stats.norm.sf(6000 / math.sqrt(8_006_000)), rel=0.01
    )


def test_bad_input_is_named() -> None:
    """Each error names the value and the remedy."""
    with pytest.raises(BadValue, match="first is -1"):
        e_test(-1, 2)
    with pytest.raises(BadValue, match="exposure_second is 0"):
        e_test(1, 2, exposure_second=0)
    with pytest.raises(BadValue, match="level is 95"):
        e_test(1, 2, level=95)
    with pytest.raises(TooFew, match="events in both together"):
        e_test(0, 0)
