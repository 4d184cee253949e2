"""What a threat may be assessed of: groups, crime areas, markets, places and problems – never a person."""

from collections.abc import Iterable

from openilp.methods.errors import BadValue, MethodError
from openilp.methods.persons import PERSON_WORDS, speaks_of_persons

KINDS = ("crime area", "group", "market", "place", "problem")
#: Words of a column or kind that is about people; the subject of a threat is what it is assessed of.
_PERSON = (PERSON_WORDS - {"subject", "subjects"}) | {
    *("individual", "individuals", "gender", "sex", "ethnicity", "religion", "nationality")
}


class PersonsRefused(MethodError):
    """A threat matrix was asked for over persons."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(
            f"{what} is about persons; a threat is assessed of a {', a '.join(KINDS[:-1])} or a {KINDS[-1]}, never of "
            "a person. People are looked at one by one, by a human, on grounds in law."
        )


def check_kind(subject: str, kind: str) -> str:
    """This function will refuse a subject that is a person, or of a kind that is not assessed.

    Args:
        subject: Its identifier.
        kind: One of `KINDS`; upper case and underscores do not matter.

    Returns:
        The kind as `KINDS` writes it.

    Raises:
        PersonsRefused: If it is a person.
        BadValue: If it is of another kind.
    """
    plain = kind.strip().lower().replace("_", " ").replace("-", " ")
    plain = "crime area" if plain == "area" else plain
    if plain in KINDS:
        return plain
    if _PERSON.intersection(plain.split()):
        raise PersonsRefused(f"Kind {kind!r} of {subject!r}")
    raise BadValue(f"kind of {subject!r}", repr(kind), f"use one of {', '.join(KINDS)}")


def refuse_person_columns(columns: Iterable[str]) -> None:
    """This function will refuse a table that has a column about people.

    Args:
        columns: Names.

    Raises:
        PersonsRefused: If a name holds a word such as `person`, `suspect` or `surname`.
    """
    for column in columns:
        if speaks_of_persons(column, _PERSON):
            raise PersonsRefused(f"Column {column!r}")
