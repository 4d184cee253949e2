"""Areas with the people who live in them, and how much attention each gets."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from openilp.methods.arrays import BoolArray, FloatArray, floats, freeze, same_length
from openilp.methods.errors import BadValue, TooFew

# The bootstrap draws whole areas; with fewer its intervals mean nothing.
FEWEST_AREAS = 10


@dataclass(frozen=True, slots=True)
class Areas:
    """n areas: attention, and people by group. Groups are numbers about areas, never about a person.

    Attributes:
        attention: (n,) what an area gets: 1 when chosen and 0 when not, a covered share, or hours.
        people: (n,) people of each group, by the group's name.
    """

    attention: FloatArray
    people: Mapping[str, FloatArray]

    def __post_init__(self) -> None:
        """This function will check that nothing is missing or negative."""
        attention = floats("attention", self.attention)
        people = {name: floats(name, column) for name, column in self.people.items()}
        same_length(attention=attention, **people)
        if len(people) < 2:
            raise TooFew("groups to compare", len(people), 2)
        if attention.size < FEWEST_AREAS:
            raise TooFew("areas", int(attention.size), FEWEST_AREAS)
        for name, column in {"attention": attention, **people}.items():
            check_amounts(name, column)
        for name, column in people.items():
            if column.sum() == 0:
                raise BadValue(name, "0 people in all areas", "leave the group out")
        freeze(attention, *people.values())
        object.__setattr__(self, "attention", attention)
        object.__setattr__(self, "people", people)

    def __len__(self) -> int:
        """This function will count the areas."""
        return int(self.attention.size)

    @property
    def table(self) -> FloatArray:
        """This function will return the people as (groups, areas)."""
        return np.array(list(self.people.values()))


def check_amounts(name: str, column: FloatArray) -> None:
    """This function will refuse amounts that are missing or negative, naming the row.

    Args:
        name: The column's name.
        column: (n,).

    Raises:
        BadValue: If a value is missing, infinite or below 0.
    """
    wrong = np.flatnonzero(~(np.isfinite(column) & (column >= 0)))
    if wrong.size:
        raise BadValue(
            f"{name} of row {wrong[0] + 1}",
            float(column[wrong[0]]),
            "give a number of 0 or more in every row",
        )


def covered_shares(areas: NDArray[np.object_], cells: NDArray[np.object_]) -> FloatArray:
    """Return which share of each area the cells of a forecast cover.

    Args:
        areas: (n,) polygons on the plane of the cells.
        cells: (k,) polygons that do not overlap.
    """
    tree = shapely.STRtree(cells)
    place, cell = tree.query(areas, predicate="intersects")
    shared = shapely.area(shapely.intersection(areas[place], cells[cell]))
    size = np.maximum(shapely.area(areas), 1e-12)
    shares: FloatArray = np.minimum(np.bincount(place, weights=shared, minlength=len(areas)) / size, 1.0)
    return shares


def top(values: FloatArray, n: int) -> BoolArray:
    """Return the n areas with the highest values; ties by row.

    Args:
        values: (n,).
        n: How many.
    """
    chosen = np.zeros(values.size, dtype=np.bool_)
    chosen[np.argsort(-values, kind="stable")[:n]] = True
    return chosen
