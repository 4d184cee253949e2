"""Counts of areas by period, out of tables with one row for each area and period."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from openilp.cli.methods.documents import is_json, number, part, read_document, rows_of
from openilp.methods.arrays import FloatArray
from openilp.methods.errors import BadRows, BadValue, TooFew
from openilp.methods.impact import BeforeAfter
from openilp.methods.persons import refuse_persons
from openilp.methods.tables import MOST_AMOUNT, Table

#: The areas of a comparison before and after, in the order in which they are explained.
AREAS = ("treated", "control", "treated_displacement", "control_displacement")


def read_areas(file: Path) -> dict[str, tuple[BeforeAfter, ...]]:
    """Read counts before and after by area from a table, or from JSON.

    Raises:
        BadValue: If an area or a count is missing or wrong; it names the row.
    """
    found: dict[str, list[BeforeAfter]] = {}
    if is_json(file):
        document = read_document(file)
        for name, given in document.items():
            entries = given if isinstance(given, list) and given and not _plain(given) else [given]
            for at, entry in enumerate(entries, 1):
                found.setdefault(name, []).append(_counts(f"entry {at} of {name!r}", _keyed(entry)))
    else:
        table, rows = rows_of(file)
        for place, row in enumerate(rows):
            name = str(part(row, "area", table.row(place)))
            found.setdefault(name, []).append(_counts(table.row(place), row))
    if unknown := sorted(set(found) - set(AREAS)):
        raise BadValue("area", repr(unknown[0]), f"use one of {', '.join(AREAS)}")
    for name in ("treated", "control"):
        if name not in found:
            raise BadValue("area", f"without {name!r}", "give the counts before and after in it")
    return {name: tuple(areas) for name, areas in found.items()}


def one(areas: dict[str, tuple[BeforeAfter, ...]], name: str) -> BeforeAfter:
    """Return the only entry of an area.

    Raises:
        BadValue: If there is none, or several.
    """
    found = areas.get(name, ())
    if len(found) != 1:
        raise BadValue("area", f"{len(found)} rows for {name!r}", "give one row")
    return found[0]


def _plain(given: Any) -> bool:
    return isinstance(given, list) and not any(isinstance(each, list | dict) for each in given)


def _keyed(entry: Any) -> Any:
    return dict(zip(("before", "after", "weight"), entry, strict=False)) if isinstance(entry, list) else entry


def _counts(at: str, row: Any) -> BeforeAfter:
    before, after = (number(part(row, name, at), f"{name} of {at}") for name in ("before", "after"))
    for name, count in (("before", before), ("after", after)):
        if count != np.floor(count) or not 0 <= count <= MOST_AMOUNT:
            raise BadValue(f"{name} of {at}", f"{count:g}", "give whole counts of 0 or more")
    weight = number(row.get("weight"), f"weight of {at}", 1.0)
    if not 0 <= weight <= MOST_AMOUNT:
        raise BadValue(f"weight of {at}", f"{weight:g}", "give a weight of 0 or more")
    return BeforeAfter(int(before), int(after), weight)


@dataclass(frozen=True)
class Panel:
    """Counts of areas by period.

    Attributes:
        areas: Names, sorted.
        periods: Labels, sorted.
        counts: (areas, periods), NaN where the table has no row.
    """

    areas: tuple[str, ...]
    periods: tuple[str, ...]
    counts: FloatArray

    def position(self, label: str, what: str) -> int:
        """Return the position of a period.

        Raises:
            BadValue: If the table has no such period.
        """
        if label not in self.periods:
            raise BadValue(what, repr(label), f"use a period from {self.periods[0]} to {self.periods[-1]}")
        return self.periods.index(label)


def read_panel(table: Table, area: str, period: str, count: str) -> Panel:
    """Turn a table with one row for each area and period into counts.

    Raises:
        KeyedByPerson: If the areas are people.
        BadRows: If a row has no area or period, or repeats both.
        TooFew: If there is no row.
    """
    refuse_persons([area], "a measure is judged by areas")
    names, labels, values = table.texts(area), table.texts(period), table.amounts(count)
    if not names:
        raise TooFew("rows", 0, 1)
    for column, texts in ((area, names), (period, labels)):
        if lacking := [at for at, text in enumerate(texts) if not text]:
            raise BadRows(column, tuple(lacking), table.rows(lacking), None, "give one in every row")
    areas, row_of = np.unique(np.array(names, dtype=str), return_inverse=True)
    periods, column_of = np.unique(np.array(labels, dtype=str), return_inverse=True)
    _, first = np.unique(row_of * len(periods) + column_of, return_index=True)
    if repeated := sorted(set(range(len(names))) - set(first.tolist())):
        value = f"{names[repeated[0]]}, {labels[repeated[0]]}"
        remedy = "give each area and period once"
        raise BadRows(f"{area} and {period}", tuple(repeated), table.rows(repeated), value, remedy)
    counts = np.full((len(areas), len(periods)), np.nan)
    counts[row_of, column_of] = values
    return Panel(tuple(areas.tolist()), tuple(periods.tolist()), counts)


def label_by_area(table: Table, panel: Panel, area: str, column: str | None) -> list[int | None]:
    """Return the position that a column gives each area; None where it is empty.

    Raises:
        BadRows: If rows of one area differ.
        BadValue: If a label is no period.
    """
    if column is None:
        return [None] * len(panel.areas)
    names, labels = table.texts(area), table.texts(column)
    said: dict[str, str | None] = {}
    for at, (name, label) in enumerate(zip(names, labels, strict=True)):
        if said.setdefault(str(name), label) != label:
            remedy = f"give all rows of {name} the same"
            raise BadRows(column, (at,), table.rows([at]), label, remedy)
    return [None if not said[name] else panel.position(str(said[name]), column) for name in panel.areas]
