"""What was erased is taken out of every text that quotes it, and nothing else is."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from openilp.safeguards.retention.redaction import ERASED, without

GONE, KEPT = "I-AAAA-BBBB".replace("A", "7"), "I-4444-CCCC"
_WORDS = st.text("abc äж ", min_size=1, max_size=20)
_TEXT = st.lists(
    st.one_of(_WORDS, st.sampled_from([f"[{GONE}]", f"[{KEPT}]", ". ", "\n", "! ", GONE])), max_size=12
).map("".join)
_JSON: Any = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), _TEXT),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(["text", "title", "rows", "note"]), inner, max_size=4),
        st.builds(
            lambda rest, ref: {**rest, "ref": ref},
            st.dictionaries(_WORDS, inner),
            st.sampled_from([GONE, KEPT]),
        ),
    ),
    max_leaves=12,
)


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(_words(v) for k, v in value.items() if k != "ref")
    return " ".join(map(_words, value)) if isinstance(value, list) else str(value)


def test_the_sentence_goes_with_the_reference_that_it_rests_on() -> None:
    """The sentences beside it stay, with their own references."""
    text = f"The yard is used at night. The driver is Anna Most. [{GONE}] A van was seen. [{KEPT}]"

    assert without(text, {GONE}) == f"The yard is used at night. {ERASED} A van was seen. [{KEPT}]"


def test_a_quoted_record_keeps_its_place_and_loses_every_word() -> None:
    """Number and reference stay, so that the numbers of the other sources still hold."""
    quoted = {"number": 1, "ref": GONE, "text": "Anna Most drove.", "grade": "B/2", "rows": [["Anna"]]}

    assert without([quoted], {GONE}) == [{"number": 1, "ref": GONE, "text": ERASED, "grade": "", "rows": []}]


@given(value=_JSON)
@settings(max_examples=200)
def test_no_reference_and_no_word_of_an_erased_record_stays(value: Any) -> None:
    """At no depth and in no form; only the place of a quoted record still bears its reference [LEG-06]."""
    assert GONE not in _words(without(value, {GONE}))


@given(value=_JSON)
@settings(max_examples=100)
def test_what_quotes_nothing_erased_is_left_alone(value: Any) -> None:
    """Without the reference nothing changes, and a second pass changes nothing more."""
    once = without(value, {GONE})

    assert without(once, {GONE}) == once
    if GONE not in str(value):
        assert once == value
