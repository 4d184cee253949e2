"""Requests of people whose data are held: what a request must say, its clock, and what may be answered; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations

from openilp.collation.rules import romanise
from openilp.oversight.errors import OversightError
from openilp.reference import RightsClock


class Ask(StrEnum):
    """What a person asks for, by the article of Directive (EU) 2016/680."""

    ACCESS = "access"  # 14
    RECTIFICATION = "rectification"  # 16(1)
    ERASURE = "erasure"  # 16(2)
    RESTRICTION = "restriction"  # 16(3)
    INDIRECT = "indirect"  # 17: through the supervisory authority


class Answer(StrEnum):
    """What the person is told of one record."""

    DISCLOSE = "disclose"
    PART = "part"
    REFUSE = "refuse"
    OMIT = "omit"


class Measure(StrEnum):
    """What happens to a record of the person."""

    RECTIFY = "rectify"
    RESTRICT = "restrict"
    ERASE = "erase"
    REFUSE = "refuse"


#: How a person proved who it is; our own list.
PROOFS = ("document", "electronic", "in_person", "representative", "authority")
#: Art. 15(1): not to obstruct inquiries, not to prejudice prevention and prosecution, public security, national
#: security, the rights and freedoms of others.
GROUNDS = ("a", "b", "c", "d", "e")
WITHHELD = (Answer.REFUSE, Answer.OMIT)
#: Letters of a reason, as for reviews (doctrine page on retention).
SHORTEST_REASON = 20
#: What a passage is replaced by that a human took out of a disclosed text.
TAKEN_OUT = "▇▇▇"
_VOWELS = "aeiou"
_SHORTEST = 3
_MOST_WORDS = 40


@dataclass(frozen=True)
class NewRequest:
    """A request as it came in.

    Attributes:
        kind: One of `Ask`.
        received_on: Day on which it was received; the clock starts.
        identity_proof: One of `PROOFS`.
        identity_note: Which document, or who represents whom; no copy is kept.
        full_name: Name of the person.
        other_names: Other spellings and former names.
        birth_date: Year, month or day.
        identifiers: Telephone numbers, plates, numbers of papers.
        address: Where the letter goes.
        language: Language of the letter.
        wish: What the person writes, as far as the desk needs it.
        authority_ref: The supervisory authority's file, for an indirect request.
    """

    kind: str
    received_on: date
    identity_proof: str
    full_name: str
    language: str
    identity_note: str = ""
    other_names: tuple[str, ...] = ()
    birth_date: str = ""
    identifiers: tuple[str, ...] = ()
    address: str = ""
    wish: str = ""
    authority_ref: str = ""


def check(new: NewRequest, *, today: date, languages: Iterable[str]) -> None:
    """Check a request before it is registered.

    Raises:
        OversightError: Names the field that is missing or cannot be.
    """
    _one_of("kind", new.kind, Ask)
    _one_of("identity_proof", new.identity_proof, PROOFS)
    _one_of("language", new.language, languages)
    if new.received_on > today:
        raise OversightError(
            "received_on", f"{new.received_on} lies ahead; give the day on which it came in."
        )
    if new.identity_proof in ("document", "representative") and len(new.identity_note.strip()) < _SHORTEST:
        raise OversightError("identity_note", "Say which document was shown, or who stands for whom.")
    if new.kind == Ask.INDIRECT and not new.authority_ref.strip():
        raise OversightError("authority_ref", "Give the file number of the supervisory authority.")
    if new.kind == Ask.RECTIFICATION and len(new.wish.strip()) < SHORTEST_REASON:
        raise OversightError("wish", "Say what is wrong in the person's eyes, and what should stand there.")
    alternatives([new.full_name], field="full_name")


def _one_of(field: str, value: str, allowed: Iterable[str]) -> None:
    known = list(allowed)
    if value not in known:
        raise OversightError(field, f"'{value[:40]}' is none of {', '.join(known)}; choose one of them.")


def check_reason(reason: str, *, field: str = "reason") -> str:
    """Return a reason without blanks around it.

    Raises:
        OversightError: If it has too few letters to be judged.
    """
    said = reason.strip()
    if len(said) < SHORTEST_REASON:
        raise OversightError(
            field, f"The reason has {len(said)} letters; give at least {SHORTEST_REASON}, about this case."
        )
    return said


def check_answer(answer: str, grounds: Iterable[str], shown: str) -> None:
    """Check what is to be told of one record.

    Raises:
        OversightError: If the answer is none, or text and grounds do not fit it.
    """
    _one_of("decision", answer, Answer)
    given = list(grounds)
    if wrong := [ground for ground in given if ground not in GROUNDS]:
        raise OversightError("grounds", f"'{wrong[0]}' is no ground of Art. 15(1); use a to e.")
    if answer == Answer.DISCLOSE and given:
        raise OversightError("grounds", "What is disclosed whole has no ground for withholding.")
    if answer != Answer.DISCLOSE and not given:
        raise OversightError("grounds", "Choose at least one ground of Art. 15(1) for what is withheld.")
    if answer in WITHHELD and shown.strip():
        raise OversightError("shown", "What is withheld shows no text; disclose it in part instead.")
    if answer not in WITHHELD and not shown.strip():
        raise OversightError("shown", "Nothing is left to disclose; refuse or omit it instead.")


def check_order(measure: str, reason: str, wanted: str) -> str:
    """Return the reason of a measure after checking that the measure says enough.

    Raises:
        OversightError: Names the field that is missing or unknown.
    """
    _one_of("measure", measure, Measure)
    if measure == Measure.RECTIFY and not wanted.strip():
        raise OversightError("wanted", "Say what holds instead, as the person has shown it.")
    return check_reason(reason)


def alternatives(words: Iterable[str], *, field: str = "words") -> list[list[str]]:
    """Return what is looked for: alternatives of parts that must all stand in one record, folded.

    A name of three words or more is found by any two of them, since records rarely give all; a last vowel is left
    out, because languages decline names (own proposals). Everything is tried as a number or plate too.

    Raises:
        OversightError: If a line has too few letters or digits, or there are too many lines.
    """
    lines = [word.strip() for word in words if word.strip()]
    if not 0 < len(lines) <= _MOST_WORDS:
        raise OversightError(field, f"Give 1 to {_MOST_WORDS} names or numbers, one a line.")
    found: dict[tuple[str, ...], None] = {}
    for line in lines:
        parts = _folded(line)
        if sum(len(part) for part in parts) < _SHORTEST:
            raise OversightError(
                field, f"'{line[:40]}' is too short to look for; give at least {_SHORTEST} letters."
            )
        names = [f" {_stem(part)}" for part in parts if len(part) > 1] or [f" {part}" for part in parts]
        for some in combinations(names, min(2, len(names))):
            found.setdefault(some, None)
        if any(sign.isdigit() for sign in line):
            found.setdefault(("".join(parts),), None)
            found.setdefault(("".join(_folded(romanise.code(line))),), None)
    return [list(parts) for parts in found]


def _folded(text: str) -> list[str]:
    """Return the folded words of a text; ё is е, since Russian texts write either."""
    return romanise.folded(text.replace("ё", "е").replace("Ё", "Е")).split()


def _stem(part: str) -> str:
    return part[:-1] if len(part) > _SHORTEST and part[-1] in _VOWELS else part


def redacted(text: str, passages: Iterable[str]) -> str:
    """Return a text without passages, each replaced by `TAKEN_OUT`; the longest goes first.

    Raises:
        OversightError: If a passage does not stand in the text: nothing would be taken out.
    """
    wanted = sorted({each.strip() for each in passages if each.strip()}, key=len, reverse=True)
    left = text
    for passage in wanted:
        if passage not in text:
            raise OversightError("passages", f"'{passage[:60]}' does not stand in the text; copy it exactly.")
        left = left.replace(passage, TAKEN_OUT)
    return left


def dated(*, due_on: date, today: date, shows_something: bool) -> date:
    """Return the date of a letter.

    A letter that shows nothing bears the last day of its time, so that no date tells whether somebody had to think.
    """
    return today if shows_something else max(due_on, today)


def due_on(clock: RightsClock, received_on: date, *, is_extended: bool = False) -> date:
    """Return the last day for the answer."""
    return clock.due_on(received_on, is_extended=is_extended)
