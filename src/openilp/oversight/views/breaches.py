"""The register of breaches: list, report, one breach with its scope and steps, the letter to the authority."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.direction.forms import carry_out, refusal_status
from openilp.oversight import registers, wording
from openilp.oversight.forms.breaches import BreachForm, ScopeForm, StepForm
from openilp.oversight.models.registers import KEEPERS, REGISTER_READERS
from openilp.oversight.rules.breaches import Told
from openilp.oversight.rules.cells import MINIMUM
from openilp.oversight.selectors import breaches as selectors
from openilp.oversight.selectors import processing
from openilp.oversight.selectors.breaches import Known
from openilp.oversight.services.breaches import measure_breach, report_breach, take_breach_step
from openilp.oversight.views.registers import attached
from openilp.safeguards.actions import opens
from openilp.safeguards.models import User
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import Role


@opens("oversight.breaches", roles=REGISTER_READERS)
def breaches(request: ActorRequest) -> HttpResponse:
    """List the breaches, the newest first, each with how it stands."""
    actor = request.actor
    found = page(selectors.breaches(actor=actor), after=request.GET.get("after", ""))
    known = selectors.known(found.rows, actor=actor)
    context = {
        "page": found,
        "lines": [(each, wording.BREACHES[each.standing], wording.HARMS[each.row.kind]) for each in known],
        "may_keep": actor.has_role(*KEEPERS),
    }
    return render(request, "oversight/breaches.html", context)


@opens("oversight.report_breach_page", roles=KEEPERS)
def report(request: ActorRequest) -> HttpResponse:
    """Enter a breach in the register."""
    form = BreachForm(request.POST or None)
    if form.is_valid():
        made = carry_out(form, lambda: report_breach(actor=request.actor, new=form.new()))
        if made is not None:
            messages.success(request, _("Breach %(ref)s is in the register.") % {"ref": made.ref})
            return redirect("oversight:breach", ref=made.ref)
    return render(request, "oversight/breach_form.html", {"form": form}, status=refusal_status(form))


@opens("oversight.breach", roles=REGISTER_READERS)
def breach(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a breach: its clock, how far it reached, what was done."""
    known = selectors.breach(ref, actor=request.actor)
    return _shown(request, known, StepForm(), _scope_form(known))


def _scope_form(known: Known) -> ScopeForm:
    return ScopeForm(initial={"since": known.row.happened_from, "until": known.row.happened_until})


@opens("oversight.breach_step", roles=KEEPERS)
@require_POST
def step(request: ActorRequest, ref: str) -> HttpResponse:
    """Record what was done about a breach."""
    known = selectors.breach(ref, actor=request.actor)
    form = StepForm(request.POST)
    if form.is_valid():
        told = Told(**form.cleaned_data)
        if (
            carry_out(form, lambda: take_breach_step(actor=request.actor, breach=known.row, told=told))
            is not None
        ):
            messages.success(request, _("It is recorded."))
            return redirect("oversight:breach", ref=known.row.ref)
    return _shown(request, known, form, _scope_form(known))


@opens("oversight.breach_scope", roles=[Role.DATA_PROTECTION_OFFICER])
@require_POST
def scope(request: ActorRequest, ref: str) -> HttpResponse:
    """Read in the audit log how far a breach reached."""
    known = selectors.breach(ref, actor=request.actor)
    form = ScopeForm(request.POST)
    if form.is_valid() and _measured(request, known, form):
        messages.success(request, _("The scope is read from the log."))
        return redirect("oversight:breach", ref=known.row.ref)
    return _shown(request, known, StepForm(), form)


def _measured(request: ActorRequest, known: Known, form: ScopeForm) -> bool:
    said = form.cleaned_data
    name = said["account"].strip().lower()
    account = User.objects.filter(username=name).first() if name else None
    if name and account is None:
        form.add_error("account", _("There is no account of this name."))
        return False
    made = carry_out(
        form,
        lambda: measure_breach(
            actor=request.actor, breach=known.row, since=said["since"], until=said["until"], account=account
        ),
    )
    return made is not None


def _shown(request: ActorRequest, known: Known, form: StepForm, asked: ScopeForm) -> HttpResponse:
    actor, row = request.actor, known.row
    is_open = known.standing != "closed"
    context: dict[str, Any] = {
        "known": known,
        "row": row,
        "standing": wording.BREACHES[known.standing],
        "harm": wording.HARMS[row.kind],
        "taken": [(wording.STEPS[each.kind], each) for each in known.steps],
        "scopes": [(each, registers.categories(each)) for each in selectors.scopes(row, actor=actor)[:10]],
        "minimum": MINIMUM,
        "form": form if is_open and actor.has_role(*KEEPERS) else None,
        "scope_form": asked if is_open and actor.has_role(Role.DATA_PROTECTION_OFFICER) else None,
    }
    status = refusal_status(asked) if asked.is_bound else refusal_status(form)
    return render(request, "oversight/breach.html", context, status=status)


@opens("oversight.breach_letter", roles=REGISTER_READERS, operation="disclosure")
def letter(request: ActorRequest, ref: str) -> HttpResponse:
    """Return the notification of a breach to the authority as a document (Art. 30(3))."""
    actor = request.actor
    known = selectors.breach(ref, actor=actor)
    scopes = list(selectors.scopes(known.row, actor=actor)[:10])
    made = registers.breach_pdf(known, scopes, processing.present_entry(actor=actor))
    return attached(made, f"{known.row.ref}.pdf", "application/pdf")
