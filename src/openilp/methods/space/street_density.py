"""Density along streets: events spread over the network that people move on, not over roofs and rivers."""

import heapq
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike

from openilp.methods.arrays import FloatArray, IntArray, floats, freeze, same_length
from openilp.methods.drawing import points as draw_points
from openilp.methods.errors import BadValue, TooFew
from openilp.methods.places import Places
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence
from openilp.methods.space.cautions import RECORDED_ONLY, SNAPPED
from openilp.methods.space.streets import Streets

SHORTEST_WAY = Sentence(
    "shortest_way",
    "An event reaches each piece of street on its shortest way only; where streets close a loop within the "
    "bandwidth the rest is shared out, so that each event adds exactly one.",
)


@dataclass(frozen=True, slots=True)
class StreetDensity(Result):
    """Events per metre of street at the middle of each piece.

    Attributes:
        x: (k,) middles of the pieces in metres east.
        y: (k,) metres north.
        segment: (k,) segment that each piece belongs to.
        length: (k,) metres.
        density: (k,) events (or weight) per metre; times length it adds up to `total`.
        total: Sum of the weights that entered.
        bandwidth_m: Distance along the streets beyond which an event adds nothing.
        piece_m: Longest piece.
        streets: The graph.
        n: Events that entered.
        n_without_place: Events whose place is not known.
        n_off_street: Events with no street near.
        method: How it was computed.
        cautions: What the reader must know.
    """

    x: FloatArray
    y: FloatArray
    segment: IntArray
    length: FloatArray
    density: FloatArray
    total: float
    bandwidth_m: float
    piece_m: float
    streets: Streets = field(repr=False)
    n: int
    n_without_place: int
    n_off_street: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say where the density is highest."""
        at = int(np.argmax(self.density))
        return Sentence(
            "street_peak",
            "The density is highest at x %(x)s, y %(y)s, with %(peak)s events per 100 m of street: %(times)s times "
            "the mean.",
            {
                "x": f"{self.x[at]:.0f}",
                "y": f"{self.y[at]:.0f}",
                "peak": f"{self.density[at] * 100:.3g}",
                "times": f"{self.density[at] * self.length.sum() / self.total:.1f}",
            },
        )

    def to_dict(self) -> dict[str, Any]:
        """This function will list the pieces as `x, y, segment, length, density`."""
        record = Result.to_dict(self)
        columns = ("x", "y", "segment", "length", "density")
        rows = zip(*(record.pop(name) for name in columns), strict=True)
        record["streets"] = {"segments": len(self.streets.length), "metres": float(self.streets.length.sum())}
        return record | {"pieces": [dict(zip(columns, row, strict=True)) for row in rows]}

    def plot(self) -> Plot:
        """This function will draw the pieces, darker for more."""
        title = f"Density along streets, bandwidth {self.bandwidth_m:g} m"
        return draw_points(title, self.x, self.y, self.density * 100, size_m=self.piece_m, unit="per 100 m")


def street_density(
    events: Places,
    streets: Streets,
    *,
    bandwidth_m: float,
    piece_m: float = 25.0,
    most_m: float = 100.0,
    weights: ArrayLike | None = None,
    snapped: bool = False,
) -> StreetDensity:
    """This function will spread events over the streets around them, and add them up on pieces of street.

    At a junction of k streets what arrives is shared equally by the k − 1 others (the equal-split discontinuous
    kernel), so that a busy junction does not make events out of nothing.

    Question:
        On which stretches of street do events gather?

    Assumptions:
        Segments meet only at their ends; a bridge over a street is no junction when the file has none there.

    Traps:
        Events far from a street are left out; an incomplete street file moves events to wrong streets.

    Args:
        events: n events on the plane of the streets.
        streets: The street graph.
        bandwidth_m: How far an event reaches along the streets (quartic kernel).
        piece_m: Longest piece on which the density is read.
        most_m: Events farther than this from every street are left out.
        weights: (n,) weight of each event, 0 or more; NaN or None adds nothing.
        snapped: Whether the places are snapped to shared points (adds a caution).

    Returns:
        The density of each piece; times its length it adds up to the events that entered.

    Raises:
        TooFew: If no event lies near a street.
        BadValue: If a parameter lies outside its range.

    Oracle:
        A naive walk over all ways without turning back on trees, and sums on any graph, in
        `test_street_density.py`.

    Cost:
        One bounded Dijkstra for each different place: its streets within the bandwidth.

    Not for:
        Open country or events inside large sites: use `density`.

    Source:
        Okabe, Satoh and Sugihara, "A kernel density estimation method for networks", International Journal
        of Geographical Information Science 23 (2009), the equal-split discontinuous kernel; on shortest ways,
        each event scaled to its weight.
    """
    for name, value in (("bandwidth_m", bandwidth_m), ("piece_m", piece_m)):
        if not (math.isfinite(value) and value > 0):
            raise BadValue(name, value, "give a length in metres above 0")
    weight = np.ones(len(events)) if weights is None else np.nan_to_num(floats("weights", weights), nan=0.0)
    same_length(events=events.x, weights=weight)
    if not (np.isfinite(weight) & (weight >= 0)).all():
        raise BadValue("weights", float(weight.min()), "give a weight of 0 or more, or nothing")
    segment, along = streets.snapped(events, most_m=most_m)
    on_street = segment >= 0
    total = float(weight[on_street].sum())
    if total == 0:
        raise TooFew("events near a street", 0, 1)
    pieces = _Pieces(streets, piece_m)
    walk = _Walk(streets, pieces, bandwidth_m)
    sources = np.stack([segment[on_street], along[on_street]], axis=1)
    places, which = np.unique(sources, axis=0, return_inverse=True)
    mass = np.bincount(which.ravel(), weights=weight[on_street])
    density = np.zeros(len(pieces.length))
    for (at, metres), amount in zip(places.tolist(), mass.tolist(), strict=True):
        if amount > 0:
            walk.add(density, int(at), metres, amount)
    freeze(density)
    return StreetDensity(
        x=pieces.x,
        y=pieces.y,
        segment=pieces.segment,
        length=pieces.length,
        density=density,
        total=total,
        bandwidth_m=bandwidth_m,
        piece_m=piece_m,
        streets=streets,
        n=int(on_street.sum()),
        n_without_place=int((~events.located).sum()),
        n_off_street=int((events.located & ~on_street).sum()),
        method=Sentence(
            "street_density",
            "Quartic kernel of %(bandwidth)s m along %(km)s km of street, shared equally at junctions, on pieces "
            "of at most %(piece)s m; %(n)s events.",
            {
                "bandwidth": f"{bandwidth_m:g}",
                "km": f"{streets.length.sum() / 1000:,.1f}",
                "piece": f"{piece_m:g}",
                "n": f"{int(on_street.sum()):,}",
            },
        ),
        cautions=(RECORDED_ONLY, SHORTEST_WAY, *((SNAPPED,) if snapped else ())),
    )


class _Pieces:
    """The segments cut into equal pieces."""

    def __init__(self, streets: Streets, piece_m: float) -> None:
        parts = np.maximum(np.ceil(streets.length / piece_m), 1).astype(np.int64)
        self.first = np.concatenate([[0], np.cumsum(parts)])
        self.segment = np.repeat(np.arange(len(parts)), parts)
        self.length = np.repeat(streets.length / parts, parts)
        within = np.arange(len(self.segment)) - self.first[self.segment]
        self.middle = (within + 0.5) * self.length
        middles = shapely.line_interpolate_point(streets.lines[self.segment], self.middle)
        self.x, self.y = shapely.get_x(middles), shapely.get_y(middles)
        freeze(self.x, self.y, self.segment, self.length)


class _Walk:
    """The walk from one event over the streets within the bandwidth."""

    def __init__(self, streets: Streets, pieces: _Pieces, bandwidth_m: float) -> None:
        self.streets, self.pieces, self.bandwidth = streets, pieces, bandwidth_m
        self.at: list[list[int]] = [[] for _ in range(streets.n_junctions)]
        for number, (start, end) in enumerate(zip(streets.start.tolist(), streets.end.tolist(), strict=True)):
            self.at[start].append(number)
            self.at[end].append(number)

    def add(self, density: FloatArray, segment: int, along: float, amount: float) -> None:
        """Add an event to the density of the pieces within its reach.

        Args:
            density: (k,) of all pieces; changed.
            segment: Where the event lies.
            along: Metres from the segment's start.
            amount: Its weight.
        """
        found = [(slice(self.pieces.first[segment], self.pieces.first[segment + 1]), -along, 1, 1.0)]
        found += self._reached(segment, along)
        parts = [
            (where, self._kernel(self.pieces.middle[where], origin, sign, share))
            for where, origin, sign, share in found
        ]
        mass = sum(float((value * self.pieces.length[where]).sum()) for where, value in parts)
        if mass <= 0:
            # The bandwidth is shorter than half a piece: all of it stays where the event lies.
            first = int(self.pieces.first[segment])
            at = first + int(np.argmin(np.abs(self.pieces.middle[found[0][0]] - along)))
            density[at] += amount / self.pieces.length[at]
            return
        for where, value in parts:
            density[where] += amount / mass * value

    def _kernel(self, middle: FloatArray, origin: float, sign: int, share: float) -> FloatArray:
        """Return a share of the quartic kernel at pieces whose distance is |origin + sign · middle|."""
        u = np.minimum(np.abs(origin + sign * middle) / self.bandwidth, 1.0)
        return np.asarray(share * 15 / 16 / self.bandwidth * (1 - u * u) ** 2)

    def _reached(self, segment: int, along: float) -> list[tuple[slice, float, int, float]]:
        """Return the pieces of each segment reached over a junction, how their distance runs, and its share."""
        streets = self.streets
        rest = float(streets.length[segment]) - along
        ends = ((along, int(streets.start[segment])), (rest, int(streets.end[segment])))
        queue = [(distance, node, segment, 1.0) for distance, node in ends if distance < self.bandwidth]
        heapq.heapify(queue)
        done: set[int] = set()
        entered = {segment}
        found: list[tuple[slice, float, int, float]] = []
        while queue:
            distance, node, came, share = heapq.heappop(queue)
            if node in done:
                continue
            done.add(node)
            others = [number for number in self.at[node] if number != came]
            for number in others:
                if number in entered:
                    continue
                part = share / len(others)
                entered.add(number)
                where = slice(self.pieces.first[number], self.pieces.first[number + 1])
                length = float(streets.length[number])
                forward = int(streets.start[number]) == node
                found.append((where, distance if forward else distance + length, 1 if forward else -1, part))
                if distance + length < self.bandwidth:
                    far = int(streets.end[number]) if forward else int(streets.start[number])
                    heapq.heappush(queue, (distance + length, far, number, part))
        return found
