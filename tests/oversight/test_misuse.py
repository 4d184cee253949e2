"""Misuse in the audit log: each case is found, a human answers it, and nothing follows by itself."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import ProgrammingError, connection, models, transaction
from django.utils import timezone

from openilp.oversight.errors import OversightConflict, OversightError
from openilp.oversight.models import LogExamination, LogFigure, LookUpSample, MisuseSign, SignAnswer
from openilp.oversight.rules.misuse import RULES
from openilp.oversight.selectors import misuse as questions
from openilp.oversight.services import misuse, samples
from openilp.safeguards.acting import acting
from openilp.safeguards.errors import NotPermitted, RecordNotFound, WrongApprover
from openilp.safeguards.models import Membership, Notice, User
from openilp.safeguards.people import actor_for
from openilp.safeguards.postgres.bootstrap import SEQUENCER
from openilp.safeguards.roles import Role
from tests.factories import World, make_matter, make_world
from tests.oversight.seeding import Log, entity, ids, linked
from tests.safeguards.test_audit import connect

pytestmark = pytest.mark.django_db(transaction=True)
ANALYST, CHAIR, HEAD, OFFICER = (
    Role.OPERATIONAL_ANALYST,
    Role.CHAIR,
    Role.HEAD_OF_INTELLIGENCE,
    Role.INTELLIGENCE_OFFICER,
)
OVERSIGHT, DPO = Role.OVERSIGHT, Role.DATA_PROTECTION_OFFICER
#: Noon of the day before yesterday: every hour of the day lies behind.
NOON = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=2)
DAY = timedelta(days=1)


@pytest.fixture
def log() -> Iterator[Log]:
    """A log to write the past into."""
    with connect(SEQUENCER) as own:
        yield Log(own)


def examined(world: World, until: datetime = NOON + DAY, role: Role = OVERSIGHT) -> LogExamination:
    """Examine the log up to a moment."""
    actor = actor_for(world.user(role))
    with acting(actor, "test.examine"):
        return misuse.examine_log(actor=actor, until=until)


def signs(world: World, role: Role = OVERSIGHT) -> set[tuple[str, str]]:
    """Return rule and account of each sign that a role may see."""
    with acting(actor_for(world.user(role)), "test.read") as block:
        return {(row.rule, row.about.username) for row in questions.sign_list(actor=block.actor)}


def seeded(world: World, log: Log) -> set[tuple[str, str]]:
    """Write one case for each rule, and return which sign is due to whom."""
    desk, lantern = str(world.desk.pk), str(world.operation.pk)
    with acting(actor_for(world.user(HEAD), purpose=world.desk.pk), "test.write") as block:
        actor = block.actor
        own = entity(actor, "Analyst, Operational")
        kin = [entity(actor, f"{first} Officer") for first in ("Bo", "Cy")]
        home = entity(actor, "4 Lindenweg, Ferrytown", about="address")
        hub = entity(actor, "Somebody")
        members = [entity(actor, f"Member {number}") for number in range(14)]
        linked(actor, hub, members)
    with acting(actor_for(world.user(HEAD), purpose=world.operation.pk), "test.write") as block:
        label = block.actor.label(compartments=frozenset({world.operation.pk}))
        closed = [entity(block.actor, f"Closed {number}", label=label) for number in range(5)]
    keeper = actor_for(world.user(DPO))
    with acting(keeper, "test.keep"):
        misuse.keep_pattern(
            actor=keeper, user=world.user(CHAIR), shifts=[], address="12 Lindenweg, Ferrytown"
        )
        hours = [[day, "08:00", "16:00"] for day in range(7)]
        misuse.keep_pattern(actor=keeper, user=world.user(Role.LIAISON_OFFICER), shifts=hours)
    night = NOON + timedelta(hours=15)
    log.look(world.user(ANALYST), NOON, opened=[own.pk], purpose=desk)
    log.look(world.user(Role.STRATEGIC_ANALYST), NOON, opened=[own.pk], purpose=desk)
    log.look(world.user(OFFICER), NOON, opened=[row.pk for row in kin], purpose=desk)
    log.look(world.user(CHAIR), NOON, opened=[home.pk], purpose=desk)
    log.look(world.user(HEAD), NOON, listed=ids(700), purpose=desk)
    log.look(world.user(Role.PLAN_OWNER), NOON, opened=[row.pk for row in closed], purpose=desk)
    log.look(world.user(Role.LIAISON_OFFICER), night, listed=ids(1), purpose=desk)
    for number in range(3):
        at = NOON + timedelta(minutes=number)
        log.look(world.user(Role.TASKING_COORDINATOR), at, opened=ids(1), purpose=desk, justified="0f3c")
    for number, row in reversed(list(enumerate(members[:10]))):
        log.look(world.user(Role.REPORTING_OFFICER), NOON - number // 2 * DAY, opened=[row.pk], purpose=desk)
    new, late = str(make_matter(world, "Operation Late", []).pk), ids(1)
    Membership.objects.create(matter_id=new, user=world.user(DPO), since=NOON - timedelta(hours=1))
    log.look(world.user(DPO), NOON - timedelta(hours=2), opened=late, purpose=desk)
    log.look(world.user(DPO), NOON, opened=late, purpose=new)
    log.look(world.user(Role.PLAN_OWNER), NOON, opened=[closed[0].pk], purpose=lantern)
    return {
        ("self_look_up", "operational_analyst"),
        ("colleague_look_up", "strategic_analyst"),
        ("surname_look_up", "intelligence_officer"),
        ("neighbour_look_up", "chair"),
        ("bulk_browsing", "head_of_intelligence"),
        ("off_task", "plan_owner"),
        ("off_shift", "liaison_officer"),
        ("reused_words", "tasking_coordinator"),
        ("slow_coverage", "reporting_officer"),
        ("late_purpose", "data_protection_officer"),
    }


def counts() -> dict[str, int]:
    """Return how many rows each table holds that the application may count."""
    found = {}
    with connect(SEQUENCER.replace("sequencer", "owner")) as owner:
        owner.execute("SET app.migrating = 'on'")
        for model in models_of_all():
            (found[model._meta.label],) = owner.execute(
                f'SELECT count(*) FROM "{model._meta.db_table}"'
            ).fetchone()
    return found


def models_of_all() -> list[type[models.Model]]:
    """Return every model with a table in the main schema."""
    from openilp.safeguards.postgres.tables import managed_models

    return managed_models()


def test_each_case_is_found_in_the_log_and_changes_nothing_else(log: Log) -> None:
    """Ten rules, ten accounts; the job writes its own findings and notices, and touches no other row [LEG-12]."""
    world = make_world()
    due = seeded(world, log)
    before = counts()
    row = examined(world)

    assert due == signs(world)
    assert {rule for rule, _ in due} == RULES.keys()
    assert row.events == 14  # those of the day; nine lie in the look-back
    grown = {label for label, number in counts().items() if number != before[label]}
    own = {f"oversight.{name}" for name in ("LogExamination", "LogFigure", "MisuseSign")} | {
        "safeguards.Notice"
    }
    # The lot may fall on nobody.
    assert own <= grown <= own | {"oversight.LookUpSample"}
    assert User.objects.filter(is_active=False).count() == 0

    again = examined(world, NOON + 2 * DAY)
    assert (again.since, again.signs) == (row.until, 0)
    with pytest.raises(OversightConflict):
        examined(world, NOON + DAY)


def test_nobody_sees_a_sign_about_himself_and_a_human_answers_the_others(log: Log) -> None:
    """Neither the gate nor row security shows it; an answer needs a reason and stands."""
    world = make_world()
    seeded(world, log)
    examined(world)

    assert ("late_purpose", "data_protection_officer") not in signs(world, DPO)
    assert len(signs(world, DPO)) == 9
    assert signs(world, HEAD) == set()
    with acting(actor_for(world.user(DPO)), "test"), connection.cursor() as cursor:
        cursor.execute("SELECT rule FROM oversight_misusesign")
        assert ("late_purpose",) not in cursor.fetchall()
    with acting(actor_for(world.user(HEAD)), "test"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM oversight_misusesign")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT * FROM openilp_close_to('{}', '{}', '', '')")
        assert cursor.fetchall() == []
    actor = actor_for(world.user(OVERSIGHT))
    with acting(actor, "test.answer"):
        row = questions.sign_list(actor=actor).get(rule="bulk_browsing")
        assert [event.seq for event in questions.events_of(row)] == row.events
        for outcome, reason in (("punished", "A sentence about it."), ("explained", "ok")):
            with pytest.raises(OversightError):
                misuse.answer_sign(actor=actor, sign=row, outcome=outcome, reason=reason)
        misuse.answer_sign(
            actor=actor, sign=row, outcome="explained", reason="A stock-taking that was announced."
        )
        with pytest.raises(misuse.AlreadyAnswered):
            misuse.answer_sign(actor=actor, sign=row, outcome="referred", reason="On second thoughts not.")
        assert questions.sign_list(actor=actor, only_open=True).count() == 9
    head = actor_for(world.user(HEAD))
    with acting(head, "test"), pytest.raises(NotPermitted):
        misuse.examine_log(actor=head, until=timezone.now())


def test_drawn_look_ups_are_reviewed_by_another_unit(log: Log) -> None:
    """The reason first, by whoever looked; then the supervisor of another unit; nobody else; each once [LEG-12]."""
    world = make_world()
    User.objects.filter(pk=world.user(CHAIR).pk).update(unit=world.headquarters)
    with acting(actor_for(world.user(HEAD), purpose=world.operation.pk), "test.write") as block:
        label = block.actor.label(compartments=frozenset({world.operation.pk}))
        hidden = entity(block.actor, "Closed", label=label)
    with acting(actor_for(world.user(HEAD), purpose=world.desk.pk), "test.write") as block:
        visible = entity(block.actor, "Open")
    log.look(world.user(ANALYST), NOON, opened=[hidden.pk, visible.pk], purpose=str(world.operation.pk))
    run = examined(world)
    assert (run.samples, run.unreviewable) == (1, 0)
    sample = LookUpSample.objects
    analyst, chair = actor_for(world.user(ANALYST)), actor_for(world.user(CHAIR))
    with acting(chair, "test"):
        row = questions.sample_list(actor=chair).get()
        assert (row.reviewer_id, row.about_id) == (chair.user_id, analyst.user_id)
        seen, others = questions.opened_in(row, actor=chair)
        assert ([one.pk for one in seen], others) == ([visible.pk], 1)
        with pytest.raises(samples.ReasonComesFirst):
            samples.review_sample(actor=chair, sample=row, is_justified=True, finding="Seems in order to me.")
        with pytest.raises(RecordNotFound):
            samples.give_reason(actor=chair, sample=row, reason="I say it for the other one.")
    with acting(analyst, "test"):
        assert questions.waiting_samples(actor=analyst).count() == 1
        samples.give_reason(actor=analyst, sample=row, reason="Wanted for the plan of the operation.")
    with acting(chair, "test"):
        samples.review_sample(
            actor=chair, sample=row, is_justified=True, finding="The plan names this person."
        )
        with pytest.raises(samples.SampleDone):
            samples.review_sample(
                actor=chair, sample=row, is_justified=False, finding="On second thoughts not."
            )
        assert questions.waiting_samples(actor=chair).count() == 0
    with acting(actor_for(world.user(OFFICER)), "test") as block:
        assert sample.seen_by(block.actor).count() == 0
    with acting(chair, "test"):
        assert "sample_to_review" in Notice.objects.seen_by(chair).values_list("kind", flat=True)


def test_a_look_up_that_nobody_of_another_unit_can_review_is_counted(log: Log) -> None:
    """Silence would look like a review."""
    world = make_world()
    log.look(world.user(ANALYST), NOON, opened=ids(1))

    assert (run := examined(world)).unreviewable == 1
    assert run.samples == 0


def test_jobs_and_refusals_are_no_look_ups(log: Log) -> None:
    """What the worker does under an account at night is not what its holder did; nor is what was refused."""
    world = make_world()
    keeper = actor_for(world.user(DPO))
    with acting(keeper, "test.keep"):
        shifts = [[day, "08:00", "16:00"] for day in range(7)]
        misuse.keep_pattern(actor=keeper, user=world.user(ANALYST), shifts=shifts)
        for wrong in ([[7, "08:00", "16:00"]], [[1, "late", "16:00"]], [[1]]):
            with pytest.raises(OversightError):
                misuse.keep_pattern(actor=keeper, user=world.user(ANALYST), shifts=wrong)
    night = NOON + timedelta(hours=14)
    log.look(world.user(ANALYST), night, opened=ids(1), action="collation.alert_saved_searches")
    log.look(world.user(ANALYST), night, opened=ids(1), outcome="refused")
    examined(world)

    assert signs(world) == set()


def test_the_figures_name_nobody_and_show_no_small_cell(log: Log) -> None:
    """By duty and unit: four look-ups are not shown, five are, and no sum gives the four away [LEG-12]."""
    world = make_world()
    for number in range(5):
        log.look(world.user(ANALYST), NOON + timedelta(minutes=number), opened=ids(1))
    for number in range(4):
        log.look(world.user(HEAD), NOON + timedelta(minutes=number), opened=ids(1))
    examined(world)
    actor = actor_for(world.user(OVERSIGHT))
    with acting(actor, "test"):
        table = questions.figures(actor=actor).by_unit

    assert table.columns == ("head_of_intelligence", "operational_analyst")
    assert [(row.name, row.cells, row.total) for row in table.rows] == [("Harbour Region", (None, 5), None)]
    with acting(actor_for(world.user(HEAD)), "test") as block:
        assert LogFigure.objects.seen_by(block.actor).count() == 0
        assert MisuseSign.objects.seen_by(block.actor).count() == 0


def test_an_examination_ends_with_a_full_hour_that_has_passed(log: Log) -> None:
    """Whoever could pick the second could draw until the lot leaves him out [LEG-12]."""
    world = make_world()
    row = examined(world, NOON + timedelta(minutes=59, seconds=7))
    assert row.until == NOON
    with pytest.raises(misuse.NothingToExamine):
        examined(world, NOON + timedelta(minutes=58))
    with pytest.raises(OversightError, match="lies ahead"):
        examined(world, timezone.now() + DAY)


def test_nobody_answers_for_the_own_second_account_or_keeps_the_own_hours(log: Log) -> None:
    """Signs about a person are not explained by the person, nor are the hours moved that make them [LEG-12]."""
    world = make_world()
    seeded(world, log)
    examined(world)
    officer, head = world.user(DPO), world.user(HEAD)
    User.objects.filter(pk=officer.pk).update(staff_number="4711")
    reason = "A stock-taking that was announced."
    for number in ("47-11", "4711"):
        User.objects.filter(pk=head.pk).update(staff_number=number)
        actor = actor_for(User.objects.get(pk=officer.pk))
        with acting(actor, "test.answer"):
            row = questions.sign_list(actor=actor).get(rule="bulk_browsing")
            with pytest.raises(WrongApprover):
                misuse.answer_sign(actor=actor, sign=row, outcome="explained", reason=reason)
            for user in (officer, head):
                with pytest.raises(WrongApprover):
                    misuse.keep_pattern(actor=actor, user=user, shifts=[])
    with acting(actor, "test.answer"), pytest.raises(ProgrammingError), transaction.atomic():
        SignAnswer.objects.record(actor=actor, sign=row, outcome="explained", reason=reason)
