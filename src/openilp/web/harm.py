"""What happens on each priority: recorded crime of its types and area by month, weighed by harm, in one query."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.core.cache import caches
from django.db.models import Count, Max, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from openilp import reference
from openilp.collection.models import ImportBatch, Incident
from openilp.direction.models import Priority
from openilp.methods.errors import MethodError
from openilp.methods.sentence import Estimate
from openilp.methods.series.compare import compare_periods
from openilp.safeguards import acting
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Unit

#: Two years, to compare each month with the same one before, and two months beside.
MONTHS = 26
_COMPARED = 3
_YEAR = 12
#: Seconds that counts are kept; a label that is changed shows in them at the latest then.
_KEPT_S = 120
Cell = tuple[str, UUID | None, date]


@dataclass(frozen=True)
class Harm:
    """Recorded crime on one priority.

    Attributes:
        months: First day of each month, oldest first.
        harm: Days of starting sentence by month; None before the first record and where nothing at all was recorded.
        counts: Incidents by month; None in the same months.
        change: Incidents of the last three months against the same months a year before, in per cent with a 95 %
            interval; None where there is nothing to compare.
    """

    months: tuple[date, ...]
    harm: tuple[float | None, ...]
    counts: tuple[int | None, ...]
    change: Estimate | None

    @property
    def now(self) -> float | None:
        """Return the harm of the last month."""
        return self.harm[-1] if self.harm else None

    @property
    def n_now(self) -> int | None:
        """Return the incidents of the last month."""
        return self.counts[-1] if self.counts else None

    @property
    def n(self) -> int:
        """Return the incidents of all months."""
        return sum(count or 0 for count in self.counts)


def on_priorities(rows: Sequence[Priority], *, actor: Actor) -> dict[UUID, Harm]:
    """Return the recorded crime on each priority that names crime types."""
    acting.require("Incident")
    types = sorted({code for row in rows for code in row.crime_types})
    last = _last_month(types, actor=actor)
    if last is None:
        return {}
    months = tuple(_before(last, back) for back in range(MONTHS - 1, -1, -1))
    cells = _cells(types, months[0], actor=actor)
    recorded = _recorded(months, cells, actor=actor)
    areas = _areas()
    return {
        row.pk: _harm(row, cells, months, recorded, areas.get(row.unit_id, frozenset()))
        for row in rows
        if row.crime_types
    }


def _recorded(months: Iterable[date], cells: Counter[Cell], *, actor: Actor) -> frozenset[date]:
    """Return the months in which anything at all was recorded; elsewhere a count of zero would be untrue."""
    seen = {month for _type, _unit, month in cells}
    first = min(seen, default=date.max)
    empty = [month for month in months if month > first and month not in seen]
    return frozenset(seen.union(month for month in empty if _is_recorded(month, actor=actor)))


def _is_recorded(month: date, *, actor: Actor) -> bool:
    begin, end = (timezone.make_aware(datetime.combine(d, time.min)) for d in (month, _before(month, -1)))
    rows = Incident.objects.seen_by(actor).filter(
        crime_type__in=reference.vocabulary("crime-types").codes, starts_at__gte=begin, starts_at__lt=end
    )
    return bool(rows.exists())


def _last_month(types: Iterable[str], *, actor: Actor) -> date | None:
    """Return the last month with a record of any of the types: one step down an index for each."""
    newest = [
        Incident.objects.seen_by(actor)
        .filter(crime_type=code)
        .order_by("-starts_at")
        .values_list("starts_at", flat=True)[:1]
        for code in types
    ]
    if not newest:
        return None
    found = list(newest[0].union(*newest[1:], all=True)) if newest[1:] else list(newest[0])
    return timezone.localdate(max(found)).replace(day=1) if found else None


def _before(month: date, back: int) -> date:
    number = month.year * _YEAR + month.month - 1 - back
    return date(number // _YEAR, number % _YEAR + 1, 1)


def _cells(types: list[str], first: date, *, actor: Actor) -> Counter[Cell]:
    """Return the number of incidents by type, unit and month.

    The count over some hundred thousand rows is kept for a few minutes under everything that decides what the actor
    may see, and under the state of the imports; that it was shown is logged each time all the same.
    """
    key = _cache_key(types, first, actor=actor)
    cells: Counter[Cell] | None = caches["process"].get(key)
    if cells is None:
        cells = _counted(types, first, actor=actor)
        caches["process"].set(key, cells, _KEPT_S)
    acting.require("Incident").count("incident", cells.total())
    return cells


def _cache_key(types: list[str], first: date, *, actor: Actor) -> str:
    imports = ImportBatch.objects.seen_by(actor).aggregate(
        n=Count("pk"), done=Sum("rows_done"), last=Max("finished_at")
    )
    reach = (actor.level, sorted(map(str, actor.compartments)), sorted(actor.states), actor.partner)
    told = json.dumps([types, str(first), reach, imports], default=str)
    return f"harm:{hashlib.sha256(told.encode()).hexdigest()}"


def _counted(types: list[str], first: date, *, actor: Actor) -> Counter[Cell]:
    since = timezone.make_aware(datetime.combine(first, time.min))
    rows = (
        Incident.objects.seen_by(actor)
        .filter(crime_type__in=types, starts_at__gte=since)
        .annotate(month=TruncMonth("starts_at"))
        .values_list("crime_type", "unit_id", "month")
        .annotate(n=Count("pk"))
        .order_by()
    )
    cells: Counter[Cell] = Counter()
    for crime_type, unit, month, n in rows:
        cells[crime_type, unit, month.date()] += n
    return cells


def _areas() -> dict[UUID, frozenset[UUID | None]]:
    """Return each unit with everything below it; what has no unit belongs to headquarters."""
    parents = dict(Unit.objects.values_list("pk", "parent_id"))
    below: dict[UUID, set[UUID | None]] = {key: {key} for key in parents}
    for key in parents:
        above = parents[key]
        while above is not None:
            below[above].add(key)
            above = parents[above]
    for key, parent in parents.items():
        if parent is None:
            below[key].add(None)
    return {key: frozenset(found) for key, found in below.items()}


def _harm(
    row: Any,
    cells: Counter[Cell],
    months: tuple[date, ...],
    recorded: frozenset[date],
    area: frozenset[UUID | None],
) -> Harm:
    weights = reference.harm_table().weights
    counts: Counter[date] = Counter()
    harm: defaultdict[date, float] = defaultdict(float)
    for (crime_type, unit, month), n in cells.items():
        if crime_type in row.crime_types and unit in area:
            counts[month] += n
            if crime_type in weights:
                harm[month] += n * weights.value(crime_type).days
    first = min(counts, default=None)
    known = [month if first and month >= first and month in recorded else None for month in months]
    by_month = tuple(None if month is None else counts[month] for month in known)
    return Harm(
        months=months,
        harm=tuple(None if month is None else harm[month] for month in known),
        counts=by_month,
        change=_change(by_month),
    )


def _change(counts: Sequence[int | None]) -> Estimate | None:
    """Return the change in per cent against the same months a year before."""
    after = counts[-_COMPARED:]
    before = counts[-_COMPARED - _YEAR : -_YEAR]
    if len(before) < _COMPARED or None in before or None in after:
        return None
    try:
        found = compare_periods(before, after).ratio
    except MethodError:
        return None

    def per_cent(ratio: float | None) -> float | None:
        return None if ratio is None else (ratio - 1) * 100

    return Estimate(per_cent(found.value), per_cent(found.low), per_cent(found.high), found.level, found.n)
