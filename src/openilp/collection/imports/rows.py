"""Rows of a file as text, and what is refused about them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Verdict(StrEnum):
    """What became of a row that is not simply new or known."""

    INCOMPLETE = "incomplete"
    REFUSED = "refused"


@dataclass(frozen=True)
class Reason:
    """Why the row with this number, counted from 1 below the heading, is incomplete or refused."""

    row: int
    verdict: Verdict
    field: str
    value: str
    reason: str


@dataclass
class Chunk:
    """Some rows of a file in order: well-formed ones with their numbers, and the reasons against the others."""

    numbers: list[int] = field(default_factory=list)
    rows: list[tuple[str, ...]] = field(default_factory=list)
    refused: list[Reason] = field(default_factory=list)

    def __len__(self) -> int:
        """Return how many rows of the file it covers."""
        return len(self.rows) + len(self.refused)

    def refuse(self, number: int, field_name: str, value: str, reason: str) -> None:
        """Note that a row is refused."""
        self.refused.append(Reason(number, Verdict.REFUSED, field_name, value[:200], reason))


@dataclass(frozen=True)
class Limits:
    """How much a file may ask of the machine."""

    size: int = 2 * 1024**3
    rows: int = 20_000_000
    cell: int = 4_000
    #: Characters of one line, and lines of one row: an open quotation mark must not swallow the file.
    line: int = 64_000
    lines_a_row: int = 50
    chunk: int = 5_000


LIMITS = Limits()


class RowFile(Protocol):
    """A file of rows with named columns."""

    columns: list[str]
    rows_total: int

    def chunks(self, columns: list[str]) -> Iterator[Chunk]:
        """Yield the rows, with the wanted columns in the wanted order; an absent value is empty."""
        ...
