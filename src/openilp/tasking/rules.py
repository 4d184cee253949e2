"""Pure decisions of this step: what a decision must hold, what an agenda begins with, what a scale shows."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from string import ascii_uppercase
from typing import Any

from openilp import reference
from openilp.tasking.errors import BeforeItBegan, NoChoice, TaskingError, Unanswered, UnknownOption

#: The 90 % interval of the harm that a measure prevents, as recommendations state it.
LEVEL_OF_INTERVAL = 0.90
ACCEPT, CHANGE, REJECT = "accept", "change", "reject"


@dataclass(frozen=True)
class Option:
    """One way to decide, with what it costs and what it is expected to bring.

    Attributes:
        key: The letter that people say aloud.
        text: What would be done.
        hours: Hours of work.
        money: Money in the agency's currency.
        harm_low: Days of harm prevented, lower end of the 90 % interval; None where nobody estimated it.
        harm_high: The upper end.
        recommendation: Reference of the recommendation that it comes from; empty for a way found in the meeting.
    """

    key: str
    text: str
    hours: int = 0
    money: Decimal = Decimal(0)
    harm_low: float | None = None
    harm_high: float | None = None
    recommendation: str = ""

    @property
    def harm(self) -> float | None:
        """Return the middle of the interval."""
        if self.harm_low is None or self.harm_high is None:
            return None
        return (self.harm_low + self.harm_high) / 2

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {**asdict(self), "money": str(self.money)}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Option":
        """Return it from how it is kept."""
        return cls(**{**kept, "money": Decimal(kept["money"])})


@dataclass(frozen=True)
class Answers:
    """The answers to the three questions of law."""

    necessity: str
    proportionality: str
    non_discrimination: str


QUESTIONS = {
    "necessity": "Is it necessary?",
    "proportionality": "Is it proportionate?",
    "non_discrimination": "Who could be hit wrongly?",
}


def next_key(keys: Iterable[str]) -> str:
    """Return the first letter that is not taken."""
    taken = set(keys)
    return next(letter for letter in ascii_uppercase if letter not in taken)


def with_nothing(options: Sequence[Option], *, text: str) -> list[Option]:
    """Return the options with doing nothing among them: no hours, no money, no harm prevented."""
    if any(not option.hours and not option.money for option in options):
        return list(options)
    nothing = Option(next_key(o.key for o in options), text, harm_low=0.0, harm_high=0.0)
    return [*options, nothing]


def check_options(options: Sequence[Option], chosen: str) -> None:
    """Check that there was a choice and that it was made.

    Raises:
        NoChoice: With fewer than two options.
        UnknownOption: If the chosen letter is not on the table.
        TaskingError: If letters repeat, a text is empty, or an interval is upside down.
    """
    keys = [option.key for option in options]
    if len(options) < 2:
        raise NoChoice
    if len(set(keys)) != len(keys):
        raise TaskingError("options", f"Letters repeat in {', '.join(keys)}; give each option its own.")
    for option in options:
        if not option.text.strip():
            raise TaskingError("options", f"Option {option.key} says nothing; write what would be done.")
        if option.hours < 0 or option.money < 0:
            raise TaskingError("options", f"Option {option.key} costs less than nothing; give 0 or more.")
        if (option.harm_low is None) != (option.harm_high is None):
            raise TaskingError(
                "options", f"Option {option.key} has half an interval; give both ends or none."
            )
        if (
            option.harm_low is not None
            and option.harm_high is not None
            and option.harm_low > option.harm_high
        ):
            raise TaskingError(
                "options", f"The interval of option {option.key} is upside down; swap its ends."
            )
    if chosen not in keys:
        raise UnknownOption(chosen, keys)


def check_answers(answers: Answers) -> None:
    """Check that the three questions of law are answered in words.

    Raises:
        Unanswered: For the first that is not; it names the field.
    """
    for field, question in QUESTIONS.items():
        if not str(getattr(answers, field)).strip():
            raise Unanswered(field, question)


def check_text(field: str, value: str, *, most: int = 0) -> str:
    """Return a text that says something, without blanks around it.

    Raises:
        TaskingError: If it is empty or too long.
    """
    found = value.strip()
    if not found:
        raise TaskingError(field, f"{field} is empty; write it in words.")
    if most and len(found) > most:
        raise TaskingError(field, f"{field} has {len(found)} characters; {most} is the most.")
    return found


def check_code(field: str, code: str, vocabulary: str) -> str:
    """Return a code that the reference list knows.

    Raises:
        TaskingError: If it does not; the message lists the codes.
    """
    try:
        reference.vocabulary(vocabulary).require(code)
    except reference.UnknownCode as error:
        raise TaskingError(field, str(error)) from error
    return code


def check_period(starts_on: date, ends_on: date, *, field: str = "ends_on") -> None:
    """Check that a period does not end before it begins.

    Raises:
        BeforeItBegan: If it does.
    """
    if ends_on < starts_on:
        raise BeforeItBegan(field, starts_on, ends_on)


def check_amounts(**amounts: Decimal | float) -> None:
    """Check that hours and money are not below nothing.

    Raises:
        TaskingError: For the first that is; it names the field.
    """
    for field, value in amounts.items():
        if value < 0:
            raise TaskingError(field, f"{field} is {value}; give 0 or more.")


def verdict_of(chosen: str, option: Option) -> str:
    """Return the answer that a choice gives to the recommendation behind an option."""
    return ACCEPT if option.key == chosen else REJECT


def axis_end(options: Iterable[Option]) -> float:
    """Return the end of a scale that holds every interval: 1, 2 or 5 times a power of ten."""
    most = max((o.harm_high or 0.0 for o in options), default=0.0)
    power = 1.0
    while True:
        for step in (1.0, 2.0, 4.0, 5.0):
            if most <= step * power:
                return step * power
        power *= 10


@dataclass(frozen=True)
class Due:
    """How a due day stands to today: `over`, `soon` or `later`, and by how many days."""

    state: str
    days: int


#: Days before which a task counts as due soon.
SOON_DAYS = 3


def due(due_on: date, today: date) -> Due:
    """Return how a due day stands to today."""
    days = (due_on - today).days
    if days < 0:
        return Due("over", -days)
    return Due("soon" if days <= SOON_DAYS else "later", days)
