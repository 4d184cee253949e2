"""What a role would see: the numbers of the simulator are those of the oracle, and nobody with content gets them."""

from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openilp.safeguards import oracle
from openilp.safeguards.acting import acting
from openilp.safeguards.errors import NotPermitted
from openilp.safeguards.models import User
from openilp.safeguards.oracle import Person, Record, Span
from openilp.safeguards.people import actor_for
from openilp.safeguards.people.actors import states_of
from openilp.safeguards.roles import CONTENT, Role
from openilp.safeguards.simulating import Reach, would_see
from tests.factories import World
from tests.safeguards.test_oracle import matters, records

__all__ = ["matters", "records"]
#: How the oracle begins to say what stands against a row, by the name of the clause.
SAID = {
    "level": "The record is marked",
    "compartments": "The record belongs",
    "partner": "The record is not released",
}
STATE = ("Nobody has categorised", "The record is set aside")
REACHES = st.tuples(
    st.sets(st.sampled_from(sorted(CONTENT)), min_size=1, max_size=3),
    st.integers(0, 3),
    st.sets(st.integers(0, 2)),
    st.sampled_from(["", "NEIGHBOUR", "OTHER"]),
)


def reason(person: Person, record: Record, now: Any) -> str:
    """Return the first reason of the oracle against a record, by the name of its clause."""
    against = oracle.reasons_against(person, record, now)
    if not against:
        return "seen"
    for name, beginning in SAID.items():
        if against[0].startswith(beginning):
            return name
    assert against[0].startswith(STATE)
    return "state"


def test_the_numbers_are_those_of_the_oracle(
    world: World, matters: list[Any], records: dict[UUID, Record]
) -> None:
    """Random duties, clearances, matters and partners: each record counts under the oracle's first reason [LEG-01]."""
    asker, now = actor_for(world.user(Role.ADMINISTRATOR)), timezone.now()

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(REACHES)
    def agree(drawn: Any) -> None:
        roles, clearance, inside, partner = drawn
        keys = [matters[number].pk for number in sorted(inside)]
        person = Person(frozenset(roles), clearance, tuple(Span(key, now) for key in keys), (), partner)
        states = frozenset(map(str, states_of(frozenset(map(Role, roles)))))
        expected = Counter(reason(person, record, now) for record in records.values())
        with acting(asker, "test.simulate"):
            found = would_see(Reach(clearance, frozenset(keys), states, partner), actor=asker)

        assert {name: n for (kind, name), n in found.items() if kind == "report"} == dict(expected)

    agree()


@pytest.mark.parametrize(
    "role", [Role.HEAD_OF_INTELLIGENCE, Role.DATA_PROTECTION_OFFICER, Role.SOURCE_HANDLER]
)
def test_whoever_works_with_content_gets_no_numbers(world: World, role: Role) -> None:
    """Numbers of hidden rows tell that they exist: neither by the verb nor by the function beneath."""
    if role is Role.HEAD_OF_INTELLIGENCE:
        User.objects.filter(pk=world.user(role).pk).update(roles=[role.value, Role.OVERSIGHT.value])
        world.user(role).refresh_from_db()
    actor = actor_for(world.user(role))
    with acting(actor, "test"), pytest.raises(NotPermitted):
        would_see(Reach(3), actor=actor)
    with acting(actor, "test"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM openilp_would_see('collection_report', 3, '{}', '{normal}', '')")
        assert cursor.fetchall() == []
    client = Client()
    client.force_login(world.user(role))
    assert client.get("/api/v1/oversight/simulation?account=chair").status_code == 403


def test_the_function_counts_labelled_tables_only(world: World) -> None:
    """The name of another table counts nothing."""
    with acting(actor_for(world.user(Role.ADMINISTRATOR)), "test"), connection.cursor() as cursor:
        for table in ("safeguards_user", "safeguards_claims_key", "nothing"):
            cursor.execute("SELECT * FROM openilp_would_see(%s, 3, '{}', '{normal}', '')", [table])
            assert cursor.fetchall() == []


def test_the_page_and_the_api_count_for_the_administrator(
    world: World, matters: list[Any], records: dict[UUID, Record]
) -> None:
    """An account or duties; what cannot be asked is said at its field; small numbers are left out [LEG-01]."""
    client = Client()
    client.force_login(world.user(Role.ADMINISTRATOR))
    found = client.get("/api/v1/oversight/simulation?account=chair").json()
    reports = next(kind for kind in found["kinds"] if kind["kind"] == "report")["numbers"]

    assert sum(n or 0 for n in reports.values()) == len(records)
    assert reports["seen"] > 5
    page = client.get("/oversight/simulator?roles=chair&clearance=3")
    assert page.status_code == 200
    assert b"report" in page.content
    assert client.get("/oversight/simulator").status_code == 200
    assert client.get("/oversight/simulator?account=nobody").status_code == 422
    assert client.get("/oversight/simulator?clearance=2").status_code == 422
    assert client.get("/api/v1/oversight/simulation").status_code == 422
    assert client.get("/api/v1/oversight/simulation?account=nobody").status_code == 404
    duties = client.get("/api/v1/oversight/simulation?roles=administrator&clearance=3").json()
    assert duties["level"] == -1
    assert all(not kind["numbers"]["seen"] for kind in duties["kinds"])
