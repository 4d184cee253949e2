"""The page before a sensitive record: say why, and for those who mark: mark it, or end the mark."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from openilp.safeguards import sensitive as services
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import Conflict, InvalidInput
from openilp.safeguards.models.sensitive import MARKERS
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT
from openilp.web import addresses
from openilp.web.forms import SayWhyForm

_DONE = {
    "open": gettext_noop("Your reason is recorded; the record is open to you for an hour."),
    "mark": gettext_noop("Whoever opens this record says why first from now on."),
    "end": gettext_noop("The record opens as any other again."),
}
_VERBS: dict[str, Callable[..., Any]] = {
    "open": services.open_sensitive,
    "mark": services.mark_sensitive,
    "end": services.end_sensitive,
}


@opens("web.sensitive", roles=CONTENT)
def sensitive(request: ActorRequest, ref: str) -> HttpResponse:
    """Say why one opens a sensitive record; mark one, or end the mark."""
    actor = request.actor
    found = services.standing_of(ref, actor=actor)
    form = SayWhyForm(request.POST or None)
    verb = request.POST.get("verb", "")
    if verb in _VERBS and form.is_valid():
        try:
            _VERBS[verb](actor=actor, reference=ref, reason=form.cleaned_data["reason"])
        except (InvalidInput, Conflict) as error:
            form.add_error("reason", str(error))
        else:
            messages.success(request, _(_DONE[verb]))
            return redirect("sensitive", ref=found.ref)
    context = {
        "found": found,
        "address": addresses.of(found.kind, found.ref),
        "form": form,
        "openings": list(services.openings_of(found.mark, actor=actor).select_related("created_by")[:50])
        if found.mark
        else [],
        "may_mark": actor.has_role(*MARKERS) and not actor.partner,
    }
    return render(request, "web/sensitive.html", context, status=422 if request.method == "POST" else 200)
