"""Methods choose and rank places, matters and groups; a table that is keyed by people is refused."""

import itertools
import re
from collections.abc import Iterable

from openilp.methods.errors import MethodError

#: Words in a column's name that mark a table about people.
# fmt: off
PERSON_WORDS = frozenset({
    "person", "persons", "people", "suspect", "suspects", "offender", "offenders", "victim", "victims",
    "nominal", "nominals", "subject", "subjects", "arrestee", "arrestees", "defendant", "defendants",
    "perpetrator", "perpetrators", "inmate", "detainee", "witness", "surname", "forename", "firstname",
    "lastname", "fullname", "nickname", "alias", "dob", "birthdate", "birthday", "ssn", "passport",
})
# fmt: on
#: Words that mark a column about those who do the work.
STAFF_WORDS = frozenset({"officer", "officers", "analyst", "analysts", "author", "employee", "badge"})
# Two words that mark a person only together.
PERSON_PAIRS = frozenset(
    {
        ("first", "name"),
        ("last", "name"),
        ("full", "name"),
        ("given", "name"),
        ("family", "name"),
        ("birth", "date"),
        ("date", "birth"),
        ("national", "id"),
        ("national", "number"),
        ("social", "security"),
    }
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


class KeyedByPerson(MethodError):
    """A table carries a column about people where places, matters or teams are asked for."""

    def __init__(self, column: str, takes: str) -> None:
        self.column = column
        super().__init__(
            f"Column {column!r} is about people; {takes}, never persons. Give a table without that column."
        )


def speaks_of_persons(name: str, words: frozenset[str] = PERSON_WORDS) -> bool:
    """This function will say whether a column's name marks a column about people.

    Args:
        name: The column's name, in any of the usual ways to write several words.
        words: What marks it.

    Returns:
        Whether it holds one of the words, or a pair such as `first name` or `date of birth`.
    """
    found = [word.lower() for word in _WORD.findall(name) if word.lower() != "of"]
    return bool(words.intersection(found) or PERSON_PAIRS.intersection(itertools.pairwise(found)))


def refuse_persons(
    columns: Iterable[str],
    takes: str = "a forecast takes places and dates only",
    *,
    words: frozenset[str] = PERSON_WORDS,
) -> None:
    """This function will refuse a table that has a column about people.

    The guard reads headings in English, not values: a column of names called `label` passes. It is a reminder of the
    rule, and no proof that it is kept.

    Args:
        columns: The names of all columns that count, the unused ones too.
        takes: What the method takes instead, for the message.
        words: What marks a column.

    Raises:
        KeyedByPerson: If a name holds a word such as `suspect`, `offender`, `person` or `surname`.

    Source:
        The rule of this project that nobody is ranked by predicted offending; Directive (EU) 2016/680, article 11.
    """
    for column in columns:
        if speaks_of_persons(column, words):
            raise KeyedByPerson(column, takes)
