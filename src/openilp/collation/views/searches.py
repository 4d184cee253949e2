"""Saved searches: keep, run, end."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.collation import selectors, services
from openilp.collation.forms import SavedSearchForm
from openilp.direction.forms import carry_out, refusal_status
from openilp.safeguards.actions import opens
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT


@opens("collation.searches", roles=CONTENT)
def searches(request: ActorRequest) -> HttpResponse:
    """List the actor's own saved searches."""
    found = page(selectors.saved_searches(actor=request.actor), after=request.GET.get("after", ""))
    return render(request, "collation/searches.html", {"page": found})


@opens("collation.new_search", roles=CONTENT)
def new_search(request: ActorRequest) -> HttpResponse:
    """Keep a search that tells its owner about new hits until it ends."""
    start = {field: request.GET.get(field, "") for field in ("q", "entity_kind", "about", "since", "until")}
    form = SavedSearchForm(
        request.POST or None, actor=request.actor, initial={k: v for k, v in start.items() if v}
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        row = carry_out(
            form,
            lambda: services.save_search(
                actor=request.actor,
                title=data["title"],
                query=data["q"],
                filters=form.filters,
                reason=data["reason"],
                expires_on=data["expires_on"],
                legal_basis=data["legal_basis"],
            ),
        )
        if row is not None:
            messages.success(request, _("The search is saved; you will be told of new hits."))
            return redirect("collation:search", ref=row.ref)
    context = {
        "form": form,
        "title": _("Save a search"),
        "lead": _("It looks again every five minutes, under your own access, until it ends."),
    }
    return render(request, "collation/record.html", context, status=refusal_status(form))


@opens("collation.search_page", roles=CONTENT)
def search(request: ActorRequest, ref: str) -> HttpResponse:
    """Show what a saved search finds now."""
    row = selectors.saved_search(ref, actor=request.actor)
    context = {"saved": row, "groups": selectors.run_saved(row, actor=request.actor)}
    return render(request, "collation/search.html", context)


@opens("collation.end_search_page", roles=CONTENT)
@require_POST
def end_search(request: ActorRequest, ref: str) -> HttpResponse:
    """End a saved search before it expires."""
    row = selectors.saved_search(ref, actor=request.actor)
    services.end_search(actor=request.actor, saved=row)
    messages.success(request, _("The search has ended."))
    return redirect("collation:searches")
