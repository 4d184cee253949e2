"""Turns: whoever comes second to the same thing waits, and then sees what the first one did."""

from typing import Any

import psycopg
import pytest
from django.db import connection

from openilp.safeguards import people, turns
from openilp.safeguards.errors import AccountError
from openilp.safeguards.roles import Role
from openilp.tasking import selectors
from tests.factories import PASSWORD, World
from tests.tasking import story


def is_taken(*what: object) -> bool:
    """Tell whether another connection would have to wait for its turn."""
    named = {
        k: v
        for k, v in connection.get_connection_params().items()
        if k in {"dbname", "user", "host", "port", "password"}
    }
    with psycopg.connect(**named) as other:
        free = other.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [" ".join(map(str, what))]
        ).fetchone()
    assert free is not None
    return not free[0]


@pytest.mark.django_db
def test_a_turn_is_held_until_the_transaction_ends_and_for_one_thing() -> None:
    """Others wait for the same thing, and for nothing else."""
    turns.take("decide", 1)

    assert is_taken("decide", 1)
    assert not is_taken("decide", 2)


def test_nobody_decides_a_point_while_another_does(world: World, act: Any) -> None:
    """Two chairs' windows cannot both find the point undecided."""
    with act(world.user(Role.CHAIR), world.desk) as actor:
        story.decided(actor, world)
        meeting = selectors.meetings(actor=actor).get()
        item = selectors.agenda_of(meeting, actor=actor)[-1]

        assert is_taken("decide", item.pk)


def test_a_duty_at_the_source_desk_stands_alone(world: World, act: Any) -> None:
    """Who knows a source does not also grade or analyse what comes from it."""
    with pytest.raises(AccountError, match="no other duty"):
        people.make_account(
            username="both",
            full_name="Both Hats",
            unit=world.region,
            roles=[Role.SOURCE_HANDLER, Role.OPERATIONAL_ANALYST],
            clearance=2,
            password=PASSWORD,
        )
