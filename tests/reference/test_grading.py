"""Grading schemes stand side by side; handling codes join to the strictest; nothing converts itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp import reference
from openilp.reference import Axis, Court, DisplayCode, HandlingCode, Onward, Restriction

# Source grades, information grades, handling codes, as published.
PUBLISHED = {
    "europol-4x4": ("A B C X", "1 2 3 4", "H0 H1 H2 H3"),
    "uk-5x5x5": ("A B C D E", "1 2 3 4 5", "1 2 3 4 5"),
    "uk-3x5x2": ("1 2 3", "A B C D E", "P C"),
    "admiralty-6x6": ("A B C D E F", "1 2 3 4 5 6", "H0 H1 H2 H3"),
}

# The grades that mean "cannot be judged"; they are not the worst grade.
NOT_ASSESSABLE = {
    "europol-4x4": ("X", ""),
    "uk-5x5x5": ("E", "4"),
    "uk-3x5x2": ("2", "D"),
    "admiralty-6x6": ("F", "6"),
}

HANDLING_SCHEMES = {scheme.handling.id: scheme.handling.values for scheme in reference.grading_schemes()}
ANY_CODE = st.sampled_from([code for codes in HANDLING_SCHEMES.values() for code in codes])
RESTRICTIONS = st.builds(
    Restriction,
    onward=st.sampled_from(Onward),
    court=st.sampled_from(Court),
    strictness=st.integers(0, 50),
    display=st.sampled_from(DisplayCode),
)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_scheme_holds_exactly_the_published_codes(name: str) -> None:
    """The codes are other people's; one more or less would make a grade unreadable in court."""
    scheme = reference.grading_scheme(name)

    found = tuple(" ".join(axis.codes) for axis in (scheme.source, scheme.information, scheme.handling))

    assert PUBLISHED[name] == found


def test_the_four_schemes_are_listed() -> None:
    """A form can offer every scheme."""
    assert {scheme.id for scheme in reference.grading_schemes()} == set(PUBLISHED)


@pytest.mark.parametrize("name", NOT_ASSESSABLE)
def test_a_grade_that_judges_nothing_is_marked(name: str) -> None:
    """Sorting by grade must not treat "cannot be judged" as the worst."""
    scheme = reference.grading_scheme(name)

    marked = tuple(
        " ".join(grade.code for grade in axis.values if not grade.assessable)
        for axis in (scheme.source, scheme.information)
    )

    assert NOT_ASSESSABLE[name] == marked


def test_an_unknown_grade_says_which_grades_there_are() -> None:
    """The error names the grade, the scheme and the way out, and carries the facts."""
    with pytest.raises(reference.UnknownCode) as caught:
        reference.grading_scheme("uk-3x5x2").information.require("X")

    assert str(caught.value) == "Grade 'X' is not in scheme 'uk-3x5x2'; use one of A, B, C, D, E."
    assert (caught.value.code, caught.value.scheme, caught.value.version) == ("X", "uk-3x5x2", "1")
    assert caught.value.allowed == ("A", "B", "C", "D", "E")


def test_an_unknown_handling_code_names_the_handling_scheme() -> None:
    """Handling codes have a scheme of their own."""
    with pytest.raises(reference.UnknownCode) as caught:
        reference.handling_code("europol-h", "H9")

    assert str(caught.value) == "Handling code 'H9' is not in scheme 'europol-h'; use one of H0, H1, H2, H3."


def test_an_unknown_axis_is_refused() -> None:
    """A misspelt axis never falls back to the other one."""
    with pytest.raises(reference.UnknownCode, match="Axis 'info' is not in scheme 'europol-4x4'"):
        reference.grading_scheme("europol-4x4").axis("info")


def test_a_known_code_is_returned_by_require() -> None:
    """A service checks and stores in one expression."""
    assert reference.grading_scheme("europol-4x4").source.require("X") == "X"


def test_europol_handling_says_what_it_forbids() -> None:
    """H1 keeps an item out of court and H2 with its originator, until consent is given."""
    effects = {code.code: (code.onward, code.court, code.display) for code in HANDLING_SCHEMES["europol-h"]}

    assert effects == {
        "H0": (Onward.FREE, Court.ALLOWED, DisplayCode.HC0),
        "H1": (Onward.AGENCY, Court.CONSENT, DisplayCode.HC1),
        "H2": (Onward.ORIGINATOR, Court.CONSENT, DisplayCode.HC2),
        "H3": (Onward.NAMED, Court.CONSENT, DisplayCode.HC3),
    }


