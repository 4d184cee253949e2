"""Threat matrices: scores by hand, doubt by counting, and no persons."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from openilp.methods.errors import BadValue, TooFew, TooLarge, UnknownType
from openilp.methods.threat import EXAMPLE, PersonsRefused, Scheme, Subject, threat_matrix

SURE = replace(EXAMPLE, doubt=dict.fromkeys(EXAMPLE.doubt, 0.0), spread=1e6)


def subject(name: str, *grades: str, kind: str = "group", confidence: str = "high") -> Subject:
    """A subject graded on harm, likelihood and capability."""
    return Subject(
        name,
        kind,
        dict(zip(EXAMPLE.weights, grades, strict=True)),
        dict.fromkeys(EXAMPLE.weights, confidence),
    )


def test_scores_are_weighted_products() -> None:
    """High, medium, low under weights 2, 1, 1 is 3^.5 2^.25 1^.25 over 3. [ANA-12]"""
    scheme = replace(SURE, weights={"harm": 2.0, "likelihood": 1.0, "capability": 1.0})

    found = threat_matrix(
        [subject("a", "high", "medium", "low"), subject("b", "high", "high", "high")],
        scheme=scheme,
        rng=np.random.default_rng(1),
    )

    assert found.subjects[0].score.value == pytest.approx(3**0.5 * 2**0.25 / 3)
    assert found.subjects[1].score.value == 1.0


def test_without_doubt_places_are_exact(rng: np.random.Generator) -> None:
    """Sure grades and weights give one place each; equal grades share theirs; the order given stays."""
    rows = [
        subject("z", "low", "low", "low"),
        subject("y", "high", "high", "high"),
        subject("x", "low", "medium", "high"),
        subject("w", "low", "medium", "high"),
    ]

    found = threat_matrix(rows, scheme=SURE, rng=rng)

    assert [each.id for each in found.subjects] == ["z", "y", "x", "w"]
    assert [(each.place_low, each.place_high) for each in found.subjects] == [(4, 4), (1, 1), (2, 3), (2, 3)]
    assert found.above[2, 3] == 0.5
    assert (found.above + found.above.T)[np.triu_indices(4, 1)].tolist() == [1.0] * 6
    assert found.n_unsettled == 1


def test_doubt_is_what_counting_errors_gives(rng: np.random.Generator) -> None:
    """One criterion, grades two and three: the first is at least as high in the draws in which an error makes it so."""
    scheme = Scheme("one", {"1": 1.0, "2": 2.0, "3": 3.0}, {"harm": 1.0}, {"c": 0.4})
    rows = [
        Subject("a", "group", {"harm": "2"}, {"harm": "c"}),
        Subject("b", "group", {"harm": "3"}, {"harm": "c"}),
    ]

    found = threat_matrix(rows, scheme=scheme, rng=rng, draws=40_000)

    # a: 1, 2, 3 with .2, .6, .2; b: 3 with .6 and 2 with .4, because the scale ends at 3.
    assert found.above[0, 1] == pytest.approx(0.2 * 0.4 + (0.2 * 0.6 + 0.6 * 0.4) / 2, abs=0.01)


def test_an_unknown_grade_is_no_grade(rng: np.random.Generator) -> None:
    """There is no score, any place is possible, and the caution says where."""
    rows = [
        subject("a", "unknown", "unknown", "unknown"),
        subject("b", "medium", "medium", "medium"),
        subject("c", "medium", "low", "medium"),
    ]

    found = threat_matrix(rows, scheme=SURE, rng=rng)

    assert found.subjects[0].score.value is None
    assert (found.subjects[0].place_low, found.subjects[0].place_high) == (1, 3)
    assert "a (harm)" in str(found.cautions[-1])


def test_less_confidence_is_less_order(rng: np.random.Generator) -> None:
    """The same grades with low confidence leave more pairs open; weights alone can, too."""
    rows = [("a", "high", "low", "medium"), ("b", "low", "high", "high"), ("c", "medium", "medium", "low")]

    sure = threat_matrix([subject(*row) for row in rows], scheme=SURE, rng=rng)
    doubtful = threat_matrix([subject(*row, confidence="low") for row in rows], scheme=EXAMPLE, rng=rng)

    assert sure.n_unsettled < doubtful.n_unsettled
    widths = [each.score.high - each.score.low for each in doubtful.subjects]
    assert min(widths) > max(each.score.high - each.score.low for each in sure.subjects)


def test_weights_are_visible_and_no_published_name_is_used(rng: np.random.Generator) -> None:
    """The sentence of the method says every number of the scheme, which has a name of its own. [ANA-11]"""
    found = threat_matrix(
        [subject("a", "low", "low", "low"), subject("b", "high", "low", "low")], scheme=EXAMPLE, rng=rng
    )

    assert "harm 1, likelihood 1, capability 1" in str(found.method)
    assert "low 1, medium 2, high 3" in str(found.method)
    assert found.scheme.name.startswith("openilp-example")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: [subject("a", "low", "low", "low", kind="person")] * 2, PersonsRefused, "never of a person"),
        (lambda: [subject("a", "low", "low", "low", kind="Suspect")] * 2, PersonsRefused, "'Suspect' of 'a'"),
        (lambda: [subject("a", "low", "low", "low", kind="car")] * 2, BadValue, "use one of crime area, group"),
        (lambda: [subject("a", "low", "low", "low")] * 2, BadValue, "subject is 'a'"),
        (lambda: [subject("a", "low", "low", "huge"), subject("b", "low", "low", "low")], UnknownType, "'huge'"),
        (lambda: [subject("a", "low", "low", "low")], TooFew, "1 subjects"),
        (lambda: [subject("a", *["low"] * 3, confidence="?"), subject("b", *["low"] * 3)], UnknownType, "Confid"),
        (lambda: [Subject("a", "group", {}, {}), subject("b", *["low"] * 3)], BadValue, "grade of 'a' for harm"),
        (lambda: [subject(str(i), *["low"] * 3) for i in range(201)], TooLarge, "201 subjects"),
    ],
)  # fmt: skip
def test_bad_subjects_are_named(call: Callable[[], list[Subject]], error: type, message: str) -> None:
    """Persons are refused, and nothing gets a default grade."""
    with pytest.raises(error, match=message):
        threat_matrix(call(), scheme=EXAMPLE, rng=np.random.default_rng(1))


@pytest.mark.parametrize(
    "change",
    [
        {"grades": {"low": 2.0, "high": 1.0}},
        {"grades": {"low": 0.0, "high": 1.0}},
        {"weights": {"harm": 0.0}},
        {"doubt": {"high": 1.0}},
        {"spread": 0.0},
    ],
)
def test_a_scheme_that_orders_nothing_is_refused(change: dict[str, object]) -> None:
    """Numbers rise above 0, weights are above 0, doubts are below 1."""
    with pytest.raises(BadValue):
        replace(EXAMPLE, **change)
