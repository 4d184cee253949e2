"""Two periods: differences by hand, doubt by counting, renamed subjects are seen."""

import numpy as np
import pytest

from openilp.methods.errors import TooFew
from openilp.methods.threat import EXAMPLE, PersonsRefused, Scheme, Subject, compare_threats

ONE = Scheme("one", {"1": 1.0, "2": 2.0, "3": 3.0}, {"harm": 1.0}, {"c": 0.4, "sure": 0.0})


def one(name: str, grade: str, confidence: str = "sure") -> Subject:
    """A subject graded on harm alone."""
    return Subject(name, "crime area", {"harm": grade}, {"harm": confidence})


def test_a_sure_change_is_settled(rng: np.random.Generator) -> None:
    """From one to three of three is two thirds, in every draw; what did not change did not."""
    found = compare_threats(
        [one("a", "1"), one("b", "2")], [one("b", "2"), one("a", "3")], scheme=ONE, rng=rng
    )

    same, rose = found.subjects
    assert (rose.id, rose.changed, rose.probability_of_rise, rose.is_settled) == (
        "a",
        (("harm", "1", "3"),),
        1.0,
        True,
    )
    assert rose.difference.value == pytest.approx(2 / 3)
    assert (same.changed, same.difference.value, same.probability_of_rise, same.is_settled) == (
        (),
        0.0,
        0.5,
        False,
    )
    assert "rose beyond doubt: a" in str(found.finding)


def test_a_doubtful_change_is_what_counting_gives(rng: np.random.Generator) -> None:
    """One to two, the later grade in doubt: it rose unless the error takes it back."""
    found = compare_threats(
        [one("a", "1")], [one("a", "2", "c")], scheme=ONE, rng=rng, draws=40_000
    ).subjects[0]

    assert found.probability_of_rise == pytest.approx(0.8 + 0.2 / 2, abs=0.01)


def test_weights_are_shared() -> None:
    """A subject without doubt and without change has no difference under any weights."""
    sure = dict.fromkeys(EXAMPLE.weights, "high")
    scheme = Scheme("w", EXAMPLE.grades, EXAMPLE.weights, {"high": 0.0}, spread=1.0)
    same = Subject("a", "group", {"harm": "high", "likelihood": "low", "capability": "medium"}, sure)

    found = compare_threats([same], [same], scheme=scheme, rng=np.random.default_rng(1)).subjects[0]

    assert (found.difference.low, found.difference.high) == (0.0, 0.0)


def test_subjects_of_one_period_are_listed_apart(rng: np.random.Generator) -> None:
    """New and gone are named; none in both, or a person, is refused."""
    found = compare_threats(
        [one("a", "1"), one("b", "1")], [one("b", "1"), one("c", "1")], scheme=ONE, rng=rng
    )

    assert (found.only_before, found.only_after, found.n) == (("a",), ("c",), 1)
    with pytest.raises(TooFew, match="subjects in both periods"):
        compare_threats([one("a", "1")], [one("c", "1")], scheme=ONE, rng=rng)
    person = Subject("p", "person", {"harm": "1"}, {"harm": "sure"})
    with pytest.raises(PersonsRefused):
        compare_threats([person], [person], scheme=ONE, rng=rng)
