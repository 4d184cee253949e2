"""Pure decisions of evaluation: which grades exist, where an item stands in its report, what changed in a version."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from openilp import reference
from openilp.evaluation.errors import EvaluationError, ReasonMissing, UnknownGrade
from openilp.safeguards.labels import Level

URGENT = "high"
#: How each type of entity is marked in a report's text; everything else is marked as a plain mention.
MARKS = {"person": "p", "organisation": "p", "vehicle": "v", "location": "l", "phone": "t", "email": "t"}


@dataclass(frozen=True)
class NewGrade:
    """A grade as an evaluator gives it: source and information apart, and a handling code.

    Attributes:
        scheme: Id of the grading scheme.
        scheme_version: Its version; a grade must mean tomorrow what it meant in court.
        source: Grade of the source.
        information: Grade of the information.
        handling: Handling code of the list that the scheme names.
        handling_text: The restriction in words; some codes say nothing without it.
        reasons: Why this grade; free text.
    """

    scheme: str
    scheme_version: str
    source: str
    information: str
    handling: str
    handling_text: str = ""
    reasons: str = ""


def urgencies() -> tuple[str, ...]:
    """Return the codes of urgency, the most urgent first."""
    return reference.vocabulary("urgency").codes


def check_grade(grade: NewGrade) -> reference.GradingScheme:
    """Return the scheme of a grade after checking every code against it.

    Raises:
        UnknownGrade: If scheme, version or a code does not exist; it names the field and the codes that do.
        ReasonMissing: If the handling code needs its restriction in words.
    """
    try:
        scheme = reference.grading_scheme(grade.scheme, grade.scheme_version or None)
    except reference.UnknownScheme as error:
        raise UnknownGrade("scheme", str(error)) from error
    if not grade.scheme_version:
        raise UnknownGrade(
            "scheme_version", f"The version of '{scheme.id}' is missing; the newest is '{scheme.version}'."
        )
    for field, code, known in (
        ("source", grade.source, scheme.source),
        ("information", grade.information, scheme.information),
        ("handling", grade.handling, scheme.handling),
    ):
        try:
            known.require(code)
        except reference.UnknownCode as error:
            raise UnknownGrade(field, str(error)) from error
    if scheme.handling.value(grade.handling).needs_text and not grade.handling_text.strip():
        raise ReasonMissing("handling_text", f"Handling code {grade.handling}")
    return scheme


def is_overdue(received_at: datetime, *, now: datetime, minutes: int) -> bool:
    """Tell whether an urgent report has waited longer than allowed for somebody to acknowledge it."""
    return now - received_at >= timedelta(minutes=minutes)


def escalates_at(received_at: datetime, *, minutes: int) -> datetime:
    """Return when an urgent report goes to the head of intelligence."""
    return received_at + timedelta(minutes=minutes)


def check_lowering(before: Level, wanted: int, reason: str) -> Level:
    """Return the level that a sanitised version is to get.

    Raises:
        EvaluationError: If it is no level, or higher than the report's.
        ReasonMissing: If it is lower and no reason is given.
    """
    try:
        level = Level(wanted)
    except ValueError as error:
        known = ", ".join(str(int(known)) for known in Level)
        raise EvaluationError("level", f"Level '{wanted}' does not exist; use one of {known}.") from error
    if level > before:
        raise EvaluationError(
            "level",
            f"Level {int(level)} is above the report's level {int(before)}; choose {int(before)} or less.",
        )
    if level < before and not reason.strip():
        raise ReasonMissing("lowering_reason", f"Lowering the level from {int(before)} to {int(level)}")
    return level


@dataclass(frozen=True)
class Span:
    """A stretch of text, with the mark that it carries (empty for none)."""

    text: str
    mark: str = ""


@dataclass(frozen=True)
class Passage:
    """A paragraph of the original: where it begins, its stretches, and the number of the item made of it, if any."""

    number: int
    start: int
    spans: tuple[Span, ...]
    item: int | None


@dataclass(frozen=True)
class ItemSpan:
    """Where an item stands in the report's text."""

    number: int
    start: int
    end: int


def passages(
    text: str, items: Sequence[ItemSpan], mentions: Iterable[tuple[str, str]]
) -> tuple[Passage, ...]:
    """Return the original as numbered passages: each item's stretch, and what lies between as passages of its own.

    Args:
        text: The report as received.
        items: Where the items stand; stretches outside the text are ignored.
        mentions: Pairs of text and mark to highlight wherever they occur.
    """
    marks = [(words, mark) for words, mark in mentions if words.strip()]
    made: list[Passage] = []
    at = 0
    for item in sorted(items, key=lambda each: (each.start, each.end)):
        if not at <= item.start < item.end <= len(text):
            continue
        made += _loose(text, at, item.start, marks, len(made))
        spans = highlight(text[item.start : item.end], marks)
        made.append(Passage(len(made) + 1, item.start, spans, item.number))
        at = item.end
    made += _loose(text, at, len(text), marks, len(made))
    return tuple(made)


def _loose(text: str, start: int, end: int, marks: list[tuple[str, str]], before: int) -> list[Passage]:
    piece = text[start:end]
    if not piece.strip():
        return []
    offset = start + len(piece) - len(piece.lstrip())
    return [Passage(before + 1, offset, highlight(piece.strip(), marks), None)]


def highlight(text: str, marks: Iterable[tuple[str, str]]) -> tuple[Span, ...]:
    """Return a text in stretches, marked where one of the phrases stands; the longest phrase wins, case aside."""
    kinds = {words.casefold(): mark for words, mark in marks if words.strip()}
    if not kinds:
        return (Span(text),)
    phrases = "|".join(re.escape(words) for words in sorted(kinds, key=len, reverse=True))
    pieces = re.split(f"({phrases})", text, flags=re.IGNORECASE)
    return tuple(
        Span(piece, kinds.get(piece.casefold(), "w") if place % 2 else "")
        for place, piece in enumerate(pieces)
        if piece
    )


@dataclass(frozen=True)
class Change:
    """A stretch of two versions: `same`, `removed` (before only) or `added` (after only)."""

    kind: str
    text: str


def differences(before: str, after: str) -> tuple[Change, ...]:
    """Return what a new version keeps, drops and adds, word by word.

    Kept and dropped stretches together give back the text before; kept and added ones the text after.
    """
    old, new = re.findall(r"\s+|[^\s]+", before), re.findall(r"\s+|[^\s]+", after)
    made: list[Change] = []
    for verb, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if verb == "equal":
            made.append(Change("same", "".join(old[a:b])))
            continue
        if b > a:
            made.append(Change("removed", "".join(old[a:b])))
        if d > c:
            made.append(Change("added", "".join(new[c:d])))
    return tuple(made)
