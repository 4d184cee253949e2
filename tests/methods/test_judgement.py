"""Judgements: words keep their ranges, nothing is averaged, echoes count once."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp.methods.errors import BadValue, NoTerm, TooFew, UnknownType
from openilp.methods.judgement import Judgement, SourcedItem, Term, Yardstick, independent_sources, spread

SCHEME = Yardstick(
    "example-1",
    (
        Term("unlikely", "unlikely", 0.0, 0.35),
        Term("even", "realistic possibility", 0.40, 0.50),
        Term("likely", "likely", 0.55, 0.75),
        Term("certain", "almost certain", 0.75, 1.0),
    ),
    ("low", "moderate", "high"),
)


@given(st.floats(0, 1))
def test_every_probability_has_a_word_or_a_named_gap(probability: float) -> None:
    """A word's range holds the probability; between two ranges the error names both neighbours."""
    holding = [term for term in SCHEME.terms if term.low <= probability <= term.high]

    if holding:
        assert SCHEME.term_for(probability) == holding[0]
    else:
        with pytest.raises(NoTerm) as caught:
            SCHEME.term_for(probability)
        below, above = SCHEME.term(caught.value.below), SCHEME.term(caught.value.above)
        assert below.high < probability < above.low


def test_a_shared_end_point_belongs_to_the_lower_term() -> None:
    """0.75 is likely, not almost certain."""
    assert SCHEME.term_for(0.75).code == "likely"


def test_judgements_stand_side_by_side() -> None:
    """The whole range and the shared one are shown; the confidence is the weakest; no average exists."""
    result = spread([Judgement(SCHEME, "likely", "high"), Judgement(SCHEME, "certain", "low")])

    assert (result.lowest, result.highest) == (0.55, 1.0)
    assert result.shared == (0.75, 0.75)
    assert (result.n, result.weakest_confidence) == (2, "low")
    assert result.cautions[0].code == "not_combined"


def test_contradicting_judgements_share_nothing() -> None:
    """There is no common ground between unlikely and likely, and none is made up."""
    result = spread([Judgement(SCHEME, "likely", "high"), Judgement(SCHEME, "unlikely", "high")])

    assert result.shared is None
    assert (result.lowest, result.highest) == (0.0, 0.75)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Term("x", "x", 0.6, 0.5), BadValue, "0.6 to 0.5"),
        (lambda: Term("x", "x", 0.6, 1.5), BadValue, "0.6 to 1.5"),
        (
            lambda: Yardstick("s", (Term("a", "a", 0, 0.5), Term("b", "b", 0.4, 1)), ("low",)),
            BadValue,
            "begin it at 0.5 or above",
        ),
        (lambda: Yardstick("s", (Term("a", "a", 0, 0.5),) * 2, ("low",)), BadValue, "no code twice"),
        (lambda: Yardstick("s", (Term("a", "a", 0, 1),), ()), BadValue, "confidences of 's'"),
        (
            lambda: Judgement(SCHEME, "maybe", "low"),
            UnknownType,
            "Term 'maybe' is not known; use one of unlikely",
        ),
        (lambda: Judgement(SCHEME, "likely", "huge"), UnknownType, "Confidence 'huge'"),
        (lambda: SCHEME.term_for(1.2), BadValue, "probability is 1.2"),
        (lambda: spread([]), TooFew, "0 judgements"),
        (
            lambda: spread(
                [
                    Judgement(SCHEME, "likely", "low"),
                    Judgement(Yardstick("other-1", SCHEME.terms, SCHEME.confidences), "likely", "low"),
                ]
            ),
            BadValue,
            "example-1, other-1",
        ),
    ],
)
def test_bad_input_is_named(call: Callable[[], object], error: type, message: str) -> None:
    """Each error names the value and the remedy."""
    with pytest.raises(error, match=message):
        call()


def test_echoes_count_once() -> None:
    """Two reports of one source and a summary of one of them are one origin."""
    items = [
        SourcedItem("a", "s1"),
        SourcedItem("b", "s1"),
        SourcedItem("c", "s2", ("a",)),
        SourcedItem("d", "s3"),
    ]

    result = independent_sources(items)

    assert (result.at_least, result.at_most, result.n) == (2, 2, 4)
    assert result.groups == (("a", "b", "c"), ("d",))


def test_two_items_from_one_unseen_report_count_once() -> None:
    """A common origin outside the list still joins them."""
    result = independent_sources([SourcedItem("a", "s1", ("x",)), SourcedItem("b", "s2", ("x",))])

    assert result.at_most == 1


def test_unknown_sources_make_a_range() -> None:
    """Two unknown sources may be the known one or two more."""
    result = independent_sources([SourcedItem("a", "s1"), SourcedItem("b", None), SourcedItem("c", None)])

    assert (result.at_least, result.at_most) == (1, 3)


@given(
    st.lists(
        st.tuples(st.none() | st.sampled_from("pqr"), st.lists(st.sampled_from("abcdefxy"), max_size=2)),
        max_size=6,
    )
)
def test_sources_are_bounded_and_independent_of_order(rows: list[tuple[str | None, list[str]]]) -> None:
    """At least never exceeds at most, at most never the items; the order of items changes nothing."""
    items = [
        SourcedItem(name, source, tuple(origins))
        for name, (source, origins) in zip("abcdef", rows, strict=False)
    ]

    result = independent_sources(items)

    assert min(len(items), 1) <= result.at_least <= result.at_most <= len(items)
    assert independent_sources(items[::-1]) == result


def test_an_item_listed_twice_is_refused() -> None:
    """The same item is not its own corroboration."""
    with pytest.raises(BadValue, match="list every item once"):
        independent_sources([SourcedItem("a", None), SourcedItem("a", None)])
