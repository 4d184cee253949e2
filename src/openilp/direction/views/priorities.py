"""Pages of priorities."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.direction import rules, selectors, services
from openilp.direction.forms import (
    NewVersionForm,
    PriorityFilter,
    PriorityForm,
    ReasonForm,
    carry_out,
    may_decide,
    refusal_status,
)
from openilp.direction.models import Priority
from openilp.direction.views import asked
from openilp.safeguards import gate
from openilp.safeguards.actions import opens
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, MANAGERS

_SHOWN = 50


@opens("direction.priorities", roles=CONTENT)
def listing(request: ActorRequest) -> HttpResponse:
    """List priorities by level, unit and state, newest first."""
    actor = request.actor
    wanted = {name: request.GET.get(name, "") for name in ("level", "unit", "state")}
    wanted["state"] = wanted["state"] or "open"
    found = page(selectors.standing_priorities(actor=actor, **wanted), after=request.GET.get("after", ""))
    context = {"page": found, "filter": PriorityFilter(wanted), "may_decide": may_decide(actor)}
    return render(request, "direction/priorities.html", context)


@opens("direction.priority", roles=CONTENT)
def show(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a priority: its reason and goals, its place in the cascade, and what is asked for it."""
    actor = request.actor
    return _page(request, selectors.priority(ref, actor=actor))


def _page(request: ActorRequest, row: Priority, closing: ReasonForm | None = None) -> HttpResponse:
    actor = request.actor
    questions = selectors.open_requirements(actor=actor).filter(priority=row).select_related("asker")
    newer = selectors.successor_of(row, actor=actor)
    context = {
        "priority": row,
        "strands": selectors.strands_of(row),
        "above": gate.related(row, "cascades_from"),
        "older": gate.related(row, "supersedes"),
        "newer": newer,
        "below": list(selectors.below(row, actor=actor)[:_SHOWN]),
        "not_taken_up": selectors.not_taken_up(row, actor=actor),
        "questions": asked(list(questions.order_by("due_on", "ref")[:_SHOWN])),
        "may_decide": may_decide(actor) and row.closed_on is None and newer is None,
        "may_ask": actor.has_role(*services.ASKERS),
        "closing": closing or ReasonForm(),
        "page_level": row.level,
        "page_compartments": selectors.compartment_titles(row, actor=actor),
    }
    status = refusal_status(closing) if closing else 200
    return render(request, "direction/priority.html", context, status=status)


@opens("direction.set_priority_page", roles=MANAGERS)
def create(request: ActorRequest) -> HttpResponse:
    """Set a priority, or carry one on to a lower level (`?from=PR-…`)."""
    actor = request.actor
    above = selectors.priority(request.GET["from"], actor=actor) if request.GET.get("from") else None
    form = PriorityForm(
        request.POST if request.method == "POST" else None,
        actor=actor,
        above=above,
        initial=_initial(request, above),
    )
    if request.method == "POST" and form.is_valid():
        row = carry_out(form, lambda: services.set_priority(**_values(form, request, above)))
        if row is not None:
            messages.success(request, _("Priority %(ref)s is set.") % {"ref": row.ref})
            return redirect("direction:priority", ref=row.ref)
    context = {"form": form, "above": above}
    return render(request, "direction/priority_form.html", context, status=refusal_status(form))


def _initial(request: ActorRequest, above: Priority | None) -> dict[str, Any]:
    if above is None:
        return {}
    unit = next((u for u in selectors.units() if u.code == request.GET.get("unit")), None)
    return {
        "title": above.title,
        "unit": unit,
        "source_document": f"{above.ref}: {above.source_document}"[:200],
        "starts_on": above.starts_on,
        "ends_on": above.ends_on,
        "crime_types": above.crime_types,
        "legal_basis": above.legal_basis,
        "level": above.level,
    }


def _values(form: PriorityForm, request: ActorRequest, above: Priority | None) -> dict[str, Any]:
    beside = ("level", "idempotency_key", *rules.STRANDS)
    data = {k: v for k, v in form.cleaned_data.items() if k not in beside}
    strands = rules.Strands(**{name: form.cleaned_data[name] for name in rules.STRANDS})
    return {
        "actor": request.actor,
        "cascades_from": above,
        "label": form.label,
        "strands": strands,
        **data,
    }


@opens("direction.supersede_priority_page", roles=MANAGERS)
def supersede(request: ActorRequest, ref: str) -> HttpResponse:
    """Give a priority a new version, with the reason for the change."""
    actor = request.actor
    row = selectors.priority(ref, actor=actor)
    fields = ("title", "owner", "goals", "ends_on", "position", "hours_set", "money_set", *rules.STRANDS)
    initial = {name: getattr(row, name) for name in fields}
    form = NewVersionForm(request.POST if request.method == "POST" else None, actor=actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = {k: v for k, v in form.cleaned_data.items() if k != "idempotency_key"}
        new = carry_out(form, lambda: services.supersede_priority(actor=actor, priority=row, **data))
        if new is not None:
            messages.success(
                request, _("%(new)s takes the place of %(old)s.") % {"new": new.ref, "old": row.ref}
            )
            return redirect("direction:priority", ref=new.ref)
    context = {"form": form, "priority": row, "page_level": row.level}
    return render(request, "direction/new_version.html", context, status=refusal_status(form))


@opens("direction.close_priority_page", roles=MANAGERS)
@require_POST
def close(request: ActorRequest, ref: str) -> HttpResponse:
    """End a priority today, with the reason."""
    actor = request.actor
    row = selectors.priority(ref, actor=actor)
    form = ReasonForm(request.POST)
    if form.is_valid():
        done = carry_out(
            form,
            lambda: services.close_priority(actor=actor, priority=row, reason=form.cleaned_data["reason"]),
        )
        if done is not None:
            messages.success(request, _("Priority %(ref)s is closed.") % {"ref": row.ref})
            return redirect("direction:priority", ref=row.ref)
    return _page(request, row, form)
