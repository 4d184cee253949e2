"""The audit log: written with what it logs, sequenced without a gap, chained."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from psycopg.conninfo import make_conninfo

from openilp.collection.models import Report
from openilp.safeguards import sequencer
from openilp.safeguards.acting import acting
from openilp.safeguards.errors import NotPermitted
from openilp.safeguards.models import AuditEvent
from openilp.safeguards.people import actor_for, open_matter
from openilp.safeguards.postgres.bootstrap import APP, SEQUENCER
from openilp.safeguards.roles import Role
from tests.factories import lawful, make_world

pytestmark = pytest.mark.django_db(transaction=True)


def connect(role: str) -> psycopg.Connection[Any]:
    """Connect to the test database as a role, apart from Django."""
    settings = connection.settings_dict
    dsn = make_conninfo(host=settings["HOST"], port=settings["PORT"], dbname=settings["NAME"], user=role)
    made = psycopg.connect(dsn, autocommit=True)
    made.execute("SET timezone TO 'UTC'")
    return made


@pytest.fixture
def drain() -> Iterator[Any]:
    """Sequence what waits, and return the chain."""
    with connect(SEQUENCER) as own:
        own.execute("DELETE FROM safeguards_audit_outbox")

        def run(at_least: int = 0) -> list[Any]:
            """Sequence until so many events stand in the chain: tests beside this one hold back the horizon."""
            sql = "SELECT seq, at, event, previous, digest FROM safeguards_auditevent ORDER BY seq"
            for _ in range(6000):
                sequencer.drain(own)
                chain = own.execute(sql).fetchall()
                if len(chain) >= at_least:
                    return chain
            raise AssertionError(f"{len(chain)} events after many tries, {at_least} expected")

        yield run


def insert(own: psycopg.Connection[Any], name: str) -> None:
    """Write an event as the application does."""
    own.execute("INSERT INTO safeguards_audit_outbox (event) VALUES (%s)", [f'{{"name": "{name}"}}'])


def test_a_slow_transaction_is_not_lost_to_a_faster_one(drain: Any) -> None:
    """Identity order is not commit order: who began first may end last, and is sequenced all the same [LEG-02]."""
    with connect(APP) as slow, connect(APP) as fast:
        slow.autocommit = False
        insert(slow, "slow")
        insert(fast, "fast")
        first = [event["name"] for _, _, event, *_ in drain()]
        slow.commit()

        assert first == []
        assert {event["name"] for _, _, event, *_ in drain(2)} == {"slow", "fast"}


def test_the_chain_has_no_gap_and_each_link_holds_the_one_before(drain: Any) -> None:
    """Numbers run from 1; each digest covers number, time, event and the digest before."""
    with connect(APP) as own:
        for number in range(25):
            insert(own, str(number))
    chain = drain(25)

    assert [seq for seq, *_ in chain] == list(range(1, 26))
    previous = sequencer.GENESIS
    for seq, at, event, before, digest in chain:
        assert before == previous
        assert digest == sequencer.digest_of(seq, at.isoformat(), event, before)
        previous = digest


def test_a_changed_event_breaks_its_link(drain: Any) -> None:
    """What was altered afterwards no longer fits its digest."""
    with connect(APP) as own:
        insert(own, "as it was")
    ((seq, at, event, before, digest),) = drain(1)

    assert digest != sequencer.digest_of(seq, at.isoformat(), event | {"name": "as it suits"}, before)


def test_the_application_can_neither_read_nor_change_the_log(drain: Any) -> None:
    """INSERT of the event only: not of its time, and no look at what waits."""
    with connect(APP) as own:
        insert(own, "x")
        for statement in (
            "SELECT * FROM safeguards_audit_outbox",
            "DELETE FROM safeguards_audit_outbox",
            "UPDATE safeguards_audit_outbox SET event = '{}'",
            "INSERT INTO safeguards_audit_outbox (event, at) VALUES ('{}', now())",
            "INSERT INTO safeguards_auditevent (seq) VALUES (1)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                own.execute(statement)


def test_a_write_and_its_event_are_one_transaction(drain: Any) -> None:
    """Rolled back together: no log, no write; and the refusal is logged on its own."""
    world = make_world()
    before = len(drain(2))
    actor = actor_for(world.user(Role.REPORTING_OFFICER), purpose=world.desk.pk)

    def write_and_overreach() -> None:
        with acting(actor, "attempt"):
            Report.objects.record(
                actor=actor, **lawful(title="x", text="x", urgency="low", provenance="seen")
            )
            open_matter(actor=actor, title="x", kind="operation", purpose_code="task", legal_basis="PL-12")

    with pytest.raises(NotPermitted):
        write_and_overreach()

    with acting(actor, "look"):
        assert not Report.objects.seen_by(actor).exists()
    outcomes = [(event["action"], event["outcome"]) for _, _, event, *_ in drain(before + 2)][-2:]
    assert outcomes == [("attempt", "failed: NotPermitted"), ("look", "done")]


def test_a_refused_answer_keeps_nothing_but_the_event(drain: Any) -> None:
    """A status from 400 up asks for a rollback; the event says that it was refused."""
    world = make_world()
    before = len(drain(2))
    actor = actor_for(world.user(Role.REPORTING_OFFICER), purpose=world.desk.pk)
    with acting(actor, "refused"):
        Report.objects.record(actor=actor, **lawful(title="x", text="x", urgency="low", provenance="seen"))
        transaction.set_rollback(True)

    with acting(actor, "look"):
        assert not Report.objects.seen_by(actor).exists()
    assert [event["outcome"] for _, _, event, *_ in drain(before + 2)][-2:] == ["refused", "done"]


def test_only_oversight_and_data_protection_read_the_log(drain: Any) -> None:
    """The reader of the log is not the administrator [LEG-03]."""
    world = make_world()
    drain(2)
    seen = {}
    for role in (Role.OVERSIGHT, Role.DATA_PROTECTION_OFFICER, Role.ADMINISTRATOR, Role.CHAIR):
        with acting(actor_for(world.user(role), purpose=world.desk.pk), "look"):
            seen[role] = AuditEvent.objects.exists()

    assert seen == {
        Role.OVERSIGHT: True,
        Role.DATA_PROTECTION_OFFICER: True,
        Role.ADMINISTRATOR: False,
        Role.CHAIR: False,
    }
