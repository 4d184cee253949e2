"""The file that says, row by row, what was refused or incomplete and why."""

import csv
import re
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from openilp.collection.imports.rows import Reason

_FORMULA = re.compile(r"^[ \n]*[=+\-@\t\r＝＋－＠]")
_NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?$")


def neutral(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; numbers stay as they are."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.match(cell) else cell


class ReasonsFile:
    """A CSV file of reasons; it is begun anew by each run, so it always covers the whole file."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.written = 0

    def __enter__(self) -> "ReasonsFile":
        """Begin the file."""
        self._file = self.path.open("w", encoding="utf-8", newline="") if self.path else None
        if self._file:
            self._rows = csv.writer(self._file)
            self._rows.writerow(["row", "verdict", "field", "value", "reason"])
        return self

    def write(self, reasons: Iterable[Reason]) -> None:
        """Add reasons."""
        for reason in reasons:
            self.written += 1
            if self._file:
                told = (reason.field, reason.value, reason.reason)
                self._rows.writerow([reason.row, reason.verdict, *map(neutral, told)])

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the file."""
        if self._file:
            self._file.close()
