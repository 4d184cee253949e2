"""Who saw a record: answered to those who oversee, from the log, by the index, and to nobody else."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from openilp.collection.models import Report
from openilp.safeguards import sequencer, trail
from openilp.safeguards.acting import acting
from openilp.safeguards.errors import NotPermitted
from openilp.safeguards.log import notes, sealing
from openilp.safeguards.log.ledger import AuditLog, signer_of
from openilp.safeguards.people import actor_for
from openilp.safeguards.postgres.bootstrap import SEQUENCER
from openilp.safeguards.roles import OVERSEERS, Role
from tests.factories import World, lawful, make_world
from tests.safeguards.test_audit import connect

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the log, where the page looks for it."""
    monkeypatch.setenv("OPENILP_AUDIT", str(tmp_path / "audit"))
    return tmp_path


@pytest.fixture
def settle(home: Path) -> Iterator[Callable[[str], None]]:
    """Sequence until a number of events stand in the table, and sign."""
    notes.write_seed(home / "key")
    log = AuditLog(home / "audit", signer_of("test/audit", home / "key"))
    with connect(SEQUENCER) as own:
        own.execute("DELETE FROM safeguards_audit_outbox")

        def run(name: str) -> None:
            """Sequence until an event of this action has come."""
            for _ in range(6000):
                sequencer.drain(own, log)
                sql = "SELECT count(*) FROM safeguards_auditevent WHERE event ->> 'action' = %s"
                if own.execute(sql, [name]).fetchone() != (0,):
                    log.publish()
                    return
            raise AssertionError(f"no event '{name}' after many tries")

        yield run
    log.close()


def record_report(world: World) -> Report:
    """Record a report as its officer."""
    actor = actor_for(world.user(Role.REPORTING_OFFICER), purpose=world.desk.pk)
    with acting(actor, "write"):
        made: Report = Report.objects.record(
            actor=actor, **lawful(title="Blue van", text="By the gate.", urgency="low", provenance="seen")
        )
    return made


def look(world: World, role: Role, action: str) -> None:
    """Read all reports."""
    actor = actor_for(world.user(role), purpose=world.desk.pk)
    with acting(actor, action):
        list(Report.objects.seen_by(actor))


def test_who_was_handed_a_record_is_answered(settle: Callable[[str], None]) -> None:
    """Names, times, purpose; only those who saw it, only between the two times [LEG-12]."""
    world = make_world()
    report = record_report(world)
    begun = timezone.now()
    look(world, Role.INTELLIGENCE_OFFICER, "list.one")
    other = record_report(world)
    look(world, Role.HEAD_OF_INTELLIGENCE, "list.two")
    settle("list.two")
    overseer = actor_for(world.user(Role.OVERSIGHT), purpose=world.desk.pk)
    ends = timezone.now()
    with acting(overseer, "ask"):
        first = trail.who_saw(
            trail.record_of(report.ref.lower(), actor=overseer), actor=overseer, since=begun, until=ends
        )
        second = trail.who_saw(other.pk, actor=overseer, since=begun, until=ends, most=1)
        never = trail.who_saw(uuid4(), actor=overseer, since=begun, until=ends)

    assert [(row.who, row.action, row.purpose) for row in first.rows] == [
        ("Head Of Intelligence", "list.two", "Crime intelligence desk"),
        ("Intelligence Officer", "list.one", "Crime intelligence desk"),
    ]
    assert first.is_all
    assert [row.action for row in second.rows] == ["list.two"]
    assert never.rows == []


def test_a_list_that_is_not_whole_says_so(settle: Callable[[str], None]) -> None:
    """Nobody takes the newest few for all."""
    world = make_world()
    report = record_report(world)
    for _ in range(3):
        look(world, Role.INTELLIGENCE_OFFICER, "list.again")
    look(world, Role.INTELLIGENCE_OFFICER, "list.last")
    settle("list.last")
    overseer = actor_for(world.user(Role.OVERSIGHT), purpose=world.desk.pk)
    now = timezone.now()
    with acting(overseer, "ask"):
        found = trail.who_saw(report.pk, actor=overseer, since=now - timedelta(days=1), until=now, most=2)

    assert (len(found.rows), found.is_all) == (2, False)


