"""Hidden and absent take the same time: the queries are the same, and the clock cannot tell them apart.

This is the one test that looks at a clock. `timing.py` says why a busy machine cannot make it fail.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from statistics import median
from typing import Any
from unittest.mock import patch

import pytest

from openilp.safeguards import find
from openilp.safeguards.roles import Role
from tests.worlds.agency import found
from tests.worlds.hiding import nightjar, within
from tests.worlds.keeping import kept
from tests.worlds.knowing import gather
from tests.worlds.routes import Route, Stock, addresses, routes, stock_of
from tests.worlds.timing import alarms, differences
from tests.worlds.visiting import Visitor

#: Who asks: cleared for less, and outside the matter.
ASKER = Role.OPERATIONAL_ANALYST
#: The look-ups of the ordinary run: pages, API, what hangs on a record, what changes one.
MAIN = (
    "collection:report",
    "collation:entity",
    "direction:requirement",
    "label",
    "review:thread",
    "api:show_report",
    "api:show_entity",
    "search",
)
PAIRS = 60
ABSENT = "2222-2222"
#: The look-ups that a delay is planted in, and how long it is: on a busy machine it must rise above the noise.
PLANTED_IN = MAIN[:1] + MAIN[2:4] + ("api:show_report",)
PLANTED_S, PLANTED_NOISES = 0.0015, 3.0


@dataclass(frozen=True)
class LookUp:
    """One address, with the reference of something hidden and with one that nobody drew."""

    name: str
    hidden: str
    absent: str


@dataclass(frozen=True)
class Asked:
    """Look-ups of hidden things by an account that may not see them."""

    visitor: Visitor
    look_ups: list[LookUp]
    refs: frozenset[str]

    def noise(self) -> float:
        """Return by how much two answers to the same question differ here and now, in seconds."""
        one = next(one for one in self.look_ups if one.name == MAIN[0])
        found = differences(
            lambda: self.visitor.get(one.absent),
            lambda: self.visitor.get(one.absent),
            pairs=PAIRS // 2,
            rng=Random(3),
        )
        return median(abs(each) for each in found)

    def differences(self, names: tuple[str, ...], pairs: int, seed: int) -> dict[str, list[float]]:
        """Return how much longer hidden took than absent, by look-up."""
        rng, measured = Random(seed), [one for one in self.look_ups if one.name in names]
        return {
            one.name: differences(
                lambda one=one: self.visitor.get(one.hidden),  # type: ignore[misc]
                lambda one=one: self.visitor.get(one.absent),  # type: ignore[misc]
                pairs=pairs,
                rng=rng,
            )
            for one in measured
        }


@pytest.fixture(scope="module")
def asked(django_db_setup: None, django_db_blocker: Any) -> Iterator[Asked]:
    """The first half of the process once for everybody, and once inside a matter of the cleared."""
    with django_db_blocker.unblock(), kept():
        agency = found()
        gather(agency, 1)
        known = {one.ref for rows in stock_of(agency).values() for one in rows}
        gather(within(agency, nightjar(agency)), 1)
        hidden = {
            kind: [one for one in rows if one.ref not in known][:1]
            for kind, rows in stock_of(agency).items()
            if "?" not in kind
        }
        visitor = Visitor(agency.plain[ASKER])
        refs = frozenset(one.ref for rows in hidden.values() for one in rows if one.ref != one.pk)
        made = Asked(visitor, [*_look_ups(hidden, refs), *_searches(hidden)], refs)
        for one in made.look_ups:
            visitor.get(one.hidden), visitor.get(one.absent)
        yield made


def _look_ups(hidden: Stock, refs: frozenset[str]) -> Iterator[LookUp]:
    for route in (r for r in routes() if _looks_up(r)):
        for address in addresses(route, hidden, most=1)[:1]:
            ref = next((ref for ref in refs if ref in address), None)
            if ref is not None:
                absent = address.replace(ref, f"{ref.split('-')[0]}-{ABSENT}")
                yield LookUp(route.name, address, absent)


def _searches(hidden: Stock) -> Iterator[LookUp]:
    """Yield the searches for a reference."""
    for name, path in (("search", "/search"), ("api:search", "/api/v1/search")):
        ref = hidden["report"][0].ref
        yield LookUp(name, f"{path}?q={ref}", f"{path}?q={ref.split('-')[0]}-{ABSENT}")


def _looks_up(route: Route) -> bool:
    return "GET" in route.methods and ASKER in route.roles and route.pattern.count("<") == 1


def test_hidden_and_absent_take_the_same_queries(asked: Asked) -> None:
    """Every look-up, page or API: as many queries, of the same shapes, in the same order."""
    assert {one.name for one in asked.look_ups} >= set(MAIN)
    different = {}
    for one in asked.look_ups:
        hidden, absent = asked.visitor.counted(one.hidden), asked.visitor.counted(one.absent)
        assert hidden.status == absent.status
        if hidden.queries != absent.queries:
            different[one.name] = (hidden.queries, absent.queries)

    assert different == {}


def test_the_clock_does_not_tell_hidden_from_absent(asked: Asked) -> None:
    """480 pairs: neither one look-up nor all together are slower or faster by the tolerance."""
    measured = asked.differences(MAIN, PAIRS, seed=7)

    assert alarms(measured) == {}, {name: f"{median(each) * 1e6:.0f} µs" for name, each in measured.items()}


@pytest.mark.deep
def test_no_look_up_at_all_is_told_by_the_clock(asked: Asked) -> None:
    """Every look-up that an analyst has."""
    measured = asked.differences(tuple(one.name for one in asked.look_ups), 4 * PAIRS, seed=11)

    assert alarms(measured) == {}


def test_a_planted_delay_is_found(asked: Asked) -> None:
    """A millisecond and a half for what is hidden, on a machine that is not busy, and the test above would be red."""
    absence, planted = find.absence, max(PLANTED_S, PLANTED_NOISES * asked.noise())

    def slow(reference: str, **actor: Any) -> Any:
        if reference in asked.refs:
            time.sleep(planted)
        return absence(reference, **actor)

    with patch.object(find, "absence", slow):
        measured = asked.differences(PLANTED_IN, PAIRS, seed=13)

    assert "all together: hidden is slower" in alarms(measured)
