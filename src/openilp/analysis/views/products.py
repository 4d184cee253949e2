"""The product editor, citing, recommending and finishing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.analysis import drafts, selectors, services
from openilp.analysis.errors import AnalysisError, EditConflict
from openilp.analysis.forms import FinishForm, ProductForm, RecommendationForm
from openilp.analysis.models import Product
from openilp.direction.forms import carry_out, refusal_status
from openilp.direction.selectors import compartment_titles
from openilp.safeguards.actions import opens
from openilp.safeguards.requests import ActorRequest


@opens("analysis.start_product_page", roles=services.AUTHORS)
def start(request: ActorRequest) -> HttpResponse:
    """Start a product from a question, a requirement or a priority."""
    actor = request.actor
    initial = {name: request.GET.get(name, "") for name in ("requirement", "priority", "product_type")}
    if initial["requirement"]:
        asked = selectors.open_requirements(actor=actor).filter(ref=initial["requirement"]).first()
        if asked is not None:
            initial |= {"question": asked.question, "title": asked.question[:160], "asker": asked.asker_id}
    form = ProductForm(request.POST or None, actor=actor, initial={k: v for k, v in initial.items() if v})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        row = carry_out(
            form,
            lambda: services.start_product(
                actor=actor,
                product_type=data["product_type"],
                title=data["title"],
                terms=services.Terms(data["question"], data["asker"], data["limits"]),
                requirement=data["requirement"],
                priority=data["priority"],
                legal_basis=data["legal_basis"],
                label=form.label,
            ),
        )
        if row is not None:
            messages.success(request, _("Product %(ref)s is started.") % {"ref": row.ref})
            return redirect("analysis:product", ref=row.ref)
    return render(request, "analysis/start_product.html", {"form": form}, status=refusal_status(form))


@opens("analysis.product", roles=services.READERS)
def show(request: ActorRequest, ref: str) -> HttpResponse:
    """Write a product: blocks left, sources and state right; readers see the blocks."""
    row = selectors.product(ref, actor=request.actor)
    if request.method != "POST":
        return _editor(request, row, drafts.Draft.of(row))
    draft = drafts.Draft.posted(row, request.POST)
    try:
        saved = services.save_product(
            actor=request.actor,
            product=row,
            revision=draft.revision,
            title=draft.title,
            blocks=draft.changed(),
        )
    except EditConflict as conflict:
        return _editor(request, row, draft, conflict=conflict, status=409)
    except AnalysisError as error:
        return _editor(request, row, draft, error=str(error), status=422)
    if draft.leads_to_finish:
        return redirect("analysis:finish", ref=saved.ref)
    messages.success(request, _("Revision %(n)s is saved.") % {"n": saved.revision})
    return redirect("analysis:product", ref=saved.ref)


def _editor(
    request: ActorRequest,
    row: Product,
    draft: drafts.Draft,
    *,
    conflict: EditConflict | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    actor = request.actor
    citations = selectors.citations_of(row, actor=actor)
    stale = {each.citation.pk: each for each in selectors.stale_citations(citations, actor=actor)}
    flags = selectors.flags_of(row, citations, actor=actor)
    context = {
        "product": row,
        "draft": draft,
        "blocks": drafts.shown(draft.blocks, row, citations, flags, actor=actor),
        "sources": [(each, stale.get(each.pk)) for each in citations if each.item_id],
        "flags": flags,
        "recommendations": selectors.recommendations_of(row, actor=actor),
        "editions": selectors.editions_of(row, actor=actor),
        "runs": selectors.titled(selectors.runs(actor=actor).order_by("-created_at")[:30]),
        "assessments": selectors.assessments(actor=actor).order_by("-created_at")[:30],
        "conflict": conflict,
        "differences": drafts.differences(row, draft) if conflict else [],
        "error": error,
        "may_write": actor.has_role(*services.AUTHORS),
        "page_level": row.level,
        "page_compartments": compartment_titles(row, actor=actor),
    }
    return render(request, "analysis/product.html", context, status=status)


@opens("analysis.cite", roles=services.AUTHORS)
def cite(request: ActorRequest, ref: str) -> HttpResponse:
    """Search items and cite them in the grade that they have now."""
    actor = request.actor
    row = selectors.product(ref, actor=actor)
    if request.method == "POST":
        items = selectors.items_by_reference(request.POST.getlist("item"), actor=actor)
        made = services.cite_items(actor=actor, product=row, items=items)
        messages.success(request, _("%(n)s items are cited in their present grade.") % {"n": len(made)})
        return redirect("analysis:product", ref=row.ref)
    query = request.GET.get("q", "").strip()
    context = {
        "product": row,
        "query": query,
        "found": selectors.citable(row, query, actor=actor),
        "cited": {c.item_id for c in selectors.citations_of(row, actor=actor)},
        "page_level": row.level,
    }
    return render(request, "analysis/cite.html", context)


@opens("analysis.remove_citation_page", roles=services.AUTHORS)
@require_POST
def uncite(request: ActorRequest, ref: str, key: UUID) -> HttpResponse:
    """Take a citation out of a draft."""
    row = selectors.product(ref, actor=request.actor)
    found = selectors.citation(row, key, actor=request.actor)
    services.remove_citation(actor=request.actor, citation=found)
    return redirect("analysis:product", ref=row.ref)


@opens("analysis.recommend_page", roles=services.AUTHORS)
def recommend(request: ActorRequest, ref: str) -> HttpResponse:
    """Propose a measure."""
    row = selectors.product(ref, actor=request.actor)
    form = RecommendationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = carry_out(form, lambda: services.recommend(actor=request.actor, product=row, new=form.new()))
        if made is not None:
            return redirect("analysis:product", ref=row.ref)
    context = {"form": form, "product": row, "page_level": row.level}
    return render(request, "analysis/recommend.html", context, status=refusal_status(form))


@opens("analysis.remove_recommendation_page", roles=services.AUTHORS)
@require_POST
def withdraw(request: ActorRequest, ref: str, number: int) -> HttpResponse:
    """Take a recommendation out of a draft."""
    row = selectors.product(ref, actor=request.actor)
    found = selectors.recommendation(row, number, actor=request.actor)
    services.remove_recommendation(actor=request.actor, recommendation=found)
    return redirect("analysis:product", ref=row.ref)


@opens("analysis.finish", roles=services.AUTHORS)
def finish(request: ActorRequest, ref: str) -> HttpResponse:
    """Answer the questions about bias and rights, and freeze the product."""
    actor = request.actor
    row = selectors.product(ref, actor=actor)
    form = FinishForm(request.POST or None, initial={"revision": row.revision})
    if request.method == "POST" and form.is_valid():
        made = carry_out(
            form,
            lambda: services.finish_product(
                actor=actor,
                product=row,
                revision=form.cleaned_data["revision"],
                rights_check=form.answers(),
            ),
        )
        if made is not None:
            said = _("Edition %(n)s is frozen. Name the colleague who is to review it.")
            messages.success(request, said % {"n": made.number})
            return redirect("dissemination:edition", ref=made.ref)
    citations = selectors.citations_of(row, actor=actor)
    everything_answered: dict[str, Any] = dict.fromkeys(form.fields, "answered")
    context = {
        "form": form,
        "product": row,
        "hindrances": selectors.hindrances(row, citations, everything_answered, actor=actor),
        "flags": selectors.flags_of(row, citations, actor=actor),
        "page_level": row.level,
        "page_compartments": compartment_titles(row, actor=actor),
    }
    return render(request, "analysis/finish.html", context, status=refusal_status(form))
