"""Structured input of the methods that take no plain table: a JSON document, or the rows of a table as text."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openilp.methods.errors import BadValue, UnreadableFile
from openilp.methods.tables import Table, read_table


def is_json(path: Path) -> bool:
    """Tell whether a file is a JSON document by its ending."""
    return path.suffix.lower() == ".json"


def read_document(path: Path) -> dict[str, Any]:
    """Read a JSON document that is an object.

    Raises:
        UnreadableFile: If the file is absent or no such document.
    """
    if not path.is_file():
        raise UnreadableFile(path, "does not exist", "give the path of a file")
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UnreadableFile(path, f"is no JSON ({error})", "look at the file, or export it again") from error
    if not isinstance(found, dict):
        raise UnreadableFile(path, "is no JSON object", "see --help for its keys")
    return found


def part(document: Any, key: str, where: str, kind: type = object, default: Any = None) -> Any:
    """Return a part of a document.

    Raises:
        BadValue: If it is absent without a default, or of another kind.
    """
    if not isinstance(document, dict):
        raise BadValue(where, type(document).__name__, "give an object")
    found = document.get(key, default)
    if found is None and default is None:
        raise BadValue(
            f"{key!r} of {where}", "missing", f"give it; there are {', '.join(document) or 'no keys'}"
        )
    if not isinstance(found, kind):
        raise BadValue(f"{key!r} of {where}", type(found).__name__, f"give a {kind.__name__}")
    return found


def rows_of(path: Path) -> tuple[Table, list[dict[str, str]]]:
    """Read a table as text, row by row; what is empty is left out of its row.

    Raises:
        UnreadableFile: If the file cannot be read.
    """
    table = read_table(path)
    if table.first_line:
        return table, list(_words(path))
    columns = {name: table.texts(name) for name in table.columns}
    return table, [
        {name: text.strip() for name, values in columns.items() if (text := values[row])}
        for row in range(len(table))
    ]


def _words(path: Path) -> Iterator[dict[str, str]]:
    # Read apart from the table, for which NA is nothing: among ratings it is a word.
    with path.open(newline="", encoding="utf-8-sig") as file:
        first = file.readline()
        sign = next((each for each in (",", ";", "\t", "|") if each in first), " ")
        file.seek(0)
        for row in csv.DictReader(file, delimiter=sign, skipinitialspace=True):
            yield {name.strip(): text.strip() for name, text in row.items() if name and text and text.strip()}


def number(text: Any, what: str, default: float | None = None) -> float:
    """Read a number.

    Raises:
        BadValue: If it is none, or absent without a default.
    """
    if text is None and default is not None:
        return default
    try:
        return float(text)
    except (TypeError, ValueError) as error:
        raise BadValue(what, repr(text), "give a number") from error
