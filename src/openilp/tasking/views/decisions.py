"""Pages of decisions."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openilp.analysis.canonical import digest
from openilp.analysis.models import Product
from openilp.direction import selectors as direction
from openilp.direction.forms import carry_out, refusal_status
from openilp.direction.models import Requirement
from openilp.safeguards import gate
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, MANAGERS, Role
from openilp.tasking import rules, selectors, services
from openilp.tasking.changes import Change
from openilp.tasking.forms import AdoptForm, CommissionForm, EmergencyForm
from openilp.tasking.models import Decision
from openilp.tasking.rules import Option
from openilp.tasking.services import NewDecision
from openilp.tasking.services.operations import PLANNERS
from openilp.tasking.views.drawing import option_table


@opens("tasking.decisions", roles=CONTENT)
def decisions(request: ActorRequest) -> HttpResponse:
    """List the decisions, the newest first."""
    rows = selectors.decisions(actor=request.actor).select_related("created_by")
    context = {"page": page(rows, after=request.GET.get("after", ""))}
    return render(request, "tasking/decisions.html", context)


@opens("tasking.decision", roles=CONTENT)
def decision(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a decision with its options, its reasons and the evidence as it was seen."""
    actor = request.actor
    row = selectors.decision(ref, actor=actor)
    context = {
        "decision": row,
        "table": option_table([Option.from_json(o) for o in row.options], chosen=row.chosen),
        "responses": selectors.responses_of(row, actor=actor),
        "operations": selectors.operations_of(row, actor=actor),
        "adoptions": selectors.adoptions_of(row, actor=actor),
        "ratification": selectors.ratification_of(row, actor=actor) if row.is_emergency else None,
        "changed": [Change(**each) for each in row.evidence.get("changed", ())],
        "since": selectors.changes_after(row, actor=actor),
        "comparison": gate.related(row, "comparison") if row.comparison_id else None,
        "is_intact": digest(row.evidence) == row.evidence_sha256,
        "may_open": actor.has_role(Role.CHAIR, Role.TASKING_COORDINATOR, Role.HEAD_OF_INTELLIGENCE),
        "may_adopt": actor.has_role(Role.CHAIR),
        "may_ask": actor.has_role(*MANAGERS),
        "may_plan": actor.has_role(*PLANNERS),
        "page_level": row.level,
        "page_compartments": direction.compartment_titles(row, actor=actor),
    }
    return render(request, "tasking/decision.html", context)


@opens("tasking.decide_emergency_page", roles=[Role.CHAIR])
def emergency(request: ActorRequest) -> HttpResponse:
    """Decide between meetings what cannot wait."""
    actor = request.actor
    form = EmergencyForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        measure = Option("A", data["text"], data["hours"], data["money"])
        new = NewDecision(
            title=data["title"],
            options=rules.with_nothing([measure], text=_("Do nothing until the next meeting")),
            chosen=data["chosen"],
            reasons=data["reasons"],
            answers=form.answers(),
            effect_review_on=data["effect_review_on"],
            dissent=data["dissent"],
            priority=data["priority"],
        )
        row = carry_out(
            form,
            lambda: services.decide_emergency(actor=actor, new=new, legal_basis=data["legal_basis"]),
        )
        if row is not None:
            messages.success(
                request, _("%(ref)s is decided; the next meeting will ratify it.") % {"ref": row.ref}
            )
            return redirect("tasking:decision", ref=row.ref)
    context = {
        "form": form,
        "kind": _("Emergency decision"),
        "title": _("Decide what cannot wait"),
        "lead": _("It counts at once and comes first on the agenda of the next meeting, to be ratified."),
        "verb": _("Decide"),
        "back": "/tasking/",
    }
    return render(request, "tasking/form.html", context, status=refusal_status(form))


@opens("tasking.commission_page", roles=MANAGERS)
def commission(request: ActorRequest, ref: str) -> HttpResponse:
    """Ask what must be known next, out of a decision."""
    actor = request.actor
    row = selectors.decision(ref, actor=actor)
    form = CommissionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = carry_out(form, lambda: _commission(actor, row, dict(form.cleaned_data)))
        if made is not None:
            messages.success(request, _said(made))
            return redirect("tasking:decision", ref=row.ref)
    context = {
        "form": form,
        "kind": f"{_('Decision')} {row.ref}",
        "title": _("What must be known next?"),
        "lead": _("The question goes to direction with this decision as its origin."),
        "verb": _("Raise the requirement"),
        "back": f"/tasking/decisions/{row.ref}",
        "page_level": row.level,
    }
    return render(request, "tasking/form.html", context, status=refusal_status(form))


def _said(made: Requirement | Product) -> str:
    if isinstance(made, Product):
        return _("Product %(ref)s is commissioned; its draft waits for an author.") % {"ref": made.ref}
    return _("Requirement %(ref)s is raised.") % {"ref": made.ref}


def _commission(actor: Actor, row: Decision, said: dict[str, Any]) -> Requirement | Product:
    wanted = said.pop("product_type")
    if not wanted:
        return services.commission_requirement(actor=actor, decision=row, **said)
    return services.commission_product(
        actor=actor,
        decision=row,
        product_type=wanted,
        title=said.pop("why")[:160],
        **said,
    )


@opens("tasking.adopt_priority_page", roles=[Role.CHAIR])
def adopt(request: ActorRequest, ref: str) -> HttpResponse:
    """Set a priority by decision."""
    actor = request.actor
    row = selectors.decision(ref, actor=actor)
    form = AdoptForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        said = {k: v for k, v in form.cleaned_data.items() if k != "idempotency_key"}
        made = carry_out(form, lambda: services.adopt_priority(actor=actor, decision=row, **said))
        if made is not None:
            messages.success(request, _("Priority %(ref)s is set.") % {"ref": made.ref})
            return redirect("tasking:decision", ref=row.ref)
    context = {
        "form": form,
        "kind": f"{_('Decision')} {row.ref}",
        "title": _("Adopt a priority"),
        "lead": _("The decision is its source document; units below can carry it on."),
        "verb": _("Adopt the priority"),
        "back": f"/tasking/decisions/{row.ref}",
        "page_level": row.level,
    }
    return render(request, "tasking/form.html", context, status=refusal_status(form))
