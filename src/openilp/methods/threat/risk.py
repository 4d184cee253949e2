"""A risk matrix that knows its own limits: fields that an item may be in, and whether the colours make sense."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from openilp.methods import drawing
from openilp.methods.arrays import FloatArray
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence
from openilp.methods.threat.subjects import check_kind

FIELDS_HIDE = Sentence(
    "fields_hide",
    "A field holds items whose risks differ by a factor of up to %(factor)s; two items in one field are not equal.",
)
WEAKLY_INCONSISTENT = Sentence(
    "weakly_inconsistent",
    "The levels are not consistent: a risk in level %(low)s can be larger than one in level %(high)s. Move the "
    "classes or the levels.",
)


@dataclass(frozen=True, slots=True)
class Grid:
    """The classes and levels of a matrix.

    Attributes:
        likelihood: Inner bounds of the classes of likelihood, rising, within 0 and 1.
        impact: Inner bounds of the classes of impact, rising, between 0 and `most_impact`.
        most_impact: The largest impact that is thought of.
        levels: Names from the lowest to the highest.
        level: (impact classes, likelihood classes) number of the level of each field, impact and likelihood rising.
    """

    likelihood: tuple[float, ...]
    impact: tuple[float, ...]
    most_impact: float
    levels: tuple[str, ...]
    level: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        """This function will refuse classes out of order and levels that do not fit or fall."""
        for name, inner, most in (
            ("likelihood", self.likelihood, 1.0),
            ("impact", self.impact, self.most_impact),
        ):
            ends = [0.0, *inner, most]
            if not inner or any(low >= high for low, high in pairwise(ends)):
                raise BadValue(f"classes of {name}", inner, f"give rising bounds between 0 and {most:g}")
        table = np.array(self.level)
        if table.shape != (len(self.impact) + 1, len(self.likelihood) + 1):
            raise BadValue("levels", f"shape {table.shape}", "give one for each field")
        if table.min() < 0 or table.max() >= len(self.levels):
            raise BadValue("levels", table.tolist(), f"number them 0 to {len(self.levels) - 1}")
        if (np.diff(table, axis=0) < 0).any() or (np.diff(table, axis=1) < 0).any():
            raise BadValue("levels", table.tolist(), "let none fall as impact or likelihood rises")


@dataclass(frozen=True, slots=True)
class RiskItem:
    """One risk with what is known of it.

    Attributes:
        id: Identifier.
        kind: One of `openilp.methods.threat.subjects.KINDS`; a person is refused.
        likelihood: Lowest and highest probability.
        impact: Lowest and highest impact.
    """

    id: str
    kind: str
    likelihood: tuple[float, float]
    impact: tuple[float, float]


@dataclass(frozen=True, slots=True)
class PlacedRisk:
    """Where one risk may stand.

    Attributes:
        id: Identifier.
        kind: What it is.
        fields: Impact and likelihood class, from 0, of every field that it may be in.
        lowest: Name of the lowest level among them.
        highest: Name of the highest.
        expected_low: Lowest product of likelihood and impact.
        expected_high: Highest.
    """

    id: str
    kind: str
    fields: tuple[tuple[int, int], ...]
    lowest: str
    highest: str
    expected_low: float
    expected_high: float


@dataclass(frozen=True, slots=True)
class RiskMatrix(Result):
    """The risks in the order given.

    Attributes:
        items: One for each.
        grid: The matrix.
        n_open: Risks that may be in more than one level.
        is_weakly_consistent: Whether every risk in the highest level exceeds every one in the lowest (Cox).
        n: Risks.
        method: How it was computed.
        cautions: What the reader must know.
    """

    items: tuple[PlacedRisk, ...]
    grid: Grid
    n_open: int
    is_weakly_consistent: bool
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say how many risks the matrix can place at all."""
        highest = self.grid.levels[-1]
        return Sentence(
            "risks_placed",
            "The matrix places %(sure)s of %(n)s risks in one level; surely %(highest)s: %(top)s.",
            {
                "sure": str(self.n - self.n_open),
                "n": str(self.n),
                "highest": highest,
                "top": ", ".join(each.id for each in self.items if each.lowest == highest) or "none",
            },
        )

    def plot(self) -> Plot:
        """This function will draw how many risks may be in each field."""
        rows, columns = len(self.grid.impact) + 1, len(self.grid.likelihood) + 1
        counts = np.zeros((rows, columns))
        for each in self.items:
            for row, column in each.fields:
                counts[row, column] += 1
        return drawing.matrix(
            "Risks that may be in each field",
            [f"impact {row + 1}" for row in reversed(range(rows))],
            [f"likelihood {column + 1}" for column in range(columns)],
            counts[::-1],
            x_name="likelihood",
            y_name="impact",
            marked=np.array(self.grid.level)[::-1] == len(self.grid.levels) - 1,
        )


