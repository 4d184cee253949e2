"""What a role would see: numbers by kind and reason, for those who keep accounts and see no content themselves."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from openilp.oversight import wording
from openilp.oversight.forms.simulator import SimulatorForm
from openilp.oversight.rules.cells import MINIMUM
from openilp.oversight.selectors import simulator as selectors
from openilp.oversight.selectors.simulator import Simulation
from openilp.safeguards.actions import opens
from openilp.safeguards.actor import Actor
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import Role
from openilp.safeguards.simulating import ASKERS, REASONS


@opens("oversight.simulator", roles=ASKERS)
def simulator(request: ActorRequest) -> HttpResponse:
    """Count what an account or somebody with given duties would see, and why not the rest."""
    form = SimulatorForm(request.GET if request.GET else None)
    context: dict[str, Any] = {"form": form, "minimum": MINIMUM, "reasons": wording.REASONS}
    status = 200
    if form.is_bound:
        context["found"] = found = _found(form, request.actor) if form.is_valid() else None
        status = 200 if found else 422
        context["heads"] = [wording.REASONS[reason] for reason in REASONS]
    return render(request, "oversight/simulator.html", context, status=status)


def _found(form: SimulatorForm, actor: Actor) -> Simulation | None:
    data = form.cleaned_data
    if not data["account"]:
        roles = [Role(role) for role in data["roles"]]
        return selectors.of_duties(roles, data["clearance"], actor=actor, partner=data["partner"])
    try:
        return selectors.of_account(data["account"], actor=actor, outside=data["outside"])
    except RecordNotFound:
        form.add_error("account", _("There is no open account of this name."))
        return None
