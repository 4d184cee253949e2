"""Parquet as rows of text, streamed."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from openilp.collection.imports.errors import FileTooLarge, UnreadableFile
from openilp.collection.imports.rows import Chunk, Limits


class ParquetFile:
    """A Parquet file of plain columns: texts, numbers, dates."""

    def __init__(self, path: Path, limits: Limits, name: str = "") -> None:
        self.path, self.limits, self.name = path, limits, name or path.name
        try:
            with pq.ParquetFile(path) as file:
                meta, schema = file.metadata, file.schema_arrow
        except (pa.ArrowInvalid, OSError) as error:
            raise UnreadableFile(self.name, str(error).split("\n")[0][:200]) from error
        self.columns = list(schema.names)
        self.rows_total = meta.num_rows
        if meta.num_rows > limits.rows:
            raise FileTooLarge("rows", meta.num_rows, limits.rows)
        unpacked = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
        if unpacked > limits.size:
            raise FileTooLarge("bytes when unpacked", unpacked, limits.size)
        nested = [f.name for f in schema if pa.types.is_nested(f.type) or pa.types.is_binary(f.type)]
        if nested:
            raise UnreadableFile(self.name, f"column '{nested[0]}' is neither text, number nor date")

    def chunks(self, columns: list[str]) -> Iterator[Chunk]:
        """Yield the rows in chunks."""
        present = [name for name in columns if name in self.columns]
        number = 0
        try:
            with pq.ParquetFile(self.path) as file:
                for batch in file.iter_batches(batch_size=self.limits.chunk, columns=present):
                    yield self._chunk(batch, columns, number)
                    number += batch.num_rows
        except (pa.ArrowInvalid, OSError) as error:
            raise UnreadableFile(self.name, str(error).split("\n")[0][:200]) from error

    def _chunk(self, batch: Any, columns: list[str], before: int) -> Chunk:
        absent = [""] * batch.num_rows
        texts = [_texts(batch.column(name)) if name in batch.schema.names else absent for name in columns]
        chunk = Chunk()
        longest = self.limits.cell
        for number, row in enumerate(zip(*texts, strict=True), start=before + 1):
            bad = next((i for i, cell in enumerate(row) if len(cell) > longest or "\0" in cell), None)
            if bad is None:
                chunk.numbers.append(number)
                chunk.rows.append(row)
            else:
                problem = (
                    "a cell holds the character NUL"
                    if "\0" in row[bad]
                    else f"{len(row[bad])} characters; at most {longest} are taken"
                )
                chunk.refuse(number, columns[bad], row[bad].replace("\0", "�"), problem)
        return chunk


def _texts(column: Any) -> list[str]:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return ["" if value is None else value for value in column.to_pylist()]
    return [_text(value) for value in column.to_pylist()]


def _text(value: object) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)
