"""Pages of the room: the golden thread."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from openilp.review import thread as threads
from openilp.review.flow import flow
from openilp.review.selectors import row_of
from openilp.safeguards.actions import opens
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT


@opens("review.thread_fragment", roles=CONTENT)
def thread_fragment(request: ActorRequest, kind: str, pk: UUID) -> HttpResponse:
    """Show the thread of an object on one line."""
    found = threads.thread_of(row_of(kind, pk, actor=request.actor), actor=request.actor)
    return render(request, "review/thread_fragment.html", {"flow": flow(found)})


@opens("review.thread", roles=CONTENT, operation="combination")
def thread(request: ActorRequest, ref: str) -> HttpResponse:
    """Draw the thread of an object, and say the same in tables."""
    direction = request.GET.get("direction", threads.Direction.BOTH)
    found = threads.thread(ref, actor=request.actor, direction=direction)
    context = {
        "found": found,
        "direction": direction,
        "behind": threads.by_kind(found.behind()),
        "ahead": threads.by_kind(found.ahead()),
        "drawing": threads.as_drawing(found),
        "page_level": max(node.level for node in found.nodes),
    }
    return render(request, "review/thread.html", context)
