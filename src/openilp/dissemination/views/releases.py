"""One release: its readers read it under their watermark, those who answer for it see who has it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.analysis.documents import edition_data
from openilp.dissemination import rules, selectors, services
from openilp.dissemination.forms import RatingForm, RecallForm
from openilp.dissemination.models import Release
from openilp.dissemination.selectors import REGISTRARS, RELEASERS
from openilp.dissemination.views.desk import titles_of
from openilp.safeguards import gate
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import InvalidInput
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT


@opens("dissemination.release", roles=CONTENT)
def release(request: ActorRequest, ref: str) -> HttpResponse:
    """Open a release: its readers read it under their watermark, those who answer for it see who has it."""
    return _release_page(request, selectors.readable(ref, actor=request.actor))


def _release_page(request: ActorRequest, row: Release, rate: RatingForm | None = None) -> HttpResponse:
    actor = request.actor
    content = gate.related(row, "edition")
    back = selectors.recall_of(row, actor=actor)
    is_reader = selectors.is_reader(row, actor=actor)
    lapsed = row.expires_on is not None and row.expires_on < timezone.localdate()
    answers = row.created_by_id == actor.user_id or actor.has_role(*REGISTRARS)
    is_shown = back is None and not lapsed and content is not None
    context = {
        "release": row,
        "edition": content,
        "data": edition_data(content, actor=actor) if is_shown else None,
        "releaser": row.created_by,
        "recall": back,
        "has_expired": lapsed,
        "is_shown": is_shown,
        "is_reader": is_reader,
        "receipts": selectors.own_receipts(row, actor=actor),
        "watermark": rules.watermark(
            reader=actor.name, release=row.ref, at=timezone.localtime(timezone.now())
        ),
        "lines": selectors.lines_of([row], actor=actor) if answers else [],
        "ratings": selectors.ratings_of(row, actor=actor) if answers else [],
        "may_recall": actor.has_role(*RELEASERS) and answers and back is None,
        "rating_form": rate or RatingForm(),
        "page_level": row.level,
        "page_compartments": titles_of(row, actor),
    }
    return render(request, "dissemination/release.html", context, status=422 if rate else 200)


@opens("dissemination.document", roles=CONTENT, operation="disclosure")
def document(request: ActorRequest, ref: str) -> HttpResponse:
    """Hand out the PDF of a release with the watermark of whoever takes it."""
    row = selectors.readable(ref, actor=request.actor)
    body = services.take_document(actor=request.actor, release=row, now=timezone.now())
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{row.ref}.pdf"'
    return response


@opens("dissemination.receipt", roles=CONTENT, operation="alteration")
@require_POST
def receipt(request: ActorRequest, ref: str) -> HttpResponse:
    """Take receipt of a release or of its recall."""
    row = selectors.readable(ref, actor=request.actor)
    of_recall = request.POST.get("of_recall") == "yes"
    services.acknowledge_release(actor=request.actor, release=row, of_recall=of_recall)
    messages.success(request, _("Your receipt is kept."))
    return redirect("dissemination:release", ref=row.ref)


@opens("dissemination.rating", roles=CONTENT, operation="alteration")
@require_POST
def rating(request: ActorRequest, ref: str) -> HttpResponse:
    """Rate a product as its reader."""
    row = selectors.readable(ref, actor=request.actor)
    form = RatingForm(request.POST)
    if form.is_valid():
        try:
            services.rate_release(actor=request.actor, release=row, **form.cleaned_data)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Thank you: the author is told."))
            return redirect("dissemination:release", ref=row.ref)
    return _release_page(request, row, form)


@opens("dissemination.recall", roles=RELEASERS, operation="disclosure")
def recall(request: ActorRequest, ref: str) -> HttpResponse:
    """Withdraw a release."""
    row = selectors.readable(ref, actor=request.actor)
    form = RecallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.recall_release(actor=request.actor, release=row, reason=form.cleaned_data["reason"])
        messages.success(request, _("%(ref)s is recalled; every reader was told.") % {"ref": row.ref})
        return redirect("dissemination:release", ref=row.ref)
    context = {
        "release": row,
        "edition": gate.related(row, "edition"),
        "form": form,
        "lines": selectors.lines_of([row], actor=request.actor),
        "page_level": row.level,
    }
    return render(
        request, "dissemination/recall.html", context, status=422 if request.method == "POST" else 200
    )
