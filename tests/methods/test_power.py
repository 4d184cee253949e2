"""Power before starting: what simulated evaluations find."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openilp.methods.errors import BadValue
from openilp.methods.impact import BeforeAfter, power_before_starting, weighted_displacement_difference


@pytest.mark.parametrize(("treated", "control", "reduction"), [(100, 100, 0.3), (400, 300, 0.15)])
def test_simulated_evaluations_find_as_often(
    rng: np.random.Generator, treated: float, control: float, reduction: float
) -> None:
    """Of 1,500 evaluations, the share whose interval excludes no effect equals the power."""
    drawn = rng.poisson([treated, treated * (1 - reduction), control, control], (1500, 4))
    found = 0
    for t0, t1, c0, c1 in drawn.tolist():
        change = weighted_displacement_difference(treated=BeforeAfter(t0, t1), control=BeforeAfter(c0, c1))
        found += not change.difference.low <= 0 <= change.difference.high

    power = power_before_starting(treated=treated, control=control, reduction=reduction)
    # Three standard errors of a share of 1,500.
    assert power.probability == pytest.approx(found / 1500, abs=0.04)


@settings(max_examples=25)
@given(st.floats(50, 1000), st.floats(50, 1000), st.floats(0.05, 1), st.floats(1, 4))
def test_least_reduction_and_length_lead_to_the_wanted_power(
    treated: float, control: float, reduction: float, dispersion: float
) -> None:
    """Put back in, each gives exactly the wanted probability; more dispersion never helps."""

    def power(share: float, times: float = 1.0) -> float:
        return power_before_starting(
            treated=treated * times, control=control * times, reduction=share, dispersion=dispersion
        ).probability

    found = power_before_starting(
        treated=treated, control=control, reduction=reduction, dispersion=dispersion
    )
    if found.least_reduction is not None:
        assert power(found.least_reduction) == pytest.approx(0.8, abs=1e-6)
    if found.times_longer is not None and found.times_longer > 1e-5:
        assert power(reduction, found.times_longer) == pytest.approx(0.8, abs=1e-6)
    calm = power_before_starting(treated=treated, control=control, reduction=reduction)
    assert found.probability <= calm.probability + 1e-12


def test_hopeless_places_are_called_so() -> None:
    """With three events nothing would be noticed, and the result says what to do."""
    found = power_before_starting(treated=3, control=3, reduction=0.5)

    assert found.least_reduction is None
    assert found.times_longer > 1
    assert "hopeless" in {caution.code for caution in found.cautions}
    assert "no reduction is found" in str(found.finding)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: power_before_starting(treated=-1, control=1, reduction=0.2), "treated is -1"),
        (lambda: power_before_starting(treated=1, control=1, reduction=20), "reduction is 20"),
        (lambda: power_before_starting(treated=1, control=1, reduction=0.2, dispersion=0), "dispersion is 0"),
        (lambda: power_before_starting(treated=1, control=1, reduction=0.2, wanted=80), "wanted is 80"),
    ],
)
def test_bad_input_is_named(call: Callable[[], object], message: str) -> None:
    """Each error names the value and the remedy."""
    with pytest.raises(BadValue, match=message):
        call()
