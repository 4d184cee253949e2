"""Pages of operations, tasks and resources."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp import reference
from openilp.direction import selectors as direction
from openilp.direction.forms import carry_out, refusal_status
from openilp.safeguards import gate
from openilp.safeguards.actions import opens
from openilp.safeguards.models import User
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import ANALYSTS, CONTENT, MANAGERS, Role
from openilp.tasking import rules, selectors, services
from openilp.tasking.forms import ChangeForm, EffortForm, FinishForm, OperationForm, ResourceForm, TaskForm
from openilp.tasking.services.operations import PLANNERS
from openilp.tasking.views.drawing import bar
from openilp.tasking.views.meetings import due_tasks

_MOST = 100


@opens("tasking.open_operation_page", roles=[Role.CHAIR, Role.TASKING_COORDINATOR, Role.HEAD_OF_INTELLIGENCE])
def open_operation(request: ActorRequest, ref: str) -> HttpResponse:
    """Open the operation that a decision sets in motion."""
    actor = request.actor
    decision = selectors.decision(ref, actor=actor)
    form = OperationForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        data = {k: v for k, v in form.cleaned_data.items() if k != "idempotency_key"}
        row = carry_out(form, lambda: services.open_operation(actor=actor, decision=decision, **data))
        if row is not None:
            messages.success(request, _("Operation %(ref)s is open; now give its tasks.") % {"ref": row.ref})
            return redirect("tasking:operation", ref=row.ref)
    context = {
        "form": form,
        "kind": f"{_('Decision')} {decision.ref}",
        "title": _("Open an operation"),
        "lead": _("It becomes a matter of its own; plan owner and members may act for it from now on."),
        "verb": _("Open the operation"),
        "back": f"/tasking/decisions/{decision.ref}",
        "page_level": decision.level,
    }
    return render(request, "tasking/form.html", context, status=refusal_status(form))


@opens("tasking.operations", roles=CONTENT)
def operations(request: ActorRequest) -> HttpResponse:
    """List the operations, the newest first."""
    rows = selectors.operations(actor=request.actor).select_related("plan_owner")
    return render(
        request, "tasking/operations.html", {"page": page(rows, after=request.GET.get("after", ""))}
    )


@opens("tasking.operation", roles=CONTENT)
def operation(request: ActorRequest, ref: str) -> HttpResponse:
    """Show an operation by strand, and take new tasks."""
    actor = request.actor
    row = selectors.operation(ref, actor=actor)
    may_plan = actor.has_role(*PLANNERS) and row.ended_on is None
    form = TaskForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        made = carry_out(form, lambda: services.give_task(actor=actor, operation=row, new=form.new()))
        if made is not None:
            messages.success(request, _("Task %(ref)s is given; its owner is told.") % {"ref": made.ref})
            return redirect("tasking:operation", ref=row.ref)
    found = list(selectors.tasks(actor=actor).filter(operation=row).order_by("due"))
    spent = selectors.spent_by_task([t.pk for t in found], actor=actor)
    people = User.objects.in_bulk({t.owner_now for t in found})
    nothing = (Decimal(0), Decimal(0))
    rows = [(due, people[due.row.owner_now], spent.get(due.row.pk, nothing)) for due in due_tasks(found)]
    hours, planned = sum(s[0] for s in spent.values()), sum(t.hours_planned for t in found)
    context = {
        "operation": row,
        "decision": gate.related(row, "decision"),
        "matter": gate.related(row, "matter"),
        "priority": gate.related(row, "priority") if row.priority_id else None,
        "strands": [(code, [r for r in rows if r[0].row.strand == code]) for code in _strands()],
        "hours": hours,
        "planned": planned,
        "money": sum(s[1] for s in spent.values()),
        "money_planned": sum(t.money_planned for t in found),
        "bar": bar(hours, planned),
        "done": sum(t.is_done for t in found),
        "count": len(found),
        "form": form,
        "may_plan": may_plan,
        "may_measure": actor.has_role(*ANALYSTS, *MANAGERS),
        "page_level": row.level,
        "page_compartments": direction.compartment_titles(row, actor=actor),
    }
    return render(request, "tasking/operation.html", context, status=refusal_status(form))


def _strands() -> list[str]:
    return list(reference.vocabulary("response-strands").codes)


@opens("tasking.end_operation_page", roles=PLANNERS)
@require_POST
def end_operation(request: ActorRequest, ref: str) -> HttpResponse:
    """End an operation today."""
    row = selectors.operation(ref, actor=request.actor)
    services.end_operation(actor=request.actor, operation=row)
    messages.success(request, _("The operation is over; analyse its results in the review."))
    return redirect("tasking:operation", ref=row.ref)


@opens("tasking.tasks", roles=CONTENT)
def tasks(request: ActorRequest) -> HttpResponse:
    """List tasks: one's own, all open ones, or those over."""
    actor = request.actor
    show = request.GET.get("show", "mine")
    found = selectors.tasks(actor=actor).select_related("operation")
    if show == "mine":
        found = selectors.own_tasks(actor=actor).select_related("operation")
    elif show == "overdue":
        found = found.filter(is_done=False, due__lt=timezone.localdate())
    elif show == "done":
        found = found.filter(is_done=True)
    else:
        found = found.filter(is_done=False)
    rows = list(found.order_by("due", "created_at")[:_MOST])
    people = User.objects.in_bulk({t.owner_now for t in rows})
    spent = selectors.spent_by_task([t.pk for t in rows], actor=actor)
    nothing = (Decimal(0), Decimal(0))
    context = {
        "rows": [(d, people[d.row.owner_now], spent.get(d.row.pk, nothing)) for d in due_tasks(rows)],
        "show": show,
        "most": _MOST,
    }
    return render(request, "tasking/tasks.html", context)


