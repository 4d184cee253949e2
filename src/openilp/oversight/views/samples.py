"""Look-ups drawn by lot: whoever looked says why, a supervisor of another unit says whether that was enough."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from openilp.oversight.forms.misuse import SampleReasonForm, SampleReviewForm
from openilp.oversight.models import LookUpSample, SampleReason, SampleReview
from openilp.oversight.selectors import misuse as selectors
from openilp.oversight.services import samples as services
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import InvalidInput
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import EVERYONE


@opens("oversight.samples", roles=EVERYONE)
def samples(request: ActorRequest) -> HttpResponse:
    """List the drawn look-ups that are the actor's own or to be reviewed by him; all of them for those who oversee."""
    actor = request.actor
    found = page(selectors.sample_list(actor=actor), after=request.GET.get("after", ""))
    context = {
        "page": found,
        "waiting": selectors.waiting_samples(actor=actor).count(),
        "today": timezone.localdate(),
    }
    return render(request, "oversight/samples.html", context)


@opens("oversight.sample", roles=EVERYONE)
def sample(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a drawn look-up; its reason is given here, and its review."""
    actor, row = request.actor, selectors.sample(ref, actor=request.actor)
    form: Any = None
    if row.about_id == actor.user_id and not row.has_reason:  # type: ignore[attr-defined]
        form = SampleReasonForm(request.POST or None)
    elif row.reviewer_id == actor.user_id and not row.is_reviewed:  # type: ignore[attr-defined]
        form = SampleReviewForm(request.POST or None)
    if form is not None and form.is_valid():
        try:
            _done(request, row, form)
        except InvalidInput as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("It is recorded."))
            return redirect("oversight:sample", ref=row.ref)
    return _shown(request, row, form, status=422 if request.method == "POST" else 200)


def _done(request: ActorRequest, row: LookUpSample, form: Any) -> None:
    if isinstance(form, SampleReasonForm):
        services.give_reason(actor=request.actor, sample=row, reason=form.cleaned_data["reason"])
    else:
        services.review_sample(actor=request.actor, sample=row, **form.cleaned_data)


def _shown(request: ActorRequest, row: LookUpSample, form: Any, *, status: int) -> HttpResponse:
    actor = request.actor
    seen, others = selectors.opened_in(row, actor=actor)
    given = SampleReason.objects.seen_by(actor).filter(sample=row).first()
    is_mine = row.about_id == actor.user_id
    context: dict[str, Any] = {
        "row": row,
        "seen": seen,
        "others": others,
        "given": given,
        "review": SampleReview.objects.seen_by(actor).filter(sample=row).first(),
        "purpose": selectors.purpose_of(row, actor=actor),
        "form": form if is_mine or given or timezone.localdate() > row.due_on else None,
        "is_mine": is_mine,
    }
    return render(request, "oversight/sample.html", context, status=status)
