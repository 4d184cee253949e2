"""Pure decisions: grades against their scheme, passages of the original, what a version changed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openilp import reference
from openilp.evaluation import rules
from openilp.evaluation.errors import EvaluationError, ReasonMissing, UnknownGrade
from openilp.evaluation.rules import ItemSpan, NewGrade
from openilp.safeguards.labels import Level
from tests.evaluation.making import GRADE

SCHEMES = [scheme.id for scheme in reference.grading_schemes()]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_code_of_every_scheme_is_accepted_in_its_own_scheme(scheme: str) -> None:
    """All shipped schemes can be graded in. [EVA-02]"""
    known = reference.grading_scheme(scheme)
    for source in known.source.codes:
        for information in known.information.codes:
            for handling in known.handling.codes:
                grade = NewGrade(scheme, known.version, source, information, handling, "named in writing")

                assert rules.check_grade(grade).id == scheme


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"source": "Z"}, "source", "A, B, C, X"),
        ({"source": "1"}, "source", "A, B, C, X"),
        ({"information": "E"}, "information", "1, 2, 3, 4"),
        ({"handling": "P"}, "handling", "H0, H1, H2, H3"),
        ({"scheme": "7x7"}, "scheme", "europol-4x4"),
        ({"scheme_version": "9"}, "scheme", "version"),
        ({"scheme_version": ""}, "scheme_version", "newest"),
        ({"source": ""}, "source", "A, B, C, X"),
        ({"handling": "H3"}, "handling_text", "sentence"),
    ],
)
def test_a_code_outside_the_scheme_is_refused_with_field_and_remedy(
    change: dict[str, str], field: str, said: str
) -> None:
    """A grade of another scheme is never taken for one of this scheme, and nothing is filled in. [EVA-01]"""
    with pytest.raises(EvaluationError) as refused:
        rules.check_grade(replace(GRADE, **change))

    assert refused.value.field == field
    assert said in str(refused.value)


@given(st.text(max_size=4))
def test_no_text_becomes_a_grade_that_is_not_in_the_list(code: str) -> None:
    """Whatever is typed, only listed codes pass."""
    known = reference.grading_scheme("uk-3x5x2")
    grade = NewGrade("uk-3x5x2", known.version, code, "A", "P")
    if code in known.source.codes:
        assert rules.check_grade(grade) is known
    else:
        with pytest.raises(UnknownGrade):
            rules.check_grade(grade)


@given(st.lists(st.text(alphabet="ab Ө\n", min_size=1, max_size=12), max_size=6), st.data())
def test_passages_show_the_original_and_nothing_else(parts: list[str], data: st.DataObject) -> None:
    """Every letter of the report is shown, in order, whether an item was made of it or not."""
    text = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    items = [ItemSpan(n, a, b) for n, (a, b) in enumerate(zip(cuts[::2], cuts[1::2], strict=False), 1)]
    shown = rules.passages(text, items, [("a", "p"), ("ab", "v")])

    said = "".join(span.text for passage in shown for span in passage.spans)
    assert [c for c in said if not c.isspace()] == [c for c in text if not c.isspace()]
    assert [passage.number for passage in shown] == list(range(1, len(shown) + 1))


def test_the_longest_name_is_marked() -> None:
    """A plate inside a longer mention does not cut the mention in two."""
    spans = rules.highlight("A White Van 12 left.", [("van", "w"), ("white van 12", "v")])

    assert [(s.text, s.mark) for s in spans] == [("A ", ""), ("White Van 12", "v"), (" left.", "")]


@given(st.text(max_size=60), st.text(max_size=60))
def test_differences_give_back_both_versions(before: str, after: str) -> None:
    """Nothing is lost between the versions that a second person compares."""
    changes = rules.differences(before, after)

    assert before == "".join(c.text for c in changes if c.kind != "added")
    assert after == "".join(c.text for c in changes if c.kind != "removed")


@given(st.integers(0, 10_000), st.integers(0, 600))
def test_overdue_begins_exactly_when_the_countdown_ends(waited_s: int, minutes: int) -> None:
    """The page's countdown and the job agree to the second."""
    received = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    now = received + timedelta(seconds=waited_s)

    assert rules.is_overdue(received, now=now, minutes=minutes) == (
        now >= rules.escalates_at(received, minutes=minutes)
    )


def test_a_lower_level_needs_its_reason_and_a_higher_one_is_no_sanitising() -> None:
    """Lowering is said in words; raising is refused; unknown levels are named."""
    assert rules.check_lowering(Level.RESTRICTED, 1, "the yard is public") is Level.INTERNAL
    assert rules.check_lowering(Level.RESTRICTED, 2, "") is Level.RESTRICTED
    with pytest.raises(ReasonMissing):
        rules.check_lowering(Level.RESTRICTED, 1, " ")
    with pytest.raises(EvaluationError, match="above"):
        rules.check_lowering(Level.INTERNAL, 2, "why")
    with pytest.raises(EvaluationError, match="does not exist"):
        rules.check_lowering(Level.INTERNAL, 7, "why")
