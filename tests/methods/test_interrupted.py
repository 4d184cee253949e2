"""Interrupted series: planted steps and bends, correlated noise, gaps and controls."""

from collections.abc import Callable

import numpy as np
import pytest

from openilp.methods.errors import BadValue, LengthMismatch, TooFew
from openilp.methods.impact import interrupted_series
from openilp.methods.impact.interrupted import _Model


def series(
    rng: np.random.Generator, step: float = 1.0, bend: float = 1.0, n: int = 48, start: int = 30
) -> list[int]:
    """Monthly counts with a trend and a season, and a planted effect."""
    time = np.arange(n)
    mean = 100 * np.exp(0.004 * time + 0.2 * np.cos(2 * np.pi * time / 12))
    after = time >= start
    mean = mean * np.where(after, step * bend ** (time - start), 1.0)
    return [int(count) for count in rng.poisson(mean)]


def test_a_planted_step_and_bend_are_recovered(rng: np.random.Generator) -> None:
    """A fall by a third, and one per cent less with each month."""
    counts = series(rng, step=0.67, bend=0.99)
    found = interrupted_series(counts, 30, season=12)

    assert found.step.value == pytest.approx(0.67, abs=0.08)
    assert found.step.low < 0.67 < found.step.high < 1
    assert found.bend.value == pytest.approx(0.99, abs=0.012)
    true = sum(counts[30:]) * 0.6
    assert found.prevented.low < true < found.prevented.high * 1.3
    assert found.expected[29] == pytest.approx(found.fitted[29])
    assert found.placebo_share == 0


def test_prevented_is_expected_minus_observed(rng: np.random.Generator) -> None:
    """Summed over the periods with the measure that have data."""
    counts: list[int | None] = [*series(rng, step=0.7)]
    counts[35] = None
    found = interrupted_series(counts, 30, season=12)

    places = [p for p in range(30, 48) if p != 35]
    assert found.prevented.value == pytest.approx(sum(found.expected[p] - (counts[p] or 0) for p in places))
    assert "gaps" in {caution.code for caution in found.cautions}
    assert found.observed[35] is None


def test_a_gap_is_not_a_success(rng: np.random.Generator) -> None:
    """Two months without a delivery move the step little; two zeros would move it much."""
    counts: list[int | None] = [*series(rng)]
    whole = interrupted_series(counts, 30, season=12, bend=False).step.value
    counts[33] = counts[34] = None
    gappy = interrupted_series(counts, 30, season=12, bend=False).step.value

    assert gappy == pytest.approx(whole, abs=0.03)


def test_noise_with_a_memory_rarely_passes_for_an_effect(rng: np.random.Generator) -> None:
    """Neighbouring months that resemble each other (0.4): false steps in well under a fifth of 120 series."""
    false = 0
    for _ in range(120):
        noise = np.zeros(48)
        for month in range(1, 48):
            noise[month] = 0.4 * noise[month - 1] + rng.normal(0, 0.12)
        counts = rng.poisson(100 * np.exp(noise)).tolist()
        step = interrupted_series(counts, 30, bend=False).step
        false += not step.low <= 1 <= step.high

    # Ordinary errors reject in about 14 %, and independent noise in 5 %; more than 24 of 120 is unlikely at 12 %.
    assert false <= 24


def test_a_control_takes_out_what_happened_everywhere(rng: np.random.Generator) -> None:
    """Both series halve: alone the step looks like an effect, beside the control it is none."""
    treated, control = series(rng, step=0.5), series(rng, step=0.5)
    alone = interrupted_series(treated, 30, season=12)
    beside = interrupted_series(treated, 30, control=control, season=12)

    assert alone.step.high < 1
    assert beside.step.low < 1 < beside.step.high
    assert beside.prevented.low < 0 < beside.prevented.high


def test_a_control_leaves_the_effect(rng: np.random.Generator) -> None:
    """A third fewer beyond a halving that came everywhere."""
    found = interrupted_series(
        series(rng, step=0.5 * 0.67), 30, control=series(rng, step=0.5), season=12, bend=False
    )

    assert found.step.value == pytest.approx(0.67, abs=0.08)


def test_longer_months_are_no_effect(rng: np.random.Generator) -> None:
    """Counts of periods twice as long, with their exposure, have the same step."""
    counts = series(rng, step=0.7)
    doubled = [2 * count if place % 2 else count for place, count in enumerate(counts)]
    base = interrupted_series(counts, 30, bend=False)
    found = interrupted_series(doubled, 30, bend=False, exposure=[1.0, 2.0] * 24)

    assert found.step.value == pytest.approx(base.step.value, abs=0.04)


def test_the_covariance_equals_a_double_sum(rng: np.random.Generator) -> None:
    """Newey and West's estimate, written as the sum over all pairs of periods."""
    counts = np.array(series(rng), dtype=float)
    model = _Model.of([counts], np.ones(48), season=None, bend=True)
    fit = model.fit(30)
    assert fit is not None
    design = model.rows(30)
    bread = np.linalg.inv(design.T @ np.diag(fit.fitted) @ design)
    lags = int(4 * (48 / 100) ** (2 / 9))
    meat = sum(
        max(0.0, 1 - abs(i - j) / (lags + 1))
        * (counts[i] - fit.fitted[i])
        * (counts[j] - fit.fitted[j])
        * np.outer(design[i], design[j])
        for i in range(48)
        for j in range(48)
    )
    naive = bread @ meat @ bread * 48 / fit.freedom

    found = model.covariance(fit, 30)
    assert np.diag(found) == pytest.approx(np.maximum(np.diag(naive), np.diag(fit.covariance)))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: interrupted_series([5] * 8, 4), TooFew, "4 periods with data before the start"),
        (lambda: interrupted_series([5] * 8, 7), TooFew, "1 periods with data from the start on"),
        (lambda: interrupted_series([5] * 12, 12), BadValue, "start is 12; give a position from 0 to 11"),
        (lambda: interrupted_series([5] * 8 + [0] * 4, 8), TooFew, "events from the start on"),
        (lambda: interrupted_series([5, -1] + [5] * 10, 8), BadValue, "counts of row 2 is -1"),
        (lambda: interrupted_series([5] * 12, 8, control=[5] * 11), LengthMismatch, "control has 11"),
        (lambda: interrupted_series([5] * 12, 8, exposure=[0.0] + [1.0] * 11), BadValue, "exposure of row 1"),
        (lambda: interrupted_series([5] * 12, 8, season=1), BadValue, "season is 1"),
        (lambda: interrupted_series([5] * 12, 8, level=95), BadValue, "level is 95"),
    ],
)
def test_bad_input_is_named(call: Callable[[], object], error: type, message: str) -> None:
    """Each error names the row, the value and the remedy."""
    with pytest.raises(error, match=message):
        call()
