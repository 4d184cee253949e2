"""Networks, paths and times over HTTP."""

from typing import Any

from ninja import Router, Schema
from ninja.params.functions import Query

from openilp.collation import selectors
from openilp.collation.api import shapes
from openilp.safeguards.actions import opens
from openilp.safeguards.requests import ActorRequest
from openilp.safeguards.roles import CONTENT

router = Router()


@router.get("/entities/{ref}/network", response=shapes.NetworkOut, by_alias=True)
@opens("collation.show_network", roles=CONTENT, operation="combination")
def show_network(request: ActorRequest, ref: str, depth: int = 2) -> Any:
    """Return the network around an entity, laid out: at most 300 nodes and 1,000 links."""
    row = selectors.entity(ref, actor=request.actor)
    return shapes.network(selectors.around(row, actor=request.actor, depth=depth))


@router.get("/entities/{ref}/expand", response=shapes.NetworkOut | dict[str, int], by_alias=True)
@opens("collation.expand_entity", roles=CONTENT, operation="combination")
def expand_entity(
    request: ActorRequest,
    ref: str,
    preview: bool = False,
    kind: list[str] = Query([]),  # noqa: B008  # ninja declares query lists this way
) -> Any:
    """Return the neighbours of an entity, or with `preview` how many there are of each type."""
    row = selectors.entity(ref, actor=request.actor)
    if preview:
        return selectors.preview(row, actor=request.actor)
    return shapes.NetworkOut.model_validate(
        shapes.network(selectors.expand(row, actor=request.actor, kinds=kind))
    )


@router.get("/entities/{ref}/places", response=dict[str, Any])
@opens("collation.show_places", roles=CONTENT)
def show_places(request: ActorRequest, ref: str) -> dict[str, Any]:
    """Return the positions that have to do with an entity, as GeoJSON."""
    found = selectors.about(selectors.entity(ref, actor=request.actor), actor=request.actor)
    return selectors.as_geojson(selectors.places_of(found, actor=request.actor))


class StepOut(Schema):
    """One step of a path, with the links to the next entity."""

    entity: shapes.EntityOut
    links: list[shapes.EdgeOut]


class PathOut(Schema):
    """A shortest chain of links between two entities; no steps where there is none within six links."""

    steps: list[StepOut]
    caution: str


@router.get("/entities/{ref}/paths", response=PathOut, by_alias=True)
@opens("collation.find_path", roles=CONTENT, operation="combination")
def find_path(request: ActorRequest, ref: str, to: str) -> Any:
    """Find a shortest chain of visible links between two entities."""
    actor = request.actor
    start, end = selectors.entity(ref, actor=actor), selectors.entity(to, actor=actor)
    steps = selectors.path_between(start, end, actor=actor) or []
    return {
        "steps": [
            {
                "entity": shapes.EntityOut.of(step.entity),
                "links": shapes.network(selectors.Graph((), step.links))["edges"],
            }
            for step in steps
        ],
        "caution": "A path shows recorded links one after another; it does not show that its ends know each other.",
    }


@router.get("/matters/{ref}/network", response=shapes.NetworkOut, by_alias=True)
@opens("collation.show_matter_network", roles=CONTENT, operation="combination")
def show_matter_network(request: ActorRequest, ref: str) -> Any:
    """Return the network of a matter, laid out."""
    matter = selectors.matter(ref, actor=request.actor)
    return shapes.network(selectors.of_matter(matter, actor=request.actor))


class TimelineOut(Schema):
    """Swim-lanes and what stands in them."""

    lanes: list[dict[str, str]]
    events: list[dict[str, Any]]


@router.get("/entities/{ref}/timeline", response=TimelineOut)
@opens("collation.show_timeline", roles=CONTENT)
def show_timeline(request: ActorRequest, ref: str) -> Any:
    """Return what is dated about an entity."""
    actor = request.actor
    cluster = selectors.cluster_of(selectors.entity(ref, actor=actor), actor=actor)
    return selectors.swim_lanes(selectors.timeline_of(cluster, actor=actor))