def test_free_restrictions_need_a_text() -> None:
    """H3 and C say nothing without words."""
    needing = {
        (scheme, code.code) for scheme, codes in HANDLING_SCHEMES.items() for code in codes if code.needs_text
    }

    assert needing == {("europol-h", "H3"), ("uk-3x5x2-h", "C")}


def test_the_conditions_of_a_code_are_a_list() -> None:
    """A form can offer A1 to S2 under C."""
    code = reference.handling_code("uk-3x5x2-h", "C")

    assert reference.vocabulary(code.conditions).codes == ("A1", "A2", "A3", "S1", "S2")


@given(a=RESTRICTIONS, b=RESTRICTIONS, c=RESTRICTIONS)
def test_joining_restrictions_is_a_semilattice(a: Restriction, b: Restriction, c: Restriction) -> None:
    """The order and number of the parts never change what a derived product may do."""
    assert a.join(b) == b.join(a)
    assert a.join(a) == a
    assert a.join(b).join(c) == a.join(b.join(c))
    assert reference.UNRESTRICTED.join(a) == a


@given(codes=st.lists(ANY_CODE, min_size=1, max_size=6))
def test_a_join_is_never_milder_than_a_part(codes: list[HandlingCode]) -> None:
    """A derived product never escapes the restriction of one of its parts, whatever the schemes."""
    joined = reference.restriction(codes)

    for code in codes:
        assert joined.join(Restriction.of(code)) == joined


@given(data=st.data(), scheme=st.sampled_from(sorted(HANDLING_SCHEMES)))
def test_the_strictest_code_of_a_scheme_stands_for_all(data: st.DataObject, scheme: str) -> None:
    """Within a scheme, storing the strictest code loses no restriction."""
    codes = data.draw(st.lists(st.sampled_from(HANDLING_SCHEMES[scheme]), min_size=1, max_size=5))

    assert reference.restriction(codes) == Restriction.of(reference.strictest(codes))
    assert reference.strictest(codes) == reference.strictest(codes[::-1])


def test_no_codes_forbid_nothing_and_have_no_strictest() -> None:
    """The empty join is the bottom; the empty maximum is an error."""
    assert reference.restriction([]) == reference.UNRESTRICTED
    with pytest.raises(ValueError, match="pass at least one"):
        reference.strictest([])


def test_a_clear_conversion_is_still_only_an_offer() -> None:
    """X of 4x4 comes near E of 5x5x5; the answer is a candidate, not a grade."""
    offer = reference.conversion_offer(Axis.SOURCE, "X", from_scheme="europol-4x4", to_scheme="uk-5x5x5")

    assert (offer.candidates, offer.ambiguous) == (("E",), False)


@pytest.mark.parametrize(
    ("code", "candidates"), [("1", ("A", "B")), ("2", ("X",)), ("3", ("C",))], ids=["1", "2", "3"]
)
def test_3x5x2_sources_offer_4x4_candidates(code: str, candidates: tuple[str, ...]) -> None:
    """Reliable is always or mostly reliable: nobody but a person can tell."""
    offer = reference.conversion_offer("source", code, from_scheme="uk-3x5x2", to_scheme="europol-4x4")

    assert (offer.candidates, offer.ambiguous) == (candidates, len(candidates) > 1)


def test_schemes_without_a_table_offer_nothing() -> None:
    """No table, no guess."""
    with pytest.raises(reference.NoConversion, match="evaluate again in 'uk-5x5x5'") as caught:
        reference.conversion_offer("source", "A", from_scheme="admiralty-6x6", to_scheme="uk-5x5x5")

    assert (caught.value.from_scheme, caught.value.to_scheme) == ("admiralty-6x6", "uk-5x5x5")


def test_an_offer_for_an_unknown_grade_is_refused() -> None:
    """D is a grade of 5x5x5 and not of 4x4."""
    with pytest.raises(
        reference.UnknownCode, match=r"Grade 'D' is not in conversion .*; use one of A, B, C, X\."
    ):
        reference.conversion_offer("source", "D", from_scheme="europol-4x4", to_scheme="uk-5x5x5")
