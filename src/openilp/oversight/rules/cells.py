"""Tables of counts from which nobody can be read: small cells are left out, and so is what would give them away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: The least count that is shown (design/safeguards.md: a declared statistic has a minimum cell of 5).
MINIMUM = 5


@dataclass(frozen=True)
class Row:
    """One row of a table: its name, its cells in the order of the columns, its sum; nothing where it is not shown."""

    name: str
    cells: tuple[int | None, ...]
    total: int | None


@dataclass(frozen=True)
class Table:
    """A table of counts; `largest` is the largest shown cell, for the length of bars."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    largest: int


def shown(counts: Mapping[tuple[str, str], int], minimum: int = MINIMUM, order: Sequence[str] = ()) -> Table:
    """Return counts by row and column with small ones left out.

    A sum is shown only where no cell of its row is left out: with one missing it would give that cell away. Sums of
    columns are not shown at all.

    Args:
        counts: Counts by row and column; what is not in it is 0, and 0 is shown.
        minimum: The least count that is shown.
        order: The columns in their order; without it they stand in alphabetical order.
    """
    columns = tuple(order) or tuple(sorted({column for _, column in counts}))
    rows = []
    for name in sorted({row for row, _ in counts}):
        given = [counts.get((name, column), 0) for column in columns]
        cells = tuple(n if n == 0 or n >= minimum else None for n in given)
        rows.append(Row(name, cells, None if None in cells else sum(given)))
    return Table(columns, tuple(rows), max((n for row in rows for n in row.cells if n), default=0))


@dataclass(frozen=True)
class Bar:
    """A bar of a chart in its own coordinates: a bar that is not shown has no height."""

    x: float
    y: float
    width: float
    height: float


def bars(numbers: Sequence[int | None], *, width: float = 560.0, height: float = 120.0) -> list[Bar]:
    """Return one bar a number, the largest as high as the chart.

    Args:
        numbers: What the bars stand for, in their order.
        width: Of the chart, in pixels.
        height: Of the chart, in pixels.
    """
    if not numbers:
        return []
    step, top = width / len(numbers), max((number or 0 for number in numbers), default=0) or 1
    heights = [round((number or 0) / top * height, 1) for number in numbers]
    return [
        Bar(round(at * step + step * 0.1, 1), round(height - high, 1), round(step * 0.8, 1), high)
        for at, high in enumerate(heights)
    ]


def protected(given: Sequence[int], minimum: int = MINIMUM) -> tuple[int | None, ...]:
    """Return the cells of a row whose sum may be known, with small ones left out and their neighbours with them.

    Whoever knows the sum finds a single missing cell by taking the others away, and several whose sum is small too.
    Columns therefore go in pairs, the last one with the pair before it: where one of a pair is small, both are left
    out, and so is the next pair while the sum of what is missing is small. Which cells go follows from their place and
    not from their size, which would tell something of the small ones to a reader who knows this rule. A row whose sum
    is small shows nothing.

    Args:
        given: The true counts of the row.
        minimum: The least count that is shown.

    Returns:
        The cells, nothing where one is not shown. No missing cell has one possible value only: a test tries all rows.
    """
    pairs = [list(range(at, at + 2)) for at in range(0, max(len(given) - 1, 1), 2)]
    pairs[-1] = list(range(pairs[-1][0], len(given)))
    small = [at for at, pair in enumerate(pairs) if any(0 < given[one] < minimum for one in pair)]
    if not small:
        return tuple(given)
    out, place = set(small), small[0]
    while len(out) < len(pairs) and sum(given[one] for at in out for one in pairs[at]) < minimum:
        place = (place + 1) % len(pairs)
        out.add(place)
    missing = {one for at in out for one in pairs[at]} if sum(given) >= minimum else set(range(len(given)))
    return tuple(None if at in missing else n for at, n in enumerate(given))


def total_of(given: Sequence[int], minimum: int = MINIMUM) -> int | None:
    """Return the sum of a row, or nothing where it is small; it is the same in every table of the same people."""
    total = sum(given)
    return None if 0 < total < minimum else total
