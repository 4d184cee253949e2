"""Verbs of the review: record an outcome, analyse results, draw a lesson."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from openilp.direction import services as direction
from openilp.direction.models import Priority
from openilp.direction.services import ASKERS
from openilp.review import rules, selectors
from openilp.review.errors import OutcomeExists, OutcomeSuperseded, ReviewError
from openilp.review.models import Lesson, Outcome, ResultsAnalysis
from openilp.review.rules import Comparison, Counts
from openilp.safeguards.actions import action
from openilp.safeguards.actor import Actor
from openilp.safeguards.labels import joined
from openilp.safeguards.models import Unit, User
from openilp.safeguards.roles import ANALYSTS, CONTENT, MANAGERS
from openilp.tasking import selectors as tasking
from openilp.tasking import services as carrying_out
from openilp.tasking.errors import NotTheOwner
from openilp.tasking.models import Operation, Task
from openilp.tasking.services.operations import PLANNERS

MEASURERS = ANALYSTS | MANAGERS


@action("review.record_outcome", roles=CONTENT)
def record_outcome(
    *, actor: Actor, task: Task, result: str, text: str, happened_on: date, disruption: str = ""
) -> Outcome:
    """Say what came of a task; a task that was not over yet is over by it."""
    now = tasking.task(task.ref, actor=actor)
    _check_owner(actor, now, "review.record_outcome")
    if known := selectors.outcome_of(now, actor=actor):
        raise OutcomeExists(now.ref, known.ref)
    row = _record(actor, now, result, text, happened_on, disruption, supersedes=None)
    if not now.is_done:
        carrying_out.finish_task(actor=actor, task=now, done_on=happened_on)
    return row


@action("review.correct_outcome", roles=CONTENT)
def correct_outcome(
    *, actor: Actor, outcome: Outcome, result: str, text: str, happened_on: date, disruption: str = ""
) -> Outcome:
    """Replace an outcome that proved wrong; the old one stays as it was."""
    task = tasking.task(outcome.task.ref, actor=actor)
    _check_owner(actor, task, "review.correct_outcome")
    if later := selectors.successor_of(outcome, actor=actor):
        raise OutcomeSuperseded(outcome.ref, later.ref)
    return _record(actor, task, result, text, happened_on, disruption, supersedes=outcome)


def _record(
    actor: Actor,
    task: Any,
    result: str,
    text: str,
    happened_on: date,
    disruption: str,
    *,
    supersedes: Outcome | None,
) -> Outcome:
    rules.check_code("result", result, "task-outcomes")
    if disruption:
        rules.check_code("disruption", disruption, "disruption-ratings")
    if happened_on > timezone.localdate():
        raise ReviewError("happened_on", f"{happened_on} lies ahead; an outcome is what has happened.")
    row: Outcome = Outcome.objects.record(
        actor=actor,
        task=task,
        result=result,
        disruption=disruption,
        text=rules.check_text("text", text),
        happened_on=happened_on,
        supersedes=supersedes,
    )
    return row


def _check_owner(actor: Actor, task: Any, action: str) -> None:
    if task.owner_now != actor.user_id and not actor.has_role(*PLANNERS):
        raise NotTheOwner(action, str(User.objects.get(pk=task.owner_now)))


@dataclass(frozen=True)
class Measurement:
    """What is compared.

    Attributes:
        priority: The priority whose incidents are counted.
        operation: The operation that ran in between, whose cost is set against the result.
        comparison: The months before and after.
        unit: Where the measure was; by default the priority's unit.
        control: A comparable unit without the measure.
        crime_types: Codes; by default the priority's.
    """

    priority: Priority
    comparison: Comparison
    operation: Operation | None = None
    unit: Unit | None = None
    control: Unit | None = None
    crime_types: Sequence[str] = ()


@action("review.analyse_results", roles=MEASURERS)
def analyse_results(*, actor: Actor, wanted: Measurement, reading: str) -> ResultsAnalysis:
    """Compare incidents before and after, with interval, comparison area and cost; an analyst reads it in words.

    Raises:
        ReviewError: If periods, unit or incidents do not allow a comparison.
    """
    rules.check(wanted.comparison)
    unit = wanted.unit or wanted.priority.unit
    if wanted.control is not None and _overlap(unit, wanted.control):
        raise ReviewError("control", f"{wanted.control} and {unit} share ground; compare with a unit apart.")
    codes = list(wanted.crime_types or wanted.priority.crime_types)
    treated, label = _counts(actor, codes, unit, wanted.comparison)
    labels = [wanted.priority.label, label]
    control = None
    if wanted.control is not None:
        control, label = _counts(actor, codes, wanted.control, wanted.comparison)
        labels.append(label)
    hours, money = _spent(actor, wanted)
    row: ResultsAnalysis = ResultsAnalysis.objects.record(
        actor=actor,
        operation=wanted.operation,
        priority=wanted.priority,
        parameters=_parameters(wanted, unit, codes),
        result={
            **rules.compared(treated, control, hours=hours, money=money),
            "treated": {"before": treated.before, "after": treated.after},
            "control": {"before": control.before, "after": control.after} if control else None,
            "hours": hours,
            "money": money,
        },
        reading=rules.check_text("reading", reading),
        label=joined(labels),
        legal_basis=wanted.priority.legal_basis,
        review_on=wanted.priority.review_on,
    )
    return row


def _counts(actor: Actor, codes: Sequence[str], unit: Unit, wanted: Comparison) -> tuple[Counts, Any]:
    before, after = wanted.months()
    rows = selectors.incidents_of(codes, unit, actor=actor)
    labels = [selectors.label_of_incidents(rows, months, actor=actor) for months in (before, after)]
    counts = Counts(selectors.monthly(rows, before, actor=actor), selectors.monthly(rows, after, actor=actor))
    return counts, joined(labels)


def _overlap(one: Unit, other: Unit) -> bool:
    return bool(set(selectors.beneath(one)) & set(selectors.beneath(other)))


def _spent(actor: Actor, wanted: Measurement) -> tuple[float, float]:
    if wanted.operation is None:
        spent = tasking.spent_by_priority(actor=actor).get(wanted.priority.pk, tasking.Spent())
        return float(spent.hours), float(spent.money)
    keys = tasking.tasks(actor=actor).filter(operation=wanted.operation).values_list("pk", flat=True)
    booked = tasking.spent_by_task(list(keys), actor=actor).values()
    return float(sum(h for h, _ in booked)), float(sum(m for _, m in booked))


def _parameters(wanted: Measurement, unit: Unit, codes: Sequence[str]) -> dict[str, Any]:
    before, after = wanted.comparison.months()
    return {
        "before": [before[0].isoformat(), before[-1].isoformat()],
        "after": [after[0].isoformat(), after[-1].isoformat()],
        "unit": {"code": unit.code, "name": unit.name},
        "control": {"code": wanted.control.code, "name": wanted.control.name} if wanted.control else None,
        "crime_types": list(codes),
    }


@action("review.draw_lesson", roles=ASKERS)
def draw_lesson(
    *,
    actor: Actor,
    text: str,
    outcome: Outcome | None = None,
    results: ResultsAnalysis | None = None,
    question: str = "",
    due_on: date | None = None,
    urgency: str = "low",
) -> Lesson:
    """Write down what was learnt; with a question it raises a requirement, and the loop closes.

    Raises:
        ReviewError: If it is drawn from nothing, or a question has no day.
    """
    sources = [row for row in (outcome, results) if row is not None]
    if not sources:
        raise ReviewError("outcome", "A lesson is drawn from an outcome or a results analysis; name one.")
    said = rules.check_text("text", text)
    label = joined(row.label for row in sources)
    requirement = None
    if question.strip():
        if due_on is None:
            raise ReviewError("due_on", "The question has no day; say by when the answer is needed.")
        requirement = direction.raise_requirement(
            actor=actor,
            question=question,
            why=said,
            due_on=due_on,
            urgency=urgency,
            legal_basis=sources[0].legal_basis,
            priority=results.priority if results is not None else None,
            label=label,
        )
        label = label.join(requirement.label)
    row: Lesson = Lesson.objects.record(
        actor=actor,
        text=said,
        outcome=outcome,
        results=results,
        requirement=requirement,
        label=label,
        legal_basis=sources[0].legal_basis,
        review_on=min(row.review_on for row in sources),
    )
    return row
