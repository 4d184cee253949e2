"""Who could give which hours to what: only these assignments become variables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from openilp.methods.allocation.problem import Block, Operation, Problem
from openilp.methods.sentence import Sentence

NO_BASIS = Sentence("no_basis", "It has no legal basis on record, so it was not considered.")
NO_UNIT = Sentence(
    "no_unit", "No unit with the area and the powers that it needs has hours between its dates."
)
NO_SKILL = Sentence("no_skill", "No eligible unit has the skill %(skill)s that it needs.")


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a unit's block that no date of an operation that it may work on cuts.

    Attributes:
        units: Positions of the units that share it; more than one where they are alike in everything.
        hours: Hours available, of all of them.
        first: First day; None when any day will do.
        last: Last day.
    """

    units: tuple[int, ...]
    hours: float
    first: date | None
    last: date | None

    @property
    def unit(self) -> int:
        """This function will return the first of the units; what holds for it holds for all."""
        return self.units[0]

    def lies_within(self, operation: Operation) -> bool:
        """This function will tell whether an operation may run on every day of the piece."""
        if self.first is None or self.last is None:
            return True
        early = operation.first is not None and self.first < operation.first
        late = operation.last is not None and self.last > operation.last
        return not (early or late)


@dataclass(frozen=True, slots=True)
class Use:
    """Hours that one piece may give to one operation.

    Attributes:
        piece: Position of the piece.
        unit: Position of its first unit.
        operation: Position of the operation.
    """

    piece: int
    unit: int
    operation: int


@dataclass(frozen=True, slots=True)
class Eligible:
    """Availability cut at the dates of operations, and what the law and the skills leave of it.

    Attributes:
        pieces: Availability.
        uses: Assignments that are possible.
        barred: Why an operation cannot be chosen at all, by position.
    """

    pieces: tuple[Piece, ...]
    uses: tuple[Use, ...]
    barred: Mapping[int, Sentence]


def eligible(problem: Problem) -> Eligible:
    """This function will list the possible assignments of a problem.

    Args:
        problem: Operations and units.

    Returns:
        Pieces of availability, possible uses, and the operations that have none.
    """
    pieces = tuple(_pieces(problem))
    uses = tuple(
        Use(place, piece.unit, target)
        for place, piece in enumerate(pieces)
        for target, operation in enumerate(problem.operations)
        if piece.hours > 0
        and problem.units[piece.unit].may_work_on(operation)
        and piece.lies_within(operation)
    )
    found = ((place, _bar(problem, uses, place)) for place in range(len(problem.operations)))
    barred = {place: why for place, why in found if why is not None}
    return Eligible(pieces, tuple(use for use in uses if use.operation not in barred), barred)


def _pieces(problem: Problem) -> Iterator[Piece]:
    for alike in _alike(problem):
        unit = problem.units[alike[0]]
        own = [operation for operation in problem.operations if unit.may_work_on(operation)]
        cuts = {operation.first for operation in own if operation.first}
        cuts |= {operation.last + timedelta(days=1) for operation in own if operation.last}
        for block in unit.blocks:
            yield from _cut(alike, block, sorted(cuts))


def _alike(problem: Problem) -> list[tuple[int, ...]]:
    """Return the units in groups that differ in their names only: one variable does for all of a group."""
    groups: dict[object, list[int]] = {}
    for place, unit in enumerate(problem.units):
        # A limit or a least shift holds for each unit, so that unit stands alone.
        alone = unit.most_hours is not None or problem.least_shift > 0
        same = (unit.blocks, unit.skills, unit.powers, unit.areas, unit.cost_per_hour)
        groups.setdefault(place if alone else same, []).append(place)
    return [tuple(group) for group in groups.values()]


def _cut(units: tuple[int, ...], block: Block, cuts: list[date]) -> Iterator[Piece]:
    hours = block.hours * len(units)
    if block.first is None or block.last is None:
        yield Piece(units, hours, None, None)
        return
    end = block.last + timedelta(days=1)
    edges = [block.first, *(day for day in cuts if block.first < day < end), end]
    for first, after in pairwise(edges):
        share = (after - first).days / (end - block.first).days
        yield Piece(units, hours * share, first, after - timedelta(days=1))


def _bar(problem: Problem, uses: tuple[Use, ...], place: int) -> Sentence | None:
    operation = problem.operations[place]
    if not operation.basis.strip():
        return NO_BASIS
    able = {use.unit for use in uses if use.operation == place}
    if not able:
        return NO_UNIT
    held = {skill for unit in able for skill in problem.units[unit].skills}
    for skill, hours in sorted(operation.skills.items()):
        if hours > 0 and skill not in held:
            return Sentence(NO_SKILL.code, NO_SKILL.template, {"skill": skill})
    return None
