"""Finished products: as frozen, and as a document."""

from django.http import HttpResponse
from django.shortcuts import render

from openilp.analysis import documents, selectors, services
from openilp.direction.selectors import compartment_titles
from openilp.safeguards.actions import opens
from openilp.safeguards.gate import related
from openilp.safeguards.requests import ActorRequest


@opens("analysis.edition", roles=services.READERS)
def show(request: ActorRequest, ref: str) -> HttpResponse:
    """Show an edition as it was frozen."""
    row = selectors.edition(ref, actor=request.actor)
    product = related(row, "product")
    newest = selectors.latest_edition(product, actor=request.actor) if product else None
    context = {
        "edition": row,
        "data": documents.edition_data(row, actor=request.actor),
        "content": row.content,
        "product": product,
        "newer": newest if newest and newest.number > row.number else None,
        "page_level": row.level,
        "page_compartments": compartment_titles(row, actor=request.actor),
    }
    return render(request, "analysis/edition.html", context)


@opens("analysis.edition_document", roles=services.READERS, operation="disclosure")
def document(request: ActorRequest, ref: str) -> HttpResponse:
    """Hand out an edition as PDF, with the reader's name as watermark."""
    row = selectors.edition(ref, actor=request.actor)
    made = documents.edition_pdf(row, actor=request.actor, watermark=request.actor.name)
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{row.ref}.pdf"'},
    )
