"""Recorded events on a plane, in one order whatever the order of the file."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from openilp.methods.arrays import FloatArray, floats, freeze, same_length
from openilp.methods.errors import BadValue
from openilp.methods.sentence import Sentence
from openilp.methods.series.clock import Resolution, times

UNPLACED = Sentence("unplaced", "%(n)s rows without a place or a date were left out: %(rows)s.")


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
