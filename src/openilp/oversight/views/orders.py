"""Measures, letters, and what readers of products must take note of."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.collation.models import Statement
from openilp.direction.forms import carry_out, refusal_status
from openilp.oversight import rights_wording as wording
from openilp.oversight.forms.rights import AskForm, CarryOutForm, OrderForm, ReasonForm
from openilp.oversight.models import CorrectionNotice
from openilp.oversight.models.rights import OFFICER
from openilp.oversight.rules.rights import Measure
from openilp.oversight.selectors import holdings, orders
from openilp.oversight.selectors import rights as selectors
from openilp.oversight.services import letters
from openilp.oversight.services import orders as services
from openilp.oversight.views.rights import shown_finding, shown_request
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, INTELLIGENCE


@opens("oversight.order_measure_page", roles=OFFICER)
@require_POST
def order_measure(request: ActorRequest, key: UUID) -> HttpResponse:
    """Order what happens to a record."""
    actor, row = request.actor, holdings.finding(key, actor=request.actor)
    form = OrderForm(request.POST, able=services.able(row, actor=actor))
    if form.is_valid():
        said = form.cleaned_data
        made = carry_out(form, lambda: services.order_measure(actor=actor, finding=row, **said))
        if made is not None:
            messages.success(request, _("Measure %(ref)s is ordered.") % {"ref": made.ref})
            return redirect("oversight:rights-order", ref=made.ref)
    return shown_finding(request, row, order=form)


@opens("oversight.rights_order", roles=INTELLIGENCE | OFFICER)
def order(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a measure; the colleague whom it names carries it out here."""
    actor, row = request.actor, orders.order(ref, actor=request.actor)
    statement = None
    if row.record_kind == "statement":
        statement = Statement.objects.seen_by(actor).filter(pk=row.record_id).first()
    form = CarryOutForm(request.POST or None, wanted=row.wanted, is_statement=row.record_kind == "statement")
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if carry_out(form, lambda: services.carry_out_order(actor=actor, order=row, **said)) is not None:
            messages.success(request, _("It is carried out, and every reader of it is told."))
            return redirect("oversight:rights-order", ref=row.ref)
    is_officer = actor.has_role(*OFFICER)
    in_force = row.measure == Measure.RESTRICT and row.done_on is not None and not row.outcome
    context = {
        "row": row,
        "measure": wording.measure(row.measure),
        "kind": wording.record_kind(row.record_kind),
        "statement": statement,
        "form": form if row.assignee_id == actor.user_id and row.done_on is None else None,
        "told": list(orders.told_of(row, actor=actor)) if is_officer else [],
        "is_officer": is_officer,
        "lift": ReasonForm() if is_officer and in_force else None,
    }
    return render(request, "oversight/rights/order.html", context, status=refusal_status(form))


@opens("oversight.lift_restriction_page", roles=OFFICER)
@require_POST
def lift(request: ActorRequest, ref: str) -> HttpResponse:
    """Lift a restriction."""
    row = orders.order(ref, actor=request.actor)
    services.lift_restriction(actor=request.actor, order=row, reason=request.POST.get("reason", ""))
    messages.success(request, _("The restriction is lifted."))
    return redirect("oversight:rights-order", ref=row.ref)


@opens("oversight.corrections", roles=CONTENT)
def corrections(request: ActorRequest) -> HttpResponse:
    """List the corrections that the actor carries out, and those to take note of as a reader."""
    actor = request.actor
    rows = list(orders.notices(actor=actor)[:200])
    for row in rows:
        row.said = wording.told(row.measure)
    context = {"given": list(orders.given_to(actor=actor)), "rows": rows}
    return render(request, "oversight/rights/corrections.html", context)


@opens("oversight.acknowledge_correction_page", roles=CONTENT)
@require_POST
def acknowledge(request: ActorRequest, key: UUID) -> HttpResponse:
    """Take note of a correction or restriction."""
    found = CorrectionNotice.objects.seen_by(request.actor).filter(pk=key).first()
    if found is None:
        raise RecordNotFound(str(key))
    services.acknowledge_correction(actor=request.actor, notice=found)
    messages.success(request, _("Taken note of."))
    return redirect("oversight:corrections")


@opens("oversight.ask_to_withhold_page", roles=OFFICER)
@require_POST
def ask(request: ActorRequest, ref: str) -> HttpResponse:
    """Ask a second person to approve what the letter withholds."""
    row = selectors.request(ref, actor=request.actor)
    form = AskForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        made = carry_out(form, lambda: letters.ask_to_withhold(actor=request.actor, request=row, **said))
        if made is not None:
            messages.success(request, _("Whoever may answer is told."))
            return redirect("approval", ref=made.ref)
    return shown_request(request, row, ask=form)


@opens("oversight.issue_letter_page", roles=OFFICER, operation="disclosure")
@require_POST
def issue(request: ActorRequest, ref: str) -> HttpResponse:
    """Answer a request that withholds nothing; what needs a second person is carried out on the approval's page."""
    row = selectors.request(ref, actor=request.actor)
    made = letters.issue_letter(actor=request.actor, request=row)
    messages.success(
        request, _("The letter is ready; send it on %(day)s.") % {"day": made.dated_on.isoformat()}
    )
    return redirect("oversight:rights-request", ref=row.ref)


@opens("oversight.draft_letter", roles=OFFICER)
def draft(request: ActorRequest, ref: str) -> HttpResponse:
    """Return the letter as it would leave today."""
    row = selectors.request(ref, actor=request.actor)
    told, _withheld = letters.told_by(row, actor=request.actor)
    return _pdf(letters.drafted(row, told)[0], row.ref)


@opens("oversight.letter", roles=OFFICER, operation="disclosure")
def letter(request: ActorRequest, key: UUID) -> HttpResponse:
    """Return a letter as it left."""
    row = orders.letter(key, actor=request.actor)
    return _pdf(bytes(row.pdf), row.request.ref)


def _pdf(body: bytes, ref: str) -> HttpResponse:
    answer: Any = HttpResponse(body, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{ref}.pdf"'
    found: HttpResponse = answer
    return found
