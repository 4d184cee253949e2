"""The three stories as reports: facts between invented figures, put into sentences of three languages by a seed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from openilp.cli.demo_agency import names
from openilp.cli.demo_agency.cast import PLOTS, Cast, Figure, Plot, Spot, cast_of

SEED = 47
_SENTENCES = Path(__file__).with_name("data") / "sentences.yaml"
_LANGUAGES = ("en", "ru", "mn")
_WEIGHTS = (62, 24, 14)
_FIRST_DAY = datetime(2024, 1, 8, tzinfo=UTC)
_DAYS = 340
#: Reports of the source that later proves false.
_FALSE_REPORTS = 6
_PROVENANCE = {"seen": 46, "told": 24, "technical": 12, "document": 8, "open_source": 4, "other_agency": 6}
_KINDS = {"told": "third_party_claim", "other_agency": "third_party_claim"}


@dataclass(frozen=True)
class Fact:
    """That one figure is linked with another."""

    kind: str
    link: str
    a: Figure
    b: Figure


@dataclass(frozen=True)
class DraftItem:
    """One sentence or two about one fact."""

    text: str
    kind: str
    fact: Fact


@dataclass(frozen=True)
class Draft:
    """A report before anybody hands it in."""

    number: int
    story: str
    title: str
    language: str
    urgency: str
    provenance: str
    observed_at: datetime
    place: str
    spot: Spot
    items: tuple[DraftItem, ...]
    is_false: bool = False
    #: Categories proposed in this report: figure key to category.
    proposed: dict[str, str] = field(default_factory=dict)


@cache
def sentences() -> dict[str, Any]:
    """Return the sentences of the reports."""
    found: dict[str, Any] = yaml.safe_load(_SENTENCES.read_text(encoding="utf-8"))
    return found


@cache
def drafts(seed: int = SEED) -> tuple[Draft, ...]:
    """Return all reports of all stories in order of time; the same seed tells the same stories."""
    rng = Random(seed)  # noqa: S311  (stories, no secrets)
    people = names.people(rng)
    told = [draft for plot in PLOTS for draft in _Teller(plot, rng, people).tell()]
    told.sort(key=lambda draft: draft.observed_at)
    met: set[str] = set()
    return tuple(_numbered(draft, number, met) for number, draft in enumerate(told))


def _numbered(draft: Draft, number: int, met: set[str]) -> Draft:
    """Number a report, and propose a category for each person at the first mention."""
    people = [f for item in draft.items for f in (item.fact.a, item.fact.b) if f.kind == "person"]
    proposed = {figure.key: figure.category for figure in people if figure.key not in met}
    met.update(proposed)
    values = {**draft.__dict__, "number": number, "proposed": proposed}
    return Draft(**values)


class _Teller:
    """Tells one story."""

    def __init__(self, plot: Plot, rng: Random, people: Iterator[names.Name]) -> None:
        self.plot, self.rng = plot, rng
        self.cast: Cast = cast_of(plot, rng, people)
        self.events: list[Figure] = []
        self.told: set[str] = set()

    def tell(self) -> Iterator[Draft]:
        """Yield the story's reports."""
        times = sorted(self._time() for _ in range(self.plot.reports))
        for number, observed_at in enumerate(times):
            false = self.plot.name == "burglary" and number % 20 == 9 and number < 20 * _FALSE_REPORTS
            yield self._report(observed_at, is_false=false)

    def _report(self, observed_at: datetime, *, is_false: bool) -> Draft:
        rng = self.rng
        language = "en" if is_false else rng.choices(_LANGUAGES, _WEIGHTS)[0]
        provenance = "told" if is_false else rng.choices(list(_PROVENANCE), list(_PROVENANCE.values()))[0]
        facts = (
            [self._false_fact()]
            if is_false
            else [self._fact() for _ in range(rng.choices((1, 2, 3), (5, 4, 2))[0])]
        )
        facts = list({(f.kind, f.a.key, f.b.key): f for f in facts}.values())
        items = tuple(
            self._item(fact, language, observed_at, provenance, is_false=is_false) for fact in facts
        )
        where = next((f for fact in facts for f in (fact.a, fact.b) if f.spot is not None), None)
        where = where or rng.choice(self.cast.figures["location"])
        title = rng.choice(sentences()["titles"][self.plot.name][language])
        return Draft(
            number=0,
            story=self.plot.name,
            title=title.format(
                a=facts[0].b.written(language)
                if facts[0].b.kind == "location"
                else facts[0].a.written(language)
            )[:150],
            language=language,
            urgency=rng.choices(("low", "medium", "high"), (62, 36.5, 1.5))[0],
            provenance=provenance,
            observed_at=observed_at,
            place=where.latin,
            spot=where.spot or next(self.cast.addresses).spot or Spot(0.0, 0.0, ""),
            items=items,
            is_false=is_false,
        )

    def _time(self) -> datetime:
        hour = self.rng.choices(
            range(24), (6, 5, 4, 3, 2, 1, 1, 2, 3, 3, 3, 4, 4, 4, 5, 6, 7, 8, 9, 10, 10, 10, 9, 8)
        )[0]
        day = _FIRST_DAY + timedelta(days=self.rng.randrange(_DAYS))
        return day.replace(hour=hour, minute=self.rng.randrange(0, 60, 5))

    def _fact(self) -> Fact:
        weights = {k: w for k, w in self.plot.facts.items() if k != "used_in" or self.events}
        kind = self.rng.choices(list(weights), list(weights.values()))[0]
        entry = sentences()["facts"][kind]
        first, second = entry["ends"]
        if kind == "happened":
            return Fact(kind, entry["link"], self._event(), next(self.cast.addresses))
        a, b = self._figure(first), self._figure(second)
        while a.key == b.key:
            b = self._figure(second)
        return Fact(kind, entry["link"], a, b)

    def _figure(self, kind: str) -> Figure:
        """Return a figure; those in the middle of the story come more often than those at its edge."""
        known = self.events if kind == "event" else self.cast.figures[kind]
        return self.rng.choices(known, [1 / (1 + place / 3) for place in range(len(known))])[0]

    def _event(self) -> Figure:
        number = len(self.events) + 1
        self.events.append(
            Figure(f"{self.plot.name}/event/{number}", "event", f"Burglary {number:03}", f"Кража {number:03}")
        )
        return self.events[-1]

    def _false_fact(self) -> Fact:
        people = self.cast.figures["person"]
        a, b = self.rng.sample(people[:6], 2)
        return Fact("false_source", "associate_of", a, b)

    def _item(self, fact: Fact, language: str, at: datetime, provenance: str, *, is_false: bool) -> DraftItem:
        """Say a fact in a sentence that was not used for it before, and perhaps what the place was like."""
        known = sentences()
        choices = known["false_source"]["en"] if is_false else known["facts"][fact.kind][language]
        names_ = {"a": fact.a.written(language), "b": fact.b.written(language)}
        hour = f"{at:%H:%M}"
        text = next(
            (
                made
                for _ in range(6)
                if (made := self.rng.choice(choices).format(**names_, hour=hour)) not in self.told
            ),
            self.rng.choice(choices).format(**names_, hour=hour),
        )
        self.told.add(text)
        if self.rng.random() < 0.45:
            text = f"{text} {self.rng.choice(known['asides'][language])}"
        kind = _KINDS.get(provenance) or self.rng.choices(("fact", "personal_assessment"), (9, 1))[0]
        return DraftItem(text, kind, fact)
