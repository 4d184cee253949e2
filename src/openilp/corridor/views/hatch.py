"""The hatch, as the intelligence side sees it: sanitised reports in, questions out."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openilp.corridor import forms, selectors, services
from openilp.corridor.services.crossing import ASKERS, TAKERS
from openilp.corridor.views.desk import attempt, status_of
from openilp.safeguards.actions import opens
from openilp.safeguards.requests import ActorRequest


@opens("corridor.hatch", roles=ASKERS)
def hatch(request: ActorRequest) -> HttpResponse:
    """Show what waits in the hatch, and what was asked; a question is put here."""
    actor = request.actor
    form = forms.RequestForm(
        request.POST if request.method == "POST" else None,
        actor=actor,
        initial={"pseudonym": request.GET.get("about", "")},
    )
    if form.is_valid():
        made = attempt(form, lambda: services.send_request(actor=actor, **form.cleaned_data))
        if made is not None:
            messages.success(request, _("%(ref)s lies in the hatch.") % {"ref": made.ref})
            return redirect("corridor:hatch")
    may_take = actor.has_role(*TAKERS)
    asked = list(selectors.requests(actor=actor).order_by("-created_at", "-pk")[:50])
    context = {
        "crossings": list(selectors.hatch(actor=actor).order_by("-passed_on", "pseudonym"))
        if may_take
        else [],
        "requests": [(row, selectors.answers_to(row, actor=actor)) for row in asked],
        "form": form,
        "may_take": may_take,
    }
    return render(request, "corridor/hatch.html", context, status=status_of(form))


@opens("corridor.crossing", roles=TAKERS)
def crossing(request: ActorRequest, pseudonym: str) -> HttpResponse:
    """Show a sanitised report and take it in."""
    actor = request.actor
    row = selectors.crossing(pseudonym, actor=actor)
    form = forms.TakeForm(request.POST if request.method == "POST" else None, actor=actor)
    if form.is_valid():
        made = attempt(form, lambda: services.take_in(actor=actor, crossing=row, **form.cleaned_data))
        if made is not None:
            messages.success(request, _("Recorded as %(ref)s.") % {"ref": made.ref})
            return redirect("collection:report", ref=made.ref)
    context = {
        "crossing": row,
        "standing": dict(forms.STANDINGS)[row.standing],
        "is_taken": selectors.is_taken(row, actor=actor),
        "form": form,
    }
    return render(request, "corridor/crossing.html", context, status=status_of(form))
