"""Pure decisions of direction: levels, periods, the cascade and what is due."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypedDict
from uuid import UUID

from openilp import reference
from openilp.direction.errors import DirectionError, DueInThePast, WrongCascade

#: From the top down; a priority cascades from a level to the one right below it.
LEVELS = ("national", "regional", "local")
#: Days before the due date from which a requirement counts as due soon.
DUE_SOON_DAYS = 7


class Due(StrEnum):
    """How a due date stands to today."""

    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"


@dataclass(frozen=True)
class NewLine:
    """One line of a collection plan as it is planned; `collector` is the id of an account."""

    what: str
    method: str
    collector: UUID
    due_on: date
    hours: int = 0
    legal_basis: str = ""


@dataclass(frozen=True)
class Strands:
    """The three sides of a priority in a control strategy, each in words.

    Attributes:
        intelligence: What must be known for it.
        prevention: What shall keep it from happening.
        enforcement: What is done against those who do it.
    """

    intelligence: str = ""
    prevention: str = ""
    enforcement: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the names of the strands that say nothing yet."""
        return tuple(name for name, text in self.columns().items() if not text)

    def columns(self) -> dict[str, str]:
        """Return the strands by name, without blanks at their ends."""
        return {name: text.strip() for name, text in asdict(self).items()}


NO_STRANDS = Strands()
STRANDS = tuple(field.name for field in fields(Strands))


class Changes(TypedDict, total=False):
    """What a new version of a priority may change; what is absent or nothing stays."""

    title: str | None
    ends_on: date | None
    position: int | None
    hours_set: int | None
    money_set: Decimal | int | None
    goals: str | None
    intelligence: str | None
    prevention: str | None
    enforcement: str | None


@dataclass(frozen=True)
class Placed:
    """A priority as the cascade sees it: where it stands and what it comes from."""

    key: UUID
    level: str
    unit: UUID
    position: int
    comes_from: UUID | None = None


@dataclass(frozen=True)
class Branch:
    """A priority in the cascade.

    Attributes:
        key: The priority.
        depth: Steps below the top of its branch.
        missing: The level right below that no unit has taken it up on; empty when there is none.
        is_addition: Whether a lower level set it by itself.
    """

    key: UUID
    depth: int
    missing: str
    is_addition: bool


def due(due_on: date, today: date) -> Due:
    """Return how a due date stands to today; the due day itself is not yet overdue."""
    if due_on < today:
        return Due.OVERDUE
    return Due.SOON if (due_on - today).days <= DUE_SOON_DAYS else Due.LATER


def check_due(due_on: date, today: date) -> None:
    """Check that something new is due today or later.

    Raises:
        DueInThePast: Otherwise.
    """
    if due_on < today:
        raise DueInThePast(due_on, today)


def check_code(field: str, code: str, vocabulary: str) -> None:
    """Check that a reference list has a code.

    Raises:
        DirectionError: Otherwise; it names the field and the codes there are.
    """
    try:
        reference.vocabulary(vocabulary).require(code)
    except reference.UnknownCode as error:
        raise DirectionError(field, str(error)) from error


def check_text(field: str, text: str, *, most: int | None = None) -> str:
    """Return a text without blanks at its ends after checking that it says something.

    Raises:
        DirectionError: If it is empty, or longer than `most` characters.
    """
    found = text.strip()
    if not found:
        raise DirectionError(field, f"The field '{field}' is empty; write it in your own words.")
    if most is not None and len(found) > most:
        raise DirectionError(field, f"The field '{field}' has {len(found)} characters; shorten it to {most}.")
    return found


def check_period(starts_on: date, ends_on: date) -> None:
    """Check that a period ends after it starts.

    Raises:
        DirectionError: Otherwise.
    """
    if ends_on < starts_on:
        raise DirectionError("ends_on", f"{ends_on} is before {starts_on}; choose a later end.")


def check_amounts(hours: int, money: Decimal | int) -> None:
    """Check that what is set aside is not negative.

    Raises:
        DirectionError: Otherwise.
    """
    if hours < 0:
        raise DirectionError("hours_set", f"{hours} hours cannot be set aside; give 0 or more.")
    if money < 0:
        raise DirectionError("money_set", f"{money} cannot be set aside; give 0 or more.")


def level_below(level: str) -> str:
    """Return the level right below one, or nothing below the lowest."""
    at = LEVELS.index(level)
    return LEVELS[at + 1] if at + 1 < len(LEVELS) else ""


def check_cascade(upper_level: str, lower_level: str, *, is_beneath: bool, upper: str, lower: str) -> None:
    """Check that a priority of one unit may come from one of another.

    Args:
        upper_level: Level of the priority above.
        lower_level: Level of the priority below.
        is_beneath: Whether the lower unit belongs to the upper one.
        upper: Name of the upper unit, for the error.
        lower: Name of the lower unit, for the error.

    Raises:
        WrongCascade: If the lower level is not right below the upper one, or the unit belongs elsewhere.
    """
    wanted = level_below(upper_level)
    if not wanted:
        raise WrongCascade(lower, upper, f"nothing is below the {upper_level} level.")
    if lower_level != wanted:
        raise WrongCascade(lower, upper, f"choose a unit of the {wanted} level.")
    if not is_beneath:
        raise WrongCascade(lower, upper, f"choose a unit that belongs to {upper}.")


def next_position(taken: Iterable[int]) -> int:
    """Return the lowest position that is free."""
    used = set(taken)
    return next(n for n in range(1, len(used) + 2) if n not in used)


def cascade(priorities: Sequence[Placed]) -> list[Branch]:
    """Order priorities as a tree from the top down, and mark gaps and additions.

    A priority above the lowest level that no lower one comes from is a gap of the level right below it. One that comes
    from none in the list, on any level but the highest, is an addition of its own unit. Each priority stands in the
    result exactly once.
    """
    known = {each.key for each in priorities}
    below: dict[UUID, list[Placed]] = {}
    for each in priorities:
        if each.comes_from in known and each.comes_from is not None:
            below.setdefault(each.comes_from, []).append(each)
    roots = [each for each in priorities if each.comes_from not in known]
    found: list[Branch] = []
    for root in sorted(roots, key=_order):
        _descend(root, 0, below, found)
    return found


def _order(each: Placed) -> tuple[int, int, str]:
    return LEVELS.index(each.level), each.position, str(each.key)


def _descend(each: Placed, depth: int, below: dict[UUID, list[Placed]], found: list[Branch]) -> None:
    children = sorted(below.get(each.key, []), key=_order)
    missing = level_below(each.level) if not children else ""
    is_addition = depth == 0 and each.level != LEVELS[0]
    found.append(Branch(each.key, depth, missing, is_addition))
    for child in children:
        _descend(child, depth + 1, below, found)
