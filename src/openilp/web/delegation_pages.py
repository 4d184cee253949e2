"""Standing in for somebody: giving it, ending it, and acting in another's place."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openilp.safeguards import people
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import InvalidInput, RecordNotFound
from openilp.safeguards.models import Delegation, Matter
from openilp.safeguards.people.delegations import DELEGABLE
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT
from openilp.web import selectors
from openilp.web.forms import DelegationForm


@opens("web.delegations", roles=CONTENT, operation="account")
def delegations(request: ActorRequest) -> HttpResponse:
    """List the delegations that the actor gave or received, and give one."""
    actor = request.actor
    matters = list(Matter.objects.seen_by(actor).filter(pk__in=actor.compartments))
    form = DelegationForm(request.POST or None, roles=actor.roles & DELEGABLE, matters=matters)
    if form.is_valid():
        data = form.cleaned_data
        try:
            people.delegate(
                actor=actor,
                to=selectors.account(data["to"], actor=actor),
                roles=data["roles"],
                matters=[matter for matter in matters if matter.ref in data["matters"]],
                until=timezone.make_aware(datetime.combine(data["until"], time.max)),
                reason=data["reason"],
            )
        except RecordNotFound:
            form.add_error("to", _("There is no open account of this name."))
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("From now on the other account can act in your place."))
            return redirect("delegations")
    return _shown(request, form, status=422 if request.method == "POST" else 200)


def _shown(request: ActorRequest, form: DelegationForm, *, status: int) -> HttpResponse:
    actor = request.actor
    context: dict[str, Any] = {
        "rows": people.given_and_received(actor=actor)[:100],
        "form": form,
        "may_give": bool(actor.roles & DELEGABLE) and not actor.on_behalf_of and not actor.partner,
    }
    return render(request, "web/delegations.html", context, status=status)


def delegation_of(pk: UUID, *, actor: Any) -> Delegation:
    """Return a delegation that the actor gave or received.

    Raises:
        RecordNotFound: If there is none.
    """
    found = people.given_and_received(actor=actor).filter(pk=pk).first()
    if found is None:
        raise RecordNotFound(str(pk))
    return found


@opens("web.end_delegation", roles=CONTENT, operation="account")
@require_POST
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """End a delegation."""
    people.end_delegation(actor=request.actor, delegation=delegation_of(pk, actor=request.actor))
    messages.success(request, _("It is over."))
    return redirect("delegations")


@opens("web.stand_in", roles=CONTENT, operation="session")
@require_POST
def stand_in(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Act in the place of whoever gave the delegation from now on."""
    row = delegation_of(pk, actor=request.actor)
    if row.delegate_id != request.actor.user_id or not row.is_running:
        raise RecordNotFound(str(pk))
    request.session["delegation"] = str(row.pk)
    request.session.pop("purpose", None)
    request.acting.wrote("web.stand_in", "session", {})
    return redirect("home")


@opens("web.stand_down", roles=CONTENT, operation="session")
@require_POST
def stand_down(request: ActorRequest) -> HttpResponse:
    """Act for oneself again."""
    request.session.pop("delegation", None)
    request.session.pop("purpose", None)
    request.acting.wrote("web.stand_down", "session", {})
    return redirect("home")
