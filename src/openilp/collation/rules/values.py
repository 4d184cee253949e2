"""What a statement may say, and the key under which equal values meet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openilp import reference
from openilp.collation.errors import BadStatementValue, CollationError, PropertyNotAllowed
from openilp.collation.rules import places, romanise

LONGEST_VALUE = 400
#: Digits that a query needs before it is also tried as a telephone number.
FEWEST_DIGITS = 5
_PLAIN_IDENTIFIERS = frozenset({"email_address", "handle", "web_address"})
_DATE = re.compile(r"^\d{4}(-\d{2}(-\d{2})?)?$")
_POINT = re.compile(r"^-?\d{1,3}(\.\d+)?,\s*-?\d{1,3}(\.\d+)?$")


@dataclass(frozen=True)
class NewStatement:
    """One claim about an entity, as it is entered.

    `span` says where in the item it stands (first character, character after the last one).
    """

    property: str
    value: str
    kind: str = "fact"
    span: tuple[int, int] | None = None
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class Named:
    """One statement, as far as the name of its entity needs it."""

    property: str
    value: str
    key: str
    at: datetime


def require(field: str, code: str, vocabulary: str) -> str:
    """Return a code after checking it.

    Raises:
        CollationError: If the list does not hold it; names the field and the allowed codes.
    """
    try:
        return reference.vocabulary(vocabulary).require(code)
    except reference.UnknownCode as error:
        raise CollationError(field, str(error)) from error


def bad_day(field: str, text: str) -> CollationError:
    """Return the error for a text that is no day."""
    return CollationError(field, f"'{text}' is no day; write one such as 2026-11-30.")


def check_statement(entity_kind: str, new: NewStatement) -> None:
    """Check a statement before anything is written.

    Raises:
        PropertyNotAllowed: If the type of entity has no such property.
        BadStatementValue: If the value is empty, too long or not what the property holds.
        CollationError: If a code is unknown or the dates are the wrong way round.
    """
    require("entity_kind", entity_kind, "entity-types")
    require("kind", new.kind, "statement-kinds")
    allowed = reference.entity_type(entity_kind).properties
    if new.property not in allowed:
        raise PropertyNotAllowed(new.property, entity_kind, allowed)
    check_period(new.valid_from, new.valid_until)
    _check_value(entity_kind, new.property, new.value.strip())


def check_period(begin: date | None, end: date | None) -> None:
    """Check that a period does not end before it begins.

    Raises:
        CollationError: If it does.
    """
    if begin and end and end < begin:
        raise CollationError(
            "valid_until", f"{end} lies before {begin}; give an end on or after the beginning."
        )


def _check_value(kind: str, about: str, value: str) -> None:
    if not value:
        raise BadStatementValue(about, value, "write what is known.")
    if len(value) > LONGEST_VALUE:
        raise BadStatementValue(about, value, f"shorten it to {LONGEST_VALUE} characters.")
    if any(not (c.isprintable() or c in "\n\t") for c in value):
        raise BadStatementValue(about, value, "take the unprintable characters out.")
    datatype = reference.entity_property(about).datatype
    if datatype is reference.Datatype.DATE and not _is_date(value):
        raise BadStatementValue(about, value, "write a year, a month or a day such as 1987-04-12.")
    if datatype is reference.Datatype.POINT and not (_POINT.match(value) and places.position(value)):
        raise BadStatementValue(about, value, "write longitude and latitude such as 12.61, 55.98.")
    if datatype is reference.Datatype.NUMBER and not re.match(r"^-?\d+([.,]\d+)?$", value):
        raise BadStatementValue(about, value, "write a number.")
    if not value_key(kind, about, value):
        raise BadStatementValue(about, value, "use letters or digits.")


def _is_date(value: str) -> bool:
    if not _DATE.match(value):
        return False
    try:
        date.fromisoformat(value + "-01" * (2 - value.count("-")))
    except ValueError:
        return False
    return True


def value_key(kind: str, about: str, value: str) -> str:
    """Return the key under which equal values of a property meet, whatever their script and spelling.

    Args:
        kind: Type of the entity: a number of a telephone is another thing than that of a passport.
        about: What is stated.
        value: As it was written.
    """
    datatype = reference.entity_property(about).datatype
    if kind == "phone" and about == "number":
        return romanise.digits(value) or romanise.code(value)
    if about in _PLAIN_IDENTIFIERS:
        return "".join(value.casefold().split())[:LONGEST_VALUE]
    if datatype is reference.Datatype.IDENTIFIER:
        return romanise.code(value)[:LONGEST_VALUE]
    if datatype in (reference.Datatype.DATE, reference.Datatype.TIME, reference.Datatype.POINT):
        return "".join(value.split())[:LONGEST_VALUE]
    if datatype is reference.Datatype.NUMBER:
        return value.strip().replace(",", ".")
    return romanise.folded(value)[:LONGEST_VALUE]


def search_keys(query: str) -> tuple[str, ...]:
    """Return the keys under which a query may stand: as words, as a plate, as a telephone number."""
    keys = [romanise.folded(query), romanise.code(query)]
    number = romanise.digits(query)
    if len(number) >= FEWEST_DIGITS and not any(c.isalpha() for c in query):
        keys.append(number)
    return tuple(dict.fromkeys(key for key in keys if key))


def label_of(kind: str, named: Sequence[Named]) -> tuple[str, tuple[str, ...]]:
    """Return what an entity is called and what else it is called, from its visible statements.

    The name is the most telling property of its type; of several values the one stated first, so that a name does
    not change under the reader with each new report.
    """
    order = reference.entity_type(kind).names
    usable = sorted(
        (n for n in named if n.property in order), key=lambda n: (order.index(n.property), n.at, n.value)
    )
    seen: dict[str, str] = {}
    for each in usable:
        seen.setdefault(each.value, each.value)
    names = tuple(seen)
    return (names[0] if names else "", names[1:])
