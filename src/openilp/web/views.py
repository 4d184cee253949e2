"""Home, search and health."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from openilp.safeguards.actions import opens
from openilp.safeguards.roles import EVERYONE


@opens("web.home", roles=EVERYONE)
def home(request: HttpRequest) -> HttpResponse:
    """Show the home page of the actor's roles."""
    return render(request, "web/home.html")


@opens("web.search", roles=EVERYONE)
def search(request: HttpRequest) -> HttpResponse:
    """Search everything that the actor may see."""
    return render(request, "web/search.html")


def health(request: HttpRequest) -> HttpResponse:
    """Say that the server answers."""
    return HttpResponse("ok", content_type="text/plain")
