"""The overseers' page of figures: by duty and unit, by week, by rule. Read-only, without content, without names."""

from django.http import HttpResponse
from django.shortcuts import render

from openilp.oversight import wording
from openilp.oversight.rules.cells import MINIMUM, bars
from openilp.oversight.selectors import misuse as selectors
from openilp.safeguards.actions import opens
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import OVERSEERS


@opens("oversight.figures", roles=OVERSEERS)
def figures(request: ActorRequest) -> HttpResponse:
    """Show look-ups by duty and unit and by week, signs by rule, and what became of drawn look-ups."""
    found = selectors.figures(actor=request.actor)
    context = {
        "found": found,
        "weeks": found.weeks,
        "bars": bars([number for _, number in found.weeks]),
        "rules": [(wording.RULES[rule][0], *counts) for rule, *counts in found.by_rule],
        "minimum": MINIMUM,
        "span": selectors.WEEKS,
    }
    return render(request, "oversight/figures.html", context)
