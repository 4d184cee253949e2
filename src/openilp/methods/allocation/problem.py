"""What could be done, by whom, and within which limits."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from openilp.methods.allocation.curve import Curve
from openilp.methods.errors import BadValue, UnknownType


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that could be done against a harm.

    Attributes:
        name: Unique.
        curve: Harm prevented by the hours put in.
        least_hours: Below these it is not worth starting; 0 or more.
        most_hours: More cannot be used; above 0.
        money: Spent once when it is chosen, beside what the hours of units cost.
        skills: Hours that units with a skill must give at least, by skill; one unit may serve several.
        powers: What every unit on it must hold (a firearms authority, a handler's licence).
        area: Where it is; None is anywhere.
        first: First day on which it may run; None is open.
        last: Last day, for example the end of an authorisation; None is open.
        basis: Its legal basis in words; without one it is not eligible.
        must: Whether a duty demands it.
        excludes: Operations that may not run beside it.
        requires: Operations without which it may not run.
        low: Share of the expected effect that it has if things go badly, 0 to 1.
        high: The same if they go well, 1 or more.
    """

    name: str
    curve: Curve
    most_hours: float
    least_hours: float = 0.0
    money: float = 0.0
    skills: Mapping[str, float] = field(default_factory=dict)
    powers: frozenset[str] = frozenset()
    area: str | None = None
    first: date | None = None
    last: date | None = None
    basis: str = ""
    must: bool = False
    excludes: frozenset[str] = frozenset()
    requires: frozenset[str] = frozenset()
    low: float = 1.0
    high: float = 1.0

    def __post_init__(self) -> None:
        """This function will refuse values out of range."""
        where = f"of operation {self.name!r}"
        _check(f"most_hours {where}", self.most_hours, least=0, open_at_least=True)
        _check(f"least_hours {where}", self.least_hours, least=0, most=self.most_hours)
        _check(f"money {where}", self.money, least=0)
        _check(f"low {where}", self.low, least=0, most=1)
        _check(f"high {where}", self.high, least=1)
        for skill, hours in self.skills.items():
            _check(f"hours of skill {skill!r} {where}", hours, least=0, most=self.most_hours)
        _check_days(where, self.first, self.last)


@dataclass(frozen=True, slots=True)
class Block:
    """Hours of a unit, spread evenly over the days.

    Attributes:
        hours: 0 or more.
        first: First day; None when any day will do.
        last: Last day; given with `first` or not at all.
    """

    hours: float
    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        """This function will refuse half a span, and hours that are none."""
        _check("hours of a block", self.hours, least=0)
        if (self.first is None) != (self.last is None):
            raise BadValue(
                "block", f"{self.first} to {self.last}", "give both the first and the last day, or neither"
            )
        _check_days("of a block", self.first, self.last)


@dataclass(frozen=True, slots=True)
class Unit:
    """A team or a person's post that gives hours.

    Attributes:
        name: Unique; the name of a unit, never of a person.
        blocks: When it is available and for how long.
        skills: What it can do.
        powers: What it may do by law.
        areas: Where it may work; empty is everywhere.
        cost_per_hour: Money that an hour of it costs beyond what is paid anyway.
        most_hours: Hours that it may work in all, as by working-time rules; None is all its blocks.
    """

    name: str
    blocks: tuple[Block, ...]
    skills: frozenset[str] = frozenset()
    powers: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    cost_per_hour: float = 0.0
    most_hours: float | None = None

    def __post_init__(self) -> None:
        """This function will refuse values out of range."""
        _check(f"cost_per_hour of unit {self.name!r}", self.cost_per_hour, least=0)
        if self.most_hours is not None:
            _check(f"most_hours of unit {self.name!r}", self.most_hours, least=0)

    def may_work_on(self, operation: Operation) -> bool:
        """This function will tell whether area and powers allow this unit on an operation."""
        inside = operation.area is None or not self.areas or operation.area in self.areas
        return inside and operation.powers <= self.powers


@dataclass(frozen=True, slots=True)
class Coverage:
    """Hours that a group of operations must get together.

    Attributes:
        name: What is covered, for example a district or a duty.
        operations: Names.
        least_hours: Hours that they get together at least.
    """

    name: str
    operations: frozenset[str]
    least_hours: float

    def __post_init__(self) -> None:
        """This function will refuse hours that are none."""
        _check(f"least_hours of coverage {self.name!r}", self.least_hours, least=0)


@dataclass(frozen=True, slots=True)
class SharedHarm:
    """Harm that several operations work against, and that can be prevented only once.

    Attributes:
        name: Which harm.
        operations: Names.
        harm: All of it: what they prevent together never counts for more.
    """

    name: str
    operations: frozenset[str]
    harm: float

    def __post_init__(self) -> None:
        """This function will refuse harm that is none."""
        _check(f"harm of {self.name!r}", self.harm, least=0)


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything that a plan has to respect.

    Attributes:
        operations: At least one.
        units: At least one.
        hours: Hours that may be used in all; None is all that the units have.
        money: Money that may be spent in all; None is without limit.
        coverages: Minimum hours for groups of operations.
        shared: Harm that can be prevented only once.
        least_shift: Fewest hours that a unit gives to an operation if it gives any; 0 allows slivers.
    """

    operations: tuple[Operation, ...]
    units: tuple[Unit, ...]
    hours: float | None = None
    money: float | None = None
    coverages: tuple[Coverage, ...] = ()
    shared: tuple[SharedHarm, ...] = ()
    least_shift: float = 0.0

    def __post_init__(self) -> None:
        """This function will refuse names that are double or unknown."""
        for kind, rows in (("operations", self.operations), ("units", self.units)):
            if not rows:
                raise BadValue(kind, "empty", "give at least one")
            counted = Counter(row.name for row in rows)
            if double := sorted(name for name, n in counted.items() if n > 1):
                raise BadValue(f"name of {kind}", ", ".join(double), "give each a name of its own")
        for name, limit in (("hours", self.hours), ("money", self.money), ("least_shift", self.least_shift)):
            if limit is not None:
                _check(name, limit, least=0)
        known = tuple(operation.name for operation in self.operations)
        for named in self._named():
            if named not in known:
                raise UnknownType("Operation", named, known)

    def _named(self) -> Iterable[str]:
        for operation in self.operations:
            yield from sorted(operation.excludes | operation.requires)
        for coverage in self.coverages:
            yield from sorted(coverage.operations)
        for shared in self.shared:
            yield from sorted(shared.operations)


def _check(
    name: str, value: float, *, least: float, most: float = math.inf, open_at_least: bool = False
) -> None:
    inside = math.isfinite(value) and least <= value <= most and not (open_at_least and value == least)
    if not inside:
        upper = f" and at most {most:g}" if most < math.inf else ""
        lower = f"above {least:g}" if open_at_least else f"{least:g} or more"
        raise BadValue(name, value, f"give {lower}{upper}")


def _check_days(where: str, first: date | None, last: date | None) -> None:
    if first and last and last < first:
        raise BadValue(f"last day {where}", last, f"it lies before the first, {first}; give a later one")
