"""Competing hypotheses: only contradiction counts, and what decides is what a naive twin finds."""

from collections.abc import Callable
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openilp.methods.errors import BadValue, TooFew, UnknownType
from openilp.methods.judgement import Item, compare_hypotheses
from openilp.methods.judgement.hypotheses import RATINGS

NAMES = ("inside", "outside", "accident")
CODES = sorted(RATINGS)


def items(rows: list[list[str]], weights: list[float] | None = None) -> list[Item]:
    """Items named by their row."""
    return [
        Item(f"i{row}", dict(zip(NAMES, codes, strict=True)), (weights or [1.0] * len(rows))[row])
        for row, codes in enumerate(rows)
    ]


def naive_leads(rows: list[list[str]], weights: list[float]) -> tuple[str, ...]:
    """The least contradicted, by adding up."""
    against = {
        name: sum(
            max(-RATINGS[codes[column]], 0) * weight for codes, weight in zip(rows, weights, strict=True)
        )
        for column, name in enumerate(NAMES)
    }
    return tuple(name for name in NAMES if against[name] <= min(against.values()) + 1e-9)


matrices = st.lists(st.lists(st.sampled_from(CODES), min_size=3, max_size=3), min_size=1, max_size=6)


def test_a_matrix_by_hand() -> None:
    """Scores, diagnosticity and the deciding item of a matrix that one can count."""
    found = compare_hypotheses(
        NAMES,
        items([["C", "II", "I"], ["CC", "C", "II"], ["C", "C", "C"], ["I", "N", "NA"]], [1, 2, 1, 1]),
    )

    assert [each.inconsistency for each in found.hypotheses] == [1, 2, 5]
    assert [each.consistency for each in found.hypotheses] == [6, 3, 1]
    assert [each.place for each in found.hypotheses] == [1, 2, 3]
    assert (found.leads, found.margin) == (("inside",), 1)
    assert [each.diagnosticity for each in found.items] == pytest.approx([0.5, 2 / 3, 0, 1 / 6])
    assert found.fewest_items == ("i0",)
    assert [each.changes_lead for each in found.items] == [True, True, False, False]
    assert found.items[1].leads_without == ("inside", "accident")
    assert "i2" in str(found.cautions[-1])


@settings(max_examples=60)
@given(matrices, st.data())
def test_effects_equal_their_naive_twins(rows: list[list[str]], data: st.DataObject) -> None:
    """Leaving out each item, and every set of items, one by one gives the same answers."""
    weights = data.draw(st.lists(st.sampled_from([0.5, 1.0, 2.0]), min_size=len(rows), max_size=len(rows)))

    found = compare_hypotheses(NAMES, items(rows, weights))

    leads = naive_leads(rows, weights)
    assert found.leads == leads
    for row, effect in enumerate(found.items):
        left, left_weights = rows[:row] + rows[row + 1 :], weights[:row] + weights[row + 1 :]
        without = naive_leads(left, left_weights)
        anew = {
            naive_leads([*left, list(codes)], [*left_weights, weights[row]])
            for codes in product(("II", "I", "N"), repeat=3)
        }
        assert (effect.leads_without, effect.changes_lead) == (without, without != leads)
        if left:
            rest = compare_hypotheses(NAMES, items(left, left_weights)).hypotheses
            places = [each.place for each in found.hypotheses]
            assert effect.changes_places == ([each.place for each in rest] != places)
        assert effect.could_change_lead == (anew != {leads})
    if len(leads) == 1:
        sizes = [
            size
            for size in range(1, len(rows) + 1)
            for gone in combinations(range(len(rows)), size)
            if naive_leads(
                [codes for row, codes in enumerate(rows) if row not in gone],
                [weight for row, weight in enumerate(weights) if row not in gone],
            )
            != leads
        ]
        assert len(found.fewest_items) == (min(sizes) if sizes else 0)
    else:
        assert (found.fewest_items, found.margin) == ((), 0)


@given(matrices)
def test_what_fits_does_not_count(rows: list[list[str]]) -> None:
    """Turning every consistent rating into a neutral one changes no score, place or lead."""
    plain = [["N" if RATINGS[code] >= 0 else code for code in codes] for codes in rows]

    one, other = compare_hypotheses(NAMES, items(rows)), compare_hypotheses(NAMES, items(plain))

    assert [each.inconsistency for each in one.hypotheses] == [
        each.inconsistency for each in other.hypotheses
    ]
    assert one.leads == other.leads


def test_items_of_one_origin_fall_together() -> None:
    """No item alone decides; both of one source do, and the result says so."""
    echo = [
        Item("a", {"x": "C", "y": "I"}, origin="s1"),
        Item("b", {"x": "C", "y": "I"}, origin="s1"),
        Item("c", {"x": "I", "y": "C"}, origin="s2"),
    ]

    found = compare_hypotheses(["x", "y"], echo)

    assert [(each.origin, each.items, each.changes_lead) for each in found.origins] == [
        ("s1", ("a", "b"), True),
        ("s2", ("c",), False),
    ]


def test_a_tie_is_said() -> None:
    """Nobody leads alone, and no winner is made up."""
    found = compare_hypotheses(["x", "y"], [Item("a", {"x": "I", "y": "I"})])

    assert found.leads == ("x", "y")
    assert "do not decide" in str(found.finding)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: compare_hypotheses(["x"], []), TooFew, "1 hypotheses"),
        (lambda: compare_hypotheses(["x", "y"], []), TooFew, "0 items"),
        (lambda: compare_hypotheses(["x", "x"], [Item("a", {"x": "I"})]), BadValue, "hypothesis is 'x'"),
        (lambda: compare_hypotheses(["x", "y"], [Item("a", {"x": "I"})]), BadValue, "missing for 'y'"),
        (lambda: compare_hypotheses(["x", "y"], [Item("a", dict.fromkeys("xyz", "I"))]), BadValue, "'z'"),
        (
            lambda: compare_hypotheses(["x", "y"], [Item("a", dict.fromkeys("xy", "I"), 0)]),
            BadValue,
            "weight of item",
        ),
        (lambda: compare_hypotheses(["x", "y"], [Item("a", dict.fromkeys("xy", "?"))]), UnknownType, "'\\?'"),
        (
            lambda: compare_hypotheses(["x", "y"], [Item("a", dict.fromkeys("xy", "I"))] * 2),
            BadValue,
            "item is 'a'",
        ),
    ],
)
def test_bad_matrices_are_named(call: Callable[[], object], error: type, message: str) -> None:
    """Nothing is filled in: a missing rating is an error that names item and hypothesis."""
    with pytest.raises(error, match=message):
        call()
