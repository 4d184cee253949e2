"""Pages of the frame."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from openilp.safeguards.actions import opens
from openilp.safeguards.roles import EVERYONE


@opens("web.home", roles=EVERYONE)
def home(request: HttpRequest) -> HttpResponse:
    """Show the home page of the actor's roles."""
    return render(request, "web/home.html")


def health(request: HttpRequest) -> HttpResponse:
    """Say that the server answers."""
    return HttpResponse("ok", content_type="text/plain")
