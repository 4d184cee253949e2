"""The review desk: what comes due, one record at a time; and the certificates of what was erased."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.direction.forms import carry_out, refusal_status
from openilp.oversight import selectors, services
from openilp.oversight.certificates import certificate_pdf
from openilp.oversight.forms.reviews import EventForm, ReviewForm
from openilp.oversight.models.reviews import REVIEWERS
from openilp.oversight.rules.reviews import latest_review
from openilp.safeguards.actions import opens
from openilp.safeguards.models import RetentionClock, User
from openilp.safeguards.models.retention import WITNESSES
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.retention import clocks, erasing

_SHOWN = 100
#: Spans that the list offers, in days.
_SPANS = (0, selectors.WITHIN_DAYS, 182, 1827)


@opens("oversight.reviews", roles=REVIEWERS)
def reviews(request: ActorRequest) -> HttpResponse:
    """List the records whose review comes, the earliest first."""
    actor = request.actor
    asked = request.GET.get("within", "")
    within = int(asked) if asked.isdigit() and int(asked) in _SPANS else selectors.WITHIN_DAYS
    found = list(selectors.due(actor=actor, within_days=within)[: _SHOWN + 1])
    context = {
        "rows": selectors.waiting(found[:_SHOWN], actor=actor),
        "is_more": len(found) > _SHOWN,
        "within": within,
        "spans": _SPANS,
        "today": timezone.localdate(),
    }
    return render(request, "oversight/reviews.html", context)


@opens("oversight.clock", roles=REVIEWERS)
def clock(request: ActorRequest, key: UUID) -> HttpResponse:
    """Show a record with its clock and earlier reviews, and review it."""
    actor = request.actor
    row = selectors.clock(key, actor=actor)
    (one,) = selectors.waiting([row], actor=actor)
    rule = clocks.rule_of(row.rule)
    latest = latest_review(rule, today=timezone.localdate(), started_on=row.started_on, ends_on=row.ends_on)
    form = ReviewForm(request.POST or None, needs_grounds=selectors.needs_grounds(one.record), latest=latest)
    if request.method == "POST" and form.is_valid():
        made = carry_out(form, lambda: services.review_record(actor=actor, clock=row, asked=form.asked()))
        if made is not None:
            messages.success(request, _("Review %(ref)s is recorded.") % {"ref": made.ref})
            return redirect("oversight:reviews")
    return _shown(request, row, one, form, EventForm(kind=row.kind), rule)


@opens("oversight.report_event_page", roles=REVIEWERS)
@require_POST
def report_event(request: ActorRequest, key: UUID) -> HttpResponse:
    """Report what calls for a review at once."""
    actor = request.actor
    row = selectors.clock(key, actor=actor)
    form = EventForm(request.POST, kind=row.kind)
    if form.is_valid():
        said = form.cleaned_data
        made = carry_out(form, lambda: services.report_event(actor=actor, clock=row, **said))
        if made is not None:
            messages.success(request, _("It is recorded, and the review is due today."))
            return redirect("oversight:clock", key=key)
    (one,) = selectors.waiting([row], actor=actor)
    review = ReviewForm(needs_grounds=selectors.needs_grounds(one.record), latest=None)
    return _shown(request, row, one, review, form, clocks.rule_of(row.rule))


def _shown(
    request: ActorRequest, row: RetentionClock, one: Any, form: ReviewForm, event: EventForm, rule: Any
) -> HttpResponse:
    actor = request.actor
    earlier = list(selectors.reviews_of(row, actor=actor))
    events = list(selectors.events_of(row, actor=actor))
    people = User.objects.in_bulk({each.created_by_id for each in (*earlier, *events)})
    for each in (*earlier, *events):
        each.who = people[each.created_by_id]
    context = {
        "row": row,
        "one": one,
        "rule": rule,
        "form": form,
        "event_form": event,
        "earlier": earlier,
        "events": events,
        "today": timezone.localdate(),
        "may_report": row.kind in ("involvement", "statement", "marking"),
        "page_level": getattr(one.record, "level", 0),
    }
    status = refusal_status(event) if event.is_bound else refusal_status(form)
    return render(request, "oversight/clock.html", context, status=status)


@opens("oversight.erasures", roles=WITNESSES)
def erasures(request: ActorRequest) -> HttpResponse:
    """List the certificates of erasure, the newest first."""
    found = page(selectors.erasures(actor=request.actor), after=request.GET.get("after", ""))
    for row in found.rows:
        row.total = sum(row.erased.values())
    return render(request, "oversight/erasures.html", {"page": found})


@opens("oversight.erasure", roles=WITNESSES)
def erasure(request: ActorRequest, ref: str) -> HttpResponse:
    """Show a certificate, with the stones that stand under the actor's own label."""
    row = selectors.erasure(ref, actor=request.actor)
    context = {
        "row": row,
        "acknowledged": erasing.acknowledged(row.pk),
        "who": User.objects.filter(pk=row.created_by_id).first(),
        "stones": selectors.stones_of(row, actor=request.actor),
    }
    return render(request, "oversight/erasure.html", context)


@opens("oversight.certificate", roles=WITNESSES, operation="disclosure")
def certificate(request: ActorRequest, ref: str) -> HttpResponse:
    """Return a certificate as a document."""
    row = selectors.erasure(ref, actor=request.actor)
    answer = HttpResponse(certificate_pdf(row), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{row.ref}.pdf"'
    return answer
