"""The network of an entity and of a matter, drawn and as a table."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from openilp.collation import selectors
from openilp.safeguards.actions import opens
from openilp.safeguards.errors import RecordNotFound
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT

#: The canvas puts the node's reference where this stands.
_EXPAND = "/api/v1/collation/entities/{id}/expand"


@opens("collation.network", roles=CONTENT, operation="combination")
def network(request: ActorRequest, ref: str) -> HttpResponse:
    """Draw the network around an entity, with a path to another one when asked for."""
    actor = request.actor
    row = selectors.entity(ref, actor=actor)
    context: dict[str, Any] = {
        "name": selectors.name(row, actor=actor),
        "back": reverse("collation:entity", args=[row.ref]),
        "to": request.GET.get("to", "").strip(),
        **_drawn(selectors.around(row, actor=actor)),
        "source": f"/api/v1/collation/entities/{row.ref}/network",
    }
    if context["to"]:
        try:
            end = selectors.entity(context["to"], actor=actor)
            context["path"] = selectors.path_between(row, end, actor=actor) or []
        except RecordNotFound as error:
            context["problem"] = str(error)
    return render(request, "collation/network.html", context)


@opens("collation.matter_network", roles=CONTENT, operation="combination")
def matter_network(request: ActorRequest, ref: str) -> HttpResponse:
    """Draw the network of a matter: who is involved in it and what was recorded for it."""
    matter = selectors.matter(ref, actor=request.actor)
    context = {
        "matter": matter,
        **_drawn(selectors.of_matter(matter, actor=request.actor)),
        "source": f"/api/v1/collation/matters/{matter.ref}/network",
    }
    return render(request, "collation/network.html", context)


def _drawn(graph: selectors.Graph) -> dict[str, Any]:
    names = {node.entity.ref: node.entity for node in graph.nodes}
    return {
        "graph": graph,
        "table": [(names[e.source], e, names[e.target]) for e in graph.edges],
        "expand": _EXPAND,
    }
