"""Pure decisions of the review: periods, results in plain values, shares."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from openilp import reference
from openilp.methods.errors import MethodError
from openilp.methods.impact import (
    BeforeAfter,
    CostPerUnit,
    RelativeChange,
    before_after,
    cost_per_unit,
    weighted_displacement_difference,
)
from openilp.methods.sentence import Estimate, Sentence
from openilp.review.errors import NothingToCompare, PeriodsOverlap, ReviewError

_FIRST = 1


@dataclass(frozen=True)
class Comparison:
    """Whole months before and after a measure.

    Attributes:
        before_from: First day of the first month before.
        before_until: A day of the last month before.
        after_from: First day of the first month after.
        after_until: A day of the last month after.
    """

    before_from: date
    before_until: date
    after_from: date
    after_until: date

    def months(self) -> tuple[list[date], list[date]]:
        """Return the months before and after, each by its first day."""
        return months(self.before_from, self.before_until), months(self.after_from, self.after_until)


def check(wanted: Comparison) -> None:
    """Check that both periods have a length and that one follows the other.

    Raises:
        ReviewError: If a period ends before it begins.
        PeriodsOverlap: If they are not apart.
    """
    for field, start, end in (
        ("before_until", wanted.before_from, wanted.before_until),
        ("after_until", wanted.after_from, wanted.after_until),
    ):
        if end < start:
            raise ReviewError(field, f"{end} lies before {start}; choose a later month.")
    if wanted.after_from.replace(day=_FIRST) <= wanted.before_until.replace(day=_FIRST):
        raise PeriodsOverlap(wanted.before_until, wanted.after_from)


def months(start: date, end: date) -> list[date]:
    """Return every month that a period touches, by its first day."""
    n = (end.year - start.year) * 12 + end.month - start.month + 1
    return [
        date(start.year + (start.month - 1 + i) // 12, (start.month - 1 + i) % 12 + 1, _FIRST)
        for i in range(n)
    ]


def month_after(month: date) -> date:
    """Return the first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, _FIRST)


@dataclass(frozen=True)
class Counts:
    """Incidents a month before and after; None where no data came in."""

    before: Sequence[int | None]
    after: Sequence[int | None]


def compared(treated: Counts, control: Counts | None, *, hours: float, money: float) -> dict[str, Any]:
    """Return before against after in plain values: ratio, difference to the control, cost per event prevented.

    Args:
        treated: The area of the measure.
        control: A comparable area without it.
        hours: Hours spent.
        money: Money spent.

    Raises:
        NothingToCompare: If the counts do not allow it, with the reason.
    """
    try:
        change = before_after(
            treated.before,
            treated.after,
            control_before=control.before if control else None,
            control_after=control.after if control else None,
        )
    except MethodError as error:
        raise NothingToCompare(str(error)) from error
    found = _change(change)
    if control is not None and len(treated.before) == len(treated.after) and not _gaps(treated, control):
        found |= _difference(treated, control, hours, money)
    return found


def _change(change: RelativeChange) -> dict[str, Any]:
    return {
        "ratio": estimate(change.treated.ratio),
        "n_before": change.treated.n_before,
        "n_after": change.treated.n_after,
        "n_gaps": change.treated.n_gaps,
        "control_ratio": estimate(change.control.ratio) if change.control else None,
        "relative": estimate(change.relative) if change.relative else None,
        "method": sentence(change.method),
        "cautions": [sentence(c) for c in _unique(change.cautions)],
    }


def _difference(treated: Counts, control: Counts, hours: float, money: float) -> dict[str, Any]:
    wdd = weighted_displacement_difference(treated=_area(treated), control=_area(control))
    return {
        "difference": estimate(wdd.difference),
        "difference_method": sentence(wdd.method),
        "hours_per_event": _cost(cost_per_unit(hours, wdd.difference)),
        "money_per_event": _cost(cost_per_unit(money, wdd.difference)),
    }


def _cost(cost: CostPerUnit) -> dict[str, Any]:
    return {**estimate(cost.per_unit), "cautions": [sentence(c) for c in cost.cautions]}


def _area(counts: Counts) -> BeforeAfter:
    return BeforeAfter(sum(n or 0 for n in counts.before), sum(n or 0 for n in counts.after))


def _gaps(*areas: Counts) -> bool:
    return any(n is None for area in areas for n in (*area.before, *area.after))


def _unique(sentences: Sequence[Sentence]) -> list[Sentence]:
    return list({s.code: s for s in sentences}.values())


def estimate(value: Estimate) -> dict[str, Any]:
    """Return an estimate in plain values."""
    return asdict(value)


def sentence(value: Sentence) -> dict[str, Any]:
    """Return a sentence in plain values, so that a page can translate it."""
    return {"code": value.code, "template": value.template, "facts": dict(value.facts)}


def reading_of(result: dict[str, Any]) -> str:
    """Return what an interval allows to say: `fall`, `rise` or `open`."""
    told = result.get("relative") or result["ratio"]
    if told["high"] is not None and told["high"] < 1:
        return "fall"
    if told["low"] is not None and told["low"] > 1:
        return "rise"
    return "open"


@dataclass(frozen=True)
class Share:
    """A part of a whole; without a whole there is no share."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """Return it in per cent."""
        return 100 * self.part / self.whole if self.whole else None


def check_code(field: str, code: str, vocabulary: str) -> str:
    """Return a code that the reference list knows.

    Raises:
        ReviewError: If it does not.
    """
    try:
        reference.vocabulary(vocabulary).require(code)
    except reference.UnknownCode as error:
        raise ReviewError(field, str(error)) from error
    return code


def check_text(field: str, value: str) -> str:
    """Return a text that says something.

    Raises:
        ReviewError: If it is empty.
    """
    found = value.strip()
    if not found:
        raise ReviewError(field, f"{field} is empty; write it in words.")
    return found
