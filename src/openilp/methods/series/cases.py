"""Cases as case linkage sees them, and the evidence that two of them share an offender."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from openilp.methods.arrays import BoolArray, FloatArray, IntArray, same_length
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.places import Places
from openilp.methods.series.bands import Bands
from openilp.methods.series.clock import times
from openilp.methods.series.left_out import LeftOut, left_out
from openilp.methods.series.pairs import find_close_pairs

#: Below this two places count as equally near: the error of a geocoded address.
NEAR_M = 50.0


@dataclass(frozen=True, slots=True)
class Cases:
    """n cases with place, time and ways of acting.

    Attributes:
        ids: n different names.
        xy: (n, 2) metres.
        day: (n,) days since 1970, with the time of day in the fraction.
        hour: (n,) hour of the day; NaN when only the day is known.
        categories: By variable: n values, None where unknown.
        sets: By variable: n sets of marks, empty where unknown.
        series: n names of known series; None where the series is not known. A solved single case has a
            name that no other case has.
    """

    ids: tuple[str, ...]
    xy: FloatArray
    day: FloatArray
    hour: FloatArray
    categories: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    sets: Mapping[str, tuple[frozenset[str], ...]] = field(default_factory=dict)
    series: tuple[str | None, ...] = ()

    def __len__(self) -> int:
        """This function will count the cases."""
        return len(self.ids)

    @property
    def labelled(self) -> BoolArray:
        """This function will say for each case whether its series is known."""
        return np.array([name is not None for name in self.series], dtype=np.bool_)

    def only(self, rows: IntArray) -> "Cases":
        """This function will return some cases.

        Args:
            rows: Their rows.
        """
        return Cases(
            ids=tuple(self.ids[row] for row in rows),
            xy=self.xy[rows],
            day=self.day[rows],
            hour=self.hour[rows],
            categories={name: tuple(column[row] for row in rows) for name, column in self.categories.items()},
            sets={name: tuple(column[row] for row in rows) for name, column in self.sets.items()},
            series=tuple(self.series[row] for row in rows),
        )


def read_cases(
    ids: Sequence[Any],
    places: Places,
    moments: Any,
    *,
    categories: Mapping[str, Sequence[Any]] | None = None,
    sets: Mapping[str, Sequence[Any]] | None = None,
    series: Sequence[Any] | None = None,
) -> tuple[Cases, tuple[LeftOut, ...]]:
    """This function will gather cases, and name the rows without a place or a time.

    Args:
        ids: n names, all different.
        places: n places in metres.
        moments: (n,) local times or dates.
        categories: Columns with one value a case; an empty text is unknown.
        sets: Columns with several marks a case: lists, or text with `;` between the marks.
        series: Known series by case; None or an empty text where it is not known.

    Returns:
        The cases, and the rows that were left out.

    Raises:
        BadValue: If an id is missing or stands twice.
        TooFew: If fewer than two cases remain.
        LengthMismatch: If the columns differ in length.
    """
    when, resolution = times("times", moments)
    names = [_text(value) for value in ids]
    columns = {
        **(categories or {}),
        **(sets or {}),
        "series": [None] * len(names) if series is None else series,
    }
    same_length(ids=names, places=places.x, times=when, **columns)
    _refuse_repeats(names)
    lost_place, lost_time = ~places.located, np.isnat(when)
    rows = np.flatnonzero(~(lost_place | lost_time))
    kept = [int(row) for row in rows]
    if len(rows) < 2:
        raise TooFew("cases with a place and a time", len(rows), 2)
    day = (when[rows] - np.datetime64(0, "us")) / np.timedelta64(1, "D")
    hour = np.mod(day, 1) * 24 if resolution == "instant" else np.full(len(rows), np.nan)
    cases = Cases(
        ids=tuple(str(names[row]) for row in kept),
        xy=np.column_stack([places.x[rows], places.y[rows]]),
        day=day,
        hour=hour,
        categories={
            name: tuple(_text(column[row]) for row in kept) for name, column in (categories or {}).items()
        },
        sets={name: tuple(_marks(column[row]) for row in kept) for name, column in (sets or {}).items()},
        series=tuple(_text(columns["series"][row]) for row in kept),
    )
    return cases, left_out(no_place=lost_place, no_time=lost_time)


def _refuse_repeats(names: list[str | None]) -> None:
    seen: dict[str, int] = {}
    for row, name in enumerate(names):
        if name is None:
            raise BadValue(f"the id of row {row + 1}", "missing", "give every case a name")
        if name in seen:
            raise BadValue(
                f"the id of row {row + 1}", repr(name), f"it stands in row {seen[name] + 1} too; remove one"
            )
        seen[name] = row


def _text(value: Any) -> str | None:
    if value is None or value != value:
        return None
    return str(value).strip() or None


def _marks(value: Any) -> frozenset[str]:
    if isinstance(value, str):
        value = value.split(";")
    return frozenset(
        text for part in (value if value is not None and value == value else ()) if (text := _text(part))
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """How the likeness of two cases is measured; learnt from the cases that a model is trained on.

    Attributes:
        surprise: By variable and value: minus the logarithm of its share, so that agreeing on a rare value
            weighs more than on a common one.
        categories: Variables with one value a case.
        sets: Variables with several marks a case.
        timed: Whether the time of day is used.
    """

    surprise: Mapping[str, Mapping[str, float]]
    categories: tuple[str, ...]
    sets: tuple[str, ...]
    timed: bool

    @classmethod
    def learn(cls, cases: Cases) -> "Evidence":
        """This function will count how common each value is.

        Args:
            cases: The training cases.
        """
        counted: dict[str, Mapping[str, float]] = {}
        for name, values in cases.categories.items():
            counted[name] = _surprises(Counter(value for value in values if value is not None))
        for name, marks in cases.sets.items():
            counted[name] = _surprises(Counter(mark for each in marks for mark in each), len(marks))
        return cls(counted, tuple(cases.categories), tuple(cases.sets), bool(np.isfinite(cases.hour).any()))

    @property
    def variables(self) -> tuple[str, ...]:
        """This function will name the columns of evidence."""
        both = [
            name for each in (*self.categories, *self.sets) for name in (f"{each} shared", f"{each} differs")
        ]
        return ("distance", "delay", *(("time of day",) if self.timed else ()), *both)

    def of(self, cases: Cases, first: IntArray, second: IntArray) -> FloatArray:
        """This function will measure pairs of cases.

        Args:
            cases: The cases.
            first: (m,) rows.
            second: (m,) rows.

        Returns:
            (m, variables); the unknown is 0 in both columns of a variable, so that it speaks neither way.
        """
        step = cases.xy[first] - cases.xy[second]
        columns = [
            np.log(np.sqrt((step * step).sum(axis=1)) + NEAR_M),
            np.log1p(np.abs(cases.day[first] - cases.day[second])),
        ]
        if self.timed:
            apart = np.abs(cases.hour[first] - cases.hour[second])
            # 6 hours is the mean difference of two random times: the unknown stands there.
            columns.append(np.nan_to_num(np.minimum(apart, 24 - apart), nan=6.0))
        for name in self.categories:
            columns += self._category(name, cases.categories[name], first, second)
        for name in self.sets:
            columns += self._set(name, cases.sets[name], first, second)
        return np.column_stack(columns)

    def _category(
        self, name: str, values: tuple[str | None, ...], first: IntArray, second: IntArray
    ) -> list[FloatArray]:
        known = sorted({value for value in values if value is not None})
        place = {value: code for code, value in enumerate(known)}
        codes = np.array([-1 if value is None else place[value] for value in values], dtype=np.int64)
        worth = np.array([self._worth(name, value) for value in known] or [0.0])
        one, other = codes[first], codes[second]
        both = (one >= 0) & (other >= 0)
        same = both & (one == other)
        return [np.where(same, worth[one], 0.0), (both & ~same).astype(np.float64)]

    def _set(
        self, name: str, marks: tuple[frozenset[str], ...], first: IntArray, second: IntArray
    ) -> list[FloatArray]:
        shared, differs = np.zeros(len(first)), np.zeros(len(first))
        for row, (a, b) in enumerate(zip(first, second, strict=True)):
            one, other = marks[a], marks[b]
            if one and other:
                common = one & other
                shared[row] = sum(self._worth(name, mark) for mark in common)
                differs[row] = 1 - len(common) / len(one | other)
        return [shared, differs]

    def _worth(self, name: str, value: str) -> float:
        known = self.surprise[name]
        # A value never seen in training is as rare as the rarest.
        return known.get(value, max(known.values(), default=0.0))


def _surprises(counted: Counter[str], total: int | None = None) -> dict[str, float]:
    whole = (sum(counted.values()) if total is None else total) + 1
    return {
        value: float(-np.log((n + 0.5) / whole)) if n + 0.5 < whole else 0.0 for value, n in counted.items()
    }


def candidate_pairs(cases: Cases, *, within_m: float, within_days: float) -> tuple[IntArray, IntArray]:
    """This function will find the pairs of cases near enough to be compared at all (blocking).

    Args:
        cases: n cases.
        within_m: Largest distance in metres.
        within_days: Largest delay in days.

    Returns:
        Rows of the first and of the second case of each pair.

    Raises:
        BadValue: If a limit is not above 0.
        TooLarge: If there are more than 100 million near pairs.
    """
    for name, limit in (("within_m", within_m), ("within_days", within_days)):
        if not limit > 0:
            raise BadValue(name, limit, "give a number above 0")
    pairs = find_close_pairs(cases.xy, Bands((0.0, within_m), "right"), "euclidean")
    first, second = pairs.first.astype(np.int64), pairs.second.astype(np.int64)
    soon = np.abs(cases.day[first] - cases.day[second]) <= within_days
    first, second = first[soon], second[soon]
    low, high = np.minimum(first, second), np.maximum(first, second)
    order = np.lexsort((high, low))
    return low[order], high[order]
