"""Synthetic control: planted mixtures, a general optimiser as twin, placebos and intervals."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from openilp.methods.errors import BadValue, TooFew
from openilp.methods.impact import synthetic_control
from openilp.methods.impact.synthetic import simplex_weights


def world(
    rng: np.random.Generator, n: int = 14, periods: int = 36, noise: float = 3.0
) -> tuple[np.ndarray, np.ndarray]:
    """An area that is a mixture of three of n others, and the others, on two common factors."""
    factors = np.stack([np.arange(periods) / periods, np.sin(np.arange(periods) / 3)])
    pool = 100 + rng.normal(0, 20, (n, 1)) + rng.normal(0, 15, (n, 2)) @ factors
    pool += rng.normal(0, noise, pool.shape)
    return 0.5 * pool[0] + 0.3 * pool[1] + 0.2 * pool[2] + rng.normal(0, noise, periods), pool


def test_a_planted_mixture_and_effect_are_recovered(rng: np.random.Generator) -> None:
    """Without noise in the mixture the shares are exact, and so is the effect."""
    own, pool = world(rng)
    own = 0.5 * pool[0] + 0.3 * pool[1] + 0.2 * pool[2]
    own[24:] -= 20
    found = synthetic_control(own, pool, 24)

    assert [(d.name, round(d.weight, 6)) for d in found.donors[:3]] == [
        ("area 1", 0.5),
        ("area 2", 0.3),
        ("area 3", 0.2),
    ]
    assert found.effect.value == pytest.approx(-20)
    assert found.total.value == pytest.approx(-240)
    assert found.probability == pytest.approx(1 / 15)


@settings(max_examples=20)
@given(st.integers(2, 6), st.integers(3, 12), st.integers(0, 10_000))
def test_weights_equal_a_general_optimiser(n: int, periods: int, seed: int) -> None:
    """On the simplex, no weights come closer: sequential quadratic programming finds the same distance."""
    rng = np.random.default_rng(seed)
    target, pool = rng.normal(50, 20, periods), rng.normal(50, 20, (n, periods))
    weights = simplex_weights(target, pool)

    twin = optimize.minimize(
        lambda w: ((w @ pool - target) ** 2).sum(),
        np.full(n, 1 / n),
        bounds=[(0, 1)] * n,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    # The optimiser leaves the simplex a little, and is then closer than anything on it.
    theirs = np.clip(twin.x, 0, None)
    theirs /= theirs.sum()
    assert weights.sum() == pytest.approx(1)
    assert weights.min() >= 0
    assert ((weights @ pool - target) ** 2).sum() <= ((theirs @ pool - target) ** 2).sum() * (1 + 1e-6) + 1e-9


def test_unit_and_order_do_not_matter(rng: np.random.Generator) -> None:
    """Counts in thousands and areas in another order give the same shares and p-value."""
    own, pool = world(rng)
    base = synthetic_control(own, pool, 24)
    scaled = synthetic_control(own / 1000, pool / 1000, 24)
    turned = synthetic_control(own, pool[::-1], 24, names=[f"area {14 - i}" for i in range(14)])

    assert scaled.effect.value == pytest.approx(base.effect.value / 1000)
    assert scaled.probability == turned.probability == base.probability
    assert {d.name: round(d.weight, 6) for d in turned.donors} == {
        d.name: round(d.weight, 6) for d in base.donors
    }


def test_the_interval_holds_the_planted_effect(rng: np.random.Generator) -> None:
    """In about 90 % of 40 worlds; and it mostly excludes no effect where the effect is large."""
    held = excluded = 0
    for _ in range(40):
        own, pool = world(rng, n=8)
        own[24:] -= 15
        effect = synthetic_control(own, pool, 24).effect
        low, high = effect.low or -np.inf, effect.high or np.inf
        held += low <= -15 <= high
        excluded += high < 0

    # Binomial(40, 0.9): below 30 has a probability of about 0.002.
    assert held >= 30
    assert excluded >= 30


def test_worlds_without_an_effect_rarely_look_like_one(rng: np.random.Generator) -> None:
    """With 14 others, p at or below 2/15 comes in about 2/15 of 60 worlds."""
    false = sum(synthetic_control(*world(rng), 24).probability <= 2 / 15 + 1e-9 for _ in range(60))

    # Binomial(60, 2/15): more than 16 has a probability of about 0.003.
    assert false <= 16


def test_the_ridge_correction_closes_what_the_mixture_misses(rng: np.random.Generator) -> None:
    """An area above all others cannot be mixed from them; the correction follows it, and the caution says so."""
    own, pool = world(rng)
    above = own + 150
    plain, corrected = synthetic_control(above, pool, 24), synthetic_control(above, pool, 24, ridge=10.0)

    assert "poor_fit" in {caution.code for caution in plain.cautions}
    assert plain.effect.value > 50
    assert abs(corrected.effect.value) < 20
    assert corrected.miss_before < plain.miss_before / 10


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: synthetic_control([1.0] * 9, [[1.0] * 9], 6), TooFew, "1 other areas"),
        (lambda: synthetic_control([1.0] * 9, [[1.0] * 9] * 3, 4), BadValue, "start is 4; give a position from 5 to 8"),
        (lambda: synthetic_control([1.0] * 9, [[1.0] * 8] * 3, 6), BadValue, "others is 8 periods"),
        (lambda: synthetic_control([1, None] + [1] * 7, [[1] * 9] * 3, 6), BadValue, "treated of row 2 is missing"),
        (lambda: synthetic_control([1.0] * 9, [[1.0] * 9] * 3, 6, names=["A"]), BadValue, "for 1 names"),
        (lambda: synthetic_control([1.0] * 9, [[1.0] * 9] * 3, 6, ridge=-1), BadValue, "ridge is -1"),
        (lambda: synthetic_control([1.0] * 9, [[1.0] * 9] * 3, 6, level=90), BadValue, "level is 90"),
    ],
)  # fmt: skip
def test_bad_input_is_named(call: Callable[[], object], error: type, message: str) -> None:
    """Each error names the row, the value and the remedy."""
    with pytest.raises(error, match=message):
        call()
