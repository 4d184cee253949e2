"""Candidate problems side by side: what a comparison must hold, and what may be read from it. No total is formed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from openilp import reference
from openilp.tasking.errors import TaskingError
from openilp.tasking.rules import check_code, check_text

CRITERIA, DEGREES, WEIGHTS = "comparison-criteria", "comparison-degrees", "comparison-weights"
#: A product about a person is no problem to be compared.
ABOUT_PERSONS = frozenset({"subject_profile"})
_ENTITY = re.compile(r"\bEN-[A-Z0-9]{4}-[A-Z0-9]{4}\b", re.IGNORECASE)
_FEWEST, _MOST = 2, 8


@dataclass(frozen=True)
class Criterion:
    """What candidates are compared by, and how it is weighed, in a word."""

    code: str
    weight: str = "counts"


@dataclass(frozen=True)
class Candidate:
    """A problem that could be taken up.

    Attributes:
        key: The letter that people say aloud.
        kind: `priority`, `product` or `problem`.
        title: What it is called.
        ref: Reference of the priority or product; empty for a problem in words.
        figures: Recorded crime or estimated effect beside the words.
    """

    key: str
    kind: str
    title: str
    ref: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return asdict(self)


@dataclass(frozen=True)
class Cell:
    """One judgement: how grave a candidate is by one criterion, how sure that is, and why."""

    degree: str
    confidence: str
    reason: str = ""


@dataclass(frozen=True)
class Reading:
    """What may be said of a candidate without weighing one criterion against another.

    Attributes:
        key: The candidate.
        leads: Criteria in which no other candidate is graver.
        below: Candidates that are at least as grave by every criterion, and graver by one.
        unsure: Criteria judged with low confidence.
    """

    key: str
    leads: tuple[str, ...]
    below: tuple[str, ...]
    unsure: tuple[str, ...]


Cells = Mapping[str, Mapping[str, Cell]]


def check(criteria: Sequence[Criterion], candidates: Sequence[Candidate], cells: Cells) -> None:
    """Check that a comparison compares problems, not persons, and says a word on each by each criterion.

    Raises:
        TaskingError: Otherwise; it names the field.
    """
    _check_criteria(criteria)
    _check_candidates(candidates)
    for candidate in candidates:
        for criterion in criteria:
            cell = cells.get(candidate.key, {}).get(criterion.code)
            if cell is None:
                raise TaskingError(
                    "cells", f"{candidate.key} is not judged by '{criterion.code}'; choose a degree."
                )
            check_code("cells", cell.degree, DEGREES)
            check_code("cells", cell.confidence, "confidence")


def _check_criteria(criteria: Sequence[Criterion]) -> None:
    codes = [criterion.code for criterion in criteria]
    if not codes or len(set(codes)) != len(codes):
        raise TaskingError("criteria", "Criteria are missing or stand there twice; choose each once.")
    for criterion in criteria:
        check_code("criteria", criterion.code, CRITERIA)
        check_code("criteria", criterion.weight, WEIGHTS)


def _check_candidates(candidates: Sequence[Candidate]) -> None:
    if not _FEWEST <= len(candidates) <= _MOST:
        raise TaskingError(
            "candidates", f"{len(candidates)} candidates; compare {_FEWEST} to {_MOST} problems."
        )
    keys = [candidate.key for candidate in candidates]
    if len(set(keys)) != len(keys):
        raise TaskingError("candidates", f"Letters repeat in {', '.join(keys)}; give each its own.")
    for candidate in candidates:
        check_text("candidates", candidate.title, most=200)
        if _ENTITY.search(candidate.title):
            raise TaskingError(
                "candidates", f"“{candidate.title}” names an entity; compare problems, never persons."
            )


def readings(
    criteria: Sequence[Criterion], candidates: Sequence[Candidate], cells: Cells
) -> tuple[Reading, ...]:
    """Return what may be said of each candidate, in the order in which they were given."""
    order = {code: place for place, code in enumerate(reference.vocabulary(DEGREES).codes)}
    codes = [criterion.code for criterion in criteria]
    place = {c.key: [order[cells[c.key][code].degree] for code in codes] for c in candidates}
    highest = [max(column) for column in zip(*place.values(), strict=True)]
    return tuple(
        Reading(
            key=key,
            leads=tuple(code for code, v, top in zip(codes, own, highest, strict=True) if v == top),
            below=tuple(k for k, other in place.items() if _dominates(other, own)),
            unsure=tuple(code for code in codes if cells[key][code].confidence == "low"),
        )
        for key, own in place.items()
    )


def _dominates(one: Sequence[int], other: Sequence[int]) -> bool:
    pairs = list(zip(one, other, strict=True))
    return all(a >= b for a, b in pairs) and any(a > b for a, b in pairs)


def criteria_from(kept: Sequence[Mapping[str, Any]]) -> list[Criterion]:
    """Return criteria from how they are kept."""
    return [Criterion(**row) for row in kept]


def candidates_from(kept: Sequence[Mapping[str, Any]]) -> list[Candidate]:
    """Return candidates from how they are kept."""
    return [Candidate(**row) for row in kept]


def cells_from(kept: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, dict[str, Cell]]:
    """Return judgements from how they are kept."""
    return {key: {code: Cell(**cell) for code, cell in row.items()} for key, row in kept.items()}


def cells_as_json(cells: Cells) -> dict[str, dict[str, dict[str, str]]]:
    """Return judgements as they are kept."""
    return {key: {code: asdict(cell) for code, cell in row.items()} for key, row in cells.items()}
