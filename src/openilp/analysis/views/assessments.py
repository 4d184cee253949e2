"""Judgements with their evidence."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openilp.analysis import selectors, services
from openilp.analysis.forms import AssessmentForm, initial_of
from openilp.analysis.services.editions import written_out
from openilp.direction.forms import carry_out, refusal_status
from openilp.direction.selectors import compartment_titles
from openilp.safeguards.actions import opens
from openilp.safeguards.gate import related
from openilp.safeguards.requests import ActorRequest


@opens("analysis.record_assessment_page", roles=services.JUDGES)
def record(request: ActorRequest) -> HttpResponse:
    """Record a judgement, or one that supersedes another (`?supersedes=A-…`)."""
    actor = request.actor
    wanted = request.GET.get("supersedes", "")
    older = selectors.assessment(wanted, actor=actor) if wanted else None
    initial = {**initial_of(older), "requirement": request.GET.get("requirement", "")}
    form = AssessmentForm(request.POST or None, actor=actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        row = carry_out(
            form,
            lambda: services.record_assessment(
                actor=actor,
                new=form.new(),
                evidence=form.evidence(actor),
                requirement=form.cleaned_data["requirement"],
                supersedes=older,
                legal_basis=form.cleaned_data["legal_basis"],
                label=form.label,
            ),
        )
        if row is not None:
            messages.success(request, _("Assessment %(ref)s is recorded.") % {"ref": row.ref})
            return redirect("analysis:assessment", ref=row.ref)
    context = {"form": form, "older": older}
    return render(request, "analysis/record_assessment.html", context, status=refusal_status(form))


@opens("analysis.assessment", roles=services.READERS)
def show(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a judgement with its range, its confidence and the evidence for and against."""
    row = selectors.assessment(ref, actor=request.actor)
    context = {
        "assessment": row,
        "written": written_out(row, actor=request.actor),
        "evidence": selectors.evidence_of(row, actor=request.actor),
        "newer": selectors.successor_of(row, actor=request.actor),
        "older": related(row, "supersedes") if row.supersedes_id else None,
        "requirement": related(row, "requirement") if row.requirement_id else None,
        "may_write": request.actor.has_role(*services.JUDGES),
        "page_level": row.level,
        "page_compartments": compartment_titles(row, actor=request.actor),
    }
    return render(request, "analysis/assessment.html", context)
