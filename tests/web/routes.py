"""The product's routes and a few faulty ones, as a careless room might add them."""

from django.http import HttpResponse
from django.urls import path

from openilp.direction.models import Priority
from openilp.safeguards import notices
from openilp.safeguards.actions import opens
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import EVERYONE
from openilp.web import urls
from openilp.web.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def _write(request: ActorRequest) -> None:
    notices.notify(actor=request.actor, recipients=[request.actor.user_id], kind="task-given")


def undeclared(request: ActorRequest) -> HttpResponse:
    """Write without having declared an action."""
    _write(request)
    return HttpResponse("done")


@opens("test.breaks", roles=EVERYONE)
def breaks(request: ActorRequest) -> HttpResponse:
    """Write, then fail by a fault of ours."""
    _write(request)
    raise ZeroDivisionError


@opens("test.refuses", roles=EVERYONE)
def refuses(request: ActorRequest) -> HttpResponse:
    """Write, then answer with a status of refusal."""
    _write(request)
    return HttpResponse("no", status=422)


@opens("test.writes", roles=EVERYONE)
def writes(request: ActorRequest) -> HttpResponse:
    """Write once a call."""
    _write(request)
    return HttpResponse("done")


@opens("test.late", roles=EVERYONE)
def late(request: ActorRequest) -> HttpResponse:
    """Read behind the gate and show it."""
    return HttpResponse(str(Priority.objects.seen_by(request.actor).count()))


urlpatterns = [
    *urls.urlpatterns,
    path("faulty/undeclared", undeclared),
    path("faulty/breaks", breaks),
    path("faulty/refuses", refuses),
    path("faulty/writes", writes),
    path("faulty/late", late),
]
