"""Two periods: exact intervals against scipy, coverage, and gaps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from openilp.methods.errors import BadValue, LengthMismatch, TooFew
from openilp.methods.series import compare_periods


@given(st.integers(0, 200), st.integers(0, 200), st.floats(0.2, 5), st.sampled_from([0.8, 0.95, 0.99]))
def test_the_exact_interval_equals_scipy(before: int, after: int, longer: float, level: float) -> None:
    """The bounds are scipy's Clopper-Pearson bounds of the share, as odds, times the exposures."""
    if before + after == 0:
        before = 1
    share = stats.binomtest(after, before + after).proportion_ci(level, method="exact")

    change = compare_periods([before], [after], exposure_before=[1.0], exposure_after=[longer], level=level)

    assert change.ratio.low == pytest.approx(share.low / (1 - share.low) / longer, rel=1e-6)
    if before == 0:
        assert change.ratio.high is None
        assert change.ratio.value is None
    else:
        assert change.ratio.high == pytest.approx(share.high / (1 - share.high) / longer, rel=1e-6)
        assert change.ratio.value == pytest.approx(after / before / longer)


def test_the_interval_covers_the_truth_in_restless_series(rng: np.random.Generator) -> None:
    """With counts four times as restless as chance, 95 % intervals still cover the ratio."""
    covered = 0
    for _ in range(200):
        before, after = rng.negative_binomial(20, 0.25, 12), rng.negative_binomial(15, 0.25, 12)
        ratio = compare_periods(before.tolist(), after.tolist()).ratio
        covered += ratio.low <= 0.75 <= (ratio.high or np.inf)

    # Binomial(200, 0.95): below 180 has a probability of about 0.002.
    assert covered >= 180


def test_restless_counts_are_said_and_widen_the_interval() -> None:
    """The same totals with more unrest give a wider interval and a caution."""
    calm = compare_periods([25, 26, 24, 25], [20, 19, 21, 20])
    restless = compare_periods([5, 60, 10, 25], [2, 40, 30, 8])

    assert restless.ratio.value == pytest.approx(calm.ratio.value)
    assert restless.ratio.low < calm.ratio.low
    assert calm.method.code == "poisson_ratio"
    assert restless.method.code == "quasi_poisson_ratio"
    assert "overdispersed" in {caution.code for caution in restless.cautions}


def test_a_gap_shortens_the_period_instead_of_emptying_it() -> None:
    """Three months with data at 20 equal four at 20."""
    change = compare_periods([20, 20, 20, 20], [20, None, 20, 20])

    assert change.ratio.value == 1.0
    assert (change.n_gaps, change.exposure_after) == (1, 3.0)


def test_one_count_per_period_says_what_it_cannot_know() -> None:
    """Without sub-periods the unrest is unknown, and that is said."""
    change = compare_periods([30], [20])

    assert change.dispersion is None
    assert "dispersion_unknown" in {caution.code for caution in change.cautions}


@pytest.mark.parametrize(
    ("before", "after", "options", "error", "message"),
    [
        ([0], [0], {}, TooFew, "events in both periods"),
        ([None], [3], {}, TooFew, "with data before"),
        ([-1], [3], {}, BadValue, "count before is -1"),
        ([3], [3], {"exposure_after": [0.0]}, BadValue, "exposure_after is 0.0"),
        ([3], [3], {"exposure_before": [1.0, 2.0]}, LengthMismatch, "before has 1, exposure_before has 2"),
        ([3], [3], {"level": 95}, BadValue, "level is 95"),
    ],
)
def test_bad_input_is_named(before: list, after: list, options: dict, error: type, message: str) -> None:
    """Each error names the value and the remedy."""
    with pytest.raises(error, match=message):
        compare_periods(before, after, **options)
