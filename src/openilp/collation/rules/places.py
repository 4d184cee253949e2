"""When two places may be one: close on the ground, or the same house. A town in common says nothing."""

import math
import re
from collections.abc import Collection

#: Two positions this close may be one place: a block of houses, and about the error of a telephone's position.
NEAR_M = 150.0
#: Two positions this far apart are two places, whatever they are called.
FAR_M = 1000.0
_EARTH_M = 6_371_000.0
_METRES_A_DEGREE = math.radians(1.0) * _EARTH_M
#: A house number; longer figures are postal codes, which a whole town shares.
_HOUSE = re.compile(r"^\d{1,3}[a-z]?$")
_SHORTEST_WORD = 3
Point = tuple[float, float]


def position(text: str) -> Point | None:
    """Return longitude and latitude of a text such as `12.61, 55.98`, or nothing when it is no place on earth."""
    try:
        longitude, latitude = (float(part) for part in text.split(","))
    except ValueError:
        return None
    return (longitude, latitude) if abs(longitude) <= 180 and abs(latitude) <= 90 else None


def apart_m(left: Point, right: Point) -> float:
    """Return the distance between two positions in metres, on a sphere."""
    (x1, y1), (x2, y2) = (tuple(map(math.radians, point)) for point in (left, right))
    chord = math.sin((y2 - y1) / 2) ** 2 + math.cos(y1) * math.cos(y2) * math.sin((x2 - x1) / 2) ** 2
    return 2 * _EARTH_M * math.asin(min(1.0, math.sqrt(chord)))


def around(point: Point, radius_m: float = NEAR_M) -> tuple[Point, Point]:
    """Return the south-western and north-eastern corner of the box that holds every position within a radius."""
    up = radius_m / _METRES_A_DEGREE
    side = up / max(math.cos(math.radians(min(89.0, abs(point[1]) + up))), 0.01)
    return (point[0] - side, point[1] - up), (point[0] + side, point[1] + up)


def house_numbers(key: str) -> frozenset[str]:
    """Return the house numbers in a folded address."""
    return frozenset(word for word in key.split() if _HOUSE.match(word))


def words(key: str) -> tuple[str, ...]:
    """Return the words of a folded address that are long enough to look for."""
    return tuple(word for word in key.split() if len(word) >= _SHORTEST_WORD and not _HOUSE.match(word))


def queries(key: str) -> tuple[str, ...]:
    """Return what to search for to find other texts of the same place: number with word, else all words together."""
    numbers, long = sorted(house_numbers(key)), words(key)
    if numbers and long:
        return tuple(f"{number} {word}" for number in numbers for word in long)
    return (" ".join(long),) if long else ()


def is_same_house(left: str, right: str) -> bool:
    """Tell whether two folded addresses may name one house: a number in common, and the shorter within the longer.

    The longer one may add the town or the flat; a street that only one of them names is another street.
    """
    if not house_numbers(left) & house_numbers(right):
        return False
    few, many = sorted((left.split(), right.split()), key=len)
    if not words(" ".join(few)):
        return False
    rest = list(many)
    for word in sorted(few, key=len, reverse=True):
        hit = next((other for other in rest if other == word), None) or next(
            (other for other in rest if _is_short_for(word, other)), None
        )
        if hit is None:
            return False
        rest.remove(hit)
    return True


def _is_short_for(a: str, b: str) -> bool:
    """Tell whether one word is the beginning of the other one, as in `st` and `street`; numbers are never short."""
    short, long = sorted((a, b), key=len)
    return short.isalpha() and long.isalpha() and long.startswith(short)


def compare(
    names: tuple[Collection[str], Collection[str]],
    addresses: tuple[Collection[str], Collection[str]],
    points: tuple[Collection[str], Collection[str]],
) -> tuple[list[str], list[str]]:
    """Return in which properties two places agree and differ.

    An equal name counts only while neither position nor house number speaks against it; an address counts with its
    house number only, because without one it may be nothing but the town.

    Args:
        names: Folded names of both places.
        addresses: Their folded addresses.
        points: Their positions, as they are kept.
    """
    agrees: list[str] = []
    differs: list[str] = []
    gap = _gap(points)
    if gap is not None and gap <= NEAR_M:
        agrees.append("point")
    elif gap is not None and gap > FAR_M:
        differs.append("point")
    said = [{*names[side], *addresses[side]} for side in (0, 1)]
    if any(is_same_house(a, b) for a in said[0] for b in said[1]):
        agrees.append("address")
    elif _houses(said[0]) and _houses(said[1]) and addresses[0] and addresses[1]:
        differs.append("address")
    same_name = {_bag(key) for key in names[0]} & {_bag(key) for key in names[1]}
    if same_name and not differs:
        agrees.append("name")
    return sorted(agrees), sorted(differs)


def _gap(points: tuple[Collection[str], Collection[str]]) -> float | None:
    """Return the smallest distance between the positions of both sides in metres."""
    mine, theirs = ([p for p in map(position, side) if p is not None] for side in points)
    return min((apart_m(a, b) for a in mine for b in theirs), default=None)


def _houses(keys: Collection[str]) -> frozenset[str]:
    return frozenset().union(*(house_numbers(key) for key in keys))


def _bag(key: str) -> tuple[str, ...]:
    return tuple(sorted(key.split()))
