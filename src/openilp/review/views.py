"""Pages of the room: the golden thread, outcomes, results, lessons, and what it all cost."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from openilp.direction import selectors as direction
from openilp.direction.forms import carry_out, refusal_status
from openilp.direction.services import ASKERS
from openilp.review import drawing, rules, selectors, services
from openilp.review import thread as threads
from openilp.review.flow import flow
from openilp.review.forms import LessonForm, OutcomeForm, ResultsForm, months_around
from openilp.review.services import MEASURERS
from openilp.safeguards import gate
from openilp.safeguards.actions import opens
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT
from openilp.tasking import rules as tasking_rules
from openilp.tasking import selectors as tasking
from openilp.tasking.services.operations import PLANNERS

_SHOWN = 15


@opens("review.thread_fragment", roles=CONTENT)
def thread_fragment(request: ActorRequest, kind: str, pk: UUID) -> HttpResponse:
    """Show the thread of an object on one line."""
    found = threads.thread_of(selectors.row_of(kind, pk, actor=request.actor), actor=request.actor)
    return render(request, "review/thread_fragment.html", {"flow": flow(found)})


@opens("review.thread", roles=CONTENT, operation="combination")
def thread(request: ActorRequest, ref: str) -> HttpResponse:
    """Draw the thread of an object, and say the same in tables."""
    direction_ = request.GET.get("direction", threads.Direction.BOTH)
    found = threads.thread(ref, actor=request.actor, direction=direction_)
    context = {
        "found": found,
        "direction": direction_,
        "behind": threads.by_kind(found.behind()),
        "ahead": threads.by_kind(found.ahead()),
        "drawing": threads.as_drawing(found),
        "page_level": max(node.level for node in found.nodes),
    }
    return render(request, "review/thread.html", context)


@opens("review.home", roles=CONTENT)
def home(request: ActorRequest) -> HttpResponse:
    """Show the tasks whose outcome is missing, what came of decisions, and how far they rest on intelligence."""
    actor = request.actor
    today = timezone.localdate()
    waiting = (
        selectors.tasks_without_outcome(actor=actor).select_related("operation").order_by("due")[:_SHOWN]
    )
    context = {
        "waiting": [(row, tasking_rules.due(row.due, today)) for row in waiting],
        "came": [
            (each, drawing.ratio(_told(each.result)) if each.result else None)
            for each in selectors.decided_and_what_came(actor=actor)
        ],
        "use": selectors.use_of_intelligence(actor=actor),
        "lessons": selectors.lessons(actor=actor).order_by("-created_at")[:_SHOWN],
        "may_measure": actor.has_role(*MEASURERS),
        "may_tell": actor.has_role(*PLANNERS),
    }
    return render(request, "review/home.html", context)


def _told(row: Any) -> dict[str, Any]:
    told: dict[str, Any] = row.result.get("relative") or row.result["ratio"]
    return told


@opens("review.priorities", roles=CONTENT)
def priorities(request: ActorRequest) -> HttpResponse:
    """Show per priority how incidents and harm went, and what was planned and spent."""
    actor = request.actor
    spent = tasking.spent_by_priority(actor=actor)
    nothing = tasking.Spent()
    newest = {row.priority_id: row for row in selectors.results(actor=actor).order_by("created_at")}
    rows = []
    found = selectors.trends(actor=actor)
    for trend in found:
        measured = newest.get(trend.priority.pk)
        rows.append(
            {
                "trend": trend,
                "counts": drawing.line(trend.counts),
                "harm": drawing.line(trend.harm),
                "n": sum(n or 0 for n in trend.counts),
                "spent": spent.get(trend.priority.pk, nothing),
                "result": measured,
                "ratio": drawing.ratio(_told(measured)) if measured else None,
            }
        )
    level = max([1, *(trend.priority.level for trend in found)])
    unserved = spent.get(None)
    context = {"rows": rows, "unserved": unserved, "page_level": level}
    return render(request, "review/priorities.html", context)


@opens("review.record_outcome_page", roles=CONTENT)
def record_outcome(request: ActorRequest, ref: str) -> HttpResponse:
    """Say what came of a task, or correct it."""
    actor = request.actor
    task = tasking.task(ref, actor=actor)
    known = selectors.outcome_of(task, actor=actor)
    form = OutcomeForm(request.POST or None, initial=_as_initial(known))
    if request.method == "POST" and form.is_valid():
        said = {k: v for k, v in form.cleaned_data.items() if k != "idempotency_key"}
        row = carry_out(
            form,
            lambda: (
                services.correct_outcome(actor=actor, outcome=known, **said)
                if known
                else services.record_outcome(actor=actor, task=task, **said)
            ),
        )
        if row is not None:
            messages.success(request, _("Outcome %(ref)s is recorded.") % {"ref": row.ref})
            return redirect("review:outcome", ref=row.ref)
    context = {"form": form, "task": task, "known": known, "page_level": task.level}
    return render(request, "review/outcome_form.html", context, status=refusal_status(form))


def _as_initial(row: Any) -> dict[str, Any]:
    if row is None:
        return {}
    return {name: getattr(row, name) for name in ("result", "text", "disruption", "happened_on")}


@opens("review.outcome", roles=CONTENT)
def outcome(request: ActorRequest, ref: str) -> HttpResponse:
    """Show an outcome."""
    actor = request.actor
    row = selectors.outcome(ref, actor=actor)
    context = {
        "outcome": row,
        "task": gate.related(row, "task"),
        "later": selectors.successor_of(row, actor=actor),
        "may_learn": actor.has_role(*ASKERS),
        "page_level": row.level,
        "page_compartments": direction.compartment_titles(row, actor=actor),
    }
    return render(request, "review/outcome.html", context)


@opens("review.results", roles=CONTENT)
def results(request: ActorRequest) -> HttpResponse:
    """List the results analyses, the newest first."""
    rows = selectors.results(actor=request.actor).prefetch_related("priority")
    found = page(rows, after=request.GET.get("after", ""))
    context = {
        "page": found,
        "rows": [(row, gate.related(row, "priority"), drawing.ratio(_told(row))) for row in found.rows],
        "may_measure": request.actor.has_role(*MEASURERS),
    }
    return render(request, "review/results.html", context)


@opens("review.analyse_results_page", roles=MEASURERS)
def analyse(request: ActorRequest) -> HttpResponse:
    """Compare before and after."""
    actor = request.actor
    initial: dict[str, Any] = {}
    if ref := request.GET.get("operation"):
        operation = tasking.operation(ref, actor=actor)
        initial = {
            "operation": operation,
            "priority": operation.priority_id,
            **months_around(operation.starts_on),
        }
    form = ResultsForm(request.POST or None, actor=actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        row = carry_out(
            form,
            lambda: services.analyse_results(
                actor=actor, wanted=form.wanted(), reading=form.cleaned_data["reading"]
            ),
        )
        if row is not None:
            return redirect("review:resultsanalysis", ref=row.ref)
    return render(request, "review/results_form.html", {"form": form}, status=refusal_status(form))


@opens("review.resultsanalysis", roles=CONTENT)
def result(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a results analysis with its interval, its counts and its cautions."""
    actor = request.actor
    row = selectors.result(ref, actor=actor)
    kept = row.result
    context = {
        "row": row,
        "priority": gate.related(row, "priority"),
        "operation": gate.related(row, "operation") if row.operation_id else None,
        "kept": kept,
        "change": drawing.change(_told(row)),
        "ratio": drawing.ratio(_told(row)),
        "verdict": rules.reading_of(kept),
        "sentences": [
            _(s["template"]) % s["facts"] if s["facts"] else _(s["template"]) for s in kept["cautions"]
        ],
        "method": _(kept["method"]["template"]) % kept["method"]["facts"],
        "months": _months(row),
        "may_learn": actor.has_role(*ASKERS),
        "page_level": row.level,
        "page_compartments": direction.compartment_titles(row, actor=actor),
    }
    return render(request, "review/result.html", context)


