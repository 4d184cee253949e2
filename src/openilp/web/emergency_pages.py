"""Emergencies: opening a matter for oneself in danger, and the review by another unit."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.safeguards import emergencies
from openilp.safeguards.actions import opens
from openilp.safeguards.emergencies import emergency_of
from openilp.safeguards.errors import Conflict, InvalidInput, RecordNotFound
from openilp.safeguards.models import Emergency, EmergencyReview, User
from openilp.safeguards.paging import page
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT, Role
from openilp.web.forms import EmergencyForm, FindingForm

READERS = CONTENT | {Role.OVERSIGHT}


@opens("web.emergencies", roles=READERS)
def emergency_list(request: ActorRequest) -> HttpResponse:
    """List emergencies, and open a matter for oneself."""
    actor = request.actor
    form = EmergencyForm(request.POST or None)
    if form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("matter", "reason_code", "reason", "minutes")}
        try:
            row = emergencies.break_glass(actor=actor, **data)
        except RecordNotFound:
            form.add_error("matter", _("No matter opens under this reference; ask whoever works on it."))
        except (InvalidInput, Conflict) as error:
            form.add_error(getattr(error, "field", "") or None, str(error))
        else:
            request.session["purpose"] = str(emergencies.matter_of(row, actor=actor))
            messages.success(request, _("The matter is open to you and is your purpose now."))
            return redirect("emergency", ref=row.ref)

    return _listed(request, form, status=422 if request.method == "POST" else 200)


def _listed(request: ActorRequest, form: EmergencyForm, *, status: int) -> HttpResponse:
    actor = request.actor
    found = page(emergencies.emergencies(actor=actor), after=request.GET.get("after", ""))
    people = User.objects.select_related("unit").in_bulk({row.created_by_id for row in found.rows})
    mine = {row.pk for row in emergencies.to_review(actor=actor)}
    for row in found.rows:
        row.who, row.waits_for_me = people[row.created_by_id], row.pk in mine
    context = {
        "page": found,
        "form": form,
        "waiting": len(mine),
        "now": timezone.now(),
        "may_break": actor.has_content and not actor.partner,
    }
    return render(request, "web/emergencies/list.html", context, status=status)


@opens("web.emergency", roles=READERS)
def emergency(request: ActorRequest, ref: str) -> HttpResponse:
    """Show an emergency; a person of another unit reviews it here."""
    row = emergency_of(ref, actor=request.actor)
    form = FindingForm(request.POST or None)
    if form.is_valid():
        try:
            emergencies.review_emergency(
                actor=request.actor,
                emergency=row,
                is_justified=form.cleaned_data["is_justified"],
                finding=form.cleaned_data["finding"],
            )
        except InvalidInput as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("Your finding is recorded."))
            return redirect("emergency", ref=row.ref)
    return _shown(request, row, form, status=422 if request.method == "POST" else 200)


def _shown(request: ActorRequest, row: Emergency, form: FindingForm, *, status: int) -> HttpResponse:
    actor = request.actor
    review = EmergencyReview.objects.seen_by(actor).filter(emergency=row).first()
    reviewing = emergencies.reviewers(row)
    context: dict[str, Any] = {
        "row": row,
        "form": form,
        "who": User.objects.select_related("unit").get(pk=row.created_by_id),
        "review": review,
        "reviewer": User.objects.get(pk=review.created_by_id) if review else None,
        "reviewing": reviewing,
        "may_review": review is None and actor.user_id in {user.pk for user in reviewing},
        "may_end": emergencies.matter_of(row, actor=actor) is not None,
    }
    return render(request, "web/emergencies/emergency.html", context, status=status)


@opens("web.end_emergency", roles=CONTENT)
@require_POST
def end(request: ActorRequest, ref: str) -> HttpResponse:
    """Close the matter before the time is over."""
    row = emergency_of(ref, actor=request.actor)
    emergencies.end_emergency(actor=request.actor, emergency=row)
    messages.success(request, _("The matter is closed to you again."))
    return redirect("emergency", ref=row.ref)
