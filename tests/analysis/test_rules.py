"""Rules of products as properties: nothing is lost by moving, differing or citing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp.analysis import documents, rules
from openilp.analysis.canonical import canonical, digest
from openilp.analysis.errors import AnalysisError, UnknownBlock
from openilp.analysis.services.snapshots import months_between

TEXTS = st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=40)
BODIES = st.lists(TEXTS, min_size=1, max_size=6).map(
    lambda texts: [
        {"id": f"b-{n}", "kind": "text", "section": "", "heading": "", "text": text}
        for n, text in enumerate(texts, start=1)
    ]
)


@given(BODIES, st.integers(0, 5), st.sampled_from([-1, 1]))
def test_moving_keeps_every_block(body: list[rules.Block], place: int, step: int) -> None:
    """Up and down change the order only, and stop at the ends."""
    key = body[place % len(body)]["id"]
    moved = rules.moved(body, key, step)

    assert sorted(block["id"] for block in moved) == sorted(block["id"] for block in body)
    there = [block["id"] for block in moved].index(key)
    assert there == min(max(place % len(body) + step, 0), len(body) - 1)


@given(BODIES, st.integers(0, 5))
def test_adding_and_taking_out_are_inverse(body: list[rules.Block], place: int) -> None:
    """A new block has an id of its own and stands behind the one that was named."""
    after = body[place % len(body)]["id"]
    added = rules.with_added(body, {"kind": "text"}, after=after)
    (new,) = {block["id"] for block in added} - {block["id"] for block in body}

    assert [block["id"] for block in added].index(new) == place % len(body) + 1
    assert rules.without(added, new) == body
    with pytest.raises(UnknownBlock):
        rules.without(body, new)


@given(BODIES, BODIES)
def test_a_difference_holds_every_line_of_both(theirs: list[rules.Block], yours: list[rules.Block]) -> None:
    """Who compares two versions finds every changed text on its side; equal versions have no difference."""
    shown = {each.block: each.lines for each in rules.differences(theirs, yours)}

    assert rules.differences(yours, yours) == []
    for side, sign in ((theirs, "-"), (yours, "+")):
        for block in side:
            if block["id"] in shown:
                lines = [line for mark, line in shown[block["id"]] if mark in (sign, " ")]
                assert lines == block["text"].split("\n")


@given(st.lists(TEXTS.filter(lambda text: "[" not in text and text.strip()), min_size=1, max_size=5))
def test_citing_loses_no_word(words: list[str]) -> None:
    """Pieces put together again are the paragraph."""
    ref = "I-2222-2222"
    text = f"[{ref}]".join(words).strip()
    (paragraph,) = documents.pieces(text, {ref: 7})

    assert "".join(piece.get("text", f"[{ref}]") for piece in paragraph) == text


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=5))
def test_the_digest_does_not_depend_on_the_order(values: dict[str, object]) -> None:
    """The same content has the same hash, however it was put together."""
    turned = dict(reversed(list(values.items())))

    assert digest(values) == digest(turned)
    assert canonical({"b": [1, 2], "a": 1}) == '{"a":1,"b":[1,2]}'


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({"id": "b-1", "kind": "video"}, "use one of text"),
        ({"id": "<b>", "kind": "text"}, "a-z"),
        ({"id": "b-1", "kind": "text", "text": "x" * 20_001}, "20000"),
    ],
)
def test_what_is_no_block_is_refused(block: dict[str, str], words: str) -> None:
    """The words say what a block needs."""
    with pytest.raises(AnalysisError, match=words):
        rules.checked([block])


def test_a_period_knows_its_months() -> None:
    """Across a year's end, both ends included."""
    assert months_between(date(2024, 11, 30), date(2025, 2, 1)) == [
        "2024-11",
        "2024-12",
        "2025-01",
        "2025-02",
    ]
