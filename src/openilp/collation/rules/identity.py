"""When two entities may be one: candidates to compare, never a decision."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from openilp import reference
from openilp.collation.rules import places

SAME, DIFFERENT, UNSURE = "same", "different", "unsure"
VERDICTS = (SAME, DIFFERENT, UNSURE)
#: Share of name words that two persons must have in common before their names count as agreeing.
NAME_OVERLAP = 0.5
_NAMES = frozenset({"name", "alias", "place_name"})
_ADDRESS, _POINT = frozenset({"address"}), frozenset({"point"})
#: The type of entity that is somewhere by itself.
PLACE = "location"
K = TypeVar("K")


@dataclass(frozen=True)
class Agreement:
    """What two sets of statements have in common and where they contradict each other: codes of properties.

    There is deliberately no score: candidates are shown in alphabetical order and a human compares them.
    """

    agrees: tuple[str, ...]
    differs: tuple[str, ...]

    @property
    def is_candidate(self) -> bool:
        """Tell whether the two are worth comparing."""
        return bool(self.agrees)


def agreement(
    left: Mapping[str, Iterable[str]], right: Mapping[str, Iterable[str]], *, kind: str = ""
) -> Agreement:
    """Compare two entities by their keys.

    Args:
        left: Keys of the first entity's statements by property.
        right: The same of the second.
        kind: Type of both; places are compared by street and position, everything else by name.
    """
    agrees: list[str] = []
    differs: list[str] = []
    done = _NAMES
    if kind == PLACE:
        done = _NAMES | {"address", "point"}
        agrees, differs = places.compare(
            *((_keys(left, about), _keys(right, about)) for about in (_NAMES, _ADDRESS, _POINT))
        )
    elif any(_names_agree(a, b) for a in _keys(left, _NAMES) for b in _keys(right, _NAMES)):
        agrees.append("name")
    for about in sorted((set(left) & set(right)) - done):
        mine, theirs = set(left[about]), set(right[about])
        known = reference.entity_property(about)
        if known.datatype is reference.Datatype.DATE:
            (agrees if _dates_agree(mine, theirs) else differs).append(about)
        elif mine & theirs:
            if known.datatype is reference.Datatype.IDENTIFIER:
                agrees.append(about)
        elif not known.many:
            differs.append(about)
    if agrees == ["birth_date"]:
        agrees = []
    return Agreement(tuple(agrees), tuple(differs))


def _keys(values: Mapping[str, Iterable[str]], properties: frozenset[str]) -> set[str]:
    return {key for about in properties for key in values.get(about, ())}


def _names_agree(left: str, right: str) -> bool:
    """Compare names word by word; a single letter agrees with any word that begins with it (initials)."""
    a, b = left.split(), right.split()
    if not a or not b:
        return False
    few, many = sorted((a, b), key=len)
    rest = list(many)
    full = common = 0
    for word in sorted(few, key=len, reverse=True):
        hit = next((other for other in rest if other == word), None)
        full += hit is not None
        if hit is None:
            hit = next((other for other in rest if _is_initial(word, other)), None)
        if hit is not None:
            rest.remove(hit)
            common += 1
    return full > 0 and common / len(many) >= NAME_OVERLAP


def _is_initial(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    return len(short) == 1 and long.startswith(short)


def _dates_agree(mine: set[str], theirs: set[str]) -> bool:
    return any(a.startswith(b) or b.startswith(a) for a in mine for b in theirs)


def components(pairs: Iterable[tuple[K, K]], seeds: Sequence[K]) -> dict[K, frozenset[K]]:
    """Return the cluster of each seed: everything that judgements of sameness connect with it, itself included."""
    parent: dict[K, K] = {}

    def root(key: K) -> K:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for left, right in pairs:
        parent[root(left)] = root(right)
    for seed in seeds:
        root(seed)
    members: dict[K, set[K]] = {}
    for key in list(parent):
        members.setdefault(root(key), set()).add(key)
    return {seed: frozenset(members[root(seed)]) for seed in seeds}
