"""The displacement quotient: the formula by hand, signs of planted movements, and no nonsense."""

import numpy as np
import pytest

from openilp.methods.errors import BadValue, TooFew
from openilp.methods.impact import BeforeAfter, weighted_displacement_quotient

CONTROL = BeforeAfter(500, 500)


def test_the_formula_by_hand(rng: np.random.Generator) -> None:
    """A 200 to 100, B 100 to 120, C 400 to 500: (120/500 - 100/400) / (100/500 - 200/400) = 1/30."""
    found = weighted_displacement_quotient(
        treated=BeforeAfter(200, 100),
        surroundings=BeforeAfter(100, 120),
        control=BeforeAfter(400, 500),
        rng=rng,
    )

    assert found.gain == pytest.approx(-0.3)
    assert found.around == pytest.approx(-0.01)
    assert found.quotient.value == pytest.approx(1 / 30)
    assert found.quotient.low < 1 / 30 < found.quotient.high


@pytest.mark.parametrize(
    ("after", "code"),
    [(40, "diffusion"), (160, "displacement_less"), (330, "displacement_greater"), (100, "no_change")],
)
def test_what_moved_has_its_sign(rng: np.random.Generator, after: int, code: str) -> None:
    """Fewer events around are diffusion, more are displacement, more than prevented is worse than nothing."""
    found = weighted_displacement_quotient(
        treated=BeforeAfter(300, 150), surroundings=BeforeAfter(100, after), control=CONTROL, rng=rng
    )

    assert found.meaning.code == code


def test_without_success_there_is_no_quotient(rng: np.random.Generator) -> None:
    """A place that got worse has nothing that could have moved."""
    found = weighted_displacement_quotient(
        treated=BeforeAfter(100, 120), surroundings=BeforeAfter(100, 90), control=CONTROL, rng=rng
    )

    assert (found.quotient.value, found.quotient.low, found.meaning) == (None, None, None)
    assert "no_success" in {caution.code for caution in found.cautions}


def test_small_counts_have_no_interval(rng: np.random.Generator) -> None:
    """5 to 4 against 20 to 20: in many draws there was no gain at all."""
    found = weighted_displacement_quotient(
        treated=BeforeAfter(5, 4), surroundings=BeforeAfter(5, 5), control=BeforeAfter(20, 20), rng=rng
    )

    assert (found.quotient.low, found.quotient.high) == (None, None)
    assert "unstable" in {caution.code for caution in found.cautions}


def test_the_interval_covers_the_truth(rng: np.random.Generator) -> None:
    """Of 150 simulated measures with a quotient of -0.25, about 90 % of the intervals hold it."""
    covered = 0
    for _ in range(150):
        a0, a1, b0, b1, c0, c1 = rng.poisson([800, 400, 400, 500, 2000, 2000]).tolist()
        found = weighted_displacement_quotient(
            treated=BeforeAfter(a0, a1),
            surroundings=BeforeAfter(b0, b1),
            control=BeforeAfter(c0, c1),
            rng=rng,
            draws=399,
        ).quotient
        covered += found.low <= -0.25 <= found.high

    # Binomial(150, 0.9): below 123 has a probability of about 0.001.
    assert covered >= 123


def test_bad_input_is_named(rng: np.random.Generator) -> None:
    """A control area without events, a level in per cent, and too few draws."""
    area = BeforeAfter(1, 1)

    with pytest.raises(TooFew, match="events in the control area"):
        weighted_displacement_quotient(treated=area, surroundings=area, control=BeforeAfter(0, 5), rng=rng)
    with pytest.raises(BadValue, match="level is 90"):
        weighted_displacement_quotient(treated=area, surroundings=area, control=area, rng=rng, level=90)
    with pytest.raises(BadValue, match="draws is 3"):
        weighted_displacement_quotient(treated=area, surroundings=area, control=area, rng=rng, draws=3)
