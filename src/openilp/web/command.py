"""The tables of a manager's home: priorities with harm, hours and answers; decisions and what came of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from openilp.direction import selectors as direction
from openilp.direction.models import Priority, Requirement, RequirementClosure
from openilp.methods.sentence import Estimate
from openilp.review.models import Lesson, ResultsAnalysis
from openilp.safeguards.actor import Actor
from openilp.tasking import selectors as tasking
from openilp.tasking.models import Meeting, Operation
from openilp.web import addresses, drawing, harm

#: The shared scale of changes, in per cent.
SCALE = (-60.0, 60.0)
_PRIORITIES = 8
_DECISIONS = 8
_BAR = 80


@dataclass(frozen=True)
class PriorityLine:
    """A priority with what happens on it, what it costs and what was answered."""

    priority: Priority
    url: str
    harm: harm.Harm | None
    spark: drawing.Sparkline | None
    change: Estimate | None
    interval: drawing.Interval | None
    hours: Decimal
    bar: float
    raised: int
    answered: int

    @property
    def is_clear(self) -> bool:
        """Tell whether the interval of the change leaves out zero: only then may it carry colour."""
        change = self.change
        return change is not None and (
            (change.low is not None and change.low > 0) or (change.high is not None and change.high < 0)
        )

    @property
    def is_rise(self) -> bool:
        """Tell whether the change is upwards."""
        return self.change is not None and (self.change.value or 0) > 0


@dataclass(frozen=True)
class DecisionLine:
    """A decision with its tasks and the measured result, where there is one."""

    decision: Any
    url: str
    done: int
    tasks: int
    result: Estimate | None
    interval: drawing.Interval | None
    reading: str
    results_url: str
    has_lesson: bool


def priorities(*, actor: Actor) -> list[PriorityLine]:
    """Return the priorities in force, by level and position."""
    rows = list(direction.current_priorities(actor=actor).order_by("position", "title")[:_PRIORITIES])
    rows.sort(key=lambda row: (row.unit_id != actor.unit_id, row.position, row.title))
    figures = harm.on_priorities(rows, actor=actor)
    spent = tasking.spent_by_priority(actor=actor)
    asked = _answered(rows, actor=actor)
    return [_line(row, figures.get(row.pk), spent, asked) for row in rows]


def _line(
    row: Priority,
    found: harm.Harm | None,
    spent: Mapping[UUID | None, Any],
    asked: Mapping[UUID, tuple[int, int]],
) -> PriorityLine:
    used = spent[row.pk].hours if row.pk in spent else Decimal(0)
    change = found.change if found else None
    raised, answered = asked.get(row.pk, (0, 0))
    return PriorityLine(
        priority=row,
        url=addresses.of("priority", row.ref),
        harm=found,
        spark=drawing.sparkline(found.harm) if found else None,
        change=change,
        interval=drawing.interval(change, low=SCALE[0], high=SCALE[1]) if change else None,
        hours=used,
        bar=round(min(float(used) / row.hours_set, 1.0) * _BAR, 1) if row.hours_set else 0.0,
        raised=raised,
        answered=answered,
    )


def _answered(rows: list[Priority], *, actor: Actor) -> dict[UUID, tuple[int, int]]:
    """Return how many requirements were raised on each priority, and how many of them are answered."""
    answers = RequirementClosure.objects.seen_by(actor).filter(requirement=OuterRef("pk"), is_answered=True)
    newer = Requirement.objects.seen_by(actor).filter(supersedes=OuterRef("pk"))
    found = (
        Requirement.objects.seen_by(actor)
        .filter(~Exists(newer), priority__in=[row.pk for row in rows])
        .annotate(is_answered=Exists(answers))
        .values_list("priority_id")
        .annotate(raised=Count("pk"), answered=Count("pk", filter=Q(is_answered=True)))
        .order_by()
    )
    return {key: (raised, answered) for key, raised, answered in found}


def decisions(*, actor: Actor) -> list[DecisionLine]:
    """Return what the actor decided, alone or in the chair, newest first."""
    chaired = Meeting.objects.seen_by(actor).filter(chair_id=actor.user_id)
    mine = tasking.decisions(actor=actor).filter(
        Q(created_by_id=actor.user_id) | Q(meeting__in=chaired.values("pk"))
    )
    rows = list(mine.order_by("-created_at", "-pk")[:_DECISIONS])
    operations = dict(
        Operation.objects.seen_by(actor)
        .filter(decision__in=[row.pk for row in rows])
        .values_list("pk", "decision_id")
    )
    tasks = _tasks(operations, actor=actor)
    results = _results(operations, actor=actor)
    taught = Lesson.objects.seen_by(actor).filter(results__in=[row.pk for row in results.values()])
    lessons = set(taught.values_list("results_id", flat=True))
    return [_decided(row, tasks.get(row.pk, (0, 0)), results.get(row.pk), lessons) for row in rows]


def _tasks(operations: Mapping[UUID, UUID], *, actor: Actor) -> dict[UUID, tuple[int, int]]:
    found: dict[UUID, tuple[int, int]] = {}
    rows = tasking.tasks(actor=actor).filter(operation__in=operations).values_list("operation_id", "is_done")
    for operation, is_done in rows:
        done, all_ = found.get(operations[operation], (0, 0))
        found[operations[operation]] = (done + bool(is_done), all_ + 1)
    return found


def _results(operations: Mapping[UUID, UUID], *, actor: Actor) -> dict[UUID, ResultsAnalysis]:
    """Return the newest results analysis of each decision."""
    rows = ResultsAnalysis.objects.seen_by(actor).filter(operation__in=operations).order_by("created_at")
    return {operations[row.operation_id]: row for row in rows}


def _decided(
    row: Any, tasks: tuple[int, int], result: ResultsAnalysis | None, lessons: set[UUID | None]
) -> DecisionLine:
    measured = difference(result.result) if result else None
    return DecisionLine(
        decision=row,
        url=addresses.of("decision", row.ref),
        done=tasks[0],
        tasks=tasks[1],
        result=measured,
        interval=drawing.interval(measured, low=SCALE[0], high=SCALE[1], width=136) if measured else None,
        reading=result.reading if result else _("not measured yet"),
        results_url=addresses.route("review:results", result.ref)
        or addresses.route("review:thread", result.ref)
        if result
        else "",
        has_lesson=bool(result and result.pk in lessons),
    )


def difference(result: Any) -> Estimate | None:
    """Return the weighted displacement difference that a stored result holds, wherever it stands in it."""
    if not isinstance(result, dict):
        return None
    found = result.get("difference")
    if isinstance(found, dict) and {"value", "low", "high", "n"} <= set(found):
        return Estimate(found["value"], found["low"], found["high"], found.get("level", 0.95), found["n"])
    for part in result.values():
        inner = difference(part)
        if inner is not None:
            return inner
    return None
