"""A gazetteer without a network: the agency's own units, its file of places, and places used before."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import shapely
from django.conf import settings
from shapely.geometry import shape

from openilp.collection.models import Report
from openilp.safeguards.actor import Actor
from openilp.safeguards.models import Unit

MOST_SUGGESTED = 12
#: Places of this many of the newest visible reports are remembered.
_NEWEST = 2000
_SHORTEST_QUERY = 2


@dataclass(frozen=True)
class Place:
    """A named point in degrees of WGS 84, with where the name comes from."""

    label: str
    longitude: float
    latitude: float
    detail: str

    @property
    def id(self) -> str:
        """Return the point as text, for a form's hidden field."""
        return f"{self.longitude:.5f},{self.latitude:.5f}"


def find(query: str, *, actor: Actor) -> list[Place]:
    """Return places whose name holds a text: those that begin with it first, each name once.

    Places used before come from reports that the actor may see, and from no other.
    """
    wanted = query.strip().casefold()
    if len(wanted) < _SHORTEST_QUERY:
        return []
    known = [*_units(), *_from_file(), *_used(actor)]
    hits = [place for place in known if wanted in place.label.casefold()]
    hits.sort(key=lambda place: (not place.label.casefold().startswith(wanted), place.label.casefold()))
    unique = {(place.label.casefold(), place.detail): place for place in reversed(hits)}
    ordered = [place for place in hits if unique[place.label.casefold(), place.detail] is place]
    return ordered[:MOST_SUGGESTED]


def districts() -> dict[str, Any]:
    """Return the drawn units as GeoJSON, to find one's way on the map."""
    drawn = Unit.objects.exclude(boundary=None).order_by("code")
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": unit.boundary,
                "properties": {
                    "name": unit.name,
                    "code": unit.code,
                    "level": unit.organisation_level,
                },
            }
            for unit in drawn
        ],
    }


def point_of(row: Report) -> dict[str, Any]:
    """Return where a report says that it was as GeoJSON: one point, or none."""
    features = []
    if row.longitude is not None and row.latitude is not None:
        where = {"type": "Point", "coordinates": [row.longitude, row.latitude]}
        facts = {"label": row.place or row.ref, "ref": row.ref}
        features.append({"type": "Feature", "geometry": where, "properties": facts})
    return {"type": "FeatureCollection", "features": features}


def _units() -> list[Place]:
    found = []
    for unit in Unit.objects.exclude(boundary=None).order_by("code"):
        inside: shapely.Point = shape(unit.boundary).representative_point()
        found.append(Place(unit.name, inside.x, inside.y, unit.code))
    return found


def _used(actor: Actor) -> list[Place]:
    newest = Report.objects.seen_by(actor).order_by("-created_at", "-pk")[:_NEWEST]
    return [
        Place(name, longitude, latitude, "")
        for name, longitude, latitude in newest.values_list("place", "longitude", "latitude")
        if name and longitude is not None and latitude is not None
    ]


def _from_file() -> tuple[Place, ...]:
    if not settings.OPENILP_GAZETTEER:
        return ()
    path = Path(settings.OPENILP_GAZETTEER)
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read(path: Path, changed_at: int) -> tuple[Place, ...]:
    """Read the columns `name`, `latitude`, `longitude` and, if there is one, `detail`."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(
            Place(
                row["name"], float(row["longitude"]), float(row["latitude"]), row.get("detail") or path.stem
            )
            for row in csv.DictReader(file)
        )
