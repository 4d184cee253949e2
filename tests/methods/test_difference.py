"""Difference in differences: planted effects, few treated areas, and where the usual regression errs."""

from collections.abc import Callable

import numpy as np
import pytest

from openilp.methods.errors import BadValue, TooFew
from openilp.methods.impact import difference_in_differences
from openilp.methods.impact.panel import multiplicative
from openilp.methods.series.poisson import fit_poisson


def panel(
    rng: np.random.Generator, starts: list[int | None], effect: Callable[[int], float], n_periods: int = 16
) -> np.ndarray:
    """Counts of areas of different size over a common rhythm, with an effect by periods since the start."""
    size = rng.uniform(20, 80, len(starts))
    rhythm = np.exp(0.3 * np.sin(np.arange(n_periods)) + 0.02 * np.arange(n_periods))
    mean = size[:, None] * rhythm
    for area, start in enumerate(starts):
        if start is not None:
            for period in range(start, n_periods):
                mean[area, period] *= effect(period - start)
    return rng.poisson(mean)


def test_expectations_equal_poisson_regression_with_dummies(rng: np.random.Generator) -> None:
    """Alternating margins give the fit of a regression with area and period effects, cell by cell."""
    counts = rng.poisson(20, (5, 6)).astype(float)
    clean = np.ones((5, 6), dtype=bool)
    clean[0, 4:] = clean[1, 2:] = False
    area, period = np.indices((5, 6))
    design = np.concatenate(
        [area.ravel()[:, None] == np.arange(5), period.ravel()[:, None] == np.arange(1, 6)], axis=1
    ).astype(float)
    fit = fit_poisson(counts[clean], design[clean.ravel()], np.ones(clean.sum()))

    expected = multiplicative(counts, clean)
    assert expected.ravel() == pytest.approx(np.exp(design @ fit.coefficients), rel=1e-6)


def test_a_planted_reduction_is_recovered(rng: np.random.Generator) -> None:
    """A quarter fewer in six of twenty areas, with staggered starts; the interval and p-value agree."""
    starts: list[int | None] = [6, 6, 8, 8, 10, 10, *[None] * 14]
    found = difference_in_differences(panel(rng, starts, lambda _: 0.75), starts, rng=rng, draws=199)

    assert found.ratio.value == pytest.approx(0.75, abs=0.06)
    assert found.ratio.low < 0.75 < found.ratio.high < 1
    assert found.probability <= 0.05
    assert found.prevented.low > 0
    assert found.prevented.value == pytest.approx(found.ratio.n * (1 / found.ratio.value - 1))
    assert (found.n_treated, found.n_controls) == (6, 14)


def test_growing_effects_under_staggered_starts_keep_their_size(rng: np.random.Generator) -> None:
    """Where early areas drift away ever further, the two-way regression errs; imputation does not."""
    starts: list[int | None] = [3, 3, 3, 3, 3, 9, 9, 9, 9, 9, None, None]

    def growing(since: int) -> float:
        return float(0.97 ** (since + 1) ** 1.5)

    counts = panel(rng, starts, growing)
    true = np.array([growing(p - s) for s in starts if s is not None for p in range(s, 16)])
    found = difference_in_differences(counts, starts, rng=rng, draws=99)
    last = found.by_period[-1]

    assert found.ratio.value == pytest.approx(true.mean(), abs=0.1)
    assert last.ratio.value == pytest.approx(growing(12), abs=0.1)
    # The regression's single coefficient is far nearer to 1 than the truth: it uses treated cells as controls.
    assert two_way(counts, starts) > found.ratio.value + 0.1


def two_way(counts: np.ndarray, starts: list[int | None]) -> float:
    """The effect by Poisson regression on area, period and one dummy for treated cells."""
    n, periods = counts.shape
    area, period = np.indices(counts.shape)
    begin = np.array([periods if s is None else s for s in starts])
    treated = (period >= begin[:, None]).ravel()[:, None]
    design = np.concatenate(
        [area.ravel()[:, None] == np.arange(n), period.ravel()[:, None] == np.arange(1, periods), treated],
        axis=1,
    ).astype(float)
    return float(
        np.exp(fit_poisson(counts.ravel().astype(float), design, np.ones(counts.size)).coefficients[-1])
    )


