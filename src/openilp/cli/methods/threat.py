"""Threat, from a terminal: matrices, profiles and risks of groups, areas, markets, places and problems."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import numpy as np

from openilp.cli.methods.documents import is_json, number, part, read_document, rows_of
from openilp.cli.methods.shared import method, numbers_option, seed_option
from openilp.methods.errors import BadValue
from openilp.methods.result import Result
from openilp.methods.threat import (
    EXAMPLE,
    Grid,
    Indicator,
    RiskItem,
    Scheme,
    Subject,
    compare_threats,
    indicator_profiles,
    risk_matrix,
    threat_matrix,
)
from openilp.methods.threat.subjects import refuse_person_columns

_PATH = click.Path(path_type=Path)
_FILE = click.argument("file", type=_PATH)


@method("threat")
@_FILE
@click.option("--before", type=_PATH, help="the same of an earlier period: compare the two")
@click.option("--weights", help="such as harm=2,likelihood=1,capability=1 (default: the scheme's)")
@click.option("--scheme", "scheme_file", type=_PATH, help="JSON with name, grades, weights, doubt and spread")
@click.option("--draws", default=2000, show_default=True, help="draws of weights and grades")
@seed_option
def threat(
    file: Path,
    before: Path | None,
    weights: str | None,
    scheme_file: Path | None,
    draws: int,
    rng: np.random.Generator,
) -> Result:
    """Which groups or crime areas threaten most by our criteria, and which of the differences are real?

    FILE is a table with the columns id, kind, one grade (low, medium, high or unknown) for each criterion (harm,
    likelihood, capability), and `confidence` or one column such as `harm_confidence` for each; or JSON: {"subjects":
    [{"id", "kind", "grades": {...}, "confidence": {...}}]}. A matrix over persons is refused.
    """
    scheme = _scheme(scheme_file, weights)
    subjects = _subjects(file, scheme)
    if before is not None:
        return compare_threats(_subjects(before, scheme), subjects, scheme=scheme, rng=rng, draws=draws)
    return threat_matrix(subjects, scheme=scheme, rng=rng, draws=draws)


def _scheme(file: Path | None, weights: str | None) -> Scheme:
    scheme = EXAMPLE
    if file is not None:
        document = read_document(file)
        scheme = Scheme(
            name=part(document, "name", file.name, str),
            grades=_numbers(part(document, "grades", file.name, dict), "grade"),
            weights=_numbers(part(document, "weights", file.name, dict), "weight"),
            doubt=_numbers(part(document, "doubt", file.name, dict), "doubt"),
            spread=number(document.get("spread"), "spread", 20.0),
        )
    if weights is None:
        return scheme
    given = dict(pair.partition("=")[::2] for pair in weights.split(","))
    if set(given) != set(scheme.weights):
        raise BadValue(
            "weights", repr(weights), f"give one for each of {', '.join(scheme.weights)}: name=number"
        )
    return replace(scheme, weights=_numbers({name: given[name] for name in scheme.weights}, "weight"))


def _numbers(values: Mapping[str, Any], what: str) -> dict[str, float]:
    return {str(name): number(value, f"{what} of {name!r}") for name, value in values.items()}


def _subjects(file: Path, scheme: Scheme) -> list[Subject]:
    if is_json(file):
        return [_subject(each) for each in part(read_document(file), "subjects", file.name, list)]
    table, rows = rows_of(file)
    refuse_person_columns(table.columns)
    found = []
    for at, row in enumerate(rows):
        whole = row.get("confidence")
        confidence = {name: row.get(f"{name}_confidence", whole) for name in scheme.weights}
        found.append(
            Subject(
                id=part(row, "id", table.row(at), str),
                kind=part(row, "kind", table.row(at), str),
                grades={name: row[name].lower() for name in scheme.weights if name in row},
                confidence={name: code.lower() for name, code in confidence.items() if code is not None},
            )
        )
    return found


def _subject(entry: Any) -> Subject:
    name = str(part(entry, "id", "a subject"))
    refuse_person_columns(entry)
    grades = part(entry, "grades", f"subject {name!r}", dict)
    confidence = part(entry, "confidence", f"subject {name!r}")
    if not isinstance(confidence, dict):
        confidence = dict.fromkeys(grades, confidence)
    return Subject(
        id=name,
        kind=str(part(entry, "kind", f"subject {name!r}")),
        grades={str(key): str(value).lower() for key, value in grades.items()},
        confidence={str(key): str(value).lower() for key, value in confidence.items()},
    )


@method("threat-profile")
@_FILE
def threat_profile(file: Path) -> Result:
    """What is known of each group or crime area, domain by domain, and where are the gaps?

    FILE is a table with one grade a row: id, kind, domain, indicator, grade (low, medium, high or unknown), and if
    wanted weight; an indicator has one domain and one weight throughout.
    """
    table, rows = rows_of(file)
    refuse_person_columns(table.columns)
    indicators: dict[str, Indicator] = {}
    subjects: dict[str, tuple[str, dict[str, str]]] = {}
    for at, row in enumerate(rows):
        where = table.row(at)
        id_, kind, domain, name, grade = (
            part(row, key, where, str) for key in ("id", "kind", "domain", "indicator", "grade")
        )
        own = Indicator(name, domain, number(row.get("weight"), f"weight of {where}", 1.0))
        if indicators.setdefault(name, own) != own:
            raise BadValue(
                f"indicator of {where}", repr(name), "give it one domain and one weight throughout"
            )
        known_kind, grades = subjects.setdefault(id_, (kind, {}))
        if known_kind != kind or name in grades:
            raise BadValue(
                f"{where}", f"{id_!r}, {name!r}", "give a subject one kind and each indicator once"
            )
        grades[name] = grade.lower()
    return indicator_profiles(subjects, list(indicators.values()))


@method("risk-matrix")
@_FILE
@click.option(
    "--likelihood", "likelihood", default="0.1,0.5", show_default=True, help="inner bounds of the classes"
)
@click.option("--impact", required=True, help="inner bounds of the classes, such as 10,50")
@click.option("--most-impact", type=float, required=True, help="the largest impact that is thought of")
def risks(file: Path, likelihood: str, impact: str, most_impact: float) -> Result:
    """In which level is each risk, given how well it is known, and can the matrix tell at all?

    FILE is a table with the columns id, kind, likelihood_low, likelihood_high, impact_low and impact_high. The levels
    low, medium and high are the lower, middle and upper third of the sum of both classes.
    """
    table, rows = rows_of(file)
    refuse_person_columns(table.columns)
    items = [
        RiskItem(
            id=part(row, "id", table.row(at), str),
            kind=part(row, "kind", table.row(at), str),
            likelihood=_range(row, "likelihood", table.row(at)),
            impact=_range(row, "impact", table.row(at)),
        )
        for at, row in enumerate(rows)
    ]
    columns, lines = numbers_option(likelihood), numbers_option(impact)
    most = len(columns) + len(lines)
    level = tuple(
        tuple(min(3 * (row + column) // (most + 1), 2) for column in range(len(columns) + 1))
        for row in range(len(lines) + 1)
    )
    return risk_matrix(items, Grid(columns, lines, most_impact, ("low", "medium", "high"), level))


def _range(row: dict[str, str], name: str, where: str) -> tuple[float, float]:
    low, high = (
        number(part(row, f"{name}_{end}", where, str), f"{name}_{end} of {where}") for end in ("low", "high")
    )
    return low, high


COMMANDS: tuple[click.Command, ...] = (threat, threat_profile, risks)
