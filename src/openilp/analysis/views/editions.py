"""Finished products are read in dissemination, which knows whether they may be."""

from django.http import HttpResponse
from django.shortcuts import redirect

from openilp.analysis import services
from openilp.safeguards.actions import opens
from openilp.safeguards.requests import ActorRequest


@opens("analysis.edition", roles=services.READERS)
def show(request: ActorRequest, ref: str) -> HttpResponse:
    """Lead to the page of an edition."""
    return redirect("dissemination:edition", ref=ref)