@opens("tasking.task", roles=CONTENT)
def task(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a task with what was spent on it; book hours and money."""
    actor = request.actor
    row = selectors.task(ref, actor=actor)
    form = EffortForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = {k: v for k, v in form.cleaned_data.items() if k != "idempotency_key"}
        made = carry_out(form, lambda: services.record_effort(actor=actor, task=row, **data))
        if made is not None:
            messages.success(request, _("Booked."))
            return redirect("tasking:task", ref=row.ref)
    return render(request, "tasking/task.html", _task(row, actor, form), status=refusal_status(form))


def _task(row: Any, actor: Any, form: EffortForm) -> dict[str, Any]:
    efforts = selectors.efforts_of(row, actor=actor)
    hours = sum(e.hours for e in efforts)
    is_mine = row.owner_now == actor.user_id or actor.has_role(*PLANNERS)
    return {
        "task": row,
        "operation": gate.related(row, "operation"),
        "owner": User.objects.get(pk=row.owner_now),
        "due": rules.due(row.due, timezone.localdate()),
        "efforts": efforts,
        "hours": hours,
        "money": sum(e.money for e in efforts),
        "bar": bar(hours, row.hours_planned),
        "completion": selectors.completion_of(row, actor=actor),
        "changes": selectors.changes_of(row, actor=actor),
        "form": form,
        "change": ChangeForm(actor=actor, task=row) if actor.has_role(*PLANNERS) else None,
        "finish": FinishForm(),
        "may_book": is_mine,
        "may_change": actor.has_role(*PLANNERS) and not row.is_done,
        "page_level": row.level,
    }


@opens("tasking.change_task_page", roles=PLANNERS)
@require_POST
def change_task(request: ActorRequest, ref: str) -> HttpResponse:
    """Move a task to another day or person."""
    actor = request.actor
    row = selectors.task(ref, actor=actor)
    form = ChangeForm(request.POST, actor=actor, task=row)
    if form.is_valid():
        made = carry_out(form, lambda: services.change_task(actor=actor, task=row, **form.cleaned_data))
        if made is not None:
            messages.success(request, _("The task is moved; its owner is told."))
            return redirect("tasking:task", ref=row.ref)
    context = _task(row, actor, EffortForm()) | {"change": form}
    return render(request, "tasking/task.html", context, status=refusal_status(form))


@opens("tasking.finish_task_page", roles=CONTENT)
@require_POST
def finish_task(request: ActorRequest, ref: str) -> HttpResponse:
    """Say that a task is over."""
    actor = request.actor
    row = selectors.task(ref, actor=actor)
    form = FinishForm(request.POST)
    if form.is_valid():
        made = carry_out(form, lambda: services.finish_task(actor=actor, task=row, **form.cleaned_data))
        if made is not None:
            messages.success(request, _("The task is over; say in the review what came of it."))
            return redirect("tasking:task", ref=row.ref)
    context = _task(row, actor, EffortForm()) | {"finish": form}
    return render(request, "tasking/task.html", context, status=refusal_status(form))


@opens("tasking.resources", roles=CONTENT)
def resources(request: ActorRequest) -> HttpResponse:
    """List what units can commit, and take new entries."""
    actor = request.actor
    form = ResourceForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        data = {k: v for k, v in form.cleaned_data.items() if k != "idempotency_key"}
        made = carry_out(form, lambda: services.commit_resource(actor=actor, **data))
        if made is not None:
            messages.success(request, _("Recorded."))
            return redirect("tasking:resources")
    rows = selectors.resources(actor=actor).select_related("unit")
    context = {
        "page": page(rows, after=request.GET.get("after", "")),
        "form": form,
        "may_commit": actor.has_role(*MANAGERS),
    }
    return render(request, "tasking/resources.html", context, status=refusal_status(form))