def test_few_treated_areas_do_not_raise_false_alarms(rng: np.random.Generator) -> None:
    """With two treated of twelve restless areas, p below 0.1 comes in about a tenth of the runs."""
    starts: list[int | None] = [5, 7, *[None] * 10]
    rejected = 0
    for _ in range(60):
        restless = rng.gamma(4.0, 0.25, (12, 12)) * rng.uniform(20, 60, (12, 1))
        found = difference_in_differences(rng.poisson(restless), starts, rng=rng, draws=99, level=0.5)
        rejected += found.probability <= 0.1

    # Binomial(60, 0.1): more than 13 has a probability of about 0.002.
    assert rejected <= 13


def test_a_single_area_says_that_it_cannot_say(rng: np.random.Generator) -> None:
    """One of eight: no p-value below 1/8, an open interval, and words for both."""
    starts: list[int | None] = [6, *[None] * 7]
    found = difference_in_differences(panel(rng, starts, lambda _: 0.5), starts, rng=rng, draws=199)
    codes = {caution.code for caution in found.cautions}

    assert found.probability >= 0.08
    assert {"few_assignments", "no_interval"} <= codes
    assert None in (found.ratio.low, found.ratio.high)


def test_a_trend_before_the_start_is_called_out(rng: np.random.Generator) -> None:
    """Areas that were already falling fail the test of the periods before."""
    starts: list[int | None] = [9] * 6 + [None] * 12
    counts = panel(rng, starts, lambda _: 1.0)
    falling = np.where(np.arange(16) >= 6, 0.6, 1.0)
    counts[:6] = rng.poisson(counts[:6] * falling)
    found = difference_in_differences(counts, starts, rng=rng, draws=199)

    assert found.before_ratio == pytest.approx(0.6, abs=0.1)
    assert found.before_probability <= 0.05
    assert "pre_trend" in {caution.code for caution in found.cautions}


def test_nearby_areas_are_no_controls(rng: np.random.Generator) -> None:
    """Crime that moved next door is shown there, and does not exaggerate the effect."""
    starts: list[int | None] = [8] * 4 + [None] * 14
    counts = panel(rng, starts, lambda _: 0.7)
    counts[4:10, 8:] = rng.poisson(counts[4:10, 8:] * 1.5)
    nearby = [None] * 4 + [8] * 6 + [None] * 8

    naive = difference_in_differences(counts, starts, rng=rng, draws=99)
    found = difference_in_differences(counts, starts, rng=rng, draws=99, nearby=nearby)

    assert found.nearby_ratio == pytest.approx(1.5, abs=0.15)
    assert found.ratio.value == pytest.approx(0.7, abs=0.07)
    assert naive.ratio.value < found.ratio.value - 0.05
    assert found.n_controls == 8


def test_gaps_and_order_do_not_matter(rng: np.random.Generator) -> None:
    """A missing month moves the estimate little; areas in another order give the same one."""
    starts: list[int | None] = [6, 6, 8, *[None] * 9]
    counts = panel(rng, starts, lambda _: 0.7).astype(float)
    whole = difference_in_differences(counts, starts, rng=np.random.default_rng(1), draws=99)
    turned = difference_in_differences(counts[::-1], starts[::-1], rng=np.random.default_rng(1), draws=99)
    counts[:, 4] = np.nan
    counts[0, 9] = np.nan
    gappy = difference_in_differences(counts, starts, rng=np.random.default_rng(1), draws=99)

    assert turned.ratio.value == pytest.approx(whole.ratio.value)
    assert gappy.ratio.value == pytest.approx(whole.ratio.value, abs=0.05)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"starts": [None] * 4}, TooFew, "treated areas"),
        ({"starts": [2, 2, 2, None]}, TooFew, "areas without the measure"),
        ({"starts": [0, None, None, None]}, BadValue, "starts of row 1 is 0; give a position from 1 to 5"),
        ({"starts": [2, None]}, BadValue, "one for each of 4 areas"),
        ({"nearby": [2, None, None, None]}, BadValue, "nearby of row 1"),
        ({"counts": [[1, 2], [1, -2]], "names": ["A", "B"]}, BadValue, "counts of 'B' of row 2 is -2"),
        ({"counts": [[1, 2], [1]]}, BadValue, "counts is 2 series with 1, 2 periods"),
        ({"draws": 5}, BadValue, "draws is 5"),
        ({"counts": [[0] * 6] * 4}, TooFew, "events"),
    ],
)
def test_bad_input_is_named(
    rng: np.random.Generator, change: dict[str, object], error: type, message: str
) -> None:
    """Each error names the area, the value and the remedy."""
    given: dict[str, object] = {"counts": [[5] * 6] * 4, "starts": [2, None, None, None], "draws": 99}

    with pytest.raises(error, match=message):
        difference_in_differences(**{**given, **change}, rng=rng)  # type: ignore[arg-type]
