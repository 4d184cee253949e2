"""Declared statistics: which figures about people are made at all, by which law, in which groups."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from openilp.reference.fields import Fields
from openilp.reference.values import Head, Value, Vocabulary, read_values


class Counted(StrEnum):
    """What a statistic counts."""

    PERSONS = "persons"
    RELEASES = "releases"


class Dimension(StrEnum):
    """By what it is broken down."""

    SEX = "sex"
    AGE = "age"
    NATIONALITY = "nationality"
    RECIPIENT = "recipient"


@dataclass(frozen=True)
class Group:
    """Hold one column of a statistic.

    Attributes:
        code: What is stored.
        label: Short English text, a source string for translation.
        words: Recorded values that belong to it, folded to lower case.
        until: Greatest age that belongs to it; None where it is not about age.
    """

    code: str
    label: str
    words: frozenset[str]
    until: int | None


@dataclass(frozen=True)
class DeclaredStatistic(Value):
    """Hold one figure that may be made.

    Attributes:
        of: What is counted.
        by: By what it is broken down.
        law: The law that has it collected.
        collected: Whether it is made at all.
        groups: Its columns in their order; empty where the recorded values themselves are the columns.
    """

    of: Counted
    by: Dimension
    law: str
    collected: bool
    groups: tuple[Group, ...]

    def group_of(self, value: str) -> str:
        """Return the code of the group that a recorded value belongs to; empty where it belongs to none.

        Args:
            value: The recorded value; an age is a whole number of years.
        """
        if not self.groups:
            return value
        if self.by is Dimension.AGE:
            ends = [g.code for g in self.groups if value.isdigit() and g.until and int(value) <= g.until]
            return ends[0] if ends else ""
        return next((g.code for g in self.groups if value.strip().casefold() in g.words), "")


def read_statistics(fields: Fields, head: Head) -> Vocabulary[DeclaredStatistic]:
    """Read a list of declared statistics.

    Raises:
        InvalidReferenceFile: If groups of age are not in rising order, or a word belongs to two groups.
    """
    return read_values(fields, head, _statistic)


def _statistic(fields: Fields, value: Value) -> DeclaredStatistic:
    by = fields.choice("by", Dimension)
    groups = () if by is Dimension.RECIPIENT else tuple(_group(row, by) for row in fields.rows("groups"))
    ends = [group.until or 0 for group in groups]
    if by is Dimension.AGE and ends != sorted(set(ends)):
        raise fields.refuse("groups", "the ages are not in rising order; write the youngest group first")
    words = [word for group in groups for word in group.words]
    if twice := sorted({word for word in words if words.count(word) > 1}):
        raise fields.refuse("groups", f"{', '.join(twice)} stands in two groups; keep one")
    fields.has("groups")
    return DeclaredStatistic(
        **vars(value),
        of=fields.choice("of", Counted),
        by=by,
        law=fields.text("law"),
        collected=fields.flag("collected", default=True),
        groups=groups,
    )


def _group(row: Fields, by: Dimension) -> Group:
    is_age = by is Dimension.AGE
    group = Group(
        code=row.code("code"),
        label=row.text("label"),
        words=frozenset() if is_age else frozenset(word.casefold() for word in row.texts("words")),
        until=row.integer("until", minimum=0) if is_age else None,
    )
    row.close()
    return group
