"""Pure decisions of the source desk: what may be asked, what points back at a source, which chain approves."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openilp import reference
from openilp.corridor.errors import CorridorError
from openilp.safeguards.roles import CORRIDOR, Role

#: Coarse words on a source, all that crosses of what the desk knows: code and sentence.
STANDINGS = {
    "reliable": "The source desk holds the source for reliable.",
    "untested": "The source desk has not tested the source.",
    "doubtful": "The source desk doubts the source.",
}
KINDS = ("question", "feedback")
LONGEST_WINDOW_H = 8
#: Words of an identity shorter than this stand in every text.
_SHORTEST_GUARDED = 4
#: Who approves an unlock from outside the handling chain.
INDEPENDENT = frozenset({Role.CHAIR, Role.DATA_PROTECTION_OFFICER})


@dataclass(frozen=True)
class NewIdentity:
    """Who a source is."""

    full_name: str
    born_on: str = ""
    address: str = ""
    telephone: str = ""
    aliases: str = ""

    def words(self) -> frozenset[str]:
        """Return the words and numbers that point at the person."""
        told = (self.full_name, self.aliases, self.address, self.telephone)
        return frozenset(word for text in told for word in words_of(text))


@dataclass(frozen=True)
class Profile:
    """What the desk works with: no word of it says who the source is."""

    code_name: str
    access: str
    motive: str = ""
    standing: str = "untested"
    guard: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewContact:
    """A contact or meeting as the handler notes it."""

    met_at: datetime
    place: str
    present: str
    notes: str
    arranged: str = ""


@dataclass(frozen=True)
class NewDraft:
    """A sanitised report before it crosses."""

    title: str
    items: Sequence[str]
    urgency: str
    language: str = "en"
    observed_on: date | None = None
    answers: str = ""


def words_of(text: str) -> frozenset[str]:
    """Return the words and numbers of a text by which a person may be known, folded; blanks in numbers do not count."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    numbers = (re.sub(r"\D", "", found) for found in re.findall(r"\+?\d[\d \-/()]{4,}\d", plain))
    return frozenset(w for w in [*re.findall(r"\w+", plain), *numbers] if len(w) >= _SHORTEST_GUARDED)


def check_text(field: str, text: str, *, most: int = 4000) -> str:
    """Return a text without blanks at its ends.

    Raises:
        CorridorError: If it is empty, too long or holds a NUL character.
    """
    kept = text.strip()
    if not kept or len(kept) > most or "\x00" in kept:
        raise CorridorError(
            field, f"The field '{field}' has {len(kept)} characters; write 1 to {most}, without NUL."
        )
    return kept


def check_code(field: str, code: str, allowed: Iterable[str]) -> str:
    """Return a code that is allowed.

    Raises:
        CorridorError: Otherwise.
    """
    known = list(allowed)
    if code not in known:
        raise CorridorError(
            field, f"'{code[:40]}' is not a value of '{field}'; use one of {', '.join(known)}."
        )
    return code


def check_draft(new: NewDraft, *, today: date) -> None:
    """Check a draft before it is written.

    Raises:
        CorridorError: Names the field that cannot be taken.
    """
    check_text("title", new.title, most=160)
    if not new.items:
        raise CorridorError("items", "The report has no piece of information; write at least one.")
    for item in new.items:
        check_text("items", item)
    check_code("urgency", new.urgency, (code for code, _ in reference.vocabulary("urgency").choices()))
    check_code("language", new.language, (code for code, _ in reference.vocabulary("languages").choices()))
    if new.observed_on is not None and new.observed_on > today:
        raise CorridorError("observed_on", f"{new.observed_on} lies ahead; give the day of the observation.")


def chain_of(roles: Iterable[str]) -> str:
    """Return the chain of command of an account: `handling`, `independent`, or nothing.

    Whoever holds a duty of the source desk belongs to the handling chain, whatever else the account holds.
    """
    held = {str(role) for role in roles}
    if held & {str(role) for role in CORRIDOR}:
        return "handling" if Role.SOURCE_CONTROLLER in held else ""
    return "independent" if held & {str(role) for role in INDEPENDENT} else ""
