"""The register: who was told what, why and when."""

import csv
import io

from django.http import HttpResponse
from django.shortcuts import render

from openilp.dissemination import rules, selectors
from openilp.dissemination.forms import RegisterForm
from openilp.dissemination.selectors import REGISTRARS, RegisterFilters
from openilp.safeguards.actions import opens
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest

#: Rows of one export; who needs more narrows the dates.
_EXPORT_ROWS = 10_000


def _filters(request: ActorRequest) -> tuple[RegisterForm, RegisterFilters]:
    form = RegisterForm(request.GET)
    return form, RegisterFilters(**form.cleaned_data) if form.is_valid() else RegisterFilters()


@opens("dissemination.register", roles=REGISTRARS)
def register(request: ActorRequest) -> HttpResponse:
    """Show who was told what, why and when."""
    form, filters = _filters(request)
    rows = selectors.releases(actor=request.actor, filters=filters).prefetch_related("edition")
    found = page(rows, after=request.GET.get("after", ""))
    context = {
        "form": form,
        "page": found,
        "lines": selectors.lines_of(found.rows, actor=request.actor),
        "query": request.GET.urlencode(),
    }
    return render(request, "dissemination/register.html", context, status=200 if form.is_valid() else 422)


@opens("dissemination.register_csv", roles=REGISTRARS, operation="disclosure")
def register_csv(request: ActorRequest) -> HttpResponse:
    """Hand out the register as CSV; no cell can run as a formula."""
    _form, filters = _filters(request)
    rows = selectors.releases(actor=request.actor, filters=filters).select_related("created_by")
    rows = rows.prefetch_related("edition").order_by("-created_at", "-pk")
    text = register_text(selectors.lines_of(rows[:_EXPORT_ROWS], actor=request.actor))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="register.csv"'
    return response


COLUMNS = (
    "release", "edition", "title", "handling_scheme", "handling", "released_at", "released_by", "reason",
    "reader", "unit", "expires_on", "received_on", "recalled_at", "recall_received_on", "rating",
)  # fmt: skip


def register_text(lines: list[selectors.Line]) -> str:
    """Return the register as CSV from an allow-list of columns."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for line in lines:
        release, edition = line.release, line.edition
        values: list[object] = [
            release.ref,
            edition.ref if edition else "",
            edition.title if edition else "",
            release.handling_scheme,
            release.handling,
            release.released_at.isoformat(),
            release.created_by,
            release.reason,
            line.reader,
            line.reader.unit,
            release.expires_on,
            line.received_on,
            line.recall.created_at.isoformat() if line.recall else "",
            line.recall_received_on,
            line.rating,
        ]
        writer.writerow([rules.neutral_cell(value) for value in values])
    return out.getvalue()
