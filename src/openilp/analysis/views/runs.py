"""Snapshots and method runs."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openilp.analysis import registry, selectors, services
from openilp.analysis.figures import chart_of, svg_of
from openilp.analysis.forms import RunForm, SnapshotForm
from openilp.analysis.services.editions import boundaries_of
from openilp.analysis.tables import finding, left_out, said, table_of
from openilp.direction.forms import carry_out, refusal_status
from openilp.direction.selectors import compartment_titles
from openilp.safeguards.actions import opens
from openilp.safeguards.gate import related
from openilp.safeguards.requests import ActorRequest


@opens("analysis.take_snapshot_page", roles=services.TAKERS)
def take_snapshot(request: ActorRequest) -> HttpResponse:
    """Choose the data to freeze."""
    form = SnapshotForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        row = carry_out(form, lambda: form.take(request.actor))
        if row is not None:
            messages.success(
                request, _("Snapshot %(ref)s holds %(n)s rows.") % {"ref": row.ref, "n": row.rows}
            )
            return redirect("analysis:snapshot", ref=row.ref)
    context = {
        "form": form,
        "snapshots": selectors.snapshots(actor=request.actor).order_by("-created_at")[:20],
    }
    return render(request, "analysis/take_snapshot.html", context, status=refusal_status(form))


@opens("analysis.snapshot", roles=services.READERS)
def snapshot(request: ActorRequest, ref: str) -> HttpResponse:
    """Show what a snapshot holds, what it left out, and the methods that it answers."""
    row = selectors.snapshot(ref, actor=request.actor)
    methods = [method for method in registry.METHODS.values() if method.kind == row.kind]
    context = {
        "snapshot": row,
        "methods": methods,
        "excluded": left_out(row.excluded),
        "runs": selectors.titled(
            selectors.runs(actor=request.actor).filter(snapshot=row).order_by("-created_at")[:20]
        ),
        "may_run": request.actor.has_role(*services.TAKERS),
        "page_level": row.level,
        "page_compartments": compartment_titles(row, actor=request.actor),
    }
    return render(request, "analysis/snapshot.html", context)


@opens("analysis.run_method_page", roles=services.TAKERS)
def run_method(request: ActorRequest, ref: str, name: str) -> HttpResponse:
    """Set a method's parameters and run it."""
    row = selectors.snapshot(ref, actor=request.actor)
    method = registry.method(name)
    form = RunForm(request.POST or None, method=method, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        made = carry_out(
            form,
            lambda: services.run_method(
                actor=request.actor,
                snapshot=row,
                method=name,
                parameters=form.parameters(),
                requirement=form.cleaned_data["requirement"],
            ),
        )
        if made is not None:
            return redirect("analysis:run", ref=made.ref)
    context = {
        "form": form,
        "method": method,
        "snapshot": row,
        "page_level": row.level,
        "page_compartments": compartment_titles(row, actor=request.actor),
    }
    return render(request, "analysis/run_method.html", context, status=refusal_status(form))


@opens("analysis.run", roles=services.READERS)
def run(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a result as picture and table, with method, n, cautions and what was left out."""
    row = selectors.run(ref, actor=request.actor)
    method = registry.method(row.method)
    is_map = row.result["kind"] == "cells"
    context = {
        "run": row,
        "method": method,
        "result": row.result,
        "snapshot": related(row, "snapshot"),
        "requirement": related(row, "requirement") if row.requirement_id else None,
        "finding": finding(row.result),
        "table": table_of(row.result),
        "svg": svg_of(row.result, boundaries_of(row)),
        "chart": chart_of(row.result),
        "is_map": is_map,
        "said_method": said(row.result["method"]),
        "said_cautions": [said(each) for each in row.result["cautions"]],
        "caution": method.caution if method.version == row.method_version else row.caution,
        "outside": row.result["left_out"].get("outside_area", 0),
        "parameters": [(p.label, row.parameters.get(p.name), p.unit) for p in method.parameters],
        "left_out": left_out(row.result["left_out"]),
        "harm": row.result.get("harm"),
        "page_level": row.level,
        "page_compartments": compartment_titles(row, actor=request.actor),
    }
    return render(request, "analysis/run.html", context)
