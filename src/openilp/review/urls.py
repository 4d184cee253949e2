"""Routes of the room."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import path

from openilp.safeguards.actions import opens
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT

app_name = "review"


@opens("review.thread_fragment", roles=CONTENT)
def thread_fragment(request: ActorRequest, kind: str, pk: UUID) -> HttpResponse:
    """Show the short thread of an object."""
    return HttpResponse("")


urlpatterns = [path("thread/<str:kind>/<uuid:pk>/short", thread_fragment, name="thread-fragment")]
