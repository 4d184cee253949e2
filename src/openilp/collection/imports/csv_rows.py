"""CSV that breaks row by row: one bad line costs that line, not the file."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from openilp.collection.imports.errors import UnreadableFile
from openilp.collection.imports.rows import Chunk, Limits

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class _Record:
    cells: list[str]
    problem: str = ""


class CsvFile:
    """A CSV file with a heading, comma-separated, UTF-8."""

    def __init__(self, path: Path, limits: Limits, name: str = "") -> None:
        self.path, self.limits, self.name = path, limits, name or path.name
        with path.open("rb") as file:
            heading = next(self._records(file), None)
        if heading is None or heading.problem:
            raise UnreadableFile(self.name, heading.problem if heading else "it is empty")
        self.columns = [cell.strip() for cell in heading.cells]
        if len(set(self.columns)) < len(self.columns):
            raise UnreadableFile(self.name, "two columns have the same name")
        with path.open("rb") as file:
            lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
        self.rows_total = max(lines - 1, 0)

    def chunks(self, columns: list[str]) -> Iterator[Chunk]:
        """Yield the rows in chunks."""
        places = [self.columns.index(name) if name in self.columns else -1 for name in columns]
        width, longest = len(self.columns), self.limits.cell
        chunk, number = Chunk(), 0
        with self.path.open("rb") as file:
            records = self._records(file)
            next(records, None)
            for record in records:
                number += 1
                cells = record.cells
                if record.problem:
                    chunk.refuse(number, "row", ",".join(cells), record.problem)
                elif len(cells) != width:
                    chunk.refuse(
                        number, "row", ",".join(cells), f"{len(cells)} cells where the heading has {width}"
                    )
                elif max(map(len, cells)) > longest:
                    at = next(i for i, cell in enumerate(cells) if len(cell) > longest)
                    chunk.refuse(
                        number,
                        self.columns[at],
                        cells[at],
                        f"{len(cells[at])} characters; at most {longest} are taken",
                    )
                else:
                    chunk.numbers.append(number)
                    chunk.rows.append(tuple(cells[place] if place >= 0 else "" for place in places))
                if len(chunk) >= self.limits.chunk:
                    yield chunk
                    chunk = Chunk()
        if len(chunk):
            yield chunk

    def _records(self, file: BinaryIO) -> Iterator[_Record]:
        lines = _Lines(file, self.limits.line)
        for line in lines:
            if line.problem:
                yield _Record([line.text[:200]], line.problem)
            elif not line.text.strip("\r\n"):
                continue
            elif '"' not in line.text:
                yield _Record(line.text.rstrip("\r\n").split(","))
            else:
                yield self._quoted(line.text, lines)

    def _quoted(self, text: str, lines: "_Lines") -> _Record:
        """Read a row with quotation marks, which may go on over several lines."""
        taken: list[_Line] = []
        while True:
            try:
                return _Record(next(csv.reader([text], strict=True)))
            except csv.Error as error:
                more = lines.peek() if "unexpected end" in str(error) else None
                if more is None or more.problem or len(taken) >= self.limits.lines_a_row:
                    lines.give_back([*taken, more] if more else taken)
                    first = text.split("\n", 1)[0]
                    return _Record([first[:200]], "a quotation mark is not closed, or stands inside a cell")
                taken.append(more)
                text += more.text


@dataclass(frozen=True)
class _Line:
    text: str
    problem: str = ""


class _Lines:
    """Lines as text, with what is wrong with each."""

    def __init__(self, file: BinaryIO, longest: int) -> None:
        self.file, self.longest = file, longest
        self.waiting: list[_Line] = []
        self.first = True

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> _Line:
        if self.waiting:
            return self.waiting.pop(0)
        raw = self.file.readline(self.longest)
        if not raw:
            raise StopIteration
        if self.first:
            raw, self.first = raw.removeprefix(_BOM), False
        if len(raw) >= self.longest and not raw.endswith(b"\n"):
            return _Line(raw[:200].decode(errors="replace"), self._skip_rest())
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            return _Line(raw[:200].decode(errors="replace"), "the text is not UTF-8")
        if "\0" in text:
            return _Line(text[:200].replace("\0", "�"), "a cell holds the character NUL")
        return _Line(text)

    def _skip_rest(self) -> str:
        while (more := self.file.readline(self.longest)) and not more.endswith(b"\n"):
            pass
        return f"the line has more than {self.longest} bytes"

    def peek(self) -> _Line | None:
        """Take the next line, or nothing at the end."""
        return next(self, None)

    def give_back(self, lines: list[_Line]) -> None:
        """Put lines back that turned out to be rows of their own."""
        self.waiting = lines + self.waiting
