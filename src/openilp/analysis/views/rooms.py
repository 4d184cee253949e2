"""The room's home and its lists."""

from django.http import HttpResponse
from django.shortcuts import render

from openilp.analysis import selectors, services
from openilp.safeguards.actions import opens
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT

_SHOWN = 12


@opens("analysis.home", roles=CONTENT)
def home(request: ActorRequest) -> HttpResponse:
    """Show what waits, what is being written, and the newest results."""
    actor = request.actor
    if not actor.has_role(*services.READERS):
        return render(request, "analysis/closed.html")
    context = {
        "waiting": selectors.in_tray(actor=actor).order_by("due_on", "ref")[:_SHOWN],
        "drafts": selectors.unfinished_products(actor=actor)
        .select_related("asker")
        .order_by("-created_at")[:_SHOWN],
        "editions": selectors.editions(actor=actor).order_by("-created_at")[:_SHOWN],
        "runs": selectors.titled(selectors.runs(actor=actor).order_by("-created_at")[:_SHOWN]),
        "assessments": selectors.assessments(actor=actor).order_by("-created_at")[:_SHOWN],
        "may_write": actor.has_role(*services.AUTHORS),
        "may_run": actor.has_role(*services.TAKERS),
    }
    return render(request, "analysis/home.html", context)


@opens("analysis.runs", roles=services.READERS)
def runs(request: ActorRequest) -> HttpResponse:
    """List the method runs, newest first."""
    found = page(selectors.runs(actor=request.actor), after=request.GET.get("after", ""))
    may_run = request.actor.has_role(*services.TAKERS)
    context = {"page": found, "runs": selectors.titled(found.rows), "may_run": may_run}
    return render(request, "analysis/runs.html", context)


@opens("analysis.products", roles=services.READERS)
def products(request: ActorRequest) -> HttpResponse:
    """List the products, newest first."""
    found = page(selectors.products(actor=request.actor), after=request.GET.get("after", ""))
    context = {"page": found, "may_write": request.actor.has_role(*services.AUTHORS)}
    return render(request, "analysis/products.html", context)


@opens("analysis.assessments", roles=services.READERS)
def assessments(request: ActorRequest) -> HttpResponse:
    """List the standing judgements, newest first."""
    found = page(selectors.assessments(actor=request.actor), after=request.GET.get("after", ""))
    return render(request, "analysis/assessments.html", {"page": found})
