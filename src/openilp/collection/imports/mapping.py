"""Mapping files: what the columns of a foreign file mean, and the law under which its rows are kept.

A mapping that does not declare a processing purpose, a legal basis and `persons: none` is valid, but its rows go
into quarantine.
"""

import os
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from openilp import reference
from openilp.collection.imports.errors import BrokenMapping, UnknownMapping
from openilp.safeguards.labels import State

MAPPINGS = Path(__file__).parents[1] / "mappings"
#: Days after which what nobody categorised is to be erased (retention rule QUAR).
QUARANTINE_DAYS = 180
_KINDS = ("incidents", "reports", "entities", "links")
#: Fields without which there is nothing to record.
_NEEDED = {
    "incidents": ("period", "crime_type"),
    "reports": ("key", "text"),
    "entities": ("key", "type"),
    "links": ("source", "target", "type"),
}
_PRECISIONS = ("month", "day", "minute")
_KEYS = frozenset(
    {
        *("id", "version", "kind", "title", "source", "purpose", "legal_basis", "persons", "review_days"),
        *("columns", "fields", "time_precision", "crime_type_aliases", "expected", "defaults", "values"),
    }
)


@dataclass(frozen=True)
class Expected:
    """A field without which a row is incomplete, except for some crime types."""

    field: str
    unless: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ImportMapping:
    """What a file's columns mean.

    Attributes:
        source: The system that the file comes from; the same key there is the same entity here.
        columns: The columns that are kept and hashed, in order.
        fields: Which column says what.
        defaults: Values of fields that the file has no column for.
        values: For a field, the file's words and our codes.
    """

    id: str
    version: str
    kind: str
    title: str
    purpose: str
    legal_basis: str
    persons: str
    review_days: int
    source: str
    columns: tuple[str, ...]
    fields: Map[str, str]
    time_precision: str = ""
    crime_types: Map[str, str] = field(default_factory=dict)
    expected: tuple[Expected, ...] = ()
    defaults: Map[str, str] = field(default_factory=dict)
    values: Map[str, Map[str, str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return id and version, as the batch keeps them."""
        return f"{self.id} {self.version}"

    @property
    def undeclared(self) -> tuple[str, ...]:
        """Return what the mapping leaves open of purpose, legal basis and `persons: none`."""
        open_ = [key for key in ("purpose", "legal_basis") if not getattr(self, key)]
        return (*open_, "persons") if self.persons != "none" else tuple(open_)

    @property
    def state(self) -> State:
        """Return the state of the rows: normal only where all is declared, and nobody is in them."""
        return State.QUARANTINED if self.undeclared else State.NORMAL

    def lawful(self, today: date, *, otherwise: str) -> dict[str, Any]:
        """Return legal basis and review date of the rows; what declares no basis is held under `otherwise`."""
        days = min(self.review_days, QUARANTINE_DAYS) if self.undeclared else self.review_days
        return {"legal_basis": self.legal_basis or otherwise, "review_on": today + timedelta(days=days)}

    def place_of(self, field_name: str) -> int | None:
        """Return where a field's column stands among the columns."""
        column = self.fields.get(field_name)
        return self.columns.index(column) if column else None


def known() -> list[str]:
    """Return the names of the shipped mappings and of the agency's own (folder `OPENILP_MAPPINGS`)."""
    return sorted({path.stem for folder in _folders() for path in folder.glob("*.yaml")})


def mapping(name: str) -> ImportMapping:
    """Return a mapping by its name.

    Raises:
        UnknownMapping: If there is none.
        BrokenMapping: If it breaks a rule, with file and key.
    """
    for folder in _folders():
        path = folder / f"{name}.yaml"
        if name in known() and path.is_file():
            return read(path)
    raise UnknownMapping(name[:60], known())


def of_batch(name: str) -> ImportMapping:
    """Return the mapping that a batch was opened under, by its id and version.

    Raises:
        UnknownMapping: If it is gone, or has another version by now.
    """
    found = [each for each in map(mapping, known()) if each.name == name]
    if not found:
        raise UnknownMapping(name, [each.name for each in map(mapping, known())])
    return found[0]


def title_of(name: str) -> str:
    """Return what the files of a batch's mapping are, or its name where the mapping is gone."""
    return next((each.title for each in map(mapping, known()) if each.name == name), name)


def _folders() -> list[Path]:
    own = os.environ.get("OPENILP_MAPPINGS")
    return [Path(own), MAPPINGS] if own else [MAPPINGS]


@cache
def read(path: Path) -> ImportMapping:
    """Read a mapping file.

    Raises:
        BrokenMapping: If it breaks a rule, with file and key.
    """
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BrokenMapping(path, "(file)", f"it is not YAML: {str(error)[:120]}") from error
    if not isinstance(found, dict):
        raise BrokenMapping(path, "(file)", "it is not a list of keys")
    return parse(found, path)


def parse(raw: dict[str, Any], path: Path | str = "mapping") -> ImportMapping:
    """Check the keys of a mapping.

    Raises:
        BrokenMapping: If one breaks a rule.
    """
    if extra := sorted(set(raw) - _KEYS):
        raise BrokenMapping(path, extra[0], "it is unknown; remove it or mend its spelling")
    kind = _one_of(raw, "kind", _KINDS, path)
    columns, fields = _columns(raw, path)
    _check_law(raw, path)
    return ImportMapping(
        id=_text(raw, "id", path),
        version=_text(raw, "version", path),
        kind=kind,
        title=_text(raw, "title", path),
        purpose=str(raw.get("purpose") or ""),
        legal_basis=str(raw.get("legal_basis") or ""),
        persons=str(raw.get("persons") or ""),
        review_days=_days(raw, path),
        source=str(raw.get("source") or ""),
        columns=columns,
        fields=fields,
        time_precision=_one_of(raw, "time_precision", _PRECISIONS, path) if kind == "incidents" else "",
        crime_types=_crime_types(raw, path) if kind == "incidents" else {},
        expected=_expected(raw, path),
        defaults={str(k): str(v) for k, v in _keys(raw, "defaults", path).items()},
        values={
            str(k): {str(a).casefold(): str(b) for a, b in v.items()}
            for k, v in _keys(raw, "values", path).items()
        },
    )


def _text(raw: dict[str, Any], key: str, path: Path | str) -> str:
    if not isinstance(raw.get(key), str) or not raw[key].strip():
        raise BrokenMapping(path, key, "it is missing; write a text")
    return str(raw[key]).strip()


def _one_of(raw: dict[str, Any], key: str, allowed: tuple[str, ...], path: Path | str) -> str:
    if raw.get(key) not in allowed:
        raise BrokenMapping(path, key, f"'{raw.get(key)}' is none of {', '.join(allowed)}")
    return str(raw[key])


def _keys(raw: dict[str, Any], key: str, path: Path | str) -> dict[str, Any]:
    found = raw.get(key) or {}
    if not isinstance(found, dict):
        raise BrokenMapping(path, key, "it is not a list of keys and values")
    return found


def _days(raw: dict[str, Any], path: Path | str) -> int:
    days = raw.get("review_days", 1095)
    if not isinstance(days, int) or not 1 <= days <= 1827:
        raise BrokenMapping(path, "review_days", f"'{days}' is not between 1 and 1827, five years")
    return days


def _columns(raw: dict[str, Any], path: Path | str) -> tuple[tuple[str, ...], dict[str, str]]:
    columns = raw.get("columns")
    if not isinstance(columns, list) or not columns or len(set(map(str, columns))) != len(columns):
        raise BrokenMapping(path, "columns", "name each column of the file once")
    names = tuple(str(name) for name in columns)
    fields = {str(k): str(v) for k, v in _keys(raw, "fields", path).items()}
    for name, column in fields.items():
        if column not in names:
            raise BrokenMapping(path, f"fields.{name}", f"'{column}' is not among the columns")
    for name in _NEEDED[str(raw.get("kind"))]:
        if name not in fields and name not in (raw.get("defaults") or {}):
            raise BrokenMapping(path, f"fields.{name}", f"{raw.get('kind')} need it; name its column")
    return names, fields


def _check_law(raw: dict[str, Any], path: Path | str) -> None:
    """Check the codes that are declared; what is not declared only means quarantine."""
    try:
        if raw.get("purpose"):
            reference.vocabulary("processing-purposes").require(str(raw["purpose"]))
        if raw.get("legal_basis"):
            basis = reference.legal_basis(str(raw["legal_basis"]))
            if raw.get("purpose") and raw["purpose"] not in basis.purposes:
                raise BrokenMapping(
                    path, "purpose", f"{basis.code} does not allow the purpose '{raw['purpose']}'"
                )
    except reference.UnknownCode as error:
        key = "purpose" if "purpose" in str(error).lower() else "legal_basis"
        raise BrokenMapping(path, key, str(error).rstrip(".")) from error


def _crime_types(raw: dict[str, Any], path: Path | str) -> dict[str, str]:
    types = reference.vocabulary("crime-types")
    found: dict[str, str] = {}
    for value in types.values:
        for word in (value.code, value.label, *value.aliases):
            found[word.casefold()] = value.code
    for word, code in _keys(raw, "crime_type_aliases", path).items():
        if code not in types:
            raise BrokenMapping(path, f"crime_type_aliases.{word}", f"'{code}' is no crime type")
        found[str(word).casefold()] = str(code)
    return found


def _expected(raw: dict[str, Any], path: Path | str) -> tuple[Expected, ...]:
    made = []
    for number, entry in enumerate(raw.get("expected") or []):
        if not isinstance(entry, dict) or "field" not in entry:
            raise BrokenMapping(path, f"expected.{number}", "write `field: …`")
        made.append(Expected(str(entry["field"]), frozenset(entry.get("unless_crime_type") or ())))
    return tuple(made)
