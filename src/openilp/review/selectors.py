"""Questions about what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone

from openilp import reference
from openilp.analysis.models import Edition
from openilp.collection.models import Incident
from openilp.direction import selectors as direction
from openilp.direction.models import Priority
from openilp.dissemination.models import Release
from openilp.review import rules
from openilp.review.models import Lesson, Outcome, ResultsAnalysis
from openilp.review.rules import Share
from openilp.safeguards import find
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.labels import Label, Level, joined
from openilp.safeguards.models import Unit
from openilp.tasking import selectors as tasking
from openilp.tasking.models import Decision, DecisionBasis, Operation, Response, Task

_LABEL = ("level", "compartments", "releasable_to", "originator_control")


def row_of(kind: str, key: UUID, *, actor: Actor) -> Any:
    """Return the row of a kind with a key.

    Raises:
        RecordNotFound: If there is no such kind, or no such row that the actor may see.
    """
    model = find.kinds().get(kind)
    found = model.objects.seen_by(actor).filter(pk=key).first() if model else None
    if found is None:
        raise RecordNotFound(f"{kind} {key}")
    return found


def _one(rows: Any, ref: str) -> Any:
    found = rows.filter(ref=ref.upper()).first()
    if found is None:
        raise RecordNotFound(ref)
    return found


def outcomes(*, actor: Actor) -> Any:
    """Return the outcomes that stand: those that no later one corrected."""
    later = Outcome.objects.seen_by(actor).filter(supersedes=OuterRef("pk"))
    return Outcome.objects.seen_by(actor).filter(~Exists(later))


def outcome(ref: str, *, actor: Actor) -> Outcome:
    """Return an outcome by its reference, also one that was corrected.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Outcome = _one(Outcome.objects.seen_by(actor), ref)
    return found


def successor_of(row: Outcome, *, actor: Actor) -> Outcome | None:
    """Return the outcome that corrects another one."""
    found: Outcome | None = Outcome.objects.seen_by(actor).filter(supersedes=row).first()
    return found


def outcome_of(row: Task, *, actor: Actor) -> Outcome | None:
    """Return the outcome of a task that stands."""
    found: Outcome | None = outcomes(actor=actor).filter(task=row).first()
    return found


def tasks_without_outcome(*, actor: Actor) -> Any:
    """Return tasks that are over or overdue and of which nobody has said what came of them."""
    told = Outcome.objects.seen_by(actor).filter(task=OuterRef("pk"))
    found = tasking.tasks(actor=actor).filter(~Exists(told))
    return found.filter(Q(is_done=True) | Q(due__lt=timezone.localdate()))


def in_tray(*, actor: Actor) -> Any:
    """Return the tasks that are over or overdue without an outcome."""
    return tasks_without_outcome(actor=actor)


def results(*, actor: Actor) -> Any:
    """Return the results analyses."""
    return ResultsAnalysis.objects.seen_by(actor)


