"""Judgement, from a terminal: hypotheses, assumptions, and how often probabilities were right."""

from pathlib import Path

import click
import numpy as np

from openilp import reference
from openilp.cli.methods.documents import is_json, number, part, read_document, rows_of
from openilp.cli.methods.shared import method, seed_option, table_argument
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.judgement import (
    Assumption,
    Item,
    Term,
    Yardstick,
    calibrate,
    calibrate_terms,
    compare_hypotheses,
    review_assumptions,
)
from openilp.methods.persons import PERSON_WORDS, STAFF_WORDS, refuse_persons
from openilp.methods.result import Result
from openilp.methods.tables import Table

_FILE = click.argument("file", type=click.Path(path_type=Path))
#: Signs that analysts write for the codes.
_SIGNS = {"--": "II", "-": "I", "0": "N", "+": "C", "++": "CC"}
_OF_AN_ITEM = ("weight", "origin")


@method("ach")
@_FILE
def ach(file: Path) -> Result:
    """Which hypothesis do the items contradict least, and which item would change that?

    FILE is a table with the item in the first column, one column for each hypothesis with CC, C, N, I, II or NA, and
    if wanted `weight` and `origin`; or JSON: {"hypotheses": [...], "items": [{"id", "ratings": {...}, "weight",
    "origin"}]}.
    """
    return compare_hypotheses(*(_from_document(file) if is_json(file) else _from_table(file)))


def _from_document(file: Path) -> tuple[list[str], list[Item]]:
    document = read_document(file)
    hypotheses = [str(each) for each in part(document, "hypotheses", file.name, list)]
    items = []
    for each in part(document, "items", file.name, list):
        name = str(part(each, "id", "an item"))
        ratings = part(each, "ratings", f"item {name!r}", dict)
        weight = number(each.get("weight"), f"weight of item {name!r}", 1.0)
        origin = each.get("origin")
        items.append(
            Item(
                name,
                {str(h): _code(code) for h, code in ratings.items()},
                weight,
                None if origin is None else str(origin),
            )
        )
    return hypotheses, items


def _from_table(file: Path) -> tuple[list[str], list[Item]]:
    table, rows = rows_of(file)
    if not table.columns[1:]:
        raise TooFew("columns", len(table.columns), 3)
    key = table.columns[0]
    hypotheses = [name for name in table.columns[1:] if name.lower() not in _OF_AN_ITEM]
    extra = {name.lower(): name for name in table.columns if name.lower() in _OF_AN_ITEM}
    items = []
    for at, row in enumerate(rows):
        if key not in row:
            raise BadValue(f"{key} of {table.row(at)}", "missing", "give each item a name")
        items.append(
            Item(
                row[key],
                {h: _code(row[h]) for h in hypotheses if h in row},
                number(row.get(extra.get("weight", "")), f"weight of {table.row(at)}", 1.0),
                row.get(extra.get("origin", "")),
            )
        )
    return hypotheses, items


def _code(text: object) -> str:
    plain = str(text).strip().upper()
    return _SIGNS.get(plain, plain)


@method("assumptions")
@_FILE
@click.option("--today", metavar="DATE", help="day of the review (default: today)")
def assumptions(file: Path, today: str | None) -> Result:
    """What do the judgements stand on, how firm is it, and what is due for review?

    FILE is a table with the columns id, statement, basis (supported, caveated or unsupported), judgements (divided by
    semicolons), and if wanted sign and review_by (2024-03-31); or JSON: {"assumptions": [{the same}]}.
    """
    rows = part(read_document(file), "assumptions", file.name, list) if is_json(file) else rows_of(file)[1]
    day = _day(today, "today") or np.datetime64("today")
    return review_assumptions([_assumption(row, at) for at, row in enumerate(rows, 1)], today=day)


def _assumption(row: object, at: int) -> Assumption:
    where = f"assumption {at}"
    name = str(part(row, "id", where))
    carried = part(row, "judgements", where, object, default="")
    names = carried if isinstance(carried, list) else str(carried).split(";")
    sign = part(row, "sign", where, str, default="")
    return Assumption(
        id=name,
        statement=str(part(row, "statement", where)),
        basis=str(part(row, "basis", where)).lower(),
        judgements=tuple(str(each).strip() for each in names if str(each).strip()),
        sign=sign or None,
        review_by=_day(part(row, "review_by", where, str, default="") or None, f"review_by of {where}"),
    )


def _day(text: str | None, what: str) -> np.datetime64 | None:
    if text is None:
        return None
    try:
        return np.datetime64(text, "D")
    except ValueError as error:
        raise BadValue(what, repr(text), "give a date as 2024-03-31") from error


@method("calibration")
@table_argument
@click.option("--probability", default="probability", show_default=True, metavar="COLUMN", help="0 to 1")
@click.option("--outcome", default="outcome", show_default=True, metavar="COLUMN", help="1, 0 or nothing yet")
@click.option("--team", default="team", show_default=True, metavar="COLUMN", help="a team, never a person")
@click.option("--bins", default=10, show_default=True, help="bins of the reliability diagram")
@seed_option
def calibration(
    table: Table, probability: str, outcome: str, team: str, bins: int, rng: np.random.Generator
) -> Result:
    """Were the probabilities right, and do they tell cases apart, by team?"""
    refuse_persons([team], "calibration is shown by team", words=PERSON_WORDS | STAFF_WORDS)
    teams = table.texts(team)
    if unnamed := [row for row, name in enumerate(teams) if not name]:
        raise BadValue(f"{team} of {table.rows(unnamed)}", "missing", "name the team of every judgement")
    return calibrate(
        table.numbers(probability),
        table.numbers(outcome),
        [name or "" for name in teams],
        rng=rng,
        bins=bins,
    )


@method("calibration-words")
@table_argument
@click.option(
    "--word", default="word", show_default=True, metavar="COLUMN", help="code of the word that was used"
)
@click.option("--outcome", default="outcome", show_default=True, metavar="COLUMN", help="1, 0 or nothing yet")
@click.option("--yardstick", default="phia", show_default=True, help="name of the yardstick")
def calibration_words(table: Table, word: str, outcome: str, yardstick: str) -> Result:
    """Do our words of probability mean what the yardstick says that they mean?"""
    terms = tuple(
        Term(each.code, each.label, each.low, each.high) for each in reference.probability_terms(yardstick)
    )
    confidences = tuple(each.code for each in reversed(reference.vocabulary("confidence").values))
    words = table.texts(word)
    if missing := [row for row, text in enumerate(words) if not text]:
        raise BadValue(f"{word} of {table.rows(missing)}", "missing", "give the word of every judgement")
    return calibrate_terms(
        Yardstick(yardstick, terms, confidences), [text or "" for text in words], table.numbers(outcome)
    )


COMMANDS: tuple[click.Command, ...] = (ach, assumptions, calibration, calibration_words)
