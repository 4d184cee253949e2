"""The verbs of the room over HTTP."""

from typing import Any

from ninja import Field, Router, Schema

from openilp.review import thread as threads
from openilp.safeguards.actions import opens
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT

router = Router(tags=["review"])


class ThreadNode(Schema):
    """One object of a thread."""

    ref: str
    kind: str
    label: str
    room: str
    url: str
    at: str
    level: int
    side: str


class ThreadEdge(Schema):
    """One step of a thread, in the direction in which evidence flows."""

    source: str = Field(serialization_alias="from")
    target: str = Field(serialization_alias="to")
    kind: str


class ThreadOut(Schema):
    """What an object rests on and what rests on it."""

    ref: str
    nodes: list[ThreadNode]
    edges: list[ThreadEdge]
    note: str


@router.get("/thread/{ref}", response=ThreadOut, by_alias=True)
@opens("review.thread_api", roles=CONTENT, operation="combination")
def thread(request: ActorRequest, ref: str, direction: str = "both") -> dict[str, Any]:
    """Return the golden thread of an object, both ways or only back or forward."""
    found = threads.as_json(threads.thread(ref, actor=request.actor, direction=direction))
    edges = [{"source": e["from"], "target": e["to"], "kind": e["kind"]} for e in found["edges"]]
    return {**found, "edges": edges}