def result(ref: str, *, actor: Actor) -> ResultsAnalysis:
    """Return a results analysis by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: ResultsAnalysis = _one(results(actor=actor), ref)
    return found


def lessons(*, actor: Actor) -> Any:
    """Return the lessons."""
    return Lesson.objects.seen_by(actor)


def lesson(ref: str, *, actor: Actor) -> Lesson:
    """Return a lesson by its reference.

    Raises:
        RecordNotFound: If there is none that the actor may see.
    """
    found: Lesson = _one(lessons(actor=actor), ref)
    return found


def incidents_of(crime_types: Sequence[str], unit: Unit | None, *, actor: Actor) -> Any:
    """Return the incidents of some types in a unit and what is beneath it; no types means all."""
    found = Incident.objects.seen_by(actor)
    if crime_types:
        found = found.filter(crime_type__in=list(crime_types))
    if unit is not None and unit.parent_id is not None:
        found = found.filter(unit__in=beneath(unit))
    return found


def beneath(unit: Unit) -> list[UUID]:
    """Return a unit and all units under it."""
    found, level = [unit.pk], [unit.pk]
    while level := list(Unit.objects.filter(parent__in=level).values_list("pk", flat=True)):
        found += level
    return found


def monthly(rows: Any, wanted: Sequence[date], *, actor: Actor) -> list[int | None]:
    """Return the number of incidents a month; None where nothing at all came in for any type or unit."""
    counts = _by_month(rows, wanted)
    held = _by_month(Incident.objects.seen_by(actor), wanted)
    return [counts.get(month, 0) if held.get(month) else None for month in wanted]


def _by_month(rows: Any, wanted: Sequence[date]) -> dict[date, int]:
    counted = (
        _within(rows, wanted)
        .annotate(month=TruncMonth("starts_at"))
        .values("month")
        .annotate(number=Count("pk"))
        .values_list("month", "number")
        .order_by()
    )
    return {timezone.localdate(month): n for month, n in counted}


def _within(rows: Any, wanted: Sequence[date]) -> Any:
    end = rules.month_after(wanted[-1])
    return rows.filter(starts_at__gte=_midnight(wanted[0]), starts_at__lt=_midnight(end))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def label_of_incidents(rows: Any, wanted: Sequence[date], *, actor: Actor) -> Label:
    """Return the label of a figure over incidents: the join of all of theirs."""
    parts = [
        Label(Level(level), frozenset(UUID(str(c)) for c in cells), actor.unit_id, frozenset(to), control)
        for level, cells, to, control in _within(rows, wanted).order_by().values_list(*_LABEL).distinct()
    ]
    return joined(parts) if parts else actor.label()


@dataclass(frozen=True)
class Trend:
    """A priority's incidents and their harm over the last months that hold data.

    Attributes:
        priority: The priority.
        months: The months, by their first day.
        counts: Incidents a month; None for a gap.
        harm: Days of harm a month; None for a gap.
    """

    priority: Priority
    months: tuple[date, ...]
    counts: tuple[int | None, ...]
    harm: tuple[float | None, ...]


def trends(*, actor: Actor, span: int = 24, most: int = 8) -> list[Trend]:
    """Return how the incidents of each priority in force went, by count and by harm."""
    rows = list(
        direction.current_priorities(actor=actor)
        .select_related("unit")
        .order_by("position", "unit__code")[:most]
    )
    newest = (
        Incident.objects.seen_by(actor).order_by("-starts_at").values_list("starts_at", flat=True).first()
    )
    if newest is None:
        return [Trend(row, (), (), ()) for row in rows]
    last = timezone.localdate(newest).replace(day=1)
    wanted = tuple(rules.months(date(last.year - span // 12, last.month, 1), last)[1:])
    held = _by_month(Incident.objects.seen_by(actor), wanted)
    return [_trend(row, wanted, held, actor) for row in rows]


def _trend(row: Priority, wanted: tuple[date, ...], held: dict[date, int], actor: Actor) -> Trend:
    found: dict[date, dict[str, int]] = {}
    cells = (
        _within(incidents_of(row.crime_types, row.unit, actor=actor), wanted)
        .annotate(month=TruncMonth("starts_at"))
        .values("month", "crime_type")
        .annotate(number=Count("pk"))
        .values_list("month", "crime_type", "number")
        .order_by()
    )
    for month, crime_type, n in cells:
        found.setdefault(timezone.localdate(month), {})[crime_type] = n
    counts = tuple(sum(found.get(m, {}).values()) if held.get(m) else None for m in wanted)
    harm = tuple(
        sum(_weight(code) * n for code, n in found.get(m, {}).items()) if held.get(m) else None
        for m in wanted
    )
    return Trend(row, wanted, counts, harm)


def _weight(crime_type: str) -> float:
    try:
        return reference.harm_weight(crime_type)
    except reference.UnknownCode:
        return 0.0


@dataclass(frozen=True)
class Use:
    """How far decisions rest on intelligence, and products lead to action.

    Attributes:
        citing: Decisions that rest on an edition, of all.
        followed: Recommendations accepted or changed, of all that were answered.
        acted_on: Released editions with at least one recommendation followed, of all released.
    """

    citing: Share
    followed: Share
    acted_on: Share


def use_of_intelligence(*, actor: Actor) -> Use:
    """Return the share of decisions that cite intelligence, and of products that led to action."""
    basis = DecisionBasis.objects.seen_by(actor).filter(decision=OuterRef("pk"))
    decisions = Decision.objects.seen_by(actor)
    answers = Response.objects.seen_by(actor)
    followed = answers.exclude(verdict="reject")
    released = Edition.objects.seen_by(actor).filter(
        Exists(Release.objects.seen_by(actor).filter(edition=OuterRef("pk")))
    )
    acted = followed.filter(recommendation__product=OuterRef("product"))
    return Use(
        citing=Share(decisions.filter(Exists(basis)).count(), decisions.count()),
        followed=Share(followed.count(), answers.count()),
        acted_on=Share(released.filter(Exists(acted)).count(), released.count()),
    )


@dataclass(frozen=True)
class DecisionResult:
    """A decision with what came of it."""

    decision: Decision
    tasks: int
    done: int
    outcomes: int
    result: ResultsAnalysis | None


def decided_and_what_came(*, actor: Actor, most: int = 12) -> list[DecisionResult]:
    """Return the newest decisions with their tasks, outcomes and newest measured result."""
    rows = list(Decision.objects.seen_by(actor).order_by("-created_at")[:most])
    runs = dict(Operation.objects.seen_by(actor).filter(decision__in=rows).values_list("pk", "decision_id"))
    tasks = list(tasking.tasks(actor=actor).filter(operation__in=runs))
    told = set(outcomes(actor=actor).filter(task__in=tasks).values_list("task_id", flat=True))
    measured = {
        runs[row.operation_id]: row
        for row in results(actor=actor).filter(operation__in=runs).order_by("created_at")
    }
    return [
        DecisionResult(
            row,
            len(own := [t for t in tasks if runs[t.operation_id] == row.pk]),
            sum(t.is_done for t in own),
            sum(t.pk in told for t in own),
            measured.get(row.pk),
        )
        for row in rows
    ]
