"""Pages of entry."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openilp.collection import selectors, services
from openilp.collection.forms import ItemForms, ReportForm, new_report
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import InvalidInput
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT


@opens("collection.home", roles=CONTENT)
def home(request: ActorRequest) -> HttpResponse:
    """List the reports that came in, newest first."""
    actor = request.actor
    found = page(selectors.reports(actor=actor), after=request.GET.get("after", ""))
    return render(request, "collection/home.html", {"page": found})


@opens("collection.submit", roles=CONTENT)
def submit(request: ActorRequest) -> HttpResponse:
    """Hand in a report: under a minute, on a phone."""
    form, items = ReportForm(request.POST or None), ItemForms(request.POST or None, prefix="items")
    if request.method == "POST" and form.is_valid() and items.is_valid():
        try:
            row = services.submit_report(
                actor=request.actor,
                new=new_report(form, items),
                legal_basis=form.cleaned_data["legal_basis"],
            )
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Report %(ref)s is in.") % {"ref": row.ref})
            return redirect("collection:report", ref=row.ref)
    status = 422 if request.method == "POST" else 200
    return render(request, "collection/submit.html", {"form": form, "items": items}, status=status)


@opens("collection.report", roles=CONTENT)
def report(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a report with its items."""
    actor = request.actor
    row = selectors.report(ref, actor=actor)
    items = selectors.items_of(row, actor=actor)
    context = {
        "report": row,
        "items": items,
        "mentions": selectors.mentions_of(items, actor=actor),
        "page_level": row.level,
    }
    return render(request, "collection/report.html", context)
