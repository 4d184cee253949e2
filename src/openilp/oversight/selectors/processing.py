"""The records of processing: what the system knows of itself, beside the part that the agency fills in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openilp import reference
from openilp.oversight.models import ProcessingEntry
from openilp.oversight.selectors import statistics
from openilp.safeguards.actor import Actor


@dataclass(frozen=True)
class Basis:
    """A law that allows processing, and what for."""

    code: str
    title: str
    provision: str
    purposes: tuple[str, ...]


@dataclass(frozen=True)
class Category:
    """People of one category: who they are, how long they are kept, and how many there were at the last count."""

    code: str
    title: str
    definition: str
    rule: str
    review_days: int
    number: int | None
    is_counted: bool


@dataclass(frozen=True)
class Rule:
    """One rule of retention in force, in the words of the list."""

    code: str
    title: str
    basis: str
    first_review: str
    ends: str


@dataclass(frozen=True)
class Recipient:
    """A unit or agency that products were handed to; nothing where fewer than five readers were."""

    name: str
    readers: int | None


@dataclass(frozen=True)
class Record:
    """The whole record of processing on one day.

    Attributes:
        own: The agency's own part, or nothing where nobody has written it.
        counted_on: Day of the declared statistics that the numbers are from.
    """

    on: date
    agency: str
    profile: str
    own: ProcessingEntry | None
    bases: Sequence[Basis]
    categories: Sequence[Category]
    rules: Sequence[Rule]
    recipients: Sequence[Recipient]
    counted_on: date | None


def entries(*, actor: Actor) -> Any:
    """Return the versions of the agency's own part that the actor may see."""
    return ProcessingEntry.objects.seen_by(actor)


def present_entry(*, actor: Actor) -> ProcessingEntry | None:
    """Return the version that nothing has taken the place of, or nothing."""
    found: ProcessingEntry | None = entries(actor=actor).filter(successor=None).first()
    return found


def record(*, actor: Actor) -> Record:
    """Return the record of processing of today."""
    today = timezone.localdate()
    profile = reference.national_profile(settings.OPENILP_PROFILE)
    last = statistics.latest(actor=actor)
    tables: dict[str, Any] = last.tables if last else {}
    return Record(
        today,
        settings.OPENILP_AGENCY,
        profile.title,
        present_entry(actor=actor),
        [_basis(code) for code in profile.bases_on(today)],
        [_category(each, tables) for each in profile.categories if each.covers(today)],
        _rules({each.retention_rule for each in profile.categories} | {"MINOR", "ACQ", "QUAR"}),
        [Recipient(name, cells[0]) for name, cells, _total in _lines(tables, "releases-by-recipient")],
        last.on if last else None,
    )


def _lines(tables: dict[str, Any], code: str) -> list[Any]:
    return list(tables.get(code, {"lines": []})["lines"])


def _basis(code: str) -> Basis:
    basis = reference.legal_basis(code)
    purposes = reference.vocabulary("processing-purposes")
    return Basis(
        code,
        f"{_(basis.act)}, {_(basis.provision)}",
        _(basis.definition),
        tuple(_(purposes.value(purpose).label) for purpose in basis.purposes),
    )


def _category(each: reference.CategoryInForce, tables: dict[str, Any]) -> Category:
    category = reference.subject_category(each.code)
    totals = {name: total for name, _cells, total in _lines(tables, "persons-by-sex")}
    return Category(
        each.code,
        _(category.label),
        _(category.definition),
        each.retention_rule,
        each.review_days,
        totals.get(each.code, 0),
        bool(tables),
    )


def _rules(codes: set[str]) -> list[Rule]:
    found = [reference.retention_rule(code) for code in sorted(codes)]
    return [Rule(r.code, _(r.label), _(r.basis), _first(r), _end(r)) for r in found]


def _first(rule: reference.RetentionRule) -> str:
    if rule.first_review is not None:
        return _span(rule.first_review)
    share = round(100 * (rule.first_review_share or 0))
    return _("%(share)s %% of an adult's") % {"share": share}


def _end(rule: reference.RetentionRule) -> str:
    return _span(rule.hard_stop) if rule.hard_stop else _("by reviews only")


def _span(period: reference.Period) -> str:
    parts = (
        (period.years, ngettext("%(n)s year", "%(n)s years", period.years)),
        (period.months, ngettext("%(n)s month", "%(n)s months", period.months)),
        (period.days, ngettext("%(n)s day", "%(n)s days", period.days)),
    )
    said = [words % {"n": number} for number, words in parts if number]
    return " ".join(said) or _("at once")