@pytest.mark.parametrize("role", sorted(set(Role) - OVERSEERS))
def test_nobody_else_is_answered(role: Role) -> None:
    """Neither by the question nor by the functions beneath it [LEG-03]."""
    world = make_world()
    report = record_report(world)
    actor = actor_for(world.user(role), purpose=world.desk.pk)
    now = timezone.now()
    with acting(actor, "ask"):
        with pytest.raises(NotPermitted):
            trail.who_saw(report.pk, actor=actor, since=now - timedelta(days=1), until=now)
        with pytest.raises(NotPermitted):
            trail.record_of(report.ref, actor=actor)
        with connection.cursor() as cursor:
            cursor.execute("SELECT openilp_id_behind('collection_report', %s)", [report.ref])
            behind = cursor.fetchone()
            cursor.execute(
                "SELECT count(*) FROM openilp_who_saw(%s, %s, %s, 10)",
                [report.pk, now - timedelta(days=1), now],
            )
            seen = cursor.fetchone()

    assert (behind, seen) == ((None,), (0,))


def test_the_question_is_served_by_the_index() -> None:
    """A day of a large agency is no reason to read the whole log."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'safeguards_auditevent' AND indexname = 'audit_touched'"
        )
        (definition,) = cursor.fetchone()

    assert "USING gin (touched)" in definition


def test_the_page_shows_the_log_and_answers(settle: Callable[[str], None]) -> None:
    """State, keys, the missing witness, and who saw it; the searched reference stays in the address [LEG-12]."""
    world = make_world()
    report = record_report(world)
    look(world, Role.INTELLIGENCE_OFFICER, "list.one")
    settle("list.one")
    client = log_in(world, Role.OVERSIGHT)
    plain = client.get("/audit")
    answer = client.get("/audit", {"record": report.ref})
    wrong = client.get("/audit", {"record": "R-2222-2222"})
    backwards = client.get("/audit", {"record": report.ref, "since": "2030-01-01T00:00"})
    nonsense = client.get("/audit", {"record": report.ref, "since": "yesterday"})

    assert "test/audit" in plain.content.decode()
    assert "Nobody outside watches this log" in plain.content.decode()
    assert "Intelligence Officer" in answer.content.decode()
    assert "Blue van" not in answer.content.decode()
    assert (wrong.status_code, backwards.status_code, nonsense.status_code) == (422, 422, 422)
    assert "Nothing is kept under" in wrong.content.decode()


@pytest.mark.usefixtures("home")
def test_the_page_says_when_there_is_no_log_yet() -> None:
    """A broken or missing log is shown, not hidden behind an error page."""
    world = make_world()
    answer = log_in(world, Role.DATA_PROTECTION_OFFICER).get("/audit")

    assert answer.status_code == 200
    assert "look into it" in answer.content.decode()


def test_the_page_is_shut_for_everybody_else() -> None:
    """Neither for those who work with content, nor for the administrator [LEG-03]."""
    world = make_world()
    for role in set(Role) - OVERSEERS:
        assert log_in(world, role).get("/audit").status_code == 403, role


def log_in(world: World, role: Role) -> Client:
    """Return a browser in which an account is logged in."""
    client = Client(headers={"host": "localhost"})
    client.force_login(world.user(role))
    return client


def test_words_of_a_search_are_sealed_by_every_request(
    settle: Callable[[str], None], settings: Any, tmp_path: Path
) -> None:
    """What stood in the address of a request is kept for the oversight body, and for nobody else."""
    private, public = sealing.key_pair()
    settings.OPENILP_OVERSIGHT_KEY = tmp_path / "oversight.pub"
    settings.OPENILP_OVERSIGHT_KEY.write_text(public)
    world = make_world()
    log_in(world, Role.INTELLIGENCE_OFFICER).get("/search", {"q": "Brown"})
    settle("web.search")
    with connect(SEQUENCER) as own:
        sql = (
            "SELECT d.body, e.event FROM safeguards_auditdetail d JOIN safeguards_auditevent e USING (seq)"
            " WHERE e.event ->> 'action' = 'web.search'"
        )
        ((body, event),) = own.execute(sql).fetchall()

    assert "Brown" not in str(event)
    opened = sealing.unseal(body, sealing.private_key(private), event["sealed"])
    assert opened.detail == {"asked": "q=Brown", "address": "127.0.0.1"}
