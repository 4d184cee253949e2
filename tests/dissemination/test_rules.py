"""The gate as rules: each bar alone, every handling code, and the strictest of all."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp import reference
from openilp.dissemination import rules
from openilp.dissemination.rules import CitedItem, EditionFacts, Handling, Reader

TODAY = date(2026, 11, 23)
UNIT = UUID(int=1)
H1 = Handling("europol-h", "H1")
ITEM = CitedItem("I-1", review_on=TODAY, originator=UNIT, handlings=(H1,))
FACTS = EditionFacts("ED-1", review_on=TODAY, approval="given", is_latest=True, items=(ITEM,), peer="sound")
READER = Reader("Ana Ferry", "ana", UNIT, "R1D1", "Ferry District", is_cleared=True)


def codes(facts: EditionFacts = FACTS, *readers: Reader) -> list[str]:
    """Return the codes of what bars an edition."""
    return [bar.code for bar in rules.bars(facts, readers or (READER,), today=TODAY)]


def test_an_edition_that_meets_every_rule_may_go() -> None:
    """The gate opens where nothing bars."""
    assert codes() == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"is_visible": False}, "hidden"),
        ({"is_evaluated": False}, "unevaluated"),
        ({"is_returned": True}, "returned"),
        ({"is_regraded": True}, "regraded"),
        ({"dispute": "false"}, "false"),
        ({"dispute": "disputed"}, "disputed"),
        ({"review_on": TODAY - timedelta(days=1)}, "expired_item"),
        ({"uncategorised": 1}, "uncategorised"),
    ],
)
def test_one_faulty_item_shuts_the_gate_and_is_named(change: dict[str, object], code: str) -> None:
    """Each rule alone is enough, whatever else is in order."""
    bad = replace(ITEM, ref="I-BAD", **change)
    found = rules.bars(replace(FACTS, items=(ITEM, bad)), [READER], today=TODAY)

    assert [(bar.code, bar.refs) for bar in found] == [(code, ("I-BAD",))]
    assert "I-BAD" in found[0].message


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"peer": "missing"}, "not_reviewed"),
        ({"peer": "objects"}, "review_objects"),
        ({"approval": "missing"}, "not_approved"),
        ({"approval": "sent_back"}, "sent_back"),
        ({"is_latest": False}, "superseded_edition"),
        ({"review_on": TODAY - timedelta(days=1)}, "expired"),
    ],
)
def test_an_edition_without_approval_or_out_of_date_stays(change: dict[str, object], code: str) -> None:
    """Approval, newest edition and review date are rules of the edition itself."""
    assert codes(replace(FACTS, **change)) == [code]


def test_nobody_beyond_clearance_gets_it() -> None:
    """One reader without clearance shuts the gate for the whole release; nobody at all is no release."""
    assert codes(FACTS, READER, replace(READER, name="Bo", is_cleared=False)) == ["not_cleared"]
    assert [bar.code for bar in rules.bars(FACTS, [], today=TODAY)] == ["no_readers"]


@pytest.mark.parametrize(
    ("handling", "reader", "expected"),
    [
        (Handling("europol-h", "H0"), replace(READER, partner="NV"), []),
        (H1, replace(READER, partner="NV"), ["outside_agency"]),
        (Handling("europol-h", "H2"), READER, []),
        (Handling("europol-h", "H2"), replace(READER, unit=uuid4()), ["originator"]),
        (Handling("europol-h", "H3", "Only Ferry District"), READER, []),
        (Handling("europol-h", "H3", "only for ana"), READER, []),
        (Handling("europol-h", "H3", "Only Anastasia"), READER, ["not_named"]),
        (Handling("uk-3x5x2-h", "C", "R1D1 only"), READER, []),
        (Handling("uk-3x5x2-h", "C", "HQ only"), READER, ["not_named"]),
        (Handling("uk-5x5x5-h", "4"), replace(READER, unit=uuid4()), ["originator"]),
    ],
)
def test_a_handling_code_lets_in_whom_it_says(
    handling: Handling, reader: Reader, expected: list[str]
) -> None:
    """Agency, originator and named readers, in every scheme."""
    facts = replace(FACTS, items=(replace(ITEM, handlings=(handling,)),))

    assert codes(facts, reader) == expected


def test_originator_control_of_the_label_holds_without_a_code() -> None:
    """A label under originator control keeps an item with its unit, whatever the grade says."""
    facts = replace(FACTS, items=(replace(ITEM, originator_control=True),))

    assert codes(facts, replace(READER, unit=uuid4())) == ["originator"]
    assert codes(facts, READER) == []


ALL_CODES = [
    Handling(scheme.handling.id, code, "R1D1")
    for scheme in reference.grading_schemes()
    for code in scheme.handling.codes
]


@given(st.lists(st.sampled_from(ALL_CODES), max_size=5), st.sampled_from(ALL_CODES))
def test_another_item_never_lowers_the_handling(handlings: list[Handling], more: Handling) -> None:
    """A product carries the strictest handling of its parts; adding a part never makes it milder. [PRO-03]"""

    def rung(items: list[Handling]) -> int:
        scheme, code = rules.strictest([replace(ITEM, handlings=(handling,)) for handling in items])
        if scheme == rules.DISPLAY_LADDER:
            return ["HC0", "HC1", "HC2", "HC3"].index(code)
        display = reference.handling_code(scheme, code).display
        return ["HC0", "HC1", "HC2", "HC3"].index(display)

    assert rung([*handlings, more]) >= rung(handlings)


def test_codes_of_two_schemes_are_not_converted() -> None:
    """A mixture is said on the display ladder; one scheme keeps its own code. [EVA-03]"""
    mixed = [
        replace(ITEM, handlings=(Handling("europol-h", "H2"),)),
        replace(ITEM, handlings=(Handling("uk-3x5x2-h", "P"),)),
    ]

    assert rules.strictest(mixed) == ("handling-display", "HC2")
    assert rules.strictest(mixed[:1]) == ("europol-h", "H2")
    assert rules.strictest([]) == ("handling-display", "HC0")


def test_a_copy_says_who_opened_what_and_when() -> None:
    """The watermark names reader, release and moment. [PRO-05]"""
    said = rules.watermark(reader="Ana Ferry", release="RL-1", at=datetime(2026, 11, 23, 9, 5, tzinfo=UTC))

    assert said == "Released to Ana Ferry · RL-1 · opened 2026-11-23 09:05 UTC"


@given(st.text(max_size=20))
def test_no_exported_cell_runs_as_a_formula(text: str) -> None:
    """Whatever a title says, a spreadsheet reads it as text, and nothing of it is lost."""
    cell = rules.neutral_cell(text)

    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert cell in (text, f"'{text}")
