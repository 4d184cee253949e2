"""Declared statistics: counting them once, and reading what was issued."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from openilp import reference
from openilp.oversight.models import StatisticIssue
from openilp.oversight.rules.cells import MINIMUM, protected, total_of
from openilp.reference import Counted, DeclaredStatistic, Dimension
from openilp.safeguards import acting
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.models import User

#: The column of persons of whom nothing is recorded, or nothing that belongs to a group.
NOT_RECORDED = "not-recorded"
_PROPERTY = {
    Dimension.SEX: "sex",
    Dimension.AGE: "birth_date",
    Dimension.NATIONALITY: "nationality",
}
Stored = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One row of an issued statistic; nothing where a cell is left out."""

    name: str
    cells: tuple[int | None, ...]
    total: int | None


@dataclass(frozen=True)
class Issued:
    """One statistic as it was issued, in words."""

    code: str
    title: str
    about: str
    law: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    has_totals: bool


def count(*, on: date, actor: Actor) -> dict[str, Stored]:
    """Return every declared statistic of a day with small cells left out, as it is stored.

    Args:
        on: The day.
        actor: A data-protection officer; for others the database counts nothing.
    """
    acting.require("StatisticIssue")
    made = reference.declared_statistics().values
    return {each.code: _counted(each, on) for each in made if each.collected}


def _counted(statistic: DeclaredStatistic, on: date) -> Stored:
    if statistic.of is Counted.RELEASES:
        found = _by_recipient(on)
        lines = [[name, [n if n >= MINIMUM else None], None] for name, n in sorted(found.items())]
        return {"columns": ["n"], "lines": lines}
    columns = [*(group.code for group in statistic.groups), NOT_RECORDED]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for category, value, n in _ask("openilp_persons_by(%s, %s)", [_PROPERTY[statistic.by], on]):
        counts[category][statistic.group_of(value or "") or NOT_RECORDED] += n
    return {"columns": columns, "lines": [_line(code, counts[code], columns) for code in sorted(counts)]}


def _by_recipient(on: date) -> Counter[str]:
    """Return how many readers of releases each unit has, and each partner agency by its code."""
    readers = dict(_ask("openilp_releases_by_reader(%s)", [on]))
    found: Counter[str] = Counter()
    for user in User.objects.filter(pk__in=readers).select_related("unit"):
        found[user.partner or user.unit.name] += readers[user.pk]
    return found


def _line(name: str, counts: Mapping[str, int], columns: Sequence[str]) -> list[Any]:
    given = [counts.get(column, 0) for column in columns]
    return [name, list(protected(given)), total_of(given)]


def _ask(call: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {call}", list(values))  # noqa: S608 (calls of our own functions)
        return list(cursor.fetchall())


def issues(*, actor: Actor) -> Any:
    """Return what was issued, as far as the actor may see it."""
    return StatisticIssue.objects.seen_by(actor)


def issue(ref: str, *, actor: Actor) -> StatisticIssue:
    """Return what was issued under a reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: StatisticIssue | None = issues(actor=actor).filter(ref=ref.strip().upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def latest(*, actor: Actor) -> StatisticIssue | None:
    """Return what was issued last, or nothing."""
    found: StatisticIssue | None = issues(actor=actor).order_by("-on").first()
    return found


def tables(row: StatisticIssue) -> list[Issued]:
    """Return an issue in words: the list of its day says what codes mean."""
    known = reference.declared_statistics(version=row.list_version)
    return [_issued(known.value(code), stored) for code, stored in row.tables.items() if code in known.codes]


def _issued(statistic: DeclaredStatistic, stored: Stored) -> Issued:
    labels = {group.code: _(group.label) for group in statistic.groups}
    labels |= {NOT_RECORDED: _("not recorded"), "n": _("readers")}
    is_people = statistic.of is Counted.PERSONS
    return Issued(
        statistic.code,
        _(statistic.label),
        _(statistic.definition),
        _(statistic.law),
        tuple(str(labels.get(code, code)) for code in stored["columns"]),
        tuple(
            Line(_category(name) if is_people else name, tuple(cells), total)
            for name, cells, total in stored["lines"]
        ),
        is_people,
    )


def _category(code: str) -> str:
    return _(reference.subject_category(code).label)


def columns_of(row: StatisticIssue) -> list[tuple[str, str, str, int | None]]:
    """Return an issue as rows of a file: statistic, row, column, number; nothing where it is left out."""
    return [
        (each.code, line.name, column, n)
        for each in tables(row)
        for line in each.lines
        for column, n in _cells(each, line)
    ]


def _cells(each: Issued, line: Line) -> list[tuple[str, int | None]]:
    found = list(zip(each.columns, line.cells, strict=True))
    return [*found, (_("together"), line.total)] if each.has_totals else found
