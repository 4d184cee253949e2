"""The quarantine desk for reports: read what was imported, categorise it, or refuse it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.collection.forms import CategoriseReportForm, RefusalForm
from openilp.collection.imports import quarantine as desk
from openilp.collection.imports.quarantine import CATEGORISERS
from openilp.collection.models import Report
from openilp.direction.forms import carry_out, refusal_status
from openilp.safeguards import gate
from openilp.safeguards.actions import opens
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest

_MOST = 999


@opens("collection.quarantine", roles=CATEGORISERS)
def quarantine(request: ActorRequest) -> HttpResponse:
    """List the imported reports that wait for a category, or those that were refused (`?state=refused`)."""
    actor = request.actor
    is_refused = request.GET.get("state") == "refused"
    rows = desk.refusals(actor=actor) if is_refused else desk.quarantined_reports(actor=actor)
    found = page(rows, after=request.GET.get("after", ""))
    context = {
        "page": found,
        "refused": [(row, gate.related(row, "report")) for row in found.rows] if is_refused else [],
        "is_refused": is_refused,
        "waiting": desk.quarantined_reports(actor=actor).count_up_to(_MOST),
    }
    return render(request, "collection/quarantine.html", context)


@opens("collection.categorise", roles=CATEGORISERS)
def categorise(request: ActorRequest, ref: str) -> HttpResponse:
    """Read an imported report and take it over: who is in it and as what, how it is known, on which law."""
    actor = request.actor
    row = desk.quarantined_report(ref, actor=actor)
    form = CategoriseReportForm(
        request.POST if request.method == "POST" else None,
        actor=actor,
        initial={"provenance": row.provenance},
    )
    if request.method == "POST" and form.is_valid():
        taken = carry_out(form, lambda: desk.categorise_report(actor=actor, report=row, **form.values()))
        if taken is not None:
            messages.success(
                request,
                _("%(ref)s is taken over and awaits evaluation as %(new)s.")
                % {"ref": row.ref, "new": taken.ref},
            )
            return redirect("collection:quarantine")
    return _page(request, row, form, RefusalForm())


def _page(
    request: ActorRequest, row: Report, form: CategoriseReportForm, refusing: RefusalForm
) -> HttpResponse:
    context = {
        "report": row,
        "items": desk.held_items(row, actor=request.actor),
        "form": form,
        "asks_wording": "wording_confirmed" in form.errors or "wording_confirmed" in request.POST,
        "refusing": refusing,
        "page_level": row.level,
    }
    status = max(refusal_status(form), refusal_status(refusing))
    return render(request, "collection/categorise.html", context, status=status)


@opens("collection.refuse", roles=CATEGORISERS)
@require_POST
def refuse(request: ActorRequest, ref: str) -> HttpResponse:
    """Refuse an imported report, with the reason."""
    actor = request.actor
    row = desk.quarantined_report(ref, actor=actor)
    form = RefusalForm(request.POST)
    if form.is_valid():
        done = carry_out(
            form, lambda: desk.refuse_report(actor=actor, report=row, reason=form.cleaned_data["reason"])
        )
        if done is not None:
            messages.success(request, _("%(ref)s is refused; nobody uses it.") % {"ref": row.ref})
            return redirect("collection:quarantine")
    return _page(request, row, CategoriseReportForm(None, actor=actor), form)
