"""Records of processing and declared statistics: pages and documents."""

import csv
import io

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.direction.forms import carry_out, refusal_status
from openilp.dissemination.rules import neutral_cell
from openilp.oversight import registers, wording
from openilp.oversight.errors import OversightConflict
from openilp.oversight.forms.registers import ProcessingForm
from openilp.oversight.models.registers import KEEPERS, REGISTER_READERS
from openilp.oversight.rules.cells import MINIMUM
from openilp.oversight.selectors import processing as selectors
from openilp.oversight.selectors import statistics
from openilp.oversight.services.processing import keep_processing_entry
from openilp.oversight.services.statistics import issue_statistics
from openilp.safeguards.actions import opens
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import Role


def attached(body: bytes | str, name: str, kind: str) -> HttpResponse:
    """Return a file as an answer."""
    answer = HttpResponse(body, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@opens("oversight.processing", roles=REGISTER_READERS)
def processing(request: ActorRequest) -> HttpResponse:
    """Show the records of processing (Directive (EU) 2016/680 Art. 24)."""
    context = {
        "record": selectors.record(actor=request.actor),
        "data": wording.DATA,
        "minimum": MINIMUM,
        "may_keep": request.actor.has_role(*KEEPERS),
        "earlier": selectors.entries(actor=request.actor).order_by("-created_at")[:20],
    }
    return render(request, "oversight/processing.html", context)


@opens("oversight.processing_document", roles=REGISTER_READERS, operation="disclosure")
def processing_document(request: ActorRequest) -> HttpResponse:
    """Return the records of processing as a document."""
    made = registers.processing_pdf(selectors.record(actor=request.actor))
    return attached(made, "records-of-processing.pdf", "application/pdf")


@opens("oversight.write_processing", roles=KEEPERS)
def write_processing(request: ActorRequest) -> HttpResponse:
    """Write the agency's own part anew."""
    actor = request.actor
    if request.method != "POST":
        form = ProcessingForm.of(selectors.present_entry(actor=actor))
        return render(request, "oversight/processing_form.html", {"form": form})
    form = ProcessingForm(request.POST)
    if form.is_valid():
        before = form.cleaned_data["supersedes"]
        made = carry_out(form, lambda: keep_processing_entry(actor=actor, own=form.own(), supersedes=before))
        if made is not None:
            messages.success(request, _("Version %(ref)s is the present one.") % {"ref": made.ref})
            return redirect("oversight:processing")
    return render(request, "oversight/processing_form.html", {"form": form}, status=refusal_status(form))


@opens("oversight.statistics", roles=REGISTER_READERS)
def statistics_list(request: ActorRequest) -> HttpResponse:
    """Show the declared statistics that were issued last, and the earlier ones."""
    actor = request.actor
    last = statistics.latest(actor=actor)
    context = {
        "row": last,
        "tables": statistics.tables(last) if last else [],
        "page": page(statistics.issues(actor=actor), after=request.GET.get("after", "")),
        "minimum": MINIMUM,
        "may_issue": actor.has_role(Role.DATA_PROTECTION_OFFICER),
    }
    return render(request, "oversight/statistics.html", context)


@opens("oversight.statistic", roles=REGISTER_READERS)
def statistic(request: ActorRequest, ref: str) -> HttpResponse:
    """Show the figures of one issue."""
    row = statistics.issue(ref, actor=request.actor)
    context = {"row": row, "tables": statistics.tables(row), "minimum": MINIMUM}
    return render(request, "oversight/statistic.html", context)


@opens("oversight.statistic_csv", roles=REGISTER_READERS, operation="disclosure")
def statistic_csv(request: ActorRequest, ref: str) -> HttpResponse:
    """Return the figures of one issue as CSV; a cell that is left out is empty."""
    row = statistics.issue(ref, actor=request.actor)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["statistic", "row", "column", "number"])
    for line in statistics.columns_of(row):
        writer.writerow([neutral_cell(value) for value in line])
    return attached(out.getvalue(), f"{row.ref}.csv", "text/csv; charset=utf-8")


@opens("oversight.issue_statistics_page", roles=[Role.DATA_PROTECTION_OFFICER])
@require_POST
def issue(request: ActorRequest) -> HttpResponse:
    """Issue the declared statistics of today."""
    try:
        row = issue_statistics(actor=request.actor)
    except OversightConflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Figures %(ref)s are issued.") % {"ref": row.ref})
    return redirect("oversight:statistics")
