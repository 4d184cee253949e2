"""The room's home, a report's mentions, and the quarantine desk."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp import reference
from openilp.collation import selectors, services
from openilp.collation.forms import CategoriseForm, SettleForm
from openilp.collation.services.quarantine import DESK
from openilp.collation.views.entity import may_write
from openilp.collection.imports.quarantine import quarantined_reports
from openilp.collection.models import Mention
from openilp.collection.selectors import items_of
from openilp.collection.selectors import report as find_report
from openilp.direction.forms import carry_out, refusal_status
from openilp.evaluation.selectors import current_evaluations
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import Conflict, InvalidInput
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, INTELLIGENCE

_NEWEST = 10


@opens("collation.home", roles=CONTENT)
def home(request: ActorRequest) -> HttpResponse:
    """List the graded reports whose mentions nobody settled, and what was recorded last."""
    actor = request.actor
    waiting = page(selectors.in_tray(actor=actor), after=request.GET.get("after", ""))
    newest = page(selectors.entities(actor=actor), size=_NEWEST).rows
    known = selectors.names(newest, actor=actor)
    context = {
        "page": waiting,
        "newest": [(known[row.pk], row) for row in newest],
        "searches": list(selectors.saved_searches(actor=actor).order_by("title")[:_NEWEST]),
        "may_write": may_write(actor),
        "is_desk": actor.has_role(*DESK),
        "n_quarantined": selectors.quarantined_entities(actor=actor).count_up_to(99)
        if actor.has_role(*DESK)
        else 0,
    }
    return render(request, "collation/home.html", context)


@opens("collation.report", roles=CONTENT)
def report(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a report's items and settle who and what they mention."""
    return _report(request, ref)


def _report(
    request: ActorRequest, ref: str, bound: SettleForm | None = None, about: UUID | None = None
) -> HttpResponse:
    actor = request.actor
    row = find_report(ref, actor=actor)
    items = items_of(row, actor=actor)
    grades = current_evaluations(items, actor=actor)
    mentions = [
        _mention_row(request, mention, bound if mention.pk == about else None)
        for mention in selectors.mentions_in(row, actor=actor)
    ]
    context = {
        "report": row,
        "items": [(item, grades.get(item.pk)) for item in items],
        "mentions": mentions,
        "may_write": may_write(actor),
        "page_level": row.level,
    }
    status = refusal_status(bound) if bound is not None else 200
    return render(request, "collation/report.html", context, status=status)


def _mention_row(request: ActorRequest, mention: Mention, bound: SettleForm | None) -> dict[str, Any]:
    kind = mention.entity_type
    naming = reference.entity_type(kind).names[0]
    start = {"category": mention.proposed_category, "predicate": mention.predicate}
    form = bound or SettleForm(kind=kind, initial=start, auto_id=f"m-{mention.pk}-%s")
    found = selectors.duplicates_of_new(kind, {naming: [mention.text]}, actor=request.actor)
    return {"row": mention, "form": form, "candidates": found}


@opens("collation.settle", roles=INTELLIGENCE)
@require_POST
def settle(request: ActorRequest, key: UUID) -> HttpResponse:
    """Say which entity a mention means, known or new."""
    actor = request.actor
    mention = selectors.mention(key, actor=actor)
    ref = selectors.report_ref(mention, actor=actor)
    form = SettleForm(request.POST, kind=mention.entity_type, auto_id=f"m-{mention.pk}-%s")
    if form.is_valid():
        done = carry_out(form, lambda: _settled(request, form, mention))
        if done is not None:
            messages.success(request, _("“%(text)s” is settled.") % {"text": mention.text})
            return redirect("collation:report", ref=ref)
    return _report(request, ref, form, mention.pk)


def _settled(request: ActorRequest, form: SettleForm, mention: Mention) -> Any:
    chosen = form.cleaned_data["entity"].strip()
    category = form.cleaned_data.get("category")
    return services.settle_mention(
        actor=request.actor,
        mention=mention,
        entity=selectors.entity(chosen, actor=request.actor) if chosen else None,
        involvement=form.involvement if category else None,
    )


@opens("collation.dismiss", roles=INTELLIGENCE)
@require_POST
def dismiss(request: ActorRequest, key: UUID) -> HttpResponse:
    """Settle a mention without recording anything."""
    mention = selectors.mention(key, actor=request.actor)
    ref = selectors.report_ref(mention, actor=request.actor)
    form = SettleForm(request.POST, kind=mention.entity_type, auto_id=f"m-{mention.pk}-%s")
    form.is_valid()
    try:
        services.dismiss_mention(actor=request.actor, mention=mention, reason=request.POST.get("reason", ""))
    except (InvalidInput, Conflict) as error:
        form.add_error(None, str(error))
        form.refusal_status = 409 if isinstance(error, Conflict) else 422  # type: ignore[attr-defined]
        return _report(request, ref, form, mention.pk)
    messages.success(request, _("Nothing is recorded of “%(text)s”.") % {"text": mention.text})
    return redirect("collation:report", ref=ref)


@opens("collation.quarantine", roles=DESK)
def quarantine(request: ActorRequest) -> HttpResponse:
    """List what was imported and waits for a category; nobody else can find it until then."""
    actor = request.actor
    found = page(selectors.quarantined_entities(actor=actor), after=request.GET.get("after", ""))
    said = selectors.quarantined_names(found.rows, actor=actor)
    context = {
        "page": found,
        "rows": [(row, said.get(row.pk, "")) for row in found.rows],
        "n_reports": quarantined_reports(actor=actor).count_up_to(999),
        "n_links": selectors.quarantined_links(actor=actor).count_up_to(999),
    }
    return render(request, "collation/quarantine.html", context)


@opens("collation.categorise", roles=DESK)
def categorise(request: ActorRequest, ref: str) -> HttpResponse:
    """Take an entity out of quarantine; a person gets a category in the matter acted for."""
    actor = request.actor
    row = selectors.quarantined_entity(ref, actor=actor)
    form = CategoriseForm(request.POST or None, kind=row.kind)
    is_person = reference.entity_type(row.kind).is_person
    if request.method == "POST" and form.is_valid():
        done = carry_out(
            form,
            lambda: services.categorise_entity(
                actor=actor, entity=row, involvement=form.involvement if is_person else None
            ),
        )
        if done is not None:
            messages.success(request, _("%(ref)s is out of quarantine.") % {"ref": row.ref})
            return redirect("collation:quarantine")
    context = {
        "entity": row,
        "statements": list(selectors.quarantined_statements(row, actor=actor).order_by("created_at")),
        "form": form,
    }
    return render(request, "collation/categorise.html", context, status=refusal_status(form))
