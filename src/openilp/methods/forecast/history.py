"""Recorded events on a plane, in one order whatever the order of the file."""

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from openilp.methods.arrays import FloatArray, floats, freeze, same_length
from openilp.methods.errors import BadValue, MethodError
from openilp.methods.sentence import Sentence
from openilp.methods.series.clock import Resolution, times

#: Words in a column's name that mark a table about people. A forecast is about places only.
# fmt: off
PERSON_WORDS = frozenset({
    "person", "persons", "people", "suspect", "suspects", "offender", "offenders", "victim", "victims",
    "nominal", "nominals", "subject", "subjects", "arrestee", "arrestees", "defendant", "defendants",
    "perpetrator", "perpetrators", "inmate", "detainee", "witness", "surname", "forename", "firstname",
    "lastname", "fullname", "nickname", "alias", "dob", "birthdate", "birthday", "ssn", "passport",
})
# fmt: on
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
UNPLACED = Sentence("unplaced", "%(n)s rows without a place or a date were left out: %(rows)s.")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


class KeyedByPerson(MethodError):
    """A table carries a column about people, and a forecast is about places."""

    def __init__(self, column: str) -> None:
        self.column = column
        super().__init__(
            f"Column {column!r} is about people; a forecast takes places and dates only, never persons. "
            "Give a table of incidents without that column."
        )


def refuse_persons(columns: Iterable[str]) -> None:
    """This function will refuse a table that has a column about people.

    Question:
        May a forecast be made from a table with these columns?

    Assumptions:
        Columns are named after what they hold, in English.

    Traps:
        A column of names called `label` passes: the guard reads headings, not values. It is a reminder of the rule,
        and no proof that it is kept.

    Args:
        columns: The names of all columns, the unused ones too.

    Returns:
        Nothing, when no name speaks of people.

    Raises:
        KeyedByPerson: If a name holds a word such as `suspect`, `offender`, `person` or `surname`.

    Oracle:
        Headings that are refused and headings that pass (`test_forecast_kernels.py`).

    Cost:
        Linear in the number of columns.

    Not for:
        Making a table about people anonymous: take the column out, and what stands for it.

    Source:
        The rule of this project that nobody is ranked by predicted offending; Directive (EU) 2016/680, article 11.
    """
    for column in columns:
        words = [word.lower() for word in _WORD.findall(column) if word.lower() != "of"]
        if PERSON_WORDS.intersection(words) or PERSON_PAIRS.intersection(itertools.pairwise(words)):
            raise KeyedByPerson(column)


@dataclass(frozen=True, slots=True)
class History:
    """n events in order of day, then x, then y, so that the order of the file changes nothing.

    Attributes:
        x: (n,) metres east.
        y: (n,) metres north.
        day: (n,) days since 1970-01-01, with a fraction where the clock is known.
        resolution: `day` when dates carry no clock, `instant` otherwise.
        first_day: First day that the record covers.
        end_day: The day after the last one that the record covers.
        cautions: What the reader must know, such as rows left out.
    """

    x: FloatArray
    y: FloatArray
    day: FloatArray
    resolution: Resolution
    first_day: int
    end_day: int
    cautions: tuple[Sentence, ...] = ()

    @classmethod
    def of(
        cls,
        x: Any,
        y: Any,
        when: Any,
        *,
        first: date | None = None,
        end: date | None = None,
    ) -> "History":
        """This function will take events from columns in metres and local times.

        Args:
            x: (n,) metres east.
            y: (n,) metres north.
            when: (n,) dates or local times; a missing one is None.
            first: First day that the record covers; the day of the first event when left out.
            end: The day after the last one that the record covers; the day after the last event when left out.

        Returns:
            The events that have a place and a date; a caution names the rows of the others.

        Raises:
            BadValue: If a value is no number or no date, or an event lies outside the stated period.
            LengthMismatch: If the columns differ in length.
        """
        across, along = floats("x", x), floats("y", y)
        moment, resolution = times("date", when)
        same_length(x=across, y=along, date=moment)
        known = np.isfinite(across) & np.isfinite(along) & ~np.isnat(moment)
        if resolution == "month":
            raise BadValue("date", "a month in every row", "a forecast needs at least the day of each event")
        day = moment[known].astype("int64") / 86_400e6
        across, along = across[known], along[known]
        order = np.lexsort((along, across, day))
        day, across, along = day[order], across[order], along[order]
        begin = _day(first) if first else int(np.floor(day[0])) if day.size else 0
        stop = _day(end) if end else int(np.floor(day[-1])) + 1 if day.size else 0
        _inside(moment, known, begin, stop)
        freeze(across, along, day)
        return cls(across, along, day, resolution, begin, stop, _left_out(np.flatnonzero(~known)))

    def __len__(self) -> int:
        """This function will count the events."""
        return int(self.x.size)

    @property
    def days(self) -> int:
        """This function will return the length of the record in days."""
        return self.end_day - self.first_day

    def before(self, day: int) -> "History":
        """This function will return what was known when a day began.

        Args:
            day: Days since 1970-01-01.

        Returns:
            The events of earlier days.
        """
        n = int(np.searchsorted(self.day, day, side="left"))
        return History(
            self.x[:n], self.y[:n], self.day[:n], self.resolution, self.first_day, min(day, self.end_day)
        )

    def within(self, start: int, days: int) -> tuple[FloatArray, FloatArray]:
        """This function will return the places of the events in a window.

        Args:
            start: First day.
            days: Length.

        Returns:
            x and y of the events.
        """
        a, b = np.searchsorted(self.day, [start, start + days], side="left")
        return self.x[a:b], self.y[a:b]


def _day(value: date) -> int:
    return int(np.datetime64(value, "D").astype("int64"))


def _inside(moment: Any, known: Any, begin: int, stop: int) -> None:
    whole = moment.astype("datetime64[D]").astype("int64")
    outside = np.flatnonzero(known & ((whole < begin) | (whole >= stop)))
    if outside.size:
        raise BadValue(
            f"date of row {outside[0] + 1}",
            moment[outside[0]].astype("datetime64[D]"),
            f"{outside.size} rows lie outside the period from {np.datetime64(begin, 'D')} to the day before "
            f"{np.datetime64(stop, 'D')}; correct them, or state the period that the record covers",
        )


def _left_out(rows: Any) -> tuple[Sentence, ...]:
    if not rows.size:
        return ()
    named = ", ".join(str(row + 1) for row in rows[:10]) + (" …" if rows.size > 10 else "")
    return (Sentence(UNPLACED.code, UNPLACED.template, {"n": str(rows.size), "rows": named}),)
