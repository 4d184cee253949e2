"""Rows that a method could not use, each with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from openilp.methods.arrays import BoolArray
from openilp.methods.sentence import Sentence

REASONS: Mapping[str, str] = {
    "no_place": "the place is missing",
    "no_time": "the time is missing",
    "no_end": "the end is missing",
    "end_before_start": "the end lies before the start",
    "too_long": "the interval is longer than the rule allows",
    "future": "the time lies in the future",
}
_NAMED = 10
ROWS_LEFT_OUT = Sentence("rows_left_out", "%(n)s rows were left out because %(reason)s: %(rows)s.")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One row that did not enter.

    Attributes:
        row: Position in the table, the first being 1.
        reason: One of `REASONS`.
    """

    row: int
    reason: str


def left_out(**reasons: BoolArray) -> tuple[LeftOut, ...]:
    """This function will list the rows that each mask marks.

    Args:
        reasons: (n,) masks by reason; a row counts under the first that marks it.

    Returns:
        The rows in order.
    """
    found: dict[int, str] = {}
    for reason, mask in reasons.items():
        for row in np.flatnonzero(mask):
            found.setdefault(int(row), reason)
    return tuple(LeftOut(row + 1, found[row]) for row in sorted(found))


def cautions_on(rows: tuple[LeftOut, ...]) -> tuple[Sentence, ...]:
    """This function will say in words which rows were left out.

    Args:
        rows: What `left_out` found.

    Returns:
        One sentence per reason, naming the first ten rows.
    """
    sentences = []
    for reason, words in REASONS.items():
        named = [left.row for left in rows if left.reason == reason]
        if named:
            listed = ", ".join(str(row) for row in named[:_NAMED]) + (" …" if len(named) > _NAMED else "")
            facts = {"n": str(len(named)), "reason": words, "rows": listed}
            sentences.append(Sentence(ROWS_LEFT_OUT.code, ROWS_LEFT_OUT.template, facts))
    return tuple(sentences)


def none_of(what: str, rows: tuple[LeftOut, ...]) -> str:
    """This function will say what there is too little of, and which rows were left out of it.

    Args:
        what: "events with a usable time".
        rows: What `left_out` found.
    """
    named = "; ".join(f"row {left.row}: {REASONS[left.reason]}" for left in rows[:_NAMED])
    return f"{what} ({named}{' …' if len(rows) > _NAMED else ''})" if rows else what
