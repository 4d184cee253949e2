"""What a map shows, as GeoJSON (RFC 7946): districts, cells of a run, points of a snapshot."""

from typing import Any

import numpy as np

from openilp.analysis import snapshot_files
from openilp.analysis.models import MethodRun, Snapshot
from openilp.safeguards.models import Unit

#: More points than a map can show apart.
MOST_POINTS = 5000

Features = dict[str, Any]


def districts() -> Features:
    """Return the boundaries of the units that have one."""
    units = Unit.objects.filter(boundary__isnull=False).order_by("code")
    return _collection(
        {"type": "Feature", "geometry": u.boundary, "properties": {"label": u.name, "ref": u.code}}
        for u in units
    )


def cells(run: MethodRun) -> Features:
    """Return the cells of a hot-spot run with value, n and finding."""
    return _collection(
        {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [[*cell["ring"], cell["ring"][0]]]},
            "properties": {
                "value": cell["value"],
                "n": cell["count"],
                "z": cell["z"],
                "adjusted": cell["adjusted"],
                "direction": cell["direction"],
            },
        }
        for cell in run.result.get("cells", [])
    )


def points(snapshot: Snapshot, *, most: int = MOST_POINTS) -> Features:
    """Return places of a snapshot's incidents, evenly thinned; `in_all` says how many there are."""
    table = snapshot_files.read(snapshot.sha256)
    lon, lat = (table[name].to_numpy() for name in ("longitude", "latitude"))
    located = np.flatnonzero(~(np.isnan(lon) | np.isnan(lat)))
    step = max(1, -(-len(located) // most))
    shown = located[::step]
    types = table["crime_type"].take(shown).to_pylist()
    found = _collection(
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [float(lon[row]), float(lat[row])]},
            "properties": {"label": kind},
        }
        for row, kind in zip(shown, types, strict=True)
    )
    return {**found, "in_all": len(located)}


def _collection(features: Any) -> Features:
    return {"type": "FeatureCollection", "features": list(features)}
