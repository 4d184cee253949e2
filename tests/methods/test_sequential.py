"""Watching while it runs: false alarms stay rare however often one looks."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from openilp.methods.errors import BadValue, LengthMismatch, TooFew
from openilp.methods.impact import monitor


def test_a_year_without_a_change_rarely_raises_an_alarm(rng: np.random.Generator) -> None:
    """Of 300 years of 52 weekly looks, at most 5 % alarm; a p-value each week would alarm in most."""
    alarms = sum(monitor(rng.poisson(8, 52).tolist(), [8.0] * 52).alarm is not None for _ in range(300))

    # Ville: at most 15 expected; more than 27 has a probability of about 0.001.
    assert alarms <= 27


def test_a_halving_is_seen_within_half_a_year(rng: np.random.Generator) -> None:
    """Ten a week that become five: the alarm says fewer, in at least nine of ten runs."""
    seen = [monitor(rng.poisson(5, 26).tolist(), [10.0] * 26) for _ in range(40)]

    assert sum(found.direction == "fewer" for found in seen) >= 36


@settings(max_examples=15)
@given(st.integers(0, 60), st.floats(0.5, 60))
def test_the_evidence_is_the_mixture_by_integration(observed: int, expected: float) -> None:
    """The closed form equals the integral of likelihood ratios over the gamma prior."""
    prior = stats.gamma(10.0, scale=1 / 10.0)
    by_integration, _ = integrate.quad(
        lambda ratio: prior.pdf(ratio) * np.exp(observed * np.log(ratio) - (ratio - 1) * expected),
        1e-9,
        20,
        limit=400,
        points=[max(observed / expected, 1e-3), 1.0],
    )

    assert monitor([observed], [expected]).looks[0].evidence == pytest.approx(by_integration, rel=1e-5)


def test_the_interval_holds_at_every_look(rng: np.random.Generator) -> None:
    """Of 100 runs with a true ratio of 0.7, at most a few intervals ever leave it out."""
    left_out = 0
    for _ in range(100):
        looks = monitor(rng.poisson(7, 30).tolist(), [10.0] * 30).looks
        left_out += any(not look.ratio.low <= 0.7 <= look.ratio.high for look in looks)

    # At most 5 expected; more than 13 has a probability of about 0.001.
    assert left_out <= 13


def test_the_alarm_is_when_the_interval_leaves_one() -> None:
    """Evidence and interval tell the same story."""
    found = monitor([1] * 12, [6.0] * 12)

    first = next(at for at, look in enumerate(found.looks) if look.ratio.high < 1)
    assert found.alarm == first
    assert found.direction == "fewer"
    assert "fewer events than expected" in str(found.finding)


def test_no_event_yet_has_an_upper_end_only() -> None:
    """Nothing seen of three expected: between 0 and some number above 1."""
    ratio = monitor([0], [3.0]).looks[0].ratio

    assert (ratio.value, ratio.low) == (0.0, 0.0)
    assert ratio.high > 1


def test_dispersion_slows_the_alarm_and_is_said() -> None:
    """Counts twice as restless carry half the evidence."""
    calm, restless = monitor([2] * 20, [6.0] * 20), monitor([2] * 20, [6.0] * 20, dispersion=2.0)

    assert restless.alarm > calm.alarm
    assert restless.looks[-1].observed == calm.looks[-1].observed == 40
    assert "loosened" in {caution.code for caution in restless.cautions}


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: monitor([], []), TooFew, "periods"),
        (lambda: monitor([1], [1, 2]), LengthMismatch, "observed has 1, expected has 2"),
        (lambda: monitor([1, -2], [1, 1]), BadValue, "observed of row 2 is -2"),
        (lambda: monitor([1, 2], [1, 0]), BadValue, "expected of row 2 is 0"),
        (lambda: monitor([1], [1], level=95), BadValue, "level is 95"),
        (lambda: monitor([1], [1], dispersion=0), BadValue, "dispersion is 0"),
    ],
)
def test_bad_input_is_named(call: Callable[[], object], error: type, message: str) -> None:
    """Each error names the row, the value and the remedy."""
    with pytest.raises(error, match=message):
        call()
