"""The request as the middleware hands it to a view: with the actor and the running block."""

from typing import Any

from django.http import HttpRequest

from openilp.safeguards.acting import Acting
from openilp.safeguards.actor import Actor


class ActorRequest(HttpRequest):
    """A request that runs in an `acting` block."""

    actor: Actor
    acting: Acting
    htmx: Any