def _months(row: Any) -> list[dict[str, Any]]:
    control = row.result["control"] or {"before": [], "after": []}
    found = []
    for side in ("before", "after"):
        start, end = row.parameters[side]
        days = rules.months(_day(start), _day(end))
        others = control[side] or [None] * len(days)
        found += [
            {"month": f"{day:%Y-%m}", "side": side, "n": n, "control": other}
            for day, n, other in zip(days, row.result["treated"][side], others, strict=True)
        ]
    return found


def _day(text: str) -> date:
    return date.fromisoformat(text)


@opens("review.draw_lesson_page", roles=ASKERS)
def draw_lesson(request: ActorRequest, ref: str) -> HttpResponse:
    """Draw a lesson from an outcome or a results analysis; it may raise a requirement."""
    actor = request.actor
    is_result = ref.upper().startswith("RA-")
    source: Any = selectors.result(ref, actor=actor) if is_result else selectors.outcome(ref, actor=actor)
    form = LessonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = {k: v for k, v in form.cleaned_data.items() if k != "idempotency_key"}
        named = {"results" if is_result else "outcome": source}
        row = carry_out(form, lambda: services.draw_lesson(actor=actor, **named, **said))
        if row is not None:
            messages.success(request, _("Lesson %(ref)s is written down.") % {"ref": row.ref})
            return redirect("review:lesson", ref=row.ref)
    context = {"form": form, "source": source, "page_level": source.level}
    return render(request, "review/lesson_form.html", context, status=refusal_status(form))


@opens("review.lesson", roles=CONTENT)
def lesson(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a lesson."""
    row = selectors.lesson(ref, actor=request.actor)
    context = {
        "lesson": row,
        "source": gate.related(row, "outcome") if row.outcome_id else gate.related(row, "results"),
        "requirement": gate.related(row, "requirement") if row.requirement_id else None,
        "page_level": row.level,
    }
    return render(request, "review/lesson.html", context)


@opens("review.lessons", roles=CONTENT)
def lessons(request: ActorRequest) -> HttpResponse:
    """List the lessons, the newest first."""
    found = page(selectors.lessons(actor=request.actor), after=request.GET.get("after", ""))
    return render(request, "review/lessons.html", {"page": found})
