"""The audit log: written with what it logs, sequenced without a gap, brought to the disk first."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from psycopg.conninfo import make_conninfo

from openilp.collection.models import Report
from openilp.safeguards import audit, sequencer
from openilp.safeguards.acting import acting
from openilp.safeguards.errors import NotPermitted
from openilp.safeguards.log import sealing
from openilp.safeguards.log.entries import GENESIS
from openilp.safeguards.log.errors import CannotUnseal, LogDamaged
from openilp.safeguards.log.ledger import AuditLog
from openilp.safeguards.log.notes import ED25519, Signer
from openilp.safeguards.log.verify import verify
from openilp.safeguards.models import AuditEvent
from openilp.safeguards.people import actor_for, open_matter
from openilp.safeguards.postgres.bootstrap import APP, SEQUENCER
from openilp.safeguards.postgres.owner import as_owner
from openilp.safeguards.roles import Role
from tests.factories import lawful, make_world

#: Seconds for which a long transaction of a neighbouring test may hold the sequencer back.
PATIENCE = 120

pytestmark = pytest.mark.django_db(transaction=True)


def connect(role: str) -> psycopg.Connection[Any]:
    """Connect to the test database as a role, apart from Django."""
    settings = connection.settings_dict
    dsn = make_conninfo(host=settings["HOST"], port=settings["PORT"], dbname=settings["NAME"], user=role)
    made = psycopg.connect(dsn, autocommit=True)
    made.execute("SET timezone TO 'UTC'")
    return made


@pytest.fixture
def log(tmp_path: Path) -> Iterator[AuditLog]:
    """A log of its own on disk."""
    made = open_log(tmp_path)
    yield made
    made.close()


def open_log(folder: Path) -> AuditLog:
    """Open a log in a folder under a key that is no secret."""
    return AuditLog(folder / "audit", Signer.from_seed("test/audit", ED25519, bytes(32)))


@pytest.fixture
def drain(log: AuditLog) -> Iterator[Any]:
    """Sequence what waits, and return the chain."""
    with connect(SEQUENCER) as own:
        own.execute("DELETE FROM safeguards_audit_outbox")

        def run(at_least: int = 0) -> list[Any]:
            """Sequence until so many events stand in the chain: tests beside this one hold back the horizon."""
            sql = "SELECT seq, at, event, previous, digest FROM safeguards_auditevent ORDER BY seq"
            until = time.monotonic() + PATIENCE
            while True:
                sequencer.drain(own, log)
                chain = own.execute(sql).fetchall()
                if len(chain) >= at_least:
                    return chain
                if time.monotonic() > until:
                    break
                time.sleep(0.02)
            raise AssertionError(f"{len(chain)} events after {PATIENCE} s, {at_least} expected")

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


def test_the_chain_has_no_gap_and_each_link_holds_the_one_before(drain: Any, log: AuditLog) -> None:
    """Numbers run from 1; each digest is the leaf of the entry on disk, which holds the digest before."""
    with connect(APP) as own:
        for number in range(25):
            insert(own, str(number))
    chain = drain(25)

    assert [seq for seq, *_ in chain] == list(range(1, 26))
    previous = GENESIS
    for (seq, at, event, before, digest), (entry, leaf) in zip(chain, log.read(1), strict=True):
        assert before == previous
        assert (entry.seq, entry.at, entry.event, leaf) == (seq, at, event, digest)
        previous = digest


def test_what_a_crash_left_between_disk_and_database_is_put_right(drain: Any, log: AuditLog) -> None:
    """The entry is on the disk, the transaction was lost: the event comes into the table once, under its number."""
    with connect(APP) as own:
        insert(own, "first")
    drain(1)
    with connect(APP) as own:
        insert(own, "second")
    with connect(SEQUENCER) as own, own.transaction(force_rollback=True):
        while not sequencer._move(own, log):
            pass

    assert log.size == 2
    assert [(seq, event["name"]) for seq, _, event, *_ in drain(2)] == [(1, "first"), (2, "second")]
    assert log.size == 2
    with connect(SEQUENCER) as own:
        assert own.execute("SELECT count(*) FROM safeguards_audit_outbox").fetchone() == (0,)


def test_a_database_restored_from_a_backup_gets_its_events_back(drain: Any, log: AuditLog) -> None:
    """The log on disk is the memory: what the older database lacks comes back from it."""
    with connect(APP) as own:
        for number in range(5):
            insert(own, str(number))
    whole = drain(5)
    with as_owner(connection), connection.cursor() as cursor:
        cursor.execute("DELETE FROM safeguards_auditevent WHERE seq > 2")

    assert drain(5) == whole


def test_a_log_that_lost_events_is_not_continued(drain: Any, log: AuditLog, tmp_path: Path) -> None:
    """The table holds more than the disk: nothing is added, the outbox keeps what comes."""
    with connect(APP) as own:
        for number in range(3):
            insert(own, str(number))
    drain(3)
    shorter = open_log(tmp_path / "other")
    with connect(SEQUENCER) as own, pytest.raises(LogDamaged, match="event 1"):
        sequencer.drain(own, shorter)
    shorter.close()


def test_an_event_exchanged_in_the_table_stops_the_sequencer(drain: Any, log: AuditLog) -> None:
    """The last row has to be the last leaf."""
    with connect(APP) as own:
        insert(own, "as it was")
    drain(1)
    with as_owner(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE safeguards_auditevent SET digest = repeat('0', 64)")

    with connect(SEQUENCER) as own, pytest.raises(LogDamaged, match="another event in its place"):
        sequencer.drain(own, log)


def test_words_of_a_search_are_sealed_to_the_oversight_body(
    drain: Any, settings: Any, tmp_path: Path
) -> None:
    """The event commits to them, the table holds them sealed, and only the oversight key opens them [LEG-03]."""
    private, public = sealing.key_pair()
    settings.OPENILP_OVERSIGHT_KEY = tmp_path / "oversight.pub"
    settings.OPENILP_OVERSIGHT_KEY.write_text(public)
    audit.record({"name": "search"}, {"asked": "q=Brown"})
    ((_, _, event, *_),) = drain(1)
    with connect(SEQUENCER) as own:
        ((body,),) = own.execute("SELECT body FROM safeguards_auditdetail WHERE seq = 1").fetchall()

    assert b"Brown" not in body
    assert "Brown" not in str(event)
    opened = sealing.unseal(body, sealing.private_key(private), event["sealed"])
    assert opened.detail == {"asked": "q=Brown"}
    with pytest.raises(CannotUnseal):
        sealing.unseal(body, sealing.private_key(sealing.key_pair()[0]), event["sealed"])


def test_sealed_details_are_erased_when_their_time_is_over_and_the_log_stands(
    drain: Any, settings: Any, tmp_path: Path, log: AuditLog
) -> None:
    """What is erasable is not in the tree."""
    settings.OPENILP_OVERSIGHT_KEY = tmp_path / "oversight.pub"
    settings.OPENILP_OVERSIGHT_KEY.write_text(sealing.key_pair()[1])
    audit.record({"name": "search"}, {"asked": "q=Brown"})
    drain(1)
    log.publish()
    with connect(SEQUENCER) as own:
        kept = sequencer.erase_details(own, older_than_days=1)
        erased = sequencer.erase_details(own, older_than_days=0)

    assert (kept, erased) == (0, 1)
    assert verify(log.folder, state=tmp_path / "pins").problems == ()


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
            open_matter(actor=actor, title="x", kind="operation", purpose_code="detect", legal_basis="PL-12")

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
