"""Where an entity plays: its own position, those of places and events that it is linked with, and of reports on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from openilp.collation.selectors.about import About
from openilp.collation.selectors.naming import EntityName, names_by_id, standing_statements
from openilp.collation.selectors.relations import Relation, visible_links
from openilp.collection.models import Report
from openilp.safeguards.actor import Actor

#: Links that lead from an event to the place where it happened.
_TAKES_PLACE = "happened_at"


@dataclass(frozen=True)
class Place:
    """One position on the map of an entity, with what connects the two; `report` names the report that gives it."""

    longitude: float
    latitude: float
    label: str
    reason: str
    url: str
    report: str = ""


def places_of(found: About, *, actor: Actor) -> list[Place]:
    """Return the positions that have to do with an entity, in the order of their labels."""
    ways = _ways(found, actor=actor)
    points = standing_statements(actor=actor).filter(
        entity__in=list(found.cluster | set(ways)), longitude__isnull=False
    )
    places = [_report_place(row) for row in _reports(found)]
    for key, longitude, latitude in points.values_list("entity_id", "longitude", "latitude"):
        name, reason = ways.get(key, (found.name, gettext("its own position")))
        places.append(Place(longitude, latitude, name.label, reason, name.url))
    return sorted(set(places), key=lambda p: (p.label.casefold(), p.reason, p.longitude, p.latitude))


def _ways(found: About, *, actor: Actor) -> dict[UUID, tuple[EntityName, str]]:
    """Return the places that the entity is linked with, itself or through an event, with the words of the link."""
    ways = {r.other.id: (r.other, gettext(r.words)) for r in found.relations if r.other.kind == "location"}
    events = {r.other.id: r for r in found.relations if r.other.kind == "event"}
    if events:
        pairs = visible_links(actor=actor).filter(source__in=list(events), type=_TAKES_PLACE)
        through = {target: events[source] for source, target in pairs.values_list("source_id", "target_id")}
        for key, name in names_by_id(set(through) - set(ways), actor=actor).items():
            ways[key] = (name, _through(through[key]))
    return ways


def _through(relation: Relation) -> str:
    return f"{gettext(relation.words)} {relation.other.label}"


def _reports(found: About) -> Iterable[Report]:
    """Return the reports behind the statements that say where they were."""
    behind = (found.sources.report_of(row.item_id) for row in found.statements)
    return {row.pk: row for row in behind if row is not None and row.longitude is not None}.values()


def _report_place(row: Any) -> Place:
    return Place(
        longitude=row.longitude,
        latitude=row.latitude,
        label=row.title,
        reason=gettext("place of a report"),
        url=reverse("collation:report", args=[row.ref]),
        report=row.ref,
    )


def as_geojson(places: Iterable[Place]) -> dict[str, Any]:
    """Return positions as the map draws them."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [p.longitude, p.latitude]},
                "properties": {"label": f"{p.label} ({p.reason})", "url": p.url},
            }
            for p in places
        ],
    }
