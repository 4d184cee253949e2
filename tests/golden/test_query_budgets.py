"""How many queries each page and each reading operation of the API takes, and that rows do not add to it.

After a wanted change: OPENILP_WRITE_GOLDEN=1 pytest tests/golden
"""

import json
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from openilp.safeguards.roles import Role
from tests.worlds.keeping import ROWS, build, kept
from tests.worlds.routes import ASKED, Route, Stock, addresses, questions, routes, stock_of
from tests.worlds.visiting import Visitor

GOLDEN = Path(__file__).with_name("query_budgets.json")
#: Four times the rows of an ordinary world.
MANY = 4 * ROWS
#: Pages that compose a few large things one by one: the reason, and the most queries that they may come to.
FEW_LARGE = {
    "/review/priorities": ("a query a line of the chart, of which there are at most eight", 40),
    "/tasking/meetings/<str:ref>/pack": ("each product that lay before the meeting is composed anew", 140),
}


@dataclass(frozen=True)
class Taken:
    """One address that answered: to whom, how, and the queries that it took."""

    role: str
    status: int
    queries: tuple[str, ...]


def opened(rows: int) -> dict[str, Taken]:
    """Return what each route took in a world of so many rows, by its pattern and question."""
    agency, _ = build(rows)
    stock = stock_of(agency)
    visitors = {role: Visitor(user) for role, user in agency.plain.items()}
    found: dict[str, Taken] = {}
    for route in routes():
        if "GET" not in route.methods or not route.roles:
            continue
        for asked, question in zip(ASKED.get(route.name, [""]), questions(route, stock), strict=True):
            taken = _first(route, question, stock, visitors)
            if taken is not None:
                found[f"{route.pattern}?{asked}" if asked else route.pattern] = taken
    return found


def _first(route: Route, question: str, stock: Stock, visitors: dict[Role, Visitor]) -> Taken | None:
    """Return the first visit that is answered, over the roles that may open the route and its objects."""
    led_on: Taken | None = None
    for role in (role for role in Role if role in route.roles):
        for address in addresses(route, stock):
            visit = visitors[role].counted(address + question)
            if visit.status in (200, 405):
                return Taken(role.value, visit.status, visit.queries)
            if visit.status == 302 and led_on is None:
                led_on = Taken(role.value, visit.status, visit.queries)
    return led_on


@pytest.fixture(scope="module")
def few(django_db_setup: None, django_db_blocker: Any) -> dict[str, Taken]:
    """What each route took in an ordinary world."""
    with django_db_blocker.unblock(), kept():
        return opened(ROWS)


@pytest.fixture(scope="module")
def many(few: dict[str, Taken], django_db_blocker: Any) -> dict[str, Taken]:
    """What each route took in a world with four times the rows."""
    with django_db_blocker.unblock(), kept():
        return opened(MANY)


def test_each_route_stays_within_its_budget(few: dict[str, Taken]) -> None:
    """A page that asks the database more often than it did is a change that somebody must want."""
    taken = {
        address: {"as": one.role, "queries": len(one.queries)}
        for address, one in sorted(few.items())
        if one.status != 405
    }
    if os.environ.get("OPENILP_WRITE_GOLDEN") == "1":
        GOLDEN.write_text(json.dumps(taken, indent=1) + "\n")
    budget = json.loads(GOLDEN.read_text())

    assert sorted(set(budget) ^ set(taken)) == [], "Routes without an entry, or entries without a route."
    assert {a: t for a, t in taken.items() if t != budget[a]} == {}


def test_every_route_was_measured(few: dict[str, Taken]) -> None:
    """A route that opens for nobody in a whole world would have no budget; one that only takes orders says 405."""
    names = {address.split("?")[0] for address in few}
    left = [r for r in routes() if "GET" in r.methods and r.roles]

    assert [str(route) for route in left if route.pattern not in names] == []


def test_more_rows_do_not_mean_more_queries(few: dict[str, Taken], many: dict[str, Taken]) -> None:
    """What grows with the rows is asked once a row; nothing may, but a few pages with a reason and an end."""
    grown = {
        address: _difference(few[address].queries, one.queries)
        for address, one in many.items()
        if address in few and len(one.queries) > FEW_LARGE.get(address, ("", len(few[address].queries)))[1]
    }

    assert grown == {}


def _difference(few: tuple[str, ...], many: tuple[str, ...]) -> list[str]:
    """Return the shapes of the queries that came more often, with how often."""
    before, after = (Counter(sql[:300] for sql in queries) for queries in (few, many))
    return [f"{before[shape]} -> {times}: {shape}" for shape, times in after.items() if times > before[shape]]
