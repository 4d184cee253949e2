"""Visits to hot spots: how often to go where, when each further visit prevents less."""

import heapq
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from openilp.methods.allocation.curve import MOST
from openilp.methods.drawing import bars
from openilp.methods.errors import BadValue, NoPlan
from openilp.methods.result import Plot, Result
from openilp.methods.sentence import Sentence

# Koper, Justice Quarterly 12 (1995): order lasts longest after stays of about ten to fifteen minutes.
KOPER_MINUTES = 15.0
# Minutes that are rounding.
_TINY = 1e-9
# A picture with more bars shows nothing.
_DRAWN = 30
RANDOM_TIMES = Sentence(
    "random_times",
    "The plan says how often, not when: visits at fixed times are learnt; draw the times at random.",
)
DISCOVERED = Sentence(
    "discovered",
    "Harm counted from what patrols discovered sends patrols back to where they were; use what was reported.",
)
DISPLACEMENT = Sentence(
    "displacement", "What moves to the next street is not counted; measure it afterwards."
)


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A place that patrols could visit.

    Attributes:
        name: Unique.
        harm: Harm expected there in the period without visits, 0 or more.
        half_visits: Visits that prevent half of what visits can prevent, above 0.
        preventable: Share of the harm that visits can prevent at most, 0 to 1.
        district: For minimum coverage; empty is none.
        travel_minutes: To get there, for each visit.
        least: Fewest visits.
        most: Most visits.
    """

    name: str
    harm: float
    half_visits: float
    preventable: float = 1.0
    district: str = ""
    travel_minutes: float = 0.0
    least: int = 0
    most: int = 1000

    def __post_init__(self) -> None:
        """This function will refuse values out of range."""
        for name, value, inside, remedy in (
            ("harm", self.harm, 0 <= self.harm <= MOST, f"0 or more, up to {MOST:g}"),
            ("half_visits", self.half_visits, 0 < self.half_visits <= MOST, f"above 0, up to {MOST:g}"),
            ("preventable", self.preventable, 0 <= self.preventable <= 1, "0 to 1"),
            ("travel_minutes", self.travel_minutes, self.travel_minutes >= 0, "0 or more"),
            ("least", self.least, 0 <= self.least <= self.most, f"0 to {self.most}"),
        ):
            if not (np.isfinite(value) and inside):
                raise BadValue(f"{name} of hot spot {self.name!r}", value, f"give {remedy}")

    def prevented(self, visits: int) -> float:
        """This function will return the harm that this many visits prevent."""
        return float(self.harm * self.preventable * -np.expm1(-visits * np.log(2) / self.half_visits))

    def gain(self, visits: int) -> float:
        """This function will return what one visit after this many would prevent."""
        return self.prevented(visits + 1) - self.prevented(visits)


@dataclass(frozen=True, slots=True)
class Visits:
    """What one hot spot gets.

    Attributes:
        name: Its name.
        visits: Number.
        minutes: With travel.
        prevented: Harm expected to be prevented.
        next_visit: Harm that one more would prevent; 0 at its most.
    """

    name: str
    visits: int
    minutes: float
    prevented: float
    next_visit: float


@dataclass(frozen=True, slots=True)
class PatrolPlan(Result):
    """Visits to hot spots.

    Attributes:
        spots: In the order given.
        prevented: Harm expected to be prevented.
        bound: No plan within the minutes prevents more.
        gap: How much better another plan could be, as a share of the bound.
        minutes: Used, with travel.
        next_hour: Harm that one more hour would prevent at most.
        n: Hot spots.
        method: How it was computed.
        cautions: What the reader must know.
    """

    spots: tuple[Visits, ...]
    prevented: float
    bound: float
    gap: float
    minutes: float
    next_hour: float
    n: int
    method: Sentence
    cautions: tuple[Sentence, ...]

    @property
    def finding(self) -> Sentence:
        """This function will say what the visits prevent and what one more hour would."""
        facts = {
            "visits": f"{sum(row.visits for row in self.spots):,}",
            "places": str(sum(row.visits > 0 for row in self.spots)),
            "prevented": f"{self.prevented:,.2f}",
            "bound": f"{self.bound:,.2f}",
            "next": f"{self.next_hour:,.3g}",
        }
        return Sentence(
            "patrol",
            "%(visits)s visits to %(places)s places are expected to prevent %(prevented)s of harm (no plan more than "
            "%(bound)s); one more hour would prevent at most %(next)s.",
            facts,
        )

    def plot(self) -> Plot:
        """This function will draw the visits to the places that get most."""
        shown = sorted(self.spots, key=lambda row: -row.visits)[:_DRAWN]
        return bars(
            "Visits to hot spots",
            [row.name for row in shown],
            [float(row.visits) for row in shown],
            x_name="hot spot",
            y_name="visits",
        )


def patrol(
    spots: tuple[HotSpot, ...],
    *,
    hours: float,
    visit_minutes: float = KOPER_MINUTES,
    district_visits: Mapping[str, int] | None = None,
) -> PatrolPlan:
    """This function will share patrol hours among hot spots by what the next visit prevents.

    Question:
        How many visits should each hot spot get from the patrol hours there are?

    Assumptions:
        Each further visit to a place prevents a constant share less than the one before; places are independent.

    Traps:
        - The dose curve is a guess unless dosage was tested here.
        - Visits to where police discovered most will discover most: use reported harm.
        - A place chosen at its worst improves by itself.

    Args:
        spots: At least one hot spot.
        hours: Patrol hours in the period, 0 or more.
        visit_minutes: Length of a visit; about 15 by Koper.
        district_visits: Fewest visits to a district by its name.

    Returns:
        Visits for each place. Without travel time (or with the same everywhere) the plan is optimal; otherwise
        the bound says by how much it may fall short.

    Raises:
        BadValue: If a value lies outside its range, a name is double, or a district has no spot.
        NoPlan: If the fewest visits need more than the hours.

    Oracle:
        Enumeration of all plans (`test_patrol.py`).

    Cost:
        The number of visits times the logarithm of the number of spots.

    Not for:
        Routes and times of day; persons.

    Source:
        Marginal allocation is optimal for separable concave returns: Fox, "Discrete optimization via marginal
        analysis", Management Science 13 (1966). Length of a visit: Koper, Justice Quarterly 12 (1995).
    """
    demanded = dict(district_visits or {})
    _check(spots, hours, visit_minutes, demanded)
    cost = [visit_minutes + spot.travel_minutes for spot in spots]
    least = [spot.least for spot in spots]
    duties = _duties(spots, cost, least, demanded)
    needed = sum(n * each for n, each in zip(duties, cost, strict=True))
    if needed > hours * 60 + _TINY:
        raise NoPlan((f"the fewest visits need {needed / 60:,.1f} of {hours:,.1f} hours",))
    counts, _ = _fill(spots, cost, duties, hours * 60)
    prevented = _prevented(spots, counts)
    # With one length for all, what is left is shorter than a visit, so nothing better exists; else the bound
    # forgets the districts and lets a part of a visit count.
    bound = prevented if len(set(cost)) == 1 else _fill(spots, cost, least, hours * 60)[1]
    return PatrolPlan(
        spots=tuple(_visits(*row) for row in zip(spots, counts, cost, strict=True)),
        prevented=prevented,
        bound=max(bound, prevented),
        gap=max(bound - prevented, 0.0) / bound if bound > 0 else 0.0,
        minutes=sum(n * each for n, each in zip(counts, cost, strict=True)),
        n=len(spots),
        next_hour=60 * max(_rate(*row) for row in zip(spots, counts, cost, strict=True)),
        method=Sentence(
            "patrol",
            "Visits of %(minutes)s minutes, each given where it prevents most for its time.",
            {"minutes": f"{visit_minutes:g}"},
        ),
        cautions=(RANDOM_TIMES, DISCOVERED, DISPLACEMENT),
    )


def _check(
    spots: tuple[HotSpot, ...], hours: float, visit_minutes: float, demanded: Mapping[str, int]
) -> None:
    if not spots:
        raise BadValue("spots", "empty", "give at least one hot spot")
    if double := sorted(name for name, n in Counter(spot.name for spot in spots).items() if n > 1):
        raise BadValue("name of hot spots", ", ".join(double), "give each a name of its own")
    if not (np.isfinite(hours) and hours >= 0):
        raise BadValue("hours", hours, "give 0 or more")
    if not (np.isfinite(visit_minutes) and visit_minutes > 0):
        raise BadValue("visit_minutes", visit_minutes, "give a length above 0")
    for district, visits in demanded.items():
        room = sum(spot.most for spot in spots if spot.district == district)
        if not 0 <= visits <= room:
            raise BadValue(f"visits to district {district!r}", visits, f"its hot spots can take 0 to {room}")


def _rate(spot: HotSpot, visits: int, minutes: float) -> float:
    return spot.gain(visits) / minutes if visits < spot.most else 0.0


def _visits(spot: HotSpot, visits: int, minutes: float) -> Visits:
    following = spot.gain(visits) if visits < spot.most else 0.0
    return Visits(spot.name, visits, visits * minutes, spot.prevented(visits), following)


def _prevented(spots: tuple[HotSpot, ...], counts: list[int]) -> float:
    return sum(spot.prevented(n) for spot, n in zip(spots, counts, strict=True))


def _duties(
    spots: tuple[HotSpot, ...], cost: list[float], least: list[int], demanded: Mapping[str, int]
) -> list[int]:
    counts = list(least)
    for district, visits in demanded.items():
        inside = [place for place, spot in enumerate(spots) if spot.district == district]
        while sum(counts[place] for place in inside) < visits:
            open_to = [place for place in inside if counts[place] < spots[place].most]
            counts[max(open_to, key=lambda i: _rate(spots[i], counts[i], cost[i]))] += 1
    return counts


def _fill(
    spots: tuple[HotSpot, ...], cost: list[float], start: list[int], minutes: float
) -> tuple[list[int], float]:
    """Return the visits beyond a start, best first, and the harm if parts of visits counted too."""
    counts, bound = list(start), None
    left = minutes - sum(n * each for n, each in zip(counts, cost, strict=True))
    heap = [
        (-_rate(spot, n, each), place)
        for place, (spot, n, each) in enumerate(zip(spots, counts, cost, strict=True))
    ]
    heapq.heapify(heap)
    while heap:
        rate, place = heapq.heappop(heap)
        if rate == 0:
            break
        if cost[place] > left + _TINY:
            if bound is None:
                bound = _prevented(spots, counts) - rate * left
            continue
        counts[place] += 1
        left -= cost[place]
        heapq.heappush(heap, (-_rate(spots[place], counts[place], cost[place]), place))
    return counts, _prevented(spots, counts) if bound is None else bound
