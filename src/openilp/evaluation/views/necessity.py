"""Strict necessity of special words: said at an item, answered by a second person."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openilp.collection.models import Item
from openilp.direction.forms import carry_out, refusal_status
from openilp.evaluation import necessity as special
from openilp.evaluation import selectors, services
from openilp.evaluation.forms import NecessityAnswerForm, NecessityForm
from openilp.evaluation.models import Necessity
from openilp.evaluation.necessity import APPROVERS, CLAIMANTS
from openilp.safeguards import gate
from openilp.safeguards.actions import opens
from openilp.safeguards.approvals import is_second
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest

READERS = CLAIMANTS | APPROVERS


@opens("evaluation.item_necessity", roles=READERS)
def item(request: ActorRequest, ref: str) -> HttpResponse:
    """Show an item with its special words marked; their strict necessity is said here."""
    actor = request.actor
    row = selectors.by_ref(Item, ref, actor=actor)
    may_claim = actor.has_role(*CLAIMANTS)
    form = NecessityForm(request.POST or None) if may_claim else None
    if form is not None and form.is_valid():
        said = form.cleaned_data["reason"]
        made = carry_out(form, lambda: services.claim_necessity(actor=actor, item=row, reason=said))
        if made is not None:
            messages.success(request, _("%(ref)s waits for a second person's approval.") % {"ref": made.ref})
            return redirect("evaluation:necessity", ref=made.ref)
    context: dict[str, Any] = {
        "item": row,
        "report": gate.related(row, "report"),
        "kinds": special.kinds_of(row.text),
        "allowed": special.allowed([row], actor=actor)[row.pk],
        "claims": special.claims_of(row, actor=actor),
        "form": form,
        "page_level": row.level,
    }
    status = refusal_status(form) if form is not None else 200
    return render(request, "evaluation/item_necessity.html", context, status=status)


@opens("evaluation.necessities", roles=READERS)
def necessities(request: ActorRequest) -> HttpResponse:
    """List what is held strictly necessary and waits for a second person."""
    rows = special.awaiting(actor=request.actor).select_related("created_by").prefetch_related("item")
    found = page(rows, after=request.GET.get("after", ""))
    lines = [(row, gate.related(row, "item")) for row in found.rows]
    return render(request, "evaluation/necessities.html", {"page": found, "lines": lines})


@opens("evaluation.necessity", roles=READERS)
def necessity(request: ActorRequest, ref: str) -> HttpResponse:
    """Show why special words are held strictly necessary; a second person answers here."""
    actor = request.actor
    row: Necessity = selectors.by_ref(Necessity, ref, actor=actor)
    found = gate.related(row, "item")
    answer = special.answer_of(row, actor=actor)
    authors = [row.created_by_id, *([found.created_by_id] if found else [])]
    may_answer = answer is None and actor.has_role(*APPROVERS) and is_second(actor=actor, authors=authors)
    form = NecessityAnswerForm(request.POST or None) if may_answer else None
    if form is not None and form.is_valid():
        said = form.cleaned_data
        if carry_out(form, lambda: services.answer_necessity(actor=actor, necessity=row, **said)) is not None:
            messages.success(request, _("Your answer is recorded."))
            return redirect("evaluation:necessity", ref=row.ref)
    context = {"row": row, "item": found, "answer": answer, "form": form, "page_level": row.level}
    status = refusal_status(form) if form is not None else 200
    return render(request, "evaluation/necessity.html", context, status=status)