def risk_matrix(items: Sequence[RiskItem], grid: Grid) -> RiskMatrix:
    """This function will place risks in every field that they may be in, and test the matrix itself.

    Question:
        In which level is each risk, given how well likelihood and impact are known, and can this matrix tell?

    Assumptions:
        Likelihood and impact of an item may be anywhere in their ranges, independently.

    Traps:
        A matrix can put a smaller risk above a larger one, and puts unlike risks in one field: both are
        tested and said. A narrow range where little is known makes a sure place out of nothing.

    Args:
        items: At least 1.
        grid: Classes and levels.

    Returns:
        The fields and levels of each, in the order given.

    Raises:
        TooFew: If there is none.
        PersonsRefused: If an item is a person.
        BadValue: If an identifier repeats or a range does not fit the grid.

    Oracle:
        Fields by drawing points in each range, and Cox's example of a matrix that misleads, in
        `test_threat_risk.py`.

    Cost:
        Fields x items.

    Not for:
        Persons, or choosing between items of one level: compare their expected ranges.

    Source:
        Cox, "What's wrong with risk matrices?", Risk Analysis 28 (2008), weak consistency.
    """
    if not items:
        raise TooFew("risks", 0, 1)
    ids = [each.id for each in items]
    for each in items:
        if ids.count(each.id) > 1:
            raise BadValue("risk", repr(each.id), "give each its own identifier")
    placed = tuple(_place(each, grid) for each in items)
    is_consistent = _is_weakly_consistent(grid)
    return RiskMatrix(
        items=placed,
        grid=grid,
        n_open=sum(each.lowest != each.highest for each in placed),
        is_weakly_consistent=is_consistent,
        n=len(items),
        method=Sentence(
            "risk_matrix",
            "%(rows)s classes of impact by %(columns)s of likelihood in %(levels)s levels; a risk is in every field "
            "that its ranges reach.",
            {
                "rows": str(len(grid.impact) + 1),
                "columns": str(len(grid.likelihood) + 1),
                "levels": str(len(grid.levels)),
            },
        ),
        cautions=_cautions(grid, is_consistent),
    )


def _ends(grid: Grid) -> tuple[FloatArray, FloatArray]:
    return np.array([0.0, *grid.impact, grid.most_impact]), np.array([0.0, *grid.likelihood, 1.0])


def _place(item: RiskItem, grid: Grid) -> PlacedRisk:
    impact, likelihood = _ends(grid)
    for name, (low, high), most in (
        ("likelihood", item.likelihood, 1.0),
        ("impact", item.impact, grid.most_impact),
    ):
        if not 0 <= low <= high <= most:
            raise BadValue(
                f"{name} of {item.id!r}", f"{low:g} to {high:g}", f"give 0 <= low <= high <= {most:g}"
            )
    fields = tuple(
        (row, column)
        for row in _classes(item.impact, impact)
        for column in _classes(item.likelihood, likelihood)
    )
    levels = [grid.level[row][column] for row, column in fields]
    return PlacedRisk(
        id=item.id,
        kind=check_kind(item.id, item.kind),
        fields=fields,
        lowest=grid.levels[min(levels)],
        highest=grid.levels[max(levels)],
        expected_low=item.likelihood[0] * item.impact[0],
        expected_high=item.likelihood[1] * item.impact[1],
    )


def _classes(values: tuple[float, float], ends: FloatArray) -> range:
    # A class holds its lower bound and not its upper one; the last holds both.
    first, last = np.clip(np.searchsorted(ends, values, side="right") - 1, 0, len(ends) - 2)
    return range(int(first), int(last) + 1)


def _is_weakly_consistent(grid: Grid) -> bool:
    impact, likelihood = _ends(grid)
    level = np.array(grid.level)
    least = np.outer(impact[:-1], likelihood[:-1])[level == len(grid.levels) - 1]
    largest = np.outer(impact[1:], likelihood[1:])[level == 0]
    return bool(not least.size or not largest.size or least.min() >= largest.max())


def _cautions(grid: Grid, is_consistent: bool) -> tuple[Sentence, ...]:
    impact, likelihood = _ends(grid)
    # The first classes reach down to 0, where no factor is defined.
    widest = [max(high / low for low, high in pairwise(ends[1:])) for ends in (impact, likelihood)]
    said = [Sentence(FIELDS_HIDE.code, FIELDS_HIDE.template, {"factor": f"{widest[0] * widest[1]:.3g}"})]
    if not is_consistent:
        facts = {"low": grid.levels[0], "high": grid.levels[-1]}
        said.append(Sentence(WEAKLY_INCONSISTENT.code, WEAKLY_INCONSISTENT.template, facts))
    return tuple(said)
