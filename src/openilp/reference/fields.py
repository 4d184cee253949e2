"""Reading of YAML with an exact account of what is wrong and where."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Hashable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import yaml

from openilp.reference.errors import InvalidReferenceFile

E = TypeVar("E", bound=StrEnum)

_YEAR = re.compile(r"[12]\d{3}|undated")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*")


class _StrictLoader(yaml.SafeLoader):
    """Load plain YAML and refuse a key that is written twice."""


def _unique_mapping(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    seen: dict[Hashable, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"key '{key}' is written twice; keep one", key_node.start_mark
            )
        seen[key] = loader.construct_object(value_node, deep=True)
    return seen


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _unique_mapping)


class Fields:
    """Hand out the typed keys of one mapping and remember which were asked for."""

    def __init__(self, file: Path, data: dict[str, Any], path: str = "") -> None:
        self.file = file
        self.path = path
        self._data = data
        self._read: set[str] = set()

    @classmethod
    def of_file(cls, file: Path) -> Fields:
        """Read a YAML file whose top is a mapping.

        Raises:
            InvalidReferenceFile: If the file is not UTF-8, not YAML, writes a key twice or is not a mapping.
        """
        try:
            # A subclass of SafeLoader: no tag of the file can make an object.
            data = yaml.load(file.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise InvalidReferenceFile(file, "(whole file)", f"cannot be read as YAML: {error}") from error
        if not isinstance(data, dict):
            raise InvalidReferenceFile(
                file, "(whole file)", "must be a mapping of keys; see the shipped files"
            )
        return cls(file, data)

    def at(self, key: str) -> str:
        """Name a key by its full path inside the file."""
        return f"{self.path}.{key}" if self.path else key

    def refuse(self, key: str, reason: str) -> InvalidReferenceFile:
        """Build the error that names this file and this key; the caller raises it."""
        return InvalidReferenceFile(self.file, self.at(key), reason)

    def has(self, key: str) -> bool:
        """Tell whether a key is present and not empty."""
        self._read.add(key)
        return self._data.get(key) is not None

    def _get(self, key: str, wanted: str) -> Any:
        if not self.has(key):
            raise self.refuse(key, f"is missing; write {wanted}")
        return self._data[key]

    def text(self, key: str) -> str:
        """Return a text that is not blank."""
        value = self._get(key, "a text")
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(key, f"must be a text in quotes, not {value!r}")
        return " ".join(value.split())

    def text_or(self, key: str, default: str) -> str:
        """Return a text, or the default when the key is absent."""
        return self.text(key) if self.has(key) else default

    def code(self, key: str) -> str:
        """Return a code: letters, digits, `_`, `-`, `.`, `+`, without blanks."""
        value = self.text(key)
        if not _CODE.fullmatch(value):
            raise self.refuse(key, f"'{value}' is not a code; use letters, digits, '_', '-', '.' or '+'")
        return value

    def integer(self, key: str, *, minimum: int) -> int:
        """Return a whole number that is not below the minimum."""
        value = self._get(key, "a whole number")
        if isinstance(value, bool) or not isinstance(value, int) or value < minimum:
            raise self.refuse(key, f"must be a whole number of at least {minimum}, not {value!r}")
        return value

    def number(self, key: str, *, minimum: float, maximum: float) -> float:
        """Return a number between two bounds, both included."""
        value = self._get(key, "a number")
        if isinstance(value, bool) or not isinstance(value, int | float) or not minimum <= value <= maximum:
            raise self.refuse(key, f"must be a number from {minimum:g} to {maximum:g}, not {value!r}")
        return float(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        if not self.has(key):
            return default
        value = self._data[key]
        if not isinstance(value, bool):
            raise self.refuse(key, f"must be true or false, not {value!r}")
        return value

    def date(self, key: str) -> dt.date:
        """Return a date written YYYY-MM-DD."""
        value = self._get(key, "a date, YYYY-MM-DD")
        if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
            raise self.refuse(key, f"must be a date, YYYY-MM-DD, not {value!r}")
        return value

    def date_or_none(self, key: str) -> dt.date | None:
        """Return a date, or None when the key is absent."""
        return self.date(key) if self.has(key) else None

    def day_or_year(self, key: str) -> str:
        """Return the date of a document as text: to the day, to the year, or `undated`."""
        value = self._get(key, "the date or year of the document")
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value.isoformat()
        if isinstance(value, str) and _YEAR.fullmatch(value):
            return value
        raise self.refuse(key, f"must be a date, YYYY-MM-DD, a year in quotes, or undated, not {value!r}")

    def choice(self, key: str, choices: type[E], default: E | None = None) -> E:
        """Return one of a fixed set of words."""
        if default is not None and not self.has(key):
            return default
        value = self.text(key)
        try:
            return choices(value)
        except ValueError:
            words = ", ".join(choices)
            raise self.refuse(key, f"'{value}' is not known; use one of {words}") from None

    def texts(self, key: str, *, optional: bool = False) -> tuple[str, ...]:
        """Return a list of different texts."""
        if optional and not self.has(key):
            return ()
        value = self._get(key, "a list of texts")
        if not isinstance(value, list) or not all(
            isinstance(entry, str) and entry.strip() for entry in value
        ):
            raise self.refuse(key, f"must be a list of texts in quotes, not {value!r}")
        if twice := sorted({entry for entry in value if value.count(entry) > 1}):
            raise self.refuse(key, f"names {', '.join(twice)} twice; keep one")
        return tuple(value)

    def inner(self, key: str) -> Fields:
        """Return the mapping under a key."""
        value = self._get(key, "a mapping")
        if not isinstance(value, dict):
            raise self.refuse(key, f"must be a mapping, not {value!r}")
        return Fields(self.file, value, self.at(key))

    def rows(self, key: str) -> Iterator[Fields]:
        """Walk the mappings of a list that is not empty."""
        value = self._get(key, "a list of mappings")
        if not isinstance(value, list) or not value:
            raise self.refuse(key, "must be a list with at least one entry")
        for number, entry in enumerate(value):
            here = f"{key}[{number}]"
            if not isinstance(entry, dict):
                raise self.refuse(here, f"must be a mapping, not {entry!r}")
            yield Fields(self.file, entry, self.at(here))

    def close(self) -> None:
        """Refuse keys that nobody asked for: a misspelt key must not be ignored.

        Raises:
            InvalidReferenceFile: If the mapping holds an unknown key.
        """
        for key in self._data:
            if key not in self._read:
                known = ", ".join(sorted(self._read))
                raise self.refuse(str(key), f"is not a key of this mapping; known here: {known}")
