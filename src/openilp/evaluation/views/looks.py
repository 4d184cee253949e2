"""Second looks: other people's grades and sanitised versions."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.collection import selectors as collection
from openilp.evaluation import rules, selectors, services
from openilp.evaluation.forms import JudgeForm, ReviewForm, SanitiseForm
from openilp.evaluation.models import Evaluation, Sanitisation
from openilp.evaluation.selectors import EVALUATORS
from openilp.safeguards import gate
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import InvalidInput
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import INTELLIGENCE


@opens("evaluation.second_looks", roles=EVALUATORS)
def second_looks(request: ActorRequest) -> HttpResponse:
    """List the grades and sanitised versions of others that wait for a second person."""
    actor = request.actor
    found = page(
        selectors.awaiting_review(actor=actor).select_related("created_by").prefetch_related("item__report"),
        after=request.GET.get("after", ""),
    )
    context = {
        "page": found,
        "rows": [
            {"evaluation": row, "item": item, "report": gate.related(item, "report")}
            for row in found.rows
            if (item := gate.related(row, "item")) is not None
        ],
        "returned": [
            {"evaluation": row, "item": gate.related(row, "item")}
            for row in selectors.returned_evaluations(actor=actor)
            .prefetch_related("item")
            .order_by("-created_at")[:20]
        ],
        "versions": list(
            selectors.awaiting_approval(actor=actor).select_related("created_by").order_by("created_at")[:50]
        ),
    }
    return render(request, "evaluation/second_looks.html", context)


@opens("evaluation.review", roles=EVALUATORS, operation="alteration")
@require_POST
def review(request: ActorRequest, ref: str) -> HttpResponse:
    """Agree with somebody else's grade, or send it back."""
    row = selectors.by_ref(Evaluation, ref, actor=request.actor)
    form = ReviewForm(request.POST)
    if form.is_valid():
        services.review_evaluation(actor=request.actor, evaluation=row, **form.cleaned_data)
        messages.success(request, _("Your second look at %(ref)s is kept.") % {"ref": row.ref})
        if request.POST.get("back") == "report":
            return redirect("evaluation:report", ref=row.item.report.ref)
        return redirect("evaluation:second-looks")
    messages.error(request, _("Choose whether you agree or send the grade back."))
    return redirect("evaluation:report", ref=row.item.report.ref)


@opens("evaluation.sanitise", roles=EVALUATORS, operation="alteration")
def sanitise(request: ActorRequest, ref: str) -> HttpResponse:
    """Write a sanitised version, with the original beside it."""
    row = collection.report(ref, actor=request.actor)
    before = _latest(row, request)
    grounds = selectors.grounds_of(before, actor=request.actor) if before else None
    start = {
        "title": before.title if before else row.title,
        "text": before.text if before else row.text,
        "removed": grounds.removed if grounds else "",
        "level": str(row.level),
    }
    form = SanitiseForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.sanitise_report(
                actor=request.actor, report=row, supersedes=before, **form.cleaned_data
            )
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("%(ref)s waits for a second person's approval.") % {"ref": made.ref})
            return redirect("evaluation:sanitisation", ref=made.ref)
    context = {"form": form, "report": row, "before": before, "page_level": row.level}
    return render(
        request, "evaluation/sanitise.html", context, status=422 if request.method == "POST" else 200
    )


def _latest(row: Any, request: ActorRequest) -> Sanitisation | None:
    found = selectors.dossier(row, actor=request.actor).sanitisations
    return found[0] if found else None


@opens("evaluation.sanitisation", roles=INTELLIGENCE)
def sanitisation(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a sanitised version, beside its original where that may be seen; a second person judges it here."""
    actor = request.actor
    row = selectors.by_ref(Sanitisation, ref, actor=actor)
    form = JudgeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.judge_sanitisation(actor=actor, sanitisation=row, **form.cleaned_data)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Your word on %(ref)s is kept.") % {"ref": row.ref})
            return redirect("evaluation:sanitisation", ref=row.ref)
    original = gate.related(row, "report")
    judgement = selectors.judgement_of(row, actor=actor)
    context = {
        "version": row,
        "author": row.created_by,
        "original": original,
        "changes": rules.differences(original.text, row.text) if original else (),
        "judgement": judgement,
        "grounds": selectors.grounds_of(row, actor=actor),
        "form": form,
        "may_judge": actor.has_role(*EVALUATORS) and row.created_by_id != actor.user_id and judgement is None,
        "page_level": row.level,
    }
    return render(
        request, "evaluation/sanitisation.html", context, status=422 if request.method == "POST" else 200
    )
