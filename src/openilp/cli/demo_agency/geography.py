"""The country of Altania: nine districts in three regions, drawn over the extent of the incidents.

The borders are drawn with a pencil that trembles by a fixed seed: each stretch between two corners is drawn once
and shared by the districts on both sides, so that there is neither gap nor overlap.
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

#: Corners of the drawing before the pencil trembles, one line of four from west to east for each latitude; they
#: stand closer where more happens.
_CORNERS = (
    (50.74, (-3.95, -3.02, -2.62, -1.95)),
    (51.21, (-3.95, -2.9, -2.52, -1.95)),
    (51.445, (-3.95, -2.63, -2.565, -1.95)),
    (51.76, (-3.95, -2.72, -2.5, -1.95)),
)
_SEED = 2016_680
_HALVINGS = 5
#: How far the pencil strays, as a part of the stretch that it draws.
_TREMBLE = 0.07
#: How far inner corners are moved, in degrees.
_SHIFT = 0.01

_Line = list[tuple[float, float]]


@dataclass(frozen=True)
class Place:
    """A unit of the agency: code, name, level, the unit above, and its border as GeoJSON."""

    code: str
    name: str
    organisation_level: str
    above: str
    boundary: dict[str, Any] | None = None


#: (region code, region, districts from west to east), south to north.
_REGIONS = (
    ("SOU", "Southmark Region", (("SOU-1", "Tarn Moor"), ("SOU-2", "Fennick Vale"), ("SOU-3", "Ostrow Downs"))),
    ("MID", "Midland Region", (("MID-1", "Saltmere Coast"), ("MID-2", "Brannock West"), ("MID-3", "Kelder Hills"))),
    ("NOR", "Northmark Region", (("NOR-1", "Port Ilmar"), ("NOR-2", "Ilmar City"), ("NOR-3", "Varn Forest"))),
)  # fmt: skip


@cache
def places() -> tuple[Place, ...]:
    """Return headquarters, regions and districts, the upper ones first."""
    found = [Place("ALT", "Altania Police Headquarters", "national", "")]
    found += [Place(code, name, "regional", "ALT") for code, name, _ in _REGIONS]
    borders = _Borders()
    for row, (region, _, districts) in enumerate(_REGIONS):
        for column, (code, name) in enumerate(districts):
            ring = borders.ring(row, column)
            shape = {"type": "Polygon", "coordinates": [[[round(x, 5), round(y, 5)] for x, y in ring]]}
            found.append(Place(code, f"{name} District", "local", region, shape))
    return tuple(found)


class _Borders:
    """Every stretch between two corners, drawn once."""

    def __init__(self) -> None:
        rng = np.random.default_rng(_SEED)
        self.corners = np.array([[(x, y) for x in line] for y, line in _CORNERS])
        self.corners[1:-1, 1:-1] += rng.uniform(-_SHIFT, _SHIFT, self.corners[1:-1, 1:-1].shape)
        self.along = {
            (row, column): self._draw(rng, (row, column), (row, column + 1))
            for row in range(4)
            for column in range(3)
        }
        self.up = {
            (row, column): self._draw(rng, (row, column), (row + 1, column))
            for row in range(3)
            for column in range(4)
        }

    def ring(self, row: int, column: int) -> _Line:
        """Return the closed border of a district, against the clock."""
        south, east = self.along[row, column], self.up[row, column + 1]
        north, west = self.along[row + 1, column][::-1], self.up[row, column][::-1]
        return [*south, *east[1:], *north[1:], *west[1:]]

    def _draw(self, rng: np.random.Generator, start: tuple[int, int], end: tuple[int, int]) -> _Line:
        line = [self.corners[start], self.corners[end]]
        for _ in range(_HALVINGS):
            drawn = [line[0]]
            for a, b in pairwise(line):
                across = np.array([a[1] - b[1], b[0] - a[0]])
                drawn += [(a + b) / 2 + across * rng.normal(0, _TREMBLE), b]
            line = drawn
        return [(float(x), float(y)) for x, y in line]
