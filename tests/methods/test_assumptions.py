"""Key assumptions: what carries what, what is due, and what nobody watches."""

from collections.abc import Callable

import numpy as np
import pytest

from openilp.methods.errors import BadValue, TooFew, UnknownType
from openilp.methods.judgement import Assumption, review_assumptions

TODAY = np.datetime64("2024-06-01")


def assumption(name: str, basis: str, *judgements: str, review_by: str | None = None) -> Assumption:
    """One assumption, with a sign."""
    due = None if review_by is None else np.datetime64(review_by)
    return Assumption(name, f"{name} holds.", basis, judgements, "the opposite is seen", due)


def test_a_register_by_hand() -> None:
    """A linchpin carries everything without support; a review is overdue the day after; the weakest basis counts."""
    found = review_assumptions(
        [
            assumption("a", "supported", "j1", "j2", review_by="2024-05-31"),
            assumption("b", "unsupported", "j1", "j2", review_by="2024-06-01"),
            assumption("c", "caveated", "j2"),
        ],
        today=TODAY,
    )

    assert [each.is_linchpin for each in found.assumptions] == [False, True, False]
    assert [each.is_overdue for each in found.assumptions] == [True, False, False]
    assert [each.lacks for each in found.assumptions] == [(), (), ("review_by",)]
    assert [(each.id, each.weakest, each.assumptions) for each in found.judgements] == [
        ("j1", "unsupported", ("a", "b")),
        ("j2", "unsupported", ("a", "b", "c")),
    ]
    assert "1 of 3 assumptions are unsupported and carry 2 of 2" in str(found.finding)


def test_a_firm_register_has_no_linchpin() -> None:
    """What is supported may carry everything; nothing carried is no linchpin."""
    found = review_assumptions(
        [assumption("a", "supported", "j"), assumption("b", "unsupported")], today=TODAY
    )

    assert [each.is_linchpin for each in found.assumptions] == [False, False]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: review_assumptions([], today=TODAY), TooFew, "0 assumptions"),
        (lambda: review_assumptions([assumption("a", "sure")], today=TODAY), UnknownType, "'sure'"),
        (lambda: review_assumptions([assumption("a", "caveated")] * 2, today=TODAY), BadValue, "'a'"),
        (
            lambda: review_assumptions([Assumption("a", " ", "caveated", (), None, None)], today=TODAY),
            BadValue,
            "statement of assumption 'a' is empty",
        ),
    ],
)
def test_bad_registers_are_named(call: Callable[[], object], error: type, message: str) -> None:
    """Each error names the assumption."""
    with pytest.raises(error, match=message):
        call()
