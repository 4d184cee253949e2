"""From a path to a file of rows: size, hash and format."""

import hashlib
from pathlib import Path

from openilp.collection.imports.csv_rows import CsvFile
from openilp.collection.imports.errors import FileTooLarge, UnreadableFile
from openilp.collection.imports.parquet_rows import ParquetFile
from openilp.collection.imports.rows import LIMITS, Limits, RowFile

_PARQUET = b"PAR1"
_ZIPPED = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf")


def open_rows(path: Path, *, limits: Limits = LIMITS, name: str = "") -> RowFile:
    """Open a CSV or Parquet file by its content, not by its name.

    Raises:
        FileTooLarge: If it is beyond a limit.
        UnreadableFile: If it is neither CSV nor Parquet, or packed.
    """
    shown = name or path.name
    size = path.stat().st_size
    if size > limits.size:
        raise FileTooLarge("bytes", size, limits.size)
    with path.open("rb") as file:
        head = file.read(6)
    if head.startswith(_PARQUET):
        return ParquetFile(path, limits, shown)
    if head.startswith(_ZIPPED):
        raise UnreadableFile(shown, "it is packed; unpack it first")
    return CsvFile(path, limits, shown)


def sha256_of(path: Path) -> str:
    """Return the hash of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
