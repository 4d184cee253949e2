"""By night: a missed review restricts, a clock that has run out erases, and nothing else leaves."""

from pathlib import Path
from typing import Any

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.utils import timezone

from openilp.collection import services as collection
from openilp.collection.models import Item, Report
from openilp.oversight.tasks import run_night
from openilp.safeguards.labels import State
from openilp.safeguards.models import Erasure, RetentionClock
from openilp.safeguards.people import actor_for
from openilp.safeguards.retention import erasing
from openilp.safeguards.retention.erasing import Root
from openilp.safeguards.roles import Role
from tests.evaluation.making import Act, hand_in
from tests.factories import World
from tests.oversight.making import LAPSED, days_ago, keeper_of, lines, stones

OFFICER = Role.INTELLIGENCE_OFFICER
#: Default first review 1,095 days after entry, then 30 days restricted.
MISSED, OVER = 1096, LAPSED


def night(world: World) -> dict[str, int]:
    """Do the night's work."""
    return run_night(actor_for(keeper_of(world), reason="administration"))


def reported_then(world: World, act: Act, days: int, **more: Any) -> Report:
    """Hand in a report as if it were some days ago."""
    with days_ago(days), act(world.user(OFFICER), world.desk) as actor:
        return hand_in(actor, **more)


def test_every_record_gets_a_clock_when_it_is_recorded(world: World, act: Act) -> None:
    """Rule, start and review date stand beside the record, and are seen where it is [LEG-04]."""
    report = reported_then(world, act, 0)

    with act(keeper_of(world), world.desk) as actor:
        clock = RetentionClock.objects.seen_by(actor).get(kind="report", record_id=report.pk)
    assert clock.rule == "LED-REV"
    assert (clock.started_on, clock.due_on) == (timezone.localdate(), report.review_on)
    assert (clock.erase_on - clock.due_on).days == 31


def test_a_missed_review_restricts_by_itself(world: World, act: Act, apart: Path) -> None:
    """Nobody but data protection may look at it, and it is still there [LEG-07]."""
    report = reported_then(world, act, MISSED)

    done = night(world)

    assert done["restricted"] == 1
    assert done["erasures"] == 0
    with act(world.user(OFFICER), world.desk) as actor:
        assert not Report.objects.seen_by(actor).filter(pk=report.pk).exists()
        assert not Item.objects.seen_by(actor).filter(report=report.pk).exists()
    with act(keeper_of(world), world.desk) as actor:
        held = Report.objects.seen_by(actor, states=[State.RESTRICTED]).get(pk=report.pk)
        assert held.state == State.RESTRICTED


def test_what_has_run_out_leaves_with_parts_words_and_files(world: World, act: Act, apart: Path) -> None:
    """Rows, items, mentions, search words, notices and the file go; a stone, a certificate and a line stay [LEG-06]."""
    report = reported_then(world, act, OVER, title="The yard", urgency="high")
    with days_ago(OVER), act(world.user(OFFICER), world.desk) as actor:
        from io import BytesIO

        kept = collection.attach_file(actor=actor, report=report, stream=BytesIO(b"Plan\n"), name="plan.txt")
    path = apart / "files" / kept.sha256[:2] / kept.sha256[2:4] / kept.sha256
    assert path.exists()

    done = night(world)

    assert done["erasures"] == 1
    assert not path.exists()
    with act(world.user(OFFICER), world.desk) as actor:
        assert not Report.objects.seen_by(actor, states=State).filter(pk=report.pk).exists()
        assert ("report", report.ref) in stones(actor)
        assert ("attachment", kept.ref) in stones(actor)
    with act(keeper_of(world), world.desk) as actor:
        row = Erasure.objects.seen_by(actor).get()
        assert row.erased["report"] == 1
        assert row.erased["item"] == 2
        assert row.files == [kept.sha256]
        assert not RetentionClock.objects.seen_by(actor, states=State).filter(record_id=report.pk).exists()
    assert [(line.kind, line.key) for line in lines()] == [("report", report.pk)]


def test_hidden_records_lapse_too(world: World, act: Act, apart: Path) -> None:
    """The keeper's own clearance does not decide what is kept: confidential rows and other compartments go as well."""
    with days_ago(OVER), act(world.user(Role.HEAD_OF_INTELLIGENCE), world.operation) as actor:
        report = hand_in(actor, label=actor.label(level=3))

    assert night(world)["erasures"] == 1

    with act(world.user(Role.HEAD_OF_INTELLIGENCE), world.operation) as actor:
        assert ("report", report.ref) in stones(actor)
    with act(keeper_of(world), world.desk) as actor:
        assert ("report", report.ref) not in stones(actor)


def test_nothing_leaves_before_its_time(world: World, act: Act, apart: Path) -> None:
    """The database itself refuses, whoever asks [LEG-05]."""
    report = reported_then(world, act, 10)

    assert night(world) == {"wound": 0, "restricted": 0, "erasures": 0}
    refused = pytest.raises(ProgrammingError, match="not over")
    with act(keeper_of(world), world.desk) as actor, refused, transaction.atomic():
        erasing.erase(actor=actor, roots=[Root("report", report.pk, "LED-REV")], cause="lapse")


def test_nobody_deletes_or_moves_clocks_past_the_door(world: World, act: Act) -> None:
    """The application's role holds no right to delete, and none to write a clock."""
    reported_then(world, act, 0)

    for statement in (
        "DELETE FROM collection_report",
        "DELETE FROM safeguards_tombstone",
        "UPDATE safeguards_retentionclock SET due_on = due_on + 1000",
        "SELECT openilp_restrict_rows('report', gen_random_uuid(), true)",
        "SELECT openilp_tombstones(gen_random_uuid(), 'report', '{}', 'X', true)",
    ):
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with act(keeper_of(world), world.desk), refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_how_long_a_record_stays_restricted_is_said_by_the_rule_alone(world: World, act: Act) -> None:
    """No caller hands the database days of grace or a hard stop, and a rule that does not exist is none [LEG-05]."""
    report = reported_then(world, act, 0)

    for wound in (
        "openilp_clock_wind('report', ARRAY[%s]::uuid[], 'NO-RULE')",
        "openilp_clock_wind('report', ARRAY[%s]::uuid[], 'LED-REV', 0, current_date)",
        "openilp_clock_pull('report', %s, current_date, 0, 'death', '')",
        "openilp_clock_release('report', ARRAY[%s]::uuid[], 'LED-REV', 0)",
    ):
        refused = pytest.raises((ProgrammingError, InternalError))
        with act(keeper_of(world), world.desk), refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT {wound}", [report.pk])


def test_reading_behind_labels_needs_a_running_erasure(world: World, act: Act) -> None:
    """What the erasure may read whatever the label is shut when none runs."""
    refused = pytest.raises(ProgrammingError, match="no erasure")
    with act(keeper_of(world), world.desk), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM openilp_erasure_read(gen_random_uuid(), 'edition', '{}')")
