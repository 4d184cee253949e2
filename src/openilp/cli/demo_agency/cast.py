"""Who and what the stories are about: invented people, vehicles, numbers, companies and addresses."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely
from shapely.geometry import shape

from openilp.cli.demo_agency import names
from openilp.cli.demo_agency.geography import places

EXTRACT = Path(__file__).with_name("data") / "incidents.parquet"


@dataclass(frozen=True)
class Spot:
    """A point at which real incidents of a kind were recorded."""

    longitude: float
    latitude: float
    district: str


@dataclass(frozen=True)
class Figure:
    """Somebody or something of a story; `key` is what the loader knows it by."""

    key: str
    kind: str
    latin: str
    cyrillic: str
    category: str = ""
    spot: Spot | None = None

    def written(self, language: str) -> str:
        """Return the name as a report in a language writes it."""
        return self.latin if language == "en" else self.cyrillic


@dataclass(frozen=True)
class Plot:
    """What a story is made of: its setting, how many of everything, and how often which kind of fact."""

    name: str
    crime_type: str
    districts: tuple[str, ...]
    reports: int
    facts: dict[str, int]
    #: Categories of the people, from the middle of the story to its edge.
    people: tuple[str, ...]
    vehicles: int
    phones: int
    locations: int
    organisations: tuple[str, ...] = ()


PLOTS = (
    Plot(
        name="burglary",
        crime_type="Burglary",
        districts=("NOR-2", "NOR-3"),
        reports=150,
        facts={
            "happened": 26, "seen_person": 22, "seen_vehicle": 16, "uses_vehicle": 10, "met": 8, "used_in": 8,
            "associate": 4, "has_phone": 3, "calls": 3,
        },
        people=("SUS", "SUS", "SUS", "ASC", "ASC", "CNT", "CNT", "CNT", "WIT", "INF"),
        vehicles=4,
        phones=6,
        locations=12,
    ),
    Plot(
        name="ring",
        crime_type="Vehicle crime",
        districts=("MID-1", "NOR-1", "MID-2"),
        reports=130,
        facts={
            "keeps": 16, "seen_vehicle": 16, "uses_vehicle": 14, "calls": 14, "has_phone": 10, "met": 10, "works": 8,
            "based": 5, "associate": 7, "seen_person": 10,
        },
        people=("SUS", "SUS", "SUS", "SUS", "ASC", "ASC", "ASC", "CNT", "CNT", "CNT", "CNT", "WIT"),
        vehicles=14,
        phones=10,
        locations=10,
        organisations=("Tarnmoor Autoparts", "Ostrow Transit"),
    ),
    Plot(
        name="drugs",
        crime_type="Drugs",
        districts=("MID-3", "NOR-2"),
        reports=120,
        facts={
            "frequents": 24, "supplies": 18, "seen_person": 16, "met": 14, "calls": 10, "has_phone": 8,
            "seen_vehicle": 8, "associate": 6, "uses_vehicle": 6,
        },
        people=("SUS", "SUS", "SUS", "ASC", "ASC", "CNT", "CNT", "CNT", "CNT", "INF", "INF"),
        vehicles=3,
        phones=9,
        locations=9,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Cast:
    """The figures of one story by kind, and fresh addresses for what happens once."""

    plot: Plot
    figures: dict[str, list[Figure]]
    addresses: Iterator[Figure]


def cast_of(plot: Plot, rng: Random, people: Iterator[names.Name]) -> Cast:
    """Return the figures of a story."""
    spots = _spots(plot, rng)
    streets = names.streets(rng)
    figures = {
        "person": [
            Figure(f"{plot.name}/person/{n}", "person", name.latin, name.cyrillic, category)
            for n, (category, name) in enumerate(zip(plot.people, people, strict=False))
        ],
        "vehicle": [_plain(plot, "vehicle", n, names.plate(rng)) for n in range(plot.vehicles)],
        "phone": [_plain(plot, "phone", n, names.telephone(rng)) for n in range(plot.phones)],
        "organisation": [_plain(plot, "organisation", n, name) for n, name in enumerate(plot.organisations)],
        "location": [
            _address(plot, f"location/{n}", rng, streets, next(spots)) for n in range(plot.locations)
        ],
    }
    fresh = (_address(plot, f"scene/{n}", rng, streets, next(spots)) for n in range(10_000))
    return Cast(plot, figures, fresh)


def _plain(plot: Plot, kind: str, number: int, text: str) -> Figure:
    return Figure(f"{plot.name}/{kind}/{number}", kind, text, text)


def _address(plot: Plot, key: str, rng: Random, streets: Iterator[str], spot: Spot) -> Figure:
    town = next(p.name.removesuffix(" District") for p in places() if p.code == spot.district)
    text = f"{next(streets)} {rng.randrange(1, 140)}, {town}"
    return Figure(f"{plot.name}/{key}", "location", text, text, spot=spot)


def _spots(plot: Plot, rng: Random) -> Iterator[Spot]:
    """Yield points of recorded incidents of the story's crime type in its districts."""
    table = pq.read_table(EXTRACT, columns=["Month", "Longitude", "Latitude", "Crime type"])
    table = table.filter(
        pc.and_(pc.equal(table["Crime type"], plot.crime_type), pc.is_valid(table["Longitude"]))
    )
    xy = np.column_stack([table["Longitude"].to_numpy(), table["Latitude"].to_numpy()])
    found: list[Spot] = []
    for place in places():
        if place.code in plot.districts:
            inside = shapely.contains_xy(shape(place.boundary), xy[:, 0], xy[:, 1])
            found += [Spot(float(x), float(y), place.code) for x, y in xy[inside]]
    while True:
        yield rng.choice(found)
