"""Operations, units and limits from a JSON document, or from a table of each."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openilp.cli.methods.documents import is_json, number, part, read_document, rows_of
from openilp.methods.allocation import (
    Block,
    Coverage,
    Curve,
    Diminishing,
    Operation,
    Problem,
    SharedHarm,
    Steps,
    Unit,
)
from openilp.methods.errors import BadValue

_TRUE, _FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0", ""})


def read_problem(file: Path, units: Path | None) -> Problem:
    """Read a whole problem from JSON, or its operations and its units from two tables.

    Raises:
        BadValue: If a part is missing or wrong; it names the row.
    """
    if is_json(file):
        return _from_document(read_document(file), file.name)
    if units is None:
        raise BadValue("units", "missing", "give the table of units (--units), or one JSON document")
    return Problem(operations=_operations(_rows(file)), units=_units(_rows(units)))


def _rows(path: Path) -> list[tuple[str, Mapping[str, Any]]]:
    if is_json(path):
        document = read_document(path)
        listed = part(document, next(iter(document), "rows"), path.name, list)
        return [(f"entry {at} of {path.name}", row) for at, row in enumerate(listed, 1)]
    table, rows = rows_of(path)
    return [(f"{table.row(at)} of {path.name}", row) for at, row in enumerate(rows)]


def _listed(document: Mapping[str, Any], key: str, where: str) -> list[tuple[str, Mapping[str, Any]]]:
    entries = part(document, key, where, list, default=[])
    return [(f"entry {at} of {key!r}", entry) for at, entry in enumerate(entries, 1)]


def _from_document(document: dict[str, Any], where: str) -> Problem:
    part(document, "operations", where, list)
    part(document, "units", where, list)
    return Problem(
        operations=_operations(_listed(document, "operations", where)),
        units=_units(_listed(document, "units", where)),
        hours=_optional(document, "hours", where),
        money=_optional(document, "money", where),
        coverages=tuple(
            Coverage(
                str(part(entry, "name", at)),
                _names(entry, "operations", at),
                number(part(entry, "least_hours", at), f"least_hours of {at}"),
            )
            for at, entry in _listed(document, "coverages", where)
        ),
        shared=tuple(
            SharedHarm(
                str(part(entry, "name", at)),
                _names(entry, "operations", at),
                number(part(entry, "harm", at), f"harm of {at}"),
            )
            for at, entry in _listed(document, "shared", where)
        ),
        least_shift=number(document.get("least_shift"), "least_shift", 0.0),
    )


def _operations(rows: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[Operation, ...]:
    return tuple(_operation(at, row) for at, row in rows)


def _operation(at: str, row: Mapping[str, Any]) -> Operation:
    def value(key: str, default: float | None = None) -> float:
        return number(part(row, key, at, default=default), f"{key} of {at}", default)

    return Operation(
        name=str(part(row, "name", at)),
        curve=_curve(at, row),
        most_hours=value("most_hours"),
        least_hours=value("least_hours", 0.0),
        money=value("money", 0.0),
        skills=_hours_by_skill(row, at),
        powers=_names(row, "powers", at),
        area=str(row["area"]) if row.get("area") else None,
        first=_day(row, "first", at),
        last=_day(row, "last", at),
        basis=str(row.get("basis") or ""),
        must=_truth(row, "must", at),
        excludes=_names(row, "excludes", at),
        requires=_names(row, "requires", at),
        low=value("low", 1.0),
        high=value("high", 1.0),
    )


def _curve(at: str, row: Mapping[str, Any]) -> Curve:
    try:
        return _given_curve(at, row)
    except BadValue as error:
        if at in error.name:
            raise
        raise BadValue(f"{error.name} of {at}", error.value, error.remedy) from error


def _given_curve(at: str, row: Mapping[str, Any]) -> Curve:
    if steps := row.get("steps"):
        pairs = steps if isinstance(steps, list) else [pair.split(":") for pair in str(steps).split(";")]
        if any(not isinstance(pair, list) or len(pair) != 2 for pair in pairs):
            raise BadValue(f"steps of {at}", steps, "give hours:harm pairs, such as 10:50;30:70")
        return Steps(
            tuple(number(hours, f"steps of {at}") for hours, _ in pairs),
            tuple(number(harm, f"steps of {at}") for _, harm in pairs),
        )
    return Diminishing(
        number(part(row, "harm", at), f"harm of {at}"),
        number(part(row, "half_hours", at), f"half_hours of {at}"),
    )


def _units(rows: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[Unit, ...]:
    """Read units; rows of a table with one name are blocks of one unit."""
    blocks: dict[str, list[Block]] = {}
    first: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for at, row in rows:
        name = str(part(row, "name", at))
        first.setdefault(name, (at, row))
        blocks.setdefault(name, []).extend(_blocks(at, row))
    return tuple(_unit(name, *first[name], tuple(blocks[name])) for name in first)


def _blocks(at: str, row: Mapping[str, Any]) -> list[Block]:
    hours = part(row, "hours", at)
    entries = hours if isinstance(hours, list) else [row]
    return [
        Block(
            number(part(entry, "hours", at), f"hours of {at}"),
            _day(entry, "first", at),
            _day(entry, "last", at),
        )
        for entry in entries
    ]


def _unit(name: str, at: str, row: Mapping[str, Any], blocks: tuple[Block, ...]) -> Unit:
    return Unit(
        name=name,
        blocks=blocks,
        skills=_names(row, "skills", at),
        powers=_names(row, "powers", at),
        areas=_names(row, "areas", at),
        cost_per_hour=number(row.get("cost_per_hour"), f"cost_per_hour of {at}", 0.0),
        most_hours=_optional(row, "most_hours", at),
    )


def _optional(row: Mapping[str, Any], key: str, at: str) -> float | None:
    return None if row.get(key) is None else number(row[key], f"{key} of {at}")


def _names(row: Mapping[str, Any], key: str, at: str) -> frozenset[str]:
    """Read a list, or a text divided by semicolons."""
    given = row.get(key)
    if given is not None and not isinstance(given, list | str):
        raise BadValue(f"{key} of {at}", given, "give a list, or names divided by semicolons")
    names = given if isinstance(given, list) else (given or "").split(";")
    return frozenset(str(name).strip() for name in names if str(name).strip())


def _hours_by_skill(row: Mapping[str, Any], at: str) -> dict[str, float]:
    given = row.get("skills") or {}
    if isinstance(given, str):
        pairs = [pair.partition(":") for pair in given.split(";") if pair.strip()]
        given = {skill.strip(): hours for skill, _, hours in pairs}
    if not isinstance(given, dict):
        raise BadValue(f"skills of {at}", given, "give skill:hours pairs, such as surveillance:30;digital:10")
    return {str(skill): number(hours, f"skills of {at}") for skill, hours in given.items()}


def _day(row: Mapping[str, Any], key: str, at: str) -> date | None:
    given = row.get(key)
    if not given:
        return None
    try:
        return date.fromisoformat(str(given))
    except ValueError as error:
        raise BadValue(f"{key} of {at}", repr(given), "give a date as 2026-03-31") from error


def _truth(row: Mapping[str, Any], key: str, at: str) -> bool:
    given = str(row.get(key) or "").lower()
    if given not in _TRUE | _FALSE:
        raise BadValue(f"{key} of {at}", repr(given), "give yes or no")
    return given in _TRUE
