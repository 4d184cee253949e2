"""Invented names: syllables of no language, put together by a seed, in Latin and Cyrillic letters."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

_FIRST = ("Do", "Mi", "Ta", "Ve", "Ka", "Lo", "Ri", "So", "Ba", "Ze", "Ni", "Pe", "Ga", "Tuv", "Hel")
_LAST_OF_FIRST = ("van", "rel", "sko", "mar", "lin", "dor", "zan", "tik", "nel", "vir", "bo", "rin")
_FAMILY = (
    "Orl",
    "Tarv",
    "Kesm",
    "Brad",
    "Velk",
    "Sund",
    "Marv",
    "Ilm",
    "Dorv",
    "Zelk",
    "Fenn",
    "Hask",
    "Rovt",
)
_FAMILY_END = ("eck", "ano", "usk", "imar", "oven", "aldi", "etz", "orin", "ask", "unde")
_STREET = (
    "Kiln",
    "Ferry",
    "Mill",
    "Quarry",
    "Lantern",
    "Weir",
    "Rope",
    "Orchard",
    "Saddler",
    "Beacon",
    "Tanner",
)
_STREET_END = ("Row", "Street", "Lane", "Hill", "Yard", "Close", "Quay")

_CYRILLIC = {
    "sh": "ш", "ch": "ч", "zh": "ж", "a": "а", "b": "б", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "х", "i": "и",
    "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в",
    "z": "з", "c": "к", "j": "й", "y": "ы",
}  # fmt: skip


@dataclass(frozen=True)
class Name:
    """A person's name in two alphabets."""

    latin: str
    cyrillic: str

    def written(self, language: str) -> str:
        """Return the name as a report in a language writes it."""
        return self.latin if language == "en" else self.cyrillic


def cyrillic(latin: str) -> str:
    """Return an invented word in Cyrillic letters."""
    found = ""
    at = 0
    while at < len(latin):
        pair, one = latin[at : at + 2].lower(), latin[at].lower()
        letters = _CYRILLIC.get(pair) or _CYRILLIC.get(one, latin[at])
        found += letters.capitalize() if latin[at].isupper() else letters
        at += 2 if pair in _CYRILLIC else 1
    return found


def people(rng: Random) -> Iterator[Name]:
    """Yield names without repeating one."""
    taken: set[str] = set()
    while True:
        first = rng.choice(_FIRST) + rng.choice(_LAST_OF_FIRST)
        latin = f"{first} {rng.choice(_FAMILY)}{rng.choice(_FAMILY_END)}"
        if latin not in taken:
            taken.add(latin)
            yield Name(latin, cyrillic(latin))


def streets(rng: Random) -> Iterator[str]:
    """Yield street names; they come again with other house numbers."""
    while True:
        yield f"{rng.choice(_STREET)} {rng.choice(_STREET_END)}"


def plate(rng: Random, country: str = "AT") -> str:
    """Return a number plate of a form that no country uses."""
    letters = "".join(rng.choice("BCDFGHJKLMNPRSTVWXZ") for _ in range(3))
    return f"{country}·{letters} {rng.randrange(10, 99)}-{rng.randrange(100, 999)}"


def telephone(rng: Random) -> str:
    """Return a number under a country code that is assigned to nobody."""
    return f"+999 {rng.randrange(10, 99)} {rng.randrange(100, 999)} {rng.randrange(100, 999)}"
