"""Pages of requirements."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.direction import rules, selectors, services
from openilp.direction.forms import (
    ClosureForm,
    RequirementFilter,
    RequirementForm,
    carry_out,
    refusal_status,
)
from openilp.direction.models import Requirement
from openilp.direction.services import ASKERS
from openilp.direction.views import asked
from openilp.safeguards import gate
from openilp.safeguards.actions import opens
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, Role


@opens("direction.requirements", roles=CONTENT)
def listing(request: ActorRequest) -> HttpResponse:
    """List requirements by state, urgency and asker, newest first."""
    actor = request.actor
    names = ("state", "urgency", "priority", "mine")
    wanted = {name: request.GET.get(name, "") for name in names}
    wanted["state"] = wanted["state"] or "open"
    rows = selectors.requirements_by(
        actor=actor,
        state=wanted["state"],
        urgency=wanted["urgency"],
        priority=wanted["priority"],
        mine=bool(wanted["mine"]),
    )
    found = page(rows.select_related("asker"), after=request.GET.get("after", ""))
    context = {
        "page": found,
        "rows": asked(found.rows),
        "planned": selectors.planned(found.rows, actor=actor),
        "filter": RequirementFilter(wanted),
        "state": wanted["state"],
        "priority": selectors.priority(wanted["priority"], actor=actor) if wanted["priority"] else None,
        "may_ask": actor.has_role(*ASKERS),
    }
    return render(request, "direction/requirements.html", context)


@opens("direction.requirement", roles=CONTENT)
def show(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a requirement: the question, its plan, the reports that answer it, and how it ended."""
    return _page(request, selectors.requirement(ref, actor=request.actor))


def _page(request: ActorRequest, row: Requirement, closing: ClosureForm | None = None) -> HttpResponse:
    actor = request.actor
    plans = selectors.plans_of(row, actor=actor)
    lines = selectors.lines_of(plans, actor=actor)
    closure = selectors.closure_of(row, actor=actor)
    newer = selectors.successor_of(row, actor=actor)
    is_open = closure is None and newer is None
    context = {
        "requirement": row,
        "due": rules.due(row.due_on, timezone.localdate()),
        "priority": gate.related(row, "priority"),
        "older": gate.related(row, "supersedes"),
        "newer": newer,
        "closure": closure,
        "is_open": is_open,
        "plans": [(plan, [line for line in lines if line.plan_id == plan.pk]) for plan in plans],
        "returned": sum(1 for line in lines if line.returned_on),
        "lines": len(lines),
        "today": timezone.localdate(),
        "may_plan": is_open and actor.has_role(*ASKERS),
        "may_close": is_open and _may_close(row, request),
        "closing": closing or ClosureForm(),
        "page_level": row.level,
        "page_compartments": selectors.compartment_titles(row, actor=actor),
    }
    status = refusal_status(closing) if closing else 200
    return render(request, "direction/requirement.html", context, status=status)


def _may_close(row: Requirement, request: ActorRequest) -> bool:
    if row.asker_id == request.actor.user_id:
        return True
    return not row.asker.is_active and request.actor.has_role(Role.HEAD_OF_INTELLIGENCE)


@opens("direction.raise_requirement_page", roles=ASKERS)
def create(request: ActorRequest) -> HttpResponse:
    """Ask a question, for a priority (`?priority=PR-…`) or in the place of an older one (`?supersedes=RQ-…`)."""
    actor = request.actor
    older = (
        selectors.requirement(request.GET["supersedes"], actor=actor)
        if request.GET.get("supersedes")
        else None
    )
    form = RequirementForm(
        request.POST if request.method == "POST" else None, actor=actor, initial=_initial(request, older)
    )
    if request.method == "POST" and form.is_valid():
        data = {k: v for k, v in form.cleaned_data.items() if k not in ("level", "idempotency_key")}
        row = carry_out(
            form,
            lambda: services.raise_requirement(actor=actor, label=form.label, supersedes=older, **data),
        )
        if row is not None:
            messages.success(
                request,
                _("Requirement %(ref)s is raised; now plan how to answer it.") % {"ref": row.ref},
            )
            return redirect("direction:requirement", ref=row.ref)
    context = {"form": form, "older": older}
    return render(request, "direction/requirement_form.html", context, status=refusal_status(form))


def _initial(request: ActorRequest, older: Requirement | None) -> dict[str, Any]:
    if older is not None:
        fields = ("question", "why", "urgency", "legal_basis", "level")
        values = {name: getattr(older, name) for name in fields}
        return {**values, "priority": older.priority_id}
    if request.GET.get("priority"):
        return {"priority": selectors.priority(request.GET["priority"], actor=request.actor)}
    return {}


@opens("direction.close_requirement_page", roles=ASKERS)
@require_POST
def close(request: ActorRequest, ref: str) -> HttpResponse:
    """Close a requirement as answered or given up."""
    actor = request.actor
    row = selectors.requirement(ref, actor=actor)
    form = ClosureForm(request.POST)
    if form.is_valid():
        data = {k: v for k, v in form.cleaned_data.items() if k != "idempotency_key"}
        done = carry_out(form, lambda: services.close_requirement(actor=actor, requirement=row, **data))
        if done is not None:
            messages.success(request, _("Requirement %(ref)s is closed.") % {"ref": row.ref})
            return redirect("direction:requirement", ref=row.ref)
    return _page(request, row, form)
