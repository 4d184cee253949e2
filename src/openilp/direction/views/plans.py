"""Pages of collection plans."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.direction import selectors, services
from openilp.direction.forms import LineForm, LineForms, PlanForm, carry_out, refusal_status
from openilp.direction.services import ASKERS
from openilp.safeguards import gate
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT


@opens("direction.plan_collection_page", roles=ASKERS)
def create(request: ActorRequest, ref: str) -> HttpResponse:
    """Plan how a requirement is answered, line by line."""
    actor = request.actor
    row = selectors.requirement(ref, actor=actor)
    form = PlanForm(request.POST if request.method == "POST" else None)
    lines = LineForms(
        request.POST if request.method == "POST" else None,
        prefix="lines",
        form_kwargs={"actor": actor, "requirement": row},
    )
    is_valid = request.method == "POST" and all([form.is_valid(), lines.is_valid()])
    if is_valid:
        kept = [line.new() for line in lines.forms if line not in lines.deleted_forms]
        plan = carry_out(
            form,
            lambda: services.plan_collection(
                actor=actor, requirement=row, title=form.cleaned_data["title"], lines=kept
            ),
        )
        if plan is not None:
            messages.success(request, _("Plan %(ref)s is set; its collectors are told.") % {"ref": plan.ref})
            return redirect("direction:requirement", ref=row.ref)
    context = {"form": form, "lines": lines, "requirement": row, "page_level": row.level}
    return render(request, "direction/plan_form.html", context, status=refusal_status(form))


@opens("direction.add_line_page", roles=ASKERS)
def add_line(request: ActorRequest, ref: str) -> HttpResponse:
    """Add a line to a plan."""
    actor = request.actor
    plan = selectors.plan(ref, actor=actor)
    row = gate.related(plan, "requirement")
    if row is None:
        raise RecordNotFound(ref)
    form = LineForm(request.POST if request.method == "POST" else None, actor=actor, requirement=row)
    if request.method == "POST" and form.is_valid():
        made = carry_out(form, lambda: services.add_line(actor=actor, plan=plan, line=form.new()))
        if made is not None:
            messages.success(request, _("The line is added; its collector is told."))
            return redirect("direction:requirement", ref=row.ref)
    context = {"form": form, "plan": plan, "requirement": row, "page_level": row.level}
    return render(request, "direction/line_form.html", context, status=refusal_status(form))


@opens("direction.return_line_page", roles=CONTENT)
@require_POST
def return_line(request: ActorRequest, key: UUID) -> HttpResponse:
    """Return a plan line: what could be collected has come in."""
    actor = request.actor
    line = selectors.line(key, actor=actor)
    services.return_line(actor=actor, line=line)
    plan = gate.related(line, "plan")
    messages.success(request, _("Returned; whoever made the plan is told."))
    return redirect("direction:requirement", ref=gate.related(plan, "requirement").ref)
